from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedBinaryField
from payouts.domain import invoice as content
from payouts.domain.vat import Case


class InvoiceKind(models.TextChoices):
    INVOICE = content.INVOICE, _("Self-billed invoice")
    CREDIT_NOTE = content.CREDIT_NOTE, _("Self-billed credit note")


class VatCase(models.TextChoices):
    """Category of the line and why (docs/rules/invoices.md)."""

    STANDARD = Case.STANDARD, _("French VAT")
    EXEMPT = Case.EXEMPT, _("VAT not applicable, art. 293 B")
    REVERSE_CHARGE = Case.REVERSE_CHARGE, _("Reverse charge")
    OUTSIDE = Case.OUTSIDE, _("Outside French VAT")


class InvoiceSeries(models.Model):
    """The last number given to a payee in a year: taken under lock, so that none is missing."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="invoice_series"
    )
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "invoice series"
        constraints = [
            models.UniqueConstraint(fields=["affiliate", "year"], name="invoice_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.affiliate} {self.year}: {self.last}"


class Invoice(models.Model):
    """A document that we wrote in a payee's name: its bytes for ever. Never edited."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=35, unique=True)
    kind = models.CharField(max_length=3, choices=InvoiceKind.choices)
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="invoices")
    item = models.OneToOneField("payouts.Item", models.PROTECT, null=True, related_name="invoice")
    item_return = models.OneToOneField(
        "payouts.ItemReturn", models.PROTECT, null=True, related_name="credit_note"
    )
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    tax_profile = models.ForeignKey("affiliates.TaxProfile", models.PROTECT, related_name="+")
    mandate = models.ForeignKey("affiliates.Mandate", models.PROTECT, related_name="+")
    vat_case = models.CharField(max_length=2, choices=VatCase.choices)
    vat_bps = models.PositiveIntegerField()
    net_minor = models.PositiveBigIntegerField()
    vat_minor = models.PositiveBigIntegerField()
    reverse_charge_minor = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="VAT that the programme owes in the payee's place."
    )
    currency = models.CharField(max_length=3)
    issued_on = models.DateField()
    period_start = models.DateField()
    period_end = models.DateField()
    created_at = models.DateTimeField()
    body = EncryptedBinaryField(help_text="PDF/A-3 with its CII XML.")
    sha256 = models.CharField(max_length=64, help_text="Of the document, unencrypted.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="invoice_net_positive", condition=Q(net_minor__gt=0)),
            models.CheckConstraint(
                name="invoice_has_its_cause",
                condition=Q(kind=InvoiceKind.INVOICE, item__isnull=False, corrects__isnull=True)
                | Q(kind=InvoiceKind.CREDIT_NOTE, corrects__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["affiliate", "-issued_on"], name="invoice_of_affiliate")]

    def __str__(self) -> str:
        return self.number


class InvoiceDelivery(models.Model):
    """A document that was handed to a transport, and what became of it."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="deliveries")
    transport = models.CharField(max_length=40)
    reference = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "invoice deliveries"

    def __str__(self) -> str:
        return f"{self.invoice} by {self.transport}"

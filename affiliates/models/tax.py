from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from affiliates.models.application import LegalForm


class VatRegime(models.TextChoices):
    """How VAT stands on what the payee invoices."""

    CHARGED = "charged", _("Charges French VAT")
    FRANCHISE = "franchise", _("Below the VAT threshold (art. 293 B)")
    REVERSE_CHARGE = "reverse_charge", _("Business elsewhere in the EU: reverse charge")
    OUTSIDE_EU = "outside_eu", _("Business outside the EU")
    NONE = "none", _("None: no invoice")


class VatCheckState(models.TextChoices):
    NOT_NEEDED = "not_needed", _("Not needed")
    WAITING = "waiting", _("Waiting for the answer")
    VALID = "valid", _("Valid")
    INVALID = "invalid", _("Not valid")
    UNAVAILABLE = "unavailable", _("The register did not answer")


class TaxProfileQuerySet(models.QuerySet["TaxProfile"]):
    def newest_of_each(self) -> TaxProfileQuerySet:
        """The version that holds of each payee. What is filtered later is filtered before it."""
        return self.order_by("affiliate", "-declared_at", "-pk").distinct("affiliate")

    def holding(self) -> TaxProfileQuerySet:
        """The version that holds of each payee; what is filtered later chooses among these."""
        return self.filter(pk__in=TaxProfile.objects.newest_of_each().values("pk"))


class TaxProfile(models.Model):
    """What a payee declared of its taxes. Rows are added, never edited: the newest holds.

    Only the answer of the VAT register and the yearly confirmation are written later, once.
    """

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="tax_profiles"
    )
    legal_form = models.CharField(max_length=11, choices=LegalForm.choices)
    vat_regime = models.CharField(max_length=14, choices=VatRegime.choices)
    legal_name = models.CharField(max_length=120, help_text="As registered.")
    address = models.CharField(max_length=140)
    postcode = models.CharField(max_length=16)
    town = models.CharField(max_length=60)
    country = models.CharField(max_length=2)
    siren = models.CharField(max_length=9, blank=True)
    siret = models.CharField(max_length=14, blank=True)
    registration = models.CharField(max_length=40, blank=True, help_text="Of another country.")
    vat_number = models.CharField(max_length=20, blank=True)
    vat_state = models.CharField(
        max_length=11, choices=VatCheckState.choices, default=VatCheckState.NOT_NEEDED
    )
    vat_checked_at = models.DateTimeField(null=True)
    vat_reference = models.CharField(
        max_length=60, blank=True, help_text="The register's number for this consultation."
    )
    vat_name = models.CharField(max_length=200, blank=True, help_text="As the register says it.")
    evidence = models.JSONField(default=dict, help_text="Where each statement comes from.")
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(help_text="When somebody last said that it still holds.")

    objects = TaxProfileQuerySet.as_manager()

    class Meta:
        get_latest_by = ["declared_at", "pk"]
        indexes = [models.Index(fields=["affiliate", "-declared_at"], name="tax_profile_newest")]
        constraints = [
            models.CheckConstraint(
                name="tax_profile_checked_has_time",
                condition=Q(vat_state__in=[VatCheckState.NOT_NEEDED, VatCheckState.WAITING])
                | Q(vat_checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="tax_profile_confirmed_after", condition=Q(confirmed_at__gte=F("declared_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.legal_name} ({self.get_legal_form_display()})"


class MandateText(models.Model):
    """One version of the self-billing mandate, as it is read and accepted. Never edited."""

    number = models.PositiveIntegerField(unique=True)
    valid_from = models.DateTimeField()
    text_fr = models.TextField()
    text_en = models.TextField()
    sha256 = models.CharField(max_length=64, help_text="Of both texts.")
    author = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"Mandate text {self.number}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def live(self) -> MandateQuerySet:
        """Those that have not ended: one of a payee at most."""
        return self.filter(ended_at__isnull=True)


class Mandate(models.Model):
    """A payee's word that we write its invoices: which text, when, by whom; until taken back."""

    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="mandates")
    text = models.ForeignKey(MandateText, models.PROTECT, related_name="mandates")
    language = models.CharField(max_length=2, help_text="In which it was read.")
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate"], condition=Q(ended_at__isnull=True), name="mandate_one_live"
            ),
            models.CheckConstraint(
                name="mandate_ends_after",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("accepted_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} of {self.affiliate}"


class PayeeChangeKind(models.TextChoices):
    ACCOUNT = "account", _("Bank account")
    HOLDER = "holder", _("Account holder")
    EMAIL = "email", _("E-mail address")


class PayeeChange(models.Model):
    """A change after which nothing is paid for a while: the old address was told. Never edited."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="payee_changes"
    )
    kind = models.CharField(max_length=7, choices=PayeeChangeKind.choices)
    before = models.CharField(max_length=80, blank=True, help_text="Masked, as screens show it.")
    after = models.CharField(max_length=80, help_text="Masked, as screens show it.")
    at = models.DateTimeField()
    by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    cools_until = models.DateTimeField(help_text="Nothing is paid before.")

    class Meta:
        indexes = [models.Index(fields=["affiliate", "-at"], name="payee_change_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.affiliate} at {self.at:%Y-%m-%d %H:%M}"

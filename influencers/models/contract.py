from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedBinaryField, EncryptedTextField
from core.money import Money
from core.states import Moves
from influencers.domain.contract import Period, Threshold


class ContractThreshold(models.Model):
    """From which amount a written contract is mandatory, by first day. Never edited."""

    since = models.DateField(unique=True)
    limit_minor = models.PositiveBigIntegerField(
        help_text="Money and gifts of a calendar year, excluding VAT."
    )
    warn_bps = models.PositiveIntegerField(default=7_000, help_text="Managers are warned from.")
    currency = models.CharField(max_length=3, default="EUR")
    source = models.CharField(max_length=140, help_text="The law or decree.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contract_threshold_warns_before",
                condition=Q(limit_minor__gt=0, warn_bps__gt=0, warn_bps__lte=10_000),
            )
        ]

    def __str__(self) -> str:
        return f"{self.limit_minor} {self.currency} since {self.since}"

    def to_domain(self) -> Threshold:
        return Threshold(
            since=self.since,
            limit=Money(self.limit_minor, self.currency),
            warn_bps=self.warn_bps,
        )


class ContractText(models.Model):
    """One version of the clauses that are the same for everybody. Never edited."""

    number = models.PositiveIntegerField(unique=True)
    valid_from = models.DateTimeField()
    clauses_fr = models.JSONField(help_text="By clause (influencers.domain.contract.Clause).")
    clauses_en = models.JSONField(help_text="By clause.")
    sha256 = models.CharField(max_length=64, help_text="Of the clauses in both languages.")
    author = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"Contract text {self.number}"


class ContractStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OFFERED = "offered", _("Waits for the signature")
    SIGNED = "signed", _("Signed")
    ENDED = "ended", _("Ended")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Contract(Moves, models.Model):
    """The agreement with one influencer. From the offer on, what it says stays as it is."""

    ARROWS = {
        ContractStatus.DRAFT: {ContractStatus.OFFERED, ContractStatus.WITHDRAWN},
        ContractStatus.OFFERED: {
            ContractStatus.SIGNED,
            ContractStatus.REFUSED,
            ContractStatus.WITHDRAWN,
        },
        ContractStatus.SIGNED: {ContractStatus.ENDED},
        ContractStatus.ENDED: set(),
        ContractStatus.REFUSED: set(),
        ContractStatus.WITHDRAWN: set(),
    }
    #: Somebody signed these, and they hold on the days of their period.
    BINDING = (ContractStatus.SIGNED, ContractStatus.ENDED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True, help_text="Of the form: sent twice, it is one contract.")
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="contracts")
    text = models.ForeignKey(ContractText, models.PROTECT, related_name="contracts")
    status = models.CharField(
        max_length=9, choices=ContractStatus.choices, default=ContractStatus.DRAFT
    )
    status_changed_at = models.DateTimeField()
    status_reason = models.TextField(blank=True, help_text="Why it was refused or ended.")
    # What has to be agreed on (law 2023-451, article 8).
    purpose = models.CharField(max_length=80, help_text="What is promoted.")
    missions = models.TextField(help_text="What the influencer does.")
    pay = models.TextField(help_text="How much, or how it is computed, and when it is paid.")
    in_kind = models.TextField(blank=True, help_text="What is given, and on which terms.")
    in_kind_minor = models.PositiveBigIntegerField(default=0, help_text="Its value excl. VAT.")
    currency = models.CharField(max_length=3, default="EUR")
    rights = models.TextField(help_text="What the programme may use, where and for how long.")
    exclusivity = models.TextField(blank=True)
    territory = models.CharField(max_length=140)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="The last day; none: indefinite.")
    renews = models.BooleanField(default=False, help_text="Goes on after its last day.")
    notice_days = models.PositiveSmallIntegerField(help_text="To end it before its last day.")
    # The parties, as they were when it was offered.
    house_name = models.CharField(max_length=120, blank=True)
    house_address = models.CharField(max_length=240, blank=True)
    house_email = models.EmailField(blank=True)
    house_country = models.CharField(max_length=2, blank=True)
    party_name = models.CharField(max_length=120, blank=True)
    party_address = EncryptedTextField(blank=True)
    party_email = models.EmailField(blank=True)
    party_country = models.CharField(max_length=2, blank=True, help_text="Of tax residence.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(null=True)
    offered_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True, help_text="The last day, once it was ended.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contract_status_known", condition=Q(status__in=ContractStatus.values)
            ),
            models.CheckConstraint(
                name="contract_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="contract_offered_names_its_parties",
                condition=Q(status__in=[ContractStatus.DRAFT, ContractStatus.WITHDRAWN])
                | (
                    Q(offered_at__isnull=False, offered_by__isnull=False)
                    & ~Q(house_name="")
                    & ~Q(house_email="")
                    & ~Q(party_name="")
                    & ~Q(party_address="")
                    & ~Q(party_email="")
                    & ~Q(party_country="")
                ),
            ),
            models.CheckConstraint(
                name="contract_ended_has_last_day",
                condition=Q(status=ContractStatus.ENDED, ended_on__isnull=False)
                | (~Q(status=ContractStatus.ENDED) & Q(ended_on__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["affiliate", "status"], name="contract_of_affiliate")]

    def __str__(self) -> str:
        return f"{self.purpose} ({self.affiliate})"

    @property
    def period(self) -> Period:
        return Period(
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            renews=self.renews,
            ended_on=self.ended_on,
        )

    @property
    def in_kind_value(self) -> Money:
        return Money(self.in_kind_minor, self.currency)

    def end(self, *, on: date, reason: str, at: datetime) -> None:
        """End it after the day ``on``. In memory only: the caller holds the row lock and saves.

        :raises InvalidTransition: unless it is signed.
        """
        self.move_to(ContractStatus.ENDED, at=at)
        self.ended_on, self.status_reason = on, reason


class ContractSignature(models.Model):
    """The influencer's signature: who, when, and exactly what was read. Never edited."""

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="signature")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, help_text="As the person typed it.")
    language = models.CharField(max_length=2, help_text="In which it was read.")
    shown_sha256 = models.CharField(max_length=64, help_text="Of what was shown, as kept.")
    shown = EncryptedTextField(help_text="What was shown, word for word, as JSON.")
    body = EncryptedBinaryField(help_text="The document as an archivable PDF.")
    body_sha256 = models.CharField(max_length=64, help_text="Of the PDF, unencrypted.")

    def __str__(self) -> str:
        return f"{self.name}: {self.contract}"

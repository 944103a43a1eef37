"""Samples of mails about money, and about what it depends on: accounts, taxes, the books."""

from __future__ import annotations

from django.utils.translation import gettext as _

from affiliates.models import Payee, PayeeChange, TaxProfile
from affiliates.services import payee_mails, tax_reminders
from payouts.models import (
    Adjustment,
    Batch,
    Difference,
    Invoice,
    Item,
    ItemLine,
    Rail,
    Reconciliation,
    StripeAccount,
)
from payouts.services import (
    achievement_mails,
    bank_mails,
    das2,
    reconciliation,
    remittance,
    stripe_mails,
)
from portal.letters import scheduled_payouts
from portal.mail_samples.scene import CURRENCY, NOBODY, Sample, Scene, blog, euros, person

_BEFORE, _AFTER = "1234", "5678"


def _bonus(scene: Scene) -> None:
    adjustment = Adjustment(
        pk=NOBODY,
        affiliate=blog(),
        amount_minor=5_000,
        currency=CURRENCY,
        text=_("Ten sales in November"),
    )
    achievement_mails.bonus_awarded(adjustment, now=scene.now)


def _batch(scene: Scene) -> Batch:
    return Batch(
        pk=NOBODY,
        reference="2026-11",
        rail=Rail.SEPA,
        cutoff_at=scene.ago(2),
        execution_date=scene.day(1),
    )


def _item(scene: Scene) -> Item:
    return Item(
        pk=NOBODY,
        batch=_batch(scene),
        affiliate=blog(),
        amount_minor=21_480,
        vat_minor=3_580,
        currency=CURRENCY,
        iban_last4=_BEFORE,
    )


def _scheduled(scene: Scene) -> None:
    scheduled_payouts.write(_item(scene), now=scene.now)
    scheduled_payouts.write_off(_item(scene), now=scene.now)


def _payout(scene: Scene) -> None:
    invoice = Invoice(
        pk=NOBODY, number="APP-2026-00041", net_minor=17_900, vat_minor=3_580, currency=CURRENCY
    )
    lines = [ItemLine(pk=NOBODY, commission_id=NOBODY, amount_minor=8_950) for _n in range(2)]
    period = (scene.day(-32), scene.day(-2))
    remittance.tell_of(_item(scene), lines, invoice, period, now=scene.now)


def _returned(scene: Scene) -> None:
    item, amount = _item(scene), euros(21_480)
    bank_mails.refused(item, amount, reason_code="AC01", reference="1", now=scene.now)
    bank_mails.arrived(item, amount, reference="1", now=scene.now)


def _stripe_failed(scene: Scene) -> None:
    account = StripeAccount(pk=NOBODY, affiliate=blog())
    stripe_mails.bank_failed(account, reference="1", now=scene.now)


def _tax(scene: Scene) -> None:
    profile = TaxProfile(pk=NOBODY, affiliate=blog(), vat_number="FR40123456789")
    year = scene.now.year
    tax_reminders.write_to(profile, tax_reminders.ASKED, year=year, now=scene.now)
    tax_reminders.write_to(profile, tax_reminders.STALE, year=year, now=scene.now)
    payee_mails.vat_number_unknown(profile, now=scene.now)


def _change(scene: Scene, before: str, after: str) -> PayeeChange:
    return PayeeChange(
        pk=NOBODY,
        affiliate=blog(),
        before=before,
        after=after,
        at=scene.now,
        cools_until=scene.ahead(3),
    )


def _payee(scene: Scene) -> None:
    payee_mails.iban_changed(
        Payee(pk=NOBODY, affiliate=blog(), iban_last4=_AFTER),
        previous_last4=_BEFORE,
        cools_until=scene.ahead(3),
        key="1",
        now=scene.now,
    )
    holder = _change(scene, "Ada Blanchet", "Blanchet SARL")
    payee_mails.holder_changed(holder, key="1", now=scene.now)
    stripe_mails.bank_changed(_change(scene, f"•••• {_BEFORE}", f"•••• {_AFTER}"), now=scene.now)


def _email(scene: Scene) -> None:
    ada = person()
    change = _change(scene, ada.email, "ada.blanchet@example.com")
    payee_mails.email_changed(change, ada, old_address=ada.email, now=scene.now)


def _reconciliation(scene: Scene) -> None:
    reconciliation.alert(
        Reconciliation(pk=NOBODY, at=scene.now, problem=""),
        [Difference(pk=NOBODY, key="bank:2026-11-21:AP0000000412:missing")],
        [_batch(scene)],
        scene.now,
    )


def _declaration(scene: Scene) -> None:
    found = das2.Due(year=scene.now.year - 1, payees=12, without_profile=1)
    das2.write_to([], found, now=scene.now)


SAMPLES: dict[str, Sample] = {
    "bonus_awarded": _bonus,
    "payout_scheduled": _scheduled,
    "payout_sent": _payout,
    "payout_returned": _returned,
    "stripe_bank_failed": _stripe_failed,
    "tax_details": _tax,
    "payee_changed": _payee,
    "email_changed": _email,
    "reconciliation_alert": _reconciliation,
    "declaration_due": _declaration,
}

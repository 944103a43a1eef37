"""Who is paid for an affiliate, and on which account."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.domain import bank
from affiliates.models import Affiliate, Payee, PayeeChangeKind
from affiliates.services import payee_changes, payee_mails
from core import audit
from core.errors import DomainError
from core.hashing import keyed_hash
from core.models import User

#: What a SEPA credit transfer can carry.
NAME_LENGTH, TOWN_LENGTH = 70, 35


class PaidByPayroll(DomainError):
    """An employee was to be given bank details: employees are paid with their wages."""

    code = "paid_by_payroll"


class InvalidPayee(DomainError):
    """A name, town or country that no bank would take."""

    code = "invalid_payee"


class OutsideSepa(DomainError):
    """An account that a SEPA credit transfer cannot reach."""

    code = "outside_sepa"


@transaction.atomic
def save_details(
    *,
    affiliate_id: int,
    actor_id: int,
    legal_name: str,
    iban: str,
    country: str,
    town: str,
    now: datetime,
) -> Payee:
    """Store where an affiliate is paid. Safe to repeat: the same details change nothing.

    Another account or holder is kept as a change, after which nothing is paid for a while, and
    mailed to everybody who acts for the affiliate; first details are no change. The audit trail,
    the mails and the screens keep the last four characters of the IBAN, nothing more.

    :raises PaidByPayroll: for an employee.
    :raises InvalidPayee, bank.InvalidIban, OutsideSepa: for details that cannot be paid to.
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if affiliate.is_employee:
        raise PaidByPayroll(_("You are paid with your wages: no bank details are needed."))
    iban = _checked_iban(iban)
    details = {
        "legal_name": _checked_text(legal_name, NAME_LENGTH, _("Give the account holder's name.")),
        "iban": iban,
        "country": country.strip().upper(),
        "town": town.strip(),
    }
    if not (len(details["country"]) == 2 and details["country"].isalpha()):
        raise InvalidPayee(_("Choose a country."))
    if len(details["town"]) > TOWN_LENGTH:
        raise InvalidPayee(_("Shorten the town to 35 characters."))
    payee = Payee.objects.filter(affiliate=affiliate).first()
    if payee and all(getattr(payee, field) == value for field, value in details.items()):
        return payee
    before = Payee.objects.get(pk=payee.pk) if payee else None
    payee = payee or Payee(affiliate=affiliate)
    for field, value in details.items():
        setattr(payee, field, value)
    payee.iban_last4 = bank.last_four(iban)
    payee.iban_hash = keyed_hash("iban", iban)
    payee.changed_at, payee.changed_by = now, User.objects.get(pk=actor_id)
    payee.save()
    entry = audit.record(
        actor=payee.changed_by,
        verb="payee.saved",
        subject=payee,
        at=now,
        data={
            "iban_last4": payee.iban_last4,
            "previous_last4": before.iban_last4 if before else "",
        },
    )
    if before is not None:
        _note_changes(before, payee, key=str(entry.pk), now=now)
    return payee


def _note_changes(before: Payee, after: Payee, *, key: str, now: datetime) -> None:
    note = partial(payee_changes.note, affiliate=after.affiliate, actor=after.changed_by, now=now)
    if before.iban != after.iban:
        change = note(
            kind=PayeeChangeKind.ACCOUNT,
            before=f"•••• {before.iban_last4}",
            after=f"•••• {after.iban_last4}",
        )
        payee_mails.iban_changed(
            after,
            previous_last4=before.iban_last4,
            cools_until=change.cools_until,
            key=key,
            now=now,
        )
    if before.legal_name != after.legal_name:
        change = note(
            kind=PayeeChangeKind.HOLDER,
            before=before.legal_name,
            after=after.legal_name,
        )
        payee_mails.holder_changed(change, key=key, now=now)


def _checked_iban(text: str) -> str:
    try:
        iban = bank.normalized_iban(text)
    except bank.InvalidIban as refusal:
        raise bank.InvalidIban(_("This IBAN is not valid: check every character.")) from refusal
    if not bank.is_in_sepa(iban):
        raise OutsideSepa(_("We pay by SEPA transfer: this account is outside its area."))
    return iban


def _checked_text(text: str, length: int, sentence: str) -> str:
    text = " ".join(text.split())
    if not 0 < len(text) <= length:
        raise InvalidPayee(sentence)
    return text

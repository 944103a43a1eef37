"""What the bank says of the holders of accounts: read from its file, accepted by people.

Verification of Payee: rules VP1 to VP7 in ``docs/rules/payee-names.md``.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Payee
from affiliates.queries import acts_for
from core import audit, locks
from core.errors import DomainError
from core.file_names import kept_name
from core.hashing import keyed_hash
from payouts.domain.calendar import bank_date
from payouts.domain.sepa_text import NAME_LIMIT, sepa_text
from payouts.gateways.name_results import NameFileRefused, NameResult, read_results
from payouts.models import Item, NameCheck, NameCheckFile, NameVerdict
from payouts.services.items import FourEyesRefused, required_reason

__all__ = ["NameFileRefused", "NotClose", "Taken", "accept", "receive"]

_LOCK = "payouts.name_checks"
_NAME_LENGTH = 120
_REFERENCE = re.compile(r"AP(\d{10})")


class NotClose(DomainError):
    """Something else than a close match was to be accepted."""

    code = "not_close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file, and how many of its lines are about payees of ours, and how many about nobody."""

    file: NameCheckFile
    is_new: bool
    about_payees: int = 0
    about_nobody: int = 0


@dataclass(frozen=True, slots=True)
class _Account:
    affiliate_id: int
    iban_hash: str
    iban_last4: str
    name: str


@transaction.atomic
def receive(*, name: str, body: bytes, actor_id: int, now: datetime) -> Taken:
    """Keep a file of results and what it says of payees of ours: all of it, or nothing (VP1, VP2).

    The same bytes again change nothing.

    :raises NameFileRefused: for a file that cannot be read whole, or a day in the future.
    """
    locks.hold(_LOCK)
    sha256 = hashlib.sha256(body).hexdigest()
    kept = NameCheckFile.objects.filter(sha256=sha256).first()
    if kept is not None:
        return Taken(file=kept, is_new=False, about_payees=kept.checks.count())
    results = read_results(body)
    if late := next((one for one in results if one.checked_on > bank_date(now)), None):
        raise NameFileRefused(
            _("Line %(number)s cannot be taken: its day is in the future.") % {"number": late.line}
        )
    file = NameCheckFile.objects.create(
        name=kept_name(name, most=_NAME_LENGTH, otherwise="results.csv"),
        body=body,
        sha256=sha256,
        received_at=now,
        received_by_id=actor_id,
    )
    checks, nobody = _checks(file, results)
    NameCheck.objects.bulk_create(checks)
    counts = dict.fromkeys(NameVerdict.values, 0)
    for one in checks:
        counts[one.verdict] += 1
    data = {"sha256": sha256, "about_nobody": nobody, **counts}
    audit.record(actor=actor_id, verb="name_checks.received", subject=file, at=now, data=data)
    return Taken(file=file, is_new=True, about_payees=len(checks), about_nobody=nobody)


@transaction.atomic
def accept(*, check_id: int, reason: str, actor_id: int, now: datetime) -> NameCheck:
    """Say that a name close to the bank's is the payee's, for a reason (VP5). Safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises NotClose: for any other answer: another name is mended by the payee, not accepted.
    :raises FourEyesRefused: by who acts for the payee, or entered these bank details.
    """
    why = required_reason(reason)
    check = NameCheck.objects.select_for_update().get(pk=check_id)
    if check.verdict != NameVerdict.CLOSE:
        raise NotClose(_("Only a close match can be accepted."))
    if check.accepted_at is not None:
        return check
    payee = Payee.objects.filter(affiliate=check.affiliate_id, changed_by=actor_id)
    if acts_for(actor_id, check.affiliate_id) or payee.exists():
        raise FourEyesRefused(_("Somebody else must decide: these bank details are yours."))
    check.accepted_at, check.accepted_by_id, check.accept_reason = now, actor_id, why
    check.save(update_fields=["accepted_at", "accepted_by", "accept_reason"])
    audit.record(
        actor=actor_id,
        verb="name_check.accepted",
        subject=check.affiliate,
        at=now,
        reason=why,
        data={"check": check.pk, "iban_last4": check.iban_last4},
    )
    return check


def _checks(file: NameCheckFile, results: Iterable[NameResult]) -> tuple[list[NameCheck], int]:
    """Return a row for each payee an answer is about; the last line about one counts."""
    results = list(results)
    by_payment, by_account = _by_payment(results), _by_account(results)
    found: dict[tuple[int, str], NameCheck] = {}
    nobody = 0
    for one in results:
        accounts = _accounts_of(one, by_payment, by_account)
        nobody += not accounts
        for account in accounts:
            found[account.affiliate_id, account.iban_hash] = NameCheck(
                affiliate_id=account.affiliate_id,
                file=file,
                iban_hash=account.iban_hash,
                iban_last4=account.iban_last4,
                name=account.name,
                verdict=one.verdict,
                name_at_bank=one.name_at_bank,
                checked_on=one.checked_on,
            )
    return list(found.values()), nobody


def _accounts_of(
    one: NameResult, by_payment: dict[str, _Account], by_account: dict[str, list[_Account]]
) -> list[_Account]:
    if one.end_to_end_id:
        account = by_payment.get(one.end_to_end_id)
        is_other = one.iban and account and account.iban_hash != keyed_hash("iban", one.iban)
        return [account] if account and not is_other else []
    asked = by_account.get(keyed_hash("iban", one.iban), [])
    return [account for account in asked if _plain(account.name) == _plain(one.name)]


def _by_payment(results: Iterable[NameResult]) -> dict[str, _Account]:
    """Return where each payment that is named went, as it was frozen."""
    numbers = [
        int(named[1]) for one in results if (named := _REFERENCE.fullmatch(one.end_to_end_id))
    ]
    return {
        item.reference: _Account(
            item.affiliate_id, keyed_hash("iban", item.iban), item.iban_last4, item.payee_name
        )
        for item in Item.objects.filter(pk__in=numbers).exclude(iban_last4="")
    }


def _by_account(results: Iterable[NameResult]) -> dict[str, list[_Account]]:
    hashes = {keyed_hash("iban", one.iban) for one in results if one.iban}
    found: dict[str, list[_Account]] = defaultdict(list)
    for payee in Payee.objects.filter(iban_hash__in=hashes).order_by("pk"):
        found[payee.iban_hash].append(
            _Account(payee.affiliate_id, payee.iban_hash, payee.iban_last4, payee.legal_name)
        )
    return found


def _plain(name: str) -> str:
    """Return a name as it is compared: in the letters of a payment file, whatever their case."""
    return sepa_text(name, limit=NAME_LIMIT).casefold()

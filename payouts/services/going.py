"""What is owed to somebody, or by them, has to be settled before they are erased."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.money_words import money_words
from core.privacy.declaring import Person
from payouts.models import Claim
from payouts.queries import balances
from payouts.services.claim_rules import WAITING


def obstacles(person: Person) -> list[str]:
    """Say what is still to be paid, taken back or answered."""
    found = []
    for affiliate_id in person.accounts:
        for currency in balances.currencies(affiliate_id):
            found += _owed(balances.balances(affiliate_id, currency))
    if Claim.objects.filter(affiliate__in=person.accounts, status__in=WAITING).exists():
        found.append(_("A claim waits for an answer: answer it first."))
    return found


def _owed(found: balances.Balances) -> list[str]:
    said = (
        (found.pending, _("%(amount)s is earned and not due yet: wait, or reverse it.")),
        (found.payable, _("%(amount)s is due: pay it, or write it off.")),
        (found.reserved, _("%(amount)s is on its way: wait until the bank answers.")),
        (found.invoiced, _("%(amount)s is invoiced and not paid: settle it first.")),
    )
    return [text % {"amount": money_words(money)} for money, text in said if money.minor]

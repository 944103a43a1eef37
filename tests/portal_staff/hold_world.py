"""Held payouts and names at the bank, for the pages of finance."""

from datetime import timedelta

from payouts.models import NameCheck
from payouts.services import holds, name_checks
from tests.builders import make_affiliate, make_payee
from tests.payouts.paydays import PAYDAY, finance, make_due


def make_hold(**overrides):
    """A payee who is held for ever, by somebody else than who looks."""
    affiliate = overrides.pop("affiliate", None) or make_due()
    return holds.hold_payee(
        affiliate_id=affiliate.pk,
        actor_id=finance().pk,
        **{"reason": "Odd new account", "until": None, "now": PAYDAY, **overrides},
    )


def make_close(affiliate=None, result="CMTC"):
    """What the bank said of a payee's name; by default that it is nearly the holder's."""
    affiliate = affiliate or make_affiliate()
    payee = getattr(affiliate, "payee", None) or make_payee(affiliate)
    number = NameCheck.objects.count()
    day = (PAYDAY - timedelta(days=1)).date().isoformat()
    body = (
        "iban,name,result,name_at_bank,checked_on\n"
        f"{payee.iban},{payee.legal_name},{result},Nearly {number},{day}\n"
    )
    name_checks.receive(name="vop.csv", body=body.encode(), actor_id=finance().pk, now=PAYDAY)
    return NameCheck.objects.get(affiliate=affiliate)

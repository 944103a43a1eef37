"""What people read about contracts by mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from affiliates.queries import people_of
from affiliates.services.terms_words import amount
from core import staff
from core.letters import saying, send
from core.money import Money
from influencers.models import Contract


def offered(contract: Contract, *, now: datetime) -> None:
    """Tell everybody who acts for the influencer that a contract waits to be read and signed."""
    send(
        people_of(contract.affiliate_id),
        f"contract:{contract.pk}:offered",
        saying(
            lambda: _("A contract waits for your signature"),
            lambda: [
                _("We offer you a contract: %(purpose)s.") % {"purpose": contract.purpose},
                _("Read it, then sign or refuse it: %(address)s") % {"address": _own(contract)},
                _(
                    "The law asks for a written contract once what you are paid and given in a"
                    " year reaches a certain amount: nothing more can be paid before it is signed."
                ),
            ],
        ),
        now,
        kind="contract_offered",
    )


def withdrawn(contract: Contract, *, now: datetime) -> None:
    """Tell the influencer that there is nothing to sign any more."""
    send(
        people_of(contract.affiliate_id),
        f"contract:{contract.pk}:withdrawn",
        saying(
            lambda: _("A contract is withdrawn"),
            lambda: [
                _("The contract that we offered you is withdrawn: %(purpose)s.")
                % {"purpose": contract.purpose}
            ],
        ),
        now,
        kind="contract_offered",
    )


def ended(contract: Contract, *, now: datetime) -> None:
    """Tell the influencer when the contract ends, and why."""
    send(
        people_of(contract.affiliate_id),
        f"contract:{contract.pk}:ended",
        saying(
            lambda: _("Your contract ends"),
            lambda: [
                _("Your contract ends: %(purpose)s.") % {"purpose": contract.purpose},
                _("Its last day: %(day)s. The reason: %(reason)s")
                % {"day": f"{contract.ended_on:%d/%m/%Y}", "reason": contract.status_reason},
                _("What you earned until then stays yours. You can read it here: %(address)s")
                % {"address": _own(contract)},
            ],
        ),
        now,
        kind="contract_ended",
    )


def signed(contract: Contract, *, name: str, now: datetime) -> None:
    """Tell whoever offered it that the contract is signed, and the influencer where it is kept."""
    _tell_author(
        contract,
        "signed",
        lambda: _("%(name)s has signed the contract") % {"name": contract.affiliate.name},
        lambda: [_("Signed by %(name)s: %(address)s") % {"name": name, "address": _ours(contract)}],
        now,
    )
    send(
        people_of(contract.affiliate_id),
        f"contract:{contract.pk}:kept",
        saying(
            lambda: _("Your signed contract"),
            lambda: [
                _("The contract is signed: %(purpose)s.") % {"purpose": contract.purpose},
                _("Read it and keep the PDF: %(address)s") % {"address": _own(contract)},
            ],
        ),
        now,
        kind="contract_signed",
    )


def refused(contract: Contract, *, now: datetime) -> None:
    """Tell whoever offered it that the influencer does not sign, and why."""
    _tell_author(
        contract,
        "refused",
        lambda: _("%(name)s has refused the contract") % {"name": contract.affiliate.name},
        lambda: [
            _("The reason: %(reason)s") % {"reason": contract.status_reason},
            _ours(contract),
        ],
        now,
    )


def near_threshold(
    affiliate: Affiliate, *, year: int, total: Money, limit: Money, is_reached: bool, now: datetime
) -> None:
    """Warn managers, once a year and once more at the threshold itself, that a contract lacks."""
    step = "reached" if is_reached else "near"
    send(
        staff.of_role("manager"),
        f"contract-threshold:{affiliate.pk}:{year}:{step}",
        saying(
            lambda: _("A contract is needed: %(name)s") % {"name": affiliate.name},
            lambda: [
                _(
                    "%(name)s has been paid and given %(total)s in %(year)s, and no signed"
                    " contract covers today."
                )
                % {
                    "name": affiliate.name,
                    "total": amount(total.minor, total.currency),
                    "year": year,
                },
                _("From %(limit)s on nothing is paid without a signed contract.")
                % {"limit": amount(limit.minor, limit.currency)},
                _("Offer one here: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}/manage/contracts/"},
            ],
        ),
        now,
        kind="contract_needed",
    )


def _tell_author(
    contract: Contract,
    which: str,
    subject: Callable[[], str],
    said: Callable[[], list[str]],
    now: datetime,
) -> None:
    authors = staff.who_answers(contract.offered_by, "manager")
    key = f"contract:{contract.pk}:{which}"
    send(authors, key, saying(subject, said), now, kind="contract_replied")


def _own(contract: Contract) -> str:
    return f"{settings.PUBLIC_URL}/portal/contracts/{contract.public_id}/"


def _ours(contract: Contract) -> str:
    return f"{settings.PUBLIC_URL}/manage/contracts/{contract.public_id}/"

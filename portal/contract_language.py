"""Contracts of influencers as people read them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from influencers.domain.contract import Level
from influencers.models import Contract, ContractStatus
from payouts.queries.influencer_years import InfluencerYear
from portal.display import StatusText
from portal.formats import format_day, format_money

_STATUS = {
    ContractStatus.DRAFT: StatusText(
        "draft", gettext_lazy("Draft"), "neutral", "pencil",
        gettext_lazy("The influencer does not see it yet."),
    ),
    ContractStatus.OFFERED: StatusText(
        "offered", gettext_lazy("Waits for the signature"), "info", "clock",
        gettext_lazy("The influencer reads it, then signs or refuses it."),
    ),
    ContractStatus.SIGNED: StatusText(
        "signed", gettext_lazy("Signed"), "success", "check",
        gettext_lazy("It holds on the days that it names."),
    ),
    ContractStatus.ENDED: StatusText(
        "ended", gettext_lazy("Ended"), "neutral", "lock",
        gettext_lazy("It holds until its last day."),
    ),
    ContractStatus.REFUSED: StatusText(
        "refused", gettext_lazy("Refused"), "danger", "circle-x",
        gettext_lazy("The influencer does not sign it."),
    ),
    ContractStatus.WITHDRAWN: StatusText(
        "withdrawn", gettext_lazy("Withdrawn"), "neutral", "undo-2",
        gettext_lazy("There is nothing to sign."),
    ),
}  # fmt: skip
_LEVELS = {
    Level.FREE: StatusText(
        "free", gettext_lazy("No contract needed yet"), "neutral", "check",
        gettext_lazy("Below the warning: the law wants a contract from its amount on."),
    ),
    Level.WARNED: StatusText(
        "warned", gettext_lazy("Contract needed soon"), "warning", "triangle-alert",
        gettext_lazy("Payments stop at the amount of the law while none is signed."),
    ),
    Level.MANDATORY: StatusText(
        "mandatory", gettext_lazy("Contract missing"), "danger", "circle-alert",
        gettext_lazy("Nothing is paid before one is signed."),
    ),
}  # fmt: skip
_COVERED = StatusText(
    "covered",
    gettext_lazy("Contract signed"),
    "success",
    "check",
    gettext_lazy("A signed contract covers today."),
)


def contract_status(contract: Contract) -> StatusText:
    """Return the state of a contract."""
    return _STATUS[ContractStatus(contract.status)]


def year_status(year: InfluencerYear) -> StatusText:
    """Return whether an influencer needs a contract this year, and has it."""
    return _COVERED if year.is_covered else _LEVELS[year.level]


def progress_text(year: InfluencerYear) -> str:
    """``€750.00 of €1,000.00``; the amount alone where the law asks for nothing."""
    total = format_money(year.counted.total)
    if year.threshold is None:
        return total
    return _("%(total)s of %(limit)s") % {
        "total": total,
        "limit": format_money(year.threshold.limit),
    }


def period_text(contract: Contract) -> str:
    """Return the days of a contract: ``1 January 2026 to 31 December 2026, then renewed``."""
    last = contract.ended_on or contract.ends_on
    start = format_day(contract.starts_on)
    if last is None:
        return _("Since %(start)s") % {"start": start}
    text = _("%(start)s to %(end)s") % {"start": start, "end": format_day(last)}
    if contract.renews and contract.ended_on is None:
        return _("%(period)s, then renewed") % {"period": text}
    return text

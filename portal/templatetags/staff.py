"""``{% load staff %}``: codes of the rows as the states, words and sentences that staff read."""

from __future__ import annotations

from datetime import datetime

from django import template

from fraud.models import Sanction, Signal
from fraud.queries.duplicates import Duplicate
from payouts.models import Batch, Block, Commission, Item
from portal import (
    case_language,
    countries,
    refusals,
    signal_language,
    staff_language,
    status_language,
)
from portal.display import StatusText
from portal.queries.staff_returns import Parked
from portal.vetting_language import shared_words
from shop.models import InboundEvent, SyncRun

register = template.Library()


@register.filter
def application_state(status: str) -> StatusText:
    """Show the state of an application."""
    return status_language.application_status(status)


@register.filter
def affiliate_state(status: str) -> StatusText:
    """Show the state of an affiliate."""
    return status_language.affiliate_status(status)


@register.filter
def batch_state(batch: Batch) -> StatusText:
    """Show the state of a batch."""
    return status_language.batch_status(batch.status)


@register.filter
def item_state(item: Item) -> StatusText:
    """Show the state of one payout."""
    return status_language.payout_status(item.status, reason=item.reason)


@register.filter
def commission_state(commission: Commission, is_held: bool = False) -> StatusText:
    """Show the state of a commission, and whether something holds it."""
    return staff_language.staff_commission_status(commission.status, blocked=is_held)


@register.filter
def outcome_state(outcome: str) -> StatusText:
    """Show whether an order was attributed."""
    return staff_language.outcome_status(outcome)


@register.filter
def ruling_state(ruling: str) -> StatusText:
    """Show what became of a sale in a case."""
    return case_language.ruling_status(ruling)


@register.filter
def sanction_state(sanction: Sanction) -> StatusText:
    """Show the state of a sanction."""
    return case_language.sanction_status(sanction)


@register.filter
def mode_state(mode: str) -> StatusText:
    """Show how a signal is used."""
    return signal_language.mode_status(mode)


@register.filter
def family_label(family: str) -> str:
    """Name a family of signals."""
    return signal_language.family_name(family)


@register.filter
def severity_state(severity: str) -> StatusText:
    """Show how serious a signal is, or what a screening decided."""
    return staff_language.severity_status(severity)


@register.filter
def why(code: str) -> str:
    """Say why a touchpoint won or lost, or why an order is nobody's."""
    return staff_language.attribution_reason(code)


@register.filter
def block_why(block: Block) -> str:
    """Say why a commission is held and what ends it."""
    return staff_language.block_sentence(block.kind)


@register.filter
def signal_name(signal: Signal | str) -> str:
    """Name a signal, by its finding or by its code."""
    return signal_language.signal_label(signal if isinstance(signal, str) else signal.code)


@register.filter
def signal_why(signal: Signal) -> str:
    """Say what a signal saw."""
    return signal_language.signal_sentence(signal.code, signal.evidence)


@register.filter
def shared_details(other: Duplicate) -> str:
    """Name what two accounts have in common."""
    return shared_words(other.shared)


@register.filter
def evidence(signal: Signal) -> list[tuple[str, str]]:
    """List the facts of a signal."""
    return signal_language.evidence_items(signal.evidence)


@register.filter
def parked_why(why: Parked) -> str:
    """Say why a return is parked, and what to do."""
    return staff_language.parked_sentence(why)


@register.filter
def failure(event: InboundEvent | SyncRun) -> str:
    """Say why a delivery failed."""
    return refusals.why_failed(event)


@register.filter
def country(code: str) -> str:
    """Name a country."""
    return countries.country_name(code)


@register.filter(name="age")
def age_filter(since: datetime, now: datetime) -> str:
    """Show how long ago something was."""
    return staff_language.age(since, now)

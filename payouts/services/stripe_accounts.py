"""The accounts of payees at Stripe: made once, filled in at Stripe's own pages, read anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.domain.bank import EEA
from affiliates.models import Affiliate, LegalForm, PayeeChangeKind, TaxProfile
from affiliates.services.payee_changes import note
from affiliates.services.tax import newest_of
from core import audit
from core.errors import DomainError
from core.models import User
from payouts.gateways import stripe as gateway
from payouts.gateways.rail import RailUnavailable
from payouts.gateways.stripe import AccountState, StripeRail
from payouts.models import Capability, StripeAccount
from payouts.services import stripe_mails

#: Where a French platform may have recipients: the EEA and the regions Stripe adds to it.
COUNTRIES = frozenset(EEA | {"GB", "CH", "US", "CA"})
CLOSED = "account_closed"
#: What of an account is kept in the audit trail when it changes, under which verb.
_WATCHED = {"capability": "stripe.capability_changed", "last4": "stripe.bank_changed"}


class StripeRefused(DomainError):
    """Somebody cannot be paid through Stripe."""

    code = "stripe_refused"


class StripeSilent(DomainError):
    """Stripe could not be asked just now."""

    code = "stripe_silent"


@contextmanager
def told_when_silent() -> Iterator[None]:
    """Tell a person, who can try again, that Stripe could not be asked.

    :raises StripeSilent: where Stripe gives no answer, or its key is gone since.
    """
    try:
        yield
    except RailUnavailable as error:
        raise StripeSilent(_("Stripe does not answer just now. Try again in a minute.")) from error
    except ImproperlyConfigured as error:
        raise StripeSilent(
            _("This batch is not paid through Stripe, or Stripe is not set up.")
        ) from error


def why_not(affiliate: Affiliate) -> str:
    """Return why ``affiliate`` cannot be paid through Stripe, as a sentence; empty when it can."""
    if affiliate.is_employee:
        return _("You are paid with your salary.")
    if _country(affiliate, newest_of(affiliate.pk)) not in COUNTRIES:
        return _("Stripe cannot pay into your country from here: you are paid by bank transfer.")
    return ""


def open_account(
    *, affiliate_id: int, actor_id: int, now: datetime, rail: StripeRail | None = None
) -> StripeAccount:
    """Make the affiliate's account at Stripe, once. Safe to repeat, also after a lost answer.

    :raises StripeRefused: for an employee, or a country that Stripe does not reach from here.
    :raises StripeSilent: when Stripe gives no answer; asking again makes no second account.
    """
    affiliate = Affiliate.objects.get(pk=affiliate_id)
    found = StripeAccount.objects.filter(affiliate=affiliate).first()
    if found is not None and CLOSED not in found.requirements:
        return found
    refusal = why_not(affiliate)
    if refusal:
        raise StripeRefused(refusal)
    profile, actor = newest_of(affiliate_id), User.objects.get(pk=actor_id)
    with told_when_silent():
        state = (rail or gateway.connect()).create_account(
            email=actor.email,
            country=_country(affiliate, profile),
            is_company=profile is not None and profile.legal_form == LegalForm.COMPANY,
            payee=str(affiliate.public_id),
            key=f"acct-{affiliate.public_id}-{2 if found else 1}",
        )
    said = {**_read(state), "account": state.account, "read_at": now}
    with transaction.atomic():
        is_new = not StripeAccount.objects.filter(account=state.account).exists()
        account, _created = StripeAccount.objects.update_or_create(
            affiliate=affiliate,
            defaults=said,
            create_defaults={**said, "created_at": now},
        )
        if is_new:
            audit.record(
                actor=actor,
                verb="stripe.account_opened",
                subject=affiliate,
                at=now,
                data={"account": account.account, "country": account.country},
            )
    return account


def onboarding_address(
    *,
    affiliate_id: int,
    actor_id: int,
    back: str,
    again: str,
    now: datetime,
    rail: StripeRail | None = None,
) -> str:
    """Return the address of Stripe's forms for this person now. It lives for minutes.

    Never mail it: mail our own page, which makes a new one at each click.

    :raises StripeRefused, StripeSilent: see :func:`open_account`.
    """
    rail = rail or gateway.connect()
    account = open_account(affiliate_id=affiliate_id, actor_id=actor_id, now=now, rail=rail)
    with told_when_silent():
        return rail.onboarding_link(account.account, back=back, again=again)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What Stripe says of an account of ours, and when we had read it before."""

    state: AccountState
    before: datetime


class Overtaken(RailUnavailable):
    """Somebody else read the account meanwhile: nobody knows which reading is the newer one."""


def refresh(*, account: str, now: datetime, rail: StripeRail | None = None) -> StripeAccount | None:
    """Read an account anew and keep what Stripe says of it; None when it is none of ours.

    :raises RailUnavailable: when Stripe gives no answer, or somebody else reads it right now.
    """
    reading = read(account=account, rail=rail)
    return write(reading, now=now) if reading is not None else None


def read(*, account: str, rail: StripeRail | None = None) -> Reading | None:
    """Ask Stripe for an account; None when it is none of ours. Nothing is locked meanwhile.

    :raises RailUnavailable: when Stripe gives no answer.
    """
    stored = StripeAccount.objects.filter(account=account).first()
    if stored is None:
        return None
    return Reading(state=(rail or gateway.connect()).account(account), before=stored.read_at)


@transaction.atomic
def write(reading: Reading, *, now: datetime) -> StripeAccount:
    """Keep what was read. Whether it can be paid, and where, is kept in the audit trail.

    :raises Overtaken: if another reading was kept since this one began; nothing changes.
    """
    stored = StripeAccount.objects.select_for_update().get(account=reading.state.account)
    if stored.read_at != reading.before:
        raise Overtaken(f"{stored.account} was read by somebody else meanwhile.")
    before = {name: getattr(stored, name) for name in _WATCHED}
    for field, value in _read(reading.state).items():
        setattr(stored, field, value)
    # Every reading has a moment of its own: that is what the next one is compared by.
    stored.read_at = max(now, stored.read_at + timedelta(microseconds=1))
    stored.save()
    affiliate = Affiliate.objects.get(pk=stored.affiliate_id)
    for name, verb in _WATCHED.items():
        after = getattr(stored, name)
        if after != before[name]:
            audit.record(
                actor=None,
                verb=verb,
                subject=affiliate,
                at=now,
                data={"before": before[name], "after": after},
            )
    if before["last4"] and stored.last4 and stored.last4 != before["last4"]:
        _cool(stored, affiliate, before["last4"], now)
    return stored


def _cool(account: StripeAccount, affiliate: Affiliate, before_last4: str, now: datetime) -> None:
    """Pay nothing for a while into an account whose bank has changed, and tell its people (T13)."""
    change = note(
        affiliate=affiliate,
        kind=PayeeChangeKind.ACCOUNT,
        before=f"•••• {before_last4}",
        after=f"•••• {account.last4}",
        actor=None,
        now=now,
    )
    stripe_mails.bank_changed(change, now=now)


def _read(state: AccountState) -> dict[str, object]:
    known = state.capability if state.capability in Capability.values else Capability.RESTRICTED
    bank = {} if state.last4 is None else {"last4": state.last4}
    return {
        **bank,
        "country": state.country,
        "capability": Capability.REJECTED if state.is_closed else known,
        "requirements": [CLOSED] if state.is_closed else list(state.requirements),
    }


def _country(affiliate: Affiliate, profile: TaxProfile | None) -> str:
    return profile.country if profile is not None else affiliate.country

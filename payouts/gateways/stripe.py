"""Stripe, by its own library: transfers to recipients, and the accounts of those.

Every order has a key that was committed before. The library repeats an order whose answer was
lost, with the same key; what it does not repeat (429) is repeated here. Rules ST1 to ST6 in
``docs/rules/stripe.md``.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.money import Money
from payouts.gateways.rail import Answer, Found, Order, RailUnavailable, Verdict

CONNECT_SECONDS, READ_SECONDS = 5, 30
#: Repetitions by the library, of calls whose answer was lost or is none.
REPEATED = 2
#: Waits after 429, in seconds, each shortened by up to half at random.
BACKOFF = (0.5, 1, 2, 4, 8, 8, 8)
ITEM = "payout_item"
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """A recipient account as Stripe describes it now."""

    account: str
    country: str
    capability: str
    requirements: tuple[str, ...]
    is_closed: bool
    #: Of the bank account that it pays out to; None where Stripe did not say.
    last4: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """A transfer, or part of it, that came back. ``at`` in seconds since 1970."""

    reference: str
    amount: Money
    at: int


class StripeRail:
    """The rail, and the few acts about accounts. Safe to use from many threads."""

    def __init__(
        self, client: stripe.StripeClient, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.client, self._sleep = client, sleep

    def send(self, order: Order) -> Answer:
        """Make one transfer, or learn that it is made. Never raises for what Stripe answers."""
        for wait in (*BACKOFF, None):
            answer = self._try(order)
            if answer.code != "rate_limit" or wait is None:
                break
            self._sleep(wait * random.uniform(0.5, 1))  # noqa: S311 spreads load, hides nothing
        return answer

    def _try(self, order: Order) -> Answer:
        try:
            transfer = self.client.v1.transfers.create(
                {
                    "amount": order.amount.minor,
                    "currency": order.amount.currency.lower(),
                    "destination": order.destination,
                    "transfer_group": order.group,
                    "metadata": {
                        ITEM: str(order.item_id),
                        "batch": order.group,
                        "partner": order.payee,
                        "attempt": str(order.attempt),
                    },
                },
                {"idempotency_key": order.key},
            )
        except stripe.StripeError as error:
            return _meaning(error)
        return Answer(verdict=Verdict.SENT, reference=transfer.id)

    def available(self, currency: str) -> Money:
        """Return what can be sent now.

        :raises RailUnavailable: when Stripe gives no answer.
        """
        with asking():
            balance = self.client.v1.balance.retrieve()
        wanted = currency.lower()
        return Money(
            sum(one.amount for one in balance.available if one.currency == wanted), currency
        )

    def made_since(self, at: datetime) -> Iterator[Found]:
        """Yield every transfer made since a moment, for whatever batch, newest first.

        :raises RailUnavailable: when Stripe gives no answer.
        """
        with asking():
            page = self.client.v1.transfers.list(
                {"created": {"gte": int(at.timestamp())}, "limit": PAGE}
            )
            for transfer in page.auto_paging_iter():
                yield _found(transfer)

    def made_of(self, group: str, destination: str = "") -> Iterator[Found]:
        """Yield the transfers made for a batch, to one account or to all, newest first.

        :raises RailUnavailable: when Stripe gives no answer.
        """
        with asking():
            page = (
                self.client.v1.transfers.list(
                    {"transfer_group": group, "destination": destination, "limit": PAGE}
                )
                if destination
                else self.client.v1.transfers.list({"transfer_group": group, "limit": PAGE})
            )
            for transfer in page.auto_paging_iter():
                yield _found(transfer)

    def transfer(self, reference: str) -> tuple[Found, list[Reversal]]:
        """Return a transfer as it is now, and everything of it that came back.

        :raises RailUnavailable: when Stripe gives no answer.
        """
        with asking():
            made = self.client.v1.transfers.retrieve(reference)
            back = self.client.v1.transfers.reversals.list(reference, {"limit": PAGE})
            return _found(made), [
                Reversal(
                    reference=one.id,
                    amount=Money(one.amount, one.currency.upper()),
                    at=one.created,
                )
                for one in back.auto_paging_iter()
            ]

    def payout_status(self, reference: str, account: str) -> tuple[str, int]:
        """Return the status of a payout from the balance of ``account`` to its bank, and when it
        was made, in seconds since 1970.

        :raises RailUnavailable: when Stripe gives no answer.
        """
        with asking():
            payout = self.client.v1.payouts.retrieve(reference, None, {"stripe_account": account})
        return str(payout.status), payout.created

    def create_account(
        self, *, email: str, country: str, is_company: bool, payee: str, key: str
    ) -> AccountState:
        """Make a recipient account. Stripe itself asks the payee for everything else.

        :raises RailUnavailable: when Stripe makes none now.
        """
        with asking():
            account = self.client.v2.core.accounts.create(
                {
                    "contact_email": email,
                    "dashboard": "express",
                    "identity": {
                        "country": country.lower(),
                        "entity_type": "company" if is_company else "individual",
                    },
                    "configuration": {
                        "recipient": {
                            "capabilities": {
                                "stripe_balance": {"stripe_transfers": {"requested": True}}
                            }
                        }
                    },
                    "defaults": {
                        "responsibilities": {
                            "fees_collector": "application",
                            "losses_collector": "application",
                        }
                    },
                    "metadata": {"partner": payee},
                    "include": ["configuration.recipient", "identity", "requirements"],
                },
                {"idempotency_key": key},
            )
        return _state(account)

    def account(self, account: str) -> AccountState:
        """Return how an account is now, with the end of its bank account's number.

        :raises RailUnavailable: when Stripe gives no answer.
        """
        with asking():
            found = self.client.v2.core.accounts.retrieve(
                account, {"include": ["configuration.recipient", "identity", "requirements"]}
            )
            return replace(_state(found), last4=self._last4(account))

    def _last4(self, account: str) -> str | None:
        """Return the last four characters of the bank account that is paid out to by default."""
        try:
            banks = self.client.v1.accounts.external_accounts.list(
                account, {"object": "bank_account", "limit": PAGE}
            )
        except (stripe.InvalidRequestError, stripe.PermissionError):
            return None
        said = [one.to_dict() for one in banks.data]
        said.sort(key=lambda one: not one.get("default_for_currency"))
        return str(said[0].get("last4") or "") if said else ""

    def onboarding_link(self, account: str, *, back: str, again: str) -> str:
        """Return the address of Stripe's own forms. It works once and for minutes: never mail it.

        :raises RailUnavailable: when Stripe gives none now.
        """
        with asking():
            link = self.client.v2.core.account_links.create(
                {
                    "account": account,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {
                            "return_url": back,
                            "refresh_url": again,
                        },
                    },
                }
            )
        return str(link.url)


def is_configured() -> bool:
    """Return whether anybody can be paid through Stripe here."""
    return bool(settings.STRIPE_SECRET_KEY)


def connect() -> StripeRail:
    """Return Stripe, as the settings say.

    :raises ImproperlyConfigured: without a key.
    """
    if not is_configured():
        raise ImproperlyConfigured("Set STRIPE_SECRET_KEY to pay through Stripe.")
    return StripeRail(_client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, os.getpid()))


@lru_cache(maxsize=4)
def _client(key: str, base: str, _process: int) -> stripe.StripeClient:
    """One for each process: two that share a connection would read each other's answers."""
    http_client = stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS))
    if not base:
        return stripe.StripeClient(key, max_network_retries=REPEATED, http_client=http_client)
    return stripe.StripeClient(
        key,
        max_network_retries=REPEATED,
        http_client=http_client,
        base_addresses={"api": base, "files": base, "connect": base, "meter_events": base},
    )


@contextmanager
def asking() -> Iterator[None]:
    """Say of every error of Stripe's that nothing is known.

    :raises RailUnavailable: when Stripe gives no answer.
    """
    try:
        yield
    except stripe.StripeError as error:
        raise RailUnavailable(
            f"Stripe: {type(error).__name__}: {error.code or error.http_status}"
        ) from error


def _meaning(error: stripe.StripeError) -> Answer:
    """Say what an error of a transfer means for the money."""
    code, message = error.code or type(error).__name__, error.user_message or str(error)
    if isinstance(error, stripe.RateLimitError):
        return Answer(verdict=Verdict.UNCLEAR, code="rate_limit", message=message)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Answer(verdict=Verdict.SHUT, code=code, message=message)
    if error.http_status == 409:  # Another call with this key is under way.
        return Answer(verdict=Verdict.UNCLEAR, code=code, message=message)
    if isinstance(error, stripe.IdempotencyError):
        # The key was used for something else: only people can say what.
        return Answer(verdict=Verdict.STORED, code=code, message=message)
    if isinstance(error, stripe.InvalidRequestError | stripe.CardError):
        verdict = Verdict.UNFUNDED if code == "balance_insufficient" else Verdict.REFUSED
        return Answer(verdict=verdict, code=code, message=message)
    verdict = Verdict.STORED if _is_replayed(error) else Verdict.UNCLEAR
    return Answer(verdict=verdict, code=code, message=message)


def _is_replayed(error: stripe.StripeError) -> bool:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return headers.get("idempotent-replayed") == "true"


def item_told(transfer: stripe.Transfer) -> int:
    """Return the payout that a transfer was made for, as we told Stripe; 0 for none of ours."""
    metadata: dict[str, str] = transfer.metadata.to_dict() if transfer.metadata else {}
    told = metadata.get(ITEM, "")
    return int(told) if told.isdecimal() else 0


def _found(transfer: stripe.Transfer) -> Found:
    destination = transfer.destination
    return Found(
        reference=transfer.id,
        group=transfer.transfer_group or "",
        item_id=item_told(transfer),
        destination=str(getattr(destination, "id", destination) or ""),
        amount=Money(transfer.amount, transfer.currency.upper()),
    )


def _state(account: Any) -> AccountState:
    said = account.to_dict()
    recipient = (said.get("configuration") or {}).get("recipient") or {}
    balance = (recipient.get("capabilities") or {}).get("stripe_balance") or {}
    transfers = balance.get("stripe_transfers") or {}
    entries = (said.get("requirements") or {}).get("entries") or []
    return AccountState(
        account=said["id"],
        country=((said.get("identity") or {}).get("country") or "").upper(),
        capability=str(transfers.get("status") or "pending"),
        requirements=tuple(str(one.get("description")) for one in entries),
        is_closed=bool(said.get("closed")),
    )

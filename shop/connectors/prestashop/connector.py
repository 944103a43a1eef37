"""PrestaShop as a connector: our module's signed bodies, and what the webservice is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.wording import Said
from shop.connectors import generic, signed
from shop.connectors.apart import told_apart
from shop.connectors.contract import (
    UNREADABLE,
    Arrival,
    Connector,
    Context,
    Delivery,
    Field,
    Poller,
    parsed,
)
from shop.connectors.prestashop.orders import order_state
from shop.connectors.prestashop.part import Part
from shop.connectors.prestashop.poller import ORDER, PRODUCT, Webservice
from shop.connectors.prestashop.products import product_facts
from shop.domain.states import Facts, OrderState


class PrestaShop(Connector):
    """Our module sends the generic webhook; the webservice is asked for what it may have missed."""

    name = "prestashop"
    title = "PrestaShop"
    trial = (
        _("In PrestaShop: Payment > Payment methods: switch on wire payment or payment by check."),
        _("Place an order for any product. PrestaShop marks no tests: cancel it afterwards, and it"
          " earns nothing."),
    )  # fmt: skip
    fields = (
        Field(
            name="key",
            label=_("Webservice key"),
            help=_(
                "The key that you made at the shop. It is sent as a user name, never in an address."
            ),
            is_secret=True,
        ),
        Field(
            name="delivered_states",
            label=_("Statuses that mean delivered"),
            help=_("Their ids, with commas. Without: 5, as PrestaShop installs it."),
            is_required=False,
        ),
        Field(
            name="cancelled_states",
            label=_("Further statuses that mean cancelled"),
            help=_("Ids of statuses of your own, with commas. PrestaShop's own is known."),
            is_required=False,
        ),
        Field(
            name="gift_cards",
            label=_("References of gift cards"),
            help=_("Those that you sell, with commas. They earn nothing."),
            is_required=False,
        ),
        Field(
            name="country",
            label=_("Country of your list prices"),
            help=_("Two letters, such as FR: whose VAT the catalogue's prices have. Without: FR."),
            is_required=False,
        ),
    )
    steps = (
        _("In Advanced Parameters > Webservice, turn on the webservice and add a key."),
        _(
            "Allow the key to view (GET) addresses, apport_references, carriers, cart_rules,"
            " categories, combinations, countries, currencies, customers, order_cart_rules,"
            " order_details, order_histories, order_slip, order_states, orders,"
            " product_option_values, product_options, products, shops, stock_availables,"
            " tax_rules and taxes. Nothing else: it never writes."
        ),
        _("In Modules > Module Manager, choose Upload a module and give it apport.zip."),
        _(
            "Choose Configure at the module. Enter the address %(webhook)s and the secret"
            " %(secret)s."
        ),
        _("Let your host's cron open the address that the module shows, every five minutes."),
    )

    def check(self, delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:
        """Accept a delivery of the module, signed as the generic webhook is.

        :raises BadHeader, BadSignature: see ``connectors.generic``.
        """
        signed.CONNECTOR.check(delivery, secrets=secrets, now=now)

    def arrival(self, delivery: Delivery) -> Arrival:
        """Say what a delivery of the module is.

        :raises BadHeader: when nothing says which event it is.
        """
        return signed.CONNECTOR.arrival(delivery)

    def facts(self, topic: str, body: bytes, context: Context) -> Facts:
        """Translate a body of the module or of the webservice.

        :raises UnreadableBody: with a sentence that names the place and quotes nothing.
        """
        said = _apart(self._said(topic, body, context))
        named = context.options.get("gift_cards", "").split(",")
        gift_cards = {one.strip() for one in named if one.strip()}
        if not (gift_cards and said.orders):
            return said
        orders = tuple(_with_gift_cards(state, gift_cards) for state in said.orders)
        return replace(said, orders=orders)

    def _said(self, topic: str, body: bytes, context: Context) -> Facts:
        if topic in generic.SCHEMAS or topic == UNREADABLE:
            return signed.CONNECTOR.facts(topic, body, context)
        if topic == ORDER:
            state = order_state(Part.whole(parsed(body)), context)
            if state is None:
                return Facts(ignored=Said("The order has no lines."))
            return Facts(orders=(state,))
        if topic == PRODUCT:
            return product_facts(Part.whole(parsed(body)), context)
        return Facts(ignored=Said("PrestaShop does not send this."))

    def poller(
        self, address: str, credentials: Mapping[str, str], context: Context
    ) -> Poller | None:
        """Return the shop's webservice; none without a key."""
        key = credentials.get("key", "").strip()
        return Webservice.at(address, key, context) if key else None


def _apart(said: Facts) -> Facts:
    """Stock and the costs of combinations do not move the product's time of change (PS13)."""
    if not said.products:
        return said
    found = told_apart(said.products, costs_too=True)
    return replace(said, products=found.products, unit_costs=found.unit_costs, stocks=found.stocks)


def _with_gift_cards(state: OrderState, gift_cards: Collection[str]) -> OrderState:
    """PrestaShop sells gift cards as goods: a manager names their references (PS12)."""
    lines = tuple(
        replace(line, kind="gift_card") if line.kind == "product" and line.sku in gift_cards
        else line
        for line in state.order.lines
    )  # fmt: skip
    return replace(state, order=replace(state.order, lines=lines))

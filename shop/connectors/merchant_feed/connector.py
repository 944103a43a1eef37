"""A product feed for Google Merchant Center as a source of products, prices, costs and stock."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from core.wording import Said
from shop.connectors.contract import Context, Field, UnreadableBody, parsed
from shop.connectors.merchant_feed.download import Download, basic
from shop.connectors.merchant_feed.items import USUAL_VAT, WANTED, product, vat_bps
from shop.connectors.merchant_feed.poller import POLL_PRODUCTS, FeedPoller
from shop.connectors.silent import SilentConnector
from shop.domain.states import Facts


class MerchantFeed(SilentConnector):
    """Any shop that has a feed for Google. It tells of products alone: orders come another way."""

    name = "merchant_feed"
    title = "Google Merchant feed"
    trial = (_("Ask for the catalogue: the button is below, under Ask the platform now."),)
    tells_orders = False
    silence = Said("A product feed sends nothing: it is fetched.")
    fields = (
        Field(
            name="vat_percent",
            label=_("VAT in the prices, in percent"),
            help=_("20 when empty. Google's feed does not say it."),
            is_required=False,
        ),
        Field(name="user", label=_("User of the feed's address"), is_required=False),
        Field(
            name="password",
            label=_("Password of the feed's address"),
            is_secret=True,
            is_required=False,
        ),
    )
    steps = (
        _("Find the address of the feed: Google Merchant Center > Settings > Data sources, or the"
          " feed module of your shop. XML (RSS or Atom) and text with tabs are read."),
        _("Enter it here as the address. It begins with https://."),
        _("For commissions on margin let the feed say cost_of_goods_sold, without VAT."),
    )  # fmt: skip

    def facts(self, topic: str, body: bytes, context: Context) -> Facts:
        """Translate the items of a record.

        :raises UnreadableBody: with the item and the attribute that cannot be read.
        """
        if topic != POLL_PRODUCTS:
            return Facts(ignored=Said("A product feed tells of products alone."))
        found = parsed(body)
        items = found.get("items") if isinstance(found, dict) else None
        if not isinstance(items, list):
            raise UnreadableBody(Said("There are no items."))
        vat = vat_bps(context.options.get("vat_percent") or USUAL_VAT)
        return Facts(
            products=tuple(product(_item(one), currency=context.currency, vat=vat) for one in items)
        )

    def poller(
        self, address: str, credentials: Mapping[str, str], context: Context
    ) -> FeedPoller | None:
        """Return the way to the feed at ``address``; none without one.

        :raises UnreadableBody: when the rate of VAT is none.
        """
        if not address:
            return None
        entered = {**context.options, **credentials}
        return FeedPoller(
            Download(
                address=address,
                headers=basic(entered.get("user", ""), entered.get("password", "")),
            ),
            context,
            vat_bps(entered.get("vat_percent") or USUAL_VAT),
        )


def _item(said: object) -> Mapping[str, str]:
    if not isinstance(said, dict):
        raise UnreadableBody(Said("An item is not what a feed has."))
    return {name: text for name, text in said.items() if name in WANTED and isinstance(text, str)}

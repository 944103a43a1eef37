"""Calls of the API: links.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from apport_client.paging import Pages
from apport_client.transport import Transport
from apport_client.types.links import Link, LinkInput, LinkPatchInput, LinkState, UtmInput
from apport_client.writing import UNSET, Unset, place


class LinksResource:
    """What ``client.links`` can do."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        promo_code: str | None = None,
        q: str | None = None,
        state: LinkState | None = None,
        tag: str | None = None,
        page_size: int = 100,
        cursor: str = "",
    ) -> Pages[Link]:
        """List links.

        All of your links, the newest first, with what each brought so far.

        Needs the scope `read:links`.

        :param q: In label, note, address, page, sub id or tags.
        :param state: All without it.
        :param page_size: How many are asked for at once.
        :param cursor: The “next_cursor” after which to begin.
        """
        asked: dict[str, object] = {
            "promo_code": promo_code,
            "q": q,
            "state": state,
            "tag": tag,
            "limit": page_size,
        }
        return self._transport.pages(Link, "/links", asked, cursor)

    def create(
        self,
        *,
        destination_url: str,
        label: str | Unset = UNSET,
        note: str | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        utm: UtmInput | Unset = UNSET,
        promo_code: str | None | Unset = UNSET,
        expires_at: datetime | None | Unset = UNSET,
        shop: str | Unset = UNSET,
        slug: str | Unset = UNSET,
        sub_id: str | Unset = UNSET,
        campaign: str | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Link:
        """Make a link.

        Makes a link to a page of the shop. A live link with the very same content is answered (200)
        rather than made again (201).

        Needs the scope `write:links`.

        :param destination_url: A page of the shop.
        :param shop: Its code; needed when there are several.
        :param slug: The end of the address; without one we make it.
        :param sub_id: A mark of your own.
        :param campaign: For utm_campaign.
        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        body = LinkInput(
            destination_url=destination_url,
            label=label,
            note=note,
            tags=tags,
            utm=utm,
            promo_code=promo_code,
            expires_at=expires_at,
            shop=shop,
            slug=slug,
            sub_id=sub_id,
            campaign=campaign,
        )
        return self._transport.change(Link, "POST", "/links", body, idempotency_key)

    def get(self, code: str) -> Link:
        """Read a link.

        One of your links, with what it brought so far.

        Needs the scope `read:links`.
        """
        asked: dict[str, object] = {}
        return self._transport.read(Link, f"/links/{place(code)}", asked)

    def update(
        self,
        code: str,
        *,
        destination_url: str | Unset = UNSET,
        label: str | Unset = UNSET,
        note: str | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        utm: UtmInput | Unset = UNSET,
        promo_code: str | None | Unset = UNSET,
        expires_at: datetime | None | Unset = UNSET,
        idempotency_key: str | None = None,
    ) -> Link:
        """Change a link.

        Changes what is sent; every change is kept in the link's history. Its address, shop and sub
        id stay. An archived link is taken back first (409).

        Needs the scope `write:links`.

        :param destination_url: A page of the shop.
        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        body = LinkPatchInput(
            destination_url=destination_url,
            label=label,
            note=note,
            tags=tags,
            utm=utm,
            promo_code=promo_code,
            expires_at=expires_at,
        )
        return self._transport.change(Link, "PATCH", f"/links/{place(code)}", body, idempotency_key)

    def archive(self, code: str, *, idempotency_key: str | None = None) -> Link:
        """Put a link away.

        Out of the lists and without credit from now; it still leads to the shop.

        Needs the scope `write:links`.

        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        return self._transport.change(
            Link,
            "POST",
            f"/links/{place(code)}/archive",
            None,
            idempotency_key,
        )

    def restore(self, code: str, *, idempotency_key: str | None = None) -> Link:
        """Take a link back into use.

        Clicks on it are credited again from now.

        Needs the scope `write:links`.

        :param idempotency_key: Of a call that is to have one effect even if your program is started
            anew; one is made for each call without it.
        """
        return self._transport.change(
            Link,
            "POST",
            f"/links/{place(code)}/restore",
            None,
            idempotency_key,
        )

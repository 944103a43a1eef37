"""Links: listed, made, changed, put away and taken back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import DomainError
from core.models import Scope
from portal.api.fields import ListQuery, Moment, MoneyOut, StatusOut, Strict, Text
from portal.api.operation import operation
from portal.api.paging import page_of
from portal.api.resource import Resource, refused
from portal.queries.links import ACTIVE, ARCHIVED, EVERY, EXPIRED, LinkFilters, found_links
from portal.queries.links import LinkRow as Row
from portal.queries.links import link_rows as rows_of
from portal.refusals import sentence
from shop.models import Shop
from tracking.domain.utm import VALUE_LENGTH
from tracking.models import CouponCode, Link
from tracking.services import link_edits
from tracking.services import links as services
from tracking.services.link_content import (
    CodeNotYours,
    DestinationRefused,
    InvalidExpiry,
    InvalidSubId,
    InvalidTags,
    InvalidUtm,
)
from tracking.services.slugs import InvalidSlug, SlugTaken

TAG = "Links"
#: The field that each refusal of content belongs to.
_FIELDS: dict[type[DomainError], str] = {
    DestinationRefused: "destination_url",
    InvalidSubId: "sub_id",
    InvalidTags: "tags",
    InvalidUtm: "utm",
    InvalidExpiry: "expires_at",
    CodeNotYours: "promo_code",
    InvalidSlug: "slug",
    SlugTaken: "slug",
}
EXAMPLE: dict[str, Any] = {
    "id": "spring-letter",
    "url": "https://shop.example/c/spring-letter",
    "destination_url": "https://shop.example/dresses",
    "shop": "atelier",
    "label": "Spring letter",
    "note": "",
    "tags": ["newsletter"],
    "sub_id": "letter-5",
    "utm": {"utm_source": "apport", "utm_campaign": "spring"},
    "promo_code": None,
    "status": {"code": "active", "label": "Active", "sentence": "Clicks are counted."},
    "clicks": 412,
    "orders": 9,
    "earned": {"amount_minor": 8730, "currency": "EUR"},
    "earned_per_click": {"amount_minor": 21, "currency": "EUR"},
    "created_at": "2026-03-02T08:15:00Z",
    "last_click_at": "2026-06-14T17:00:00Z",
    "expires_at": None,
    "archived_at": None,
}


class LinkOut(serializers.Serializer[Row]):
    """A trackable address that leads to a page of the shop."""

    id = serializers.CharField(source="link.code", help_text="The end of its address. Stays.")
    url = serializers.CharField(help_text="What people click.")
    destination_url = serializers.CharField(source="link.destination_url")
    shop = serializers.CharField(source="link.shop.code")
    label = serializers.CharField(source="link.label")  # type: ignore[assignment]
    note = serializers.CharField(source="link.note")
    tags = serializers.ListField(child=serializers.CharField(), source="link.tags")
    sub_id = serializers.CharField(source="link.sub_id")
    utm = serializers.DictField(child=serializers.CharField(), source="link.utm")
    promo_code = serializers.CharField(source="link.coupon_code.code", allow_null=True)
    status = StatusOut()
    clicks = serializers.IntegerField(help_text="People who came, ever.")
    orders = serializers.IntegerField(help_text="Orders credited to it, ever.")
    earned = MoneyOut(help_text="What they come to now, returns taken off.")
    earned_per_click = MoneyOut(source="epc", allow_null=True)
    created_at = Moment(source="link.created_at")
    last_click_at = Moment(allow_null=True, help_text="When the hour of the last click began.")
    expires_at = Moment(source="link.expires_at", allow_null=True)
    archived_at = Moment(source="link.archived_at", allow_null=True)


class LinkQuery(ListQuery):
    """Which links."""

    state = serializers.ChoiceField(
        [ACTIVE, EXPIRED, ARCHIVED], required=False, help_text="All without it."
    )
    q = serializers.CharField(
        required=False, max_length=100, help_text="In label, note, address, page, sub id or tags."
    )
    tag = serializers.CharField(required=False, max_length=30)
    promo_code = serializers.CharField(required=False, max_length=64)


class UtmIn(Strict):
    """Parameters that are added to the page's address."""

    utm_source = Text(required=False, allow_blank=True, max_length=VALUE_LENGTH)
    utm_medium = Text(required=False, allow_blank=True, max_length=VALUE_LENGTH)
    utm_campaign = Text(required=False, allow_blank=True, max_length=VALUE_LENGTH)
    utm_term = Text(required=False, allow_blank=True, max_length=VALUE_LENGTH)
    utm_content = Text(required=False, allow_blank=True, max_length=VALUE_LENGTH)


class LinkPatchIn(Strict):
    """What can be changed of a link: what is not sent stays as it is."""

    destination_url = Text(required=False, max_length=1_000, help_text="A page of the shop.")
    label = Text(  # type: ignore[assignment]
        required=False, allow_blank=True, max_length=80
    )
    note = Text(required=False, allow_blank=True, max_length=300)
    tags = serializers.ListField(
        child=Text(max_length=30), required=False, max_length=10, allow_empty=True
    )
    utm = UtmIn(required=False)
    promo_code = Text(required=False, allow_null=True, max_length=64)
    expires_at = Moment(required=False, allow_null=True)


class LinkIn(LinkPatchIn):
    """A new link."""

    destination_url = Text(max_length=1_000, help_text="A page of the shop.")
    shop = Text(required=False, max_length=40, help_text="Its code; needed when there are several.")
    slug = Text(
        required=False, max_length=60, help_text="The end of the address; without one we make it."
    )
    sub_id = Text(required=False, allow_blank=True, max_length=64, help_text="A mark of your own.")
    campaign = Text(
        required=False, allow_blank=True, max_length=VALUE_LENGTH, help_text="For utm_campaign."
    )


class OfLinks(Resource):
    """What the addresses of links have in common."""

    def row(self, link: Link) -> Row:
        """Return a link with what it brought."""
        return rows_of(
            self.affiliate.pk, [link], is_active=self.affiliate.is_active, now=timezone.now()
        )[0]

    def own(self, code: str) -> Link:
        """Return one of the caller's links.

        :raises Http404: when there is none, or it belongs to somebody else.
        """
        rows = Link.objects.select_related("shop", "coupon_code")
        return get_object_or_404(rows.filter(affiliate=self.affiliate), code=code)

    def promo_code_id(self) -> int | None:
        """Return the promo code that was said.

        :raises Refusal: when the affiliate has none of this name.
        """
        code = self.said.get("promo_code")
        if code is None:
            return None
        found = CouponCode.objects.filter(affiliate=self.affiliate, code__iexact=code).first()
        if found is None:
            raise refused({"promo_code": _("You have no such promo code.")})
        return found.pk


class LinkList(OfLinks):
    @operation(
        "list_links", "List links",
        "All of your links, the newest first, with what each brought so far.",
        scope=Scope.READ_LINKS, tag=TAG, query=LinkQuery, answers=LinkOut, many=True,
        example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """List the caller's links."""
        asked, now = self.asked, timezone.now()
        filters = LinkFilters(
            search=asked.get("q", ""),
            state=asked.get("state", EVERY),
            tag=asked.get("tag", ""),
            code=asked.get("promo_code", ""),
        )
        found = found_links(self.affiliate.pk, filters, now=now)
        page = page_of(found, by="created_at", cursor=asked["cursor"], limit=asked["limit"])
        active = self.affiliate.is_active
        rows = rows_of(self.affiliate.pk, page.rows, is_active=active, now=now)
        return self.listed(LinkOut, rows, page)

    @operation(
        "create_link", "Make a link",
        "Makes a link to a page of the shop. A live link with the very same content is answered"
        " (200) rather than made again (201).",
        scope=Scope.WRITE_LINKS, tag=TAG, takes=LinkIn, answers={201: LinkOut, 200: LinkOut},
        example=EXAMPLE,
        asks={"destination_url": "https://shop.example/dresses", "label": "Spring letter"},
    )  # fmt: skip
    def post(self, _request: Request) -> Response:
        """Make a link."""
        said, now = self.said, timezone.now()
        try:
            link = services.create(
                affiliate_id=self.affiliate.pk,
                shop_id=self._shop().pk,
                destination_url=said["destination_url"],
                sub_id=said.get("sub_id", ""),
                label=said.get("label", ""),
                note=said.get("note", ""),
                tags=said.get("tags", []),
                campaign=said.get("campaign", ""),
                utm_values=said.get("utm"),
                expires_at=said.get("expires_at"),
                coupon_code_id=self.promo_code_id(),
                slug=said.get("slug", ""),
                now=now,
            )
        except tuple(_FIELDS) as refusal:
            raise _of_field(refusal) from refusal
        where = f"{settings.PUBLIC_URL}{reverse('api:link', args=[link.code])}"
        status = 201 if link.created_at == now else 200
        return self.shown(LinkOut, self.row(self.own(link.code)), status=status, location=where)

    def _shop(self) -> Shop:
        code, shops = self.said.get("shop"), list(Shop.objects.order_by("pk"))
        found = [shop for shop in shops if code is None or shop.code == code]
        if len(found) != 1:
            known = ", ".join(shop.code for shop in shops)
            raise refused({"shop": _("Choose one of: %(known)s.") % {"known": known}})
        return found[0]


class LinkDetail(OfLinks):
    @operation(
        "get_link", "Read a link", "One of your links, with what it brought so far.",
        scope=Scope.READ_LINKS, tag=TAG, answers=LinkOut, example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request, code: str) -> Response:
        """Show one link."""
        return self.shown(LinkOut, self.row(self.own(code)))

    @operation(
        "update_link", "Change a link",
        "Changes what is sent; every change is kept in the link's history. Its address, shop and"
        " sub id stay. An archived link is taken back first (409).",
        scope=Scope.WRITE_LINKS, tag=TAG, takes=LinkPatchIn, answers=LinkOut, example=EXAMPLE,
        asks={"label": "Summer letter"}, refuses=[404],
    )  # fmt: skip
    def patch(self, _request: Request, code: str) -> Response:
        """Change one link."""
        said = self.said
        with transaction.atomic():
            # Changes of an account's links come one after the other: none undoes another's field.
            services.require_active(self.affiliate.pk)
            link = self.own(code)
            try:
                link_edits.edit(
                    link_id=link.pk,
                    affiliate_id=self.affiliate.pk,
                    actor_id=self.user.pk,
                    destination_url=said.get("destination_url", link.destination_url),
                    label=said.get("label", link.label),
                    note=said.get("note", link.note),
                    tags=said.get("tags", link.tags),
                    utm_values={**link.utm, **said.get("utm", {})},
                    expires_at=said.get("expires_at", link.expires_at),
                    coupon_code_id=self.promo_code_id()
                    if "promo_code" in said
                    else link.coupon_code_id,
                    now=timezone.now(),
                )
            except tuple(_FIELDS) as refusal:
                raise _of_field(refusal) from refusal
        return self.shown(LinkOut, self.row(self.own(code)))


class LinkArchive(OfLinks):
    @operation(
        "archive_link", "Put a link away",
        "Out of the lists and without credit from now; it still leads to the shop.",
        scope=Scope.WRITE_LINKS, tag=TAG, answers=LinkOut,
        example={**EXAMPLE, "archived_at": "2026-06-15T10:00:00Z"}, refuses=[404],
    )  # fmt: skip
    def post(self, _request: Request, code: str) -> Response:
        """Archive one link."""
        link = self.own(code)
        services.archive(
            link_id=link.pk, affiliate_id=self.affiliate.pk, now=timezone.now(),
            actor_id=self.user.pk,
        )  # fmt: skip
        return self.shown(LinkOut, self.row(self.own(code)))


class LinkRestore(OfLinks):
    @operation(
        "restore_link", "Take a link back into use", "Clicks on it are credited again from now.",
        scope=Scope.WRITE_LINKS, tag=TAG, answers=LinkOut, example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def post(self, _request: Request, code: str) -> Response:
        """Take one archived link back into use."""
        link = self.own(code)
        services.restore(
            link_id=link.pk, affiliate_id=self.affiliate.pk, now=timezone.now(),
            actor_id=self.user.pk,
        )  # fmt: skip
        return self.shown(LinkOut, self.row(self.own(code)))


def _of_field(refusal: DomainError) -> Exception:
    field = next(name for kind, name in _FIELDS.items() if isinstance(refusal, kind))
    return refused({field: sentence(refusal)}, refusal.code)

"""What an affiliate types about a link. Whether it may be so is for the service to say."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.formats import PARIS
from shop.models import Shop
from tracking.domain.utm import PARAMETERS, VALUE_LENGTH
from tracking.models import CouponCode, Link

UTM_LABELS = {
    "utm_source": _("Source"),
    "utm_medium": _("Medium"),
    "utm_campaign": _("Campaign"),
    "utm_term": _("Term"),
    "utm_content": _("Content"),
}


def _plain(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs})


class LinkEditForm(forms.Form):
    """What can be changed once a link is in use: everything but its address and its sub id."""

    destination_url = forms.CharField(
        label=_("Page of the shop"),
        max_length=1_000,
        help_text=_("Copy the address of any page: a product, a category, the home page."),
        widget=forms.URLInput(
            attrs={"placeholder": "https://", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    label = forms.CharField(
        label=_("Name for yourself"),
        max_length=80,
        required=False,
        help_text=_("Only you see it. For example: newsletter of May."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        max_length=330,
        required=False,
        help_text=_("Separated by commas. They find links again and group them."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    coupon_code = forms.ModelChoiceField(
        label=_("Promo code"),
        queryset=CouponCode.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("Shown beside the link, in its share text and on its printed card."),
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Afterwards it still leads to the shop, and earns nothing."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("Only you see it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, affiliate_id: int, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shops = list(Shop.objects.order_by("pk"))
        works = Q(valid_to__isnull=True) | Q(valid_to__gt=now)
        codes = CouponCode.objects.filter(works, affiliate=affiliate_id).order_by("code")
        self.fields["coupon_code"].queryset = codes  # type: ignore[attr-defined]
        for name in PARAMETERS:
            self.fields[name] = forms.CharField(
                label=UTM_LABELS[name],
                max_length=VALUE_LENGTH,
                required=False,
                widget=_plain(),
            )

    @property
    def hosts(self) -> list[str]:
        """The hosts that links may lead to."""
        return sorted({host for shop in self.shops for host in shop.link_hosts})

    @property
    def utm_fields(self) -> list[forms.BoundField]:
        """The fields of the block that is folded."""
        return [self[name] for name in PARAMETERS]

    @property
    def shows_utm(self) -> bool:
        """Whether the folded block holds something to see: a value or an error."""
        return any(field.errors or field.value() for field in self.utm_fields)

    def clean_destination_url(self) -> str:
        """Return the address, with ``https://`` where no scheme was given."""
        return with_scheme(self.cleaned_data["destination_url"])

    def content(self) -> dict[str, Any]:
        """Return the cleaned content as the services name it."""
        cleaned = self.cleaned_data
        code = cleaned["coupon_code"]
        return {
            "destination_url": cleaned["destination_url"],
            "label": cleaned["label"],
            "note": cleaned["note"],
            "tags": split_tags(cleaned["tags"]),
            "expires_at": end_of(cleaned["expires_on"]),
            "coupon_code_id": code.pk if code else None,
        }


class LinkForm(LinkEditForm):
    """A new link."""

    shop = forms.ModelChoiceField(label=_("Shop"), queryset=Shop.objects.none(), empty_label=None)
    slug = forms.CharField(
        label=_("End of the address"),
        max_length=60,
        required=False,
        help_text=_("3 to 40 small letters, digits and dashes."),
        widget=_plain(),
    )
    campaign = forms.CharField(
        label=_("Campaign"),
        max_length=VALUE_LENGTH,
        required=False,
        help_text=_("For your reports and those of the shop. For example: summer sale."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    host = forms.ChoiceField(
        label=_("Country or language"),
        required=False,
        help_text=_("The same page on another of the shop's addresses."),
    )
    sub_id = forms.CharField(
        label=_("Sub id"),
        max_length=64,
        required=False,
        help_text=_("A mark of your own that comes back with each sale."),
        widget=_plain(),
    )
    proposal = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shop"].queryset = Shop.objects.order_by("pk")  # type: ignore[attr-defined]
        if self.shops:
            self.fields["shop"].initial = self.shops[0]
        if len(self.shops) < 2:
            self.fields["shop"].widget = forms.HiddenInput()
        self.fields["host"].choices = [  # type: ignore[attr-defined]
            ("", _("As the page that you pasted")),
            *((host, host) for host in self.hosts),
        ]

    @property
    def has_hosts(self) -> bool:
        """Whether a shop has more than one address, so that there is something to choose."""
        return any(len(shop.link_hosts) > 1 for shop in self.shops)

    def content(self) -> dict[str, Any]:
        """Return the same, on the host that was chosen."""
        said = super().content()
        said["destination_url"] = on_host(said["destination_url"], self.cleaned_data["host"])
        return said

    def typed_utm(self) -> dict[str, str]:
        """Return the campaign parameters that were typed; the others are the template's."""
        return {name: self.cleaned_data[name] for name in PARAMETERS if self.cleaned_data[name]}


class PagesForm(forms.Form):
    """Pages that a link shall lead to beside its own."""

    pages = forms.CharField(
        label=_("Pages of the shop"),
        max_length=20_000,
        help_text=_("One address a line, 20 at most."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_pages(self) -> list[str]:
        """Return the lines that hold something."""
        said: str = self.cleaned_data["pages"]
        return [line.strip() for line in said.splitlines() if line.strip()]


def initial_of(link: Link) -> dict[str, Any]:
    """Return what the form of an existing link begins with."""
    return {
        "destination_url": link.destination_url,
        "label": link.label,
        "tags": ", ".join(link.tags),
        "coupon_code": link.coupon_code_id,
        "expires_on": last_day_of(link.expires_at),
        "note": link.note,
        **link.utm,
    }


def with_scheme(address: str) -> str:
    """Return an address as it was meant: with ``https://`` where no scheme was typed."""
    address = address.strip()
    return address if "://" in address or not address else f"https://{address}"


def on_host(address: str, host: str) -> str:
    """Return an address on another host; without one as it is, and so if it is no address."""
    if not host or not address:
        return address
    try:
        return urlsplit(address)._replace(netloc=host).geturl()
    except ValueError:
        return address


def split_tags(text: str) -> list[str]:
    """Return the tags that were typed with commas between them."""
    return [tag.strip() for tag in text.split(",") if tag.strip()]


def end_of(day: date | None) -> datetime | None:
    """Return the first instant after a day in Paris."""
    return datetime.combine(day + timedelta(days=1), time(), PARIS) if day else None


def last_day_of(moment: datetime | None) -> date | None:
    """Return the last whole day in Paris before ``moment``."""
    return (moment.astimezone(PARIS) - timedelta(microseconds=1)).date() if moment else None

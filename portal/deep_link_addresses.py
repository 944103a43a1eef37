"""One link for many pages: its address with the page of the same shop that it shall lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from portal.short_links import short_url
from shop.models import Shop
from tracking.domain.deep_links import is_page
from tracking.domain.destinations import leads_to_shop, without_own_parameters
from tracking.domain.languages import variants
from tracking.landing_links import languages_of
from tracking.models import Link

MOST_PAGES = 20
_PLAIN = "/:@!$'()*,;=?~"


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The page on which visitors land who read a language; its name in that language."""

    code: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class PageAddress:
    """A page that was typed, and the address that leads there; else why there is none."""

    typed: str
    page: str = ""
    url: str = ""
    refusal: str = ""
    languages: tuple[InLanguage, ...] = ()


def in_languages(url: str, shop: Shop) -> tuple[InLanguage, ...]:
    """Return where visitors land by their language; nothing for a page of no language (L22)."""
    found = variants(url, languages_of(shop))
    return tuple(InLanguage(code, _language_name(code), page) for code, page in found)


def addresses(link: Link, typed: Iterable[str]) -> list[PageAddress]:
    """Return the address of each page that was typed, as a whole address or as a path.

    Pages are of the host that the link itself leads to: no address leads elsewhere.
    """
    return [_address(link, one) for one in list(typed)[:MOST_PAGES]]


def _address(link: Link, typed: str) -> PageAddress:
    shop = urlsplit(link.destination_url)
    page = typed
    if not typed.startswith("/"):
        whole = typed if "://" in typed else f"https://{typed}"
        if not leads_to_shop(whole, [shop.netloc]):
            return PageAddress(
                typed,
                refusal=_("This link leads to pages of %(host)s only.") % {"host": shop.netloc},
            )
        parts = urlsplit(without_own_parameters(whole))
        page = parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()
    if not is_page(page):
        return PageAddress(typed, refusal=_("This is no page of the shop."))
    return PageAddress(
        typed,
        page,
        f"{short_url(link)}?to={quote(page, safe=_PLAIN)}",
        languages=in_languages(f"{shop.scheme}://{shop.netloc}{page}", link.shop),
    )


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code

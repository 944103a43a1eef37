"""What affiliates promote with: found, looked at, downloaded, and put on a page of theirs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Resource, ResourceFile, ResourceKind, ResourceLanguage
from affiliates.services import resources
from core.attachments import content_type
from portal.access import current_affiliate, current_user, partner_may, view_of
from portal.downloads import file_response
from portal.query_links import text
from portal.resource_language import file_facts, resource_kind
from portal.short_links import short_url
from tracking.models import Link

PAGE = 24
MOST_LINKS = 100
#: How long a browser, and whatever stands before it, may keep a banner: seconds.
BANNER_KEPT = 3_600
#: In an address, the file for both languages has a name too.
BOTH = "all"
#: An image is an image: should a browser take it for a page, that page may do nothing.
#: Without their bytes, which are large.
_FILES = Prefetch("files", queryset=ResourceFile.objects.defer("body"))
_HARMLESS = "default-src 'none'; sandbox"


@partner_may(Ability.SEE_WORK)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show what is offered to this affiliate; what is new since the last visit has a mark."""
    affiliate, now, language = current_affiliate(request), timezone.now(), _language()
    user, query = current_user(request), request.GET
    everything = resources.offered_to(affiliate, now=now)
    rows = _narrowed(everything, request)
    page = Paginator(rows.prefetch_related(_FILES), PAGE).get_page(query.get("page"))
    since = resources.seen_at(user.pk)
    context = {
        "page": page,
        "rows": [_card(one, language, is_new=since is None or one.changed_at > since)
                 for one in page],
        "has_any": everything.exists(),
        "kinds": [(one.value, resource_kind(one).label) for one in ResourceKind],
        "categories": sorted({*everything.values_list("category", flat=True)} - {""}),
        "category": text(query, "category"),
        "search": text(query, "q"),
        "kept": [("kind", text(query, "kind"))],
    }  # fmt: skip
    if view_of(user) is None:
        resources.see(person_id=user.pk, now=now)
    return render(request, "affiliate/resource_list.html", context)


@partner_may(Ability.SEE_WORK)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one: its words, its files, and how a banner is put on a page with an own link."""
    found, language = _own(request, public_id), _language()
    links = _links(request)
    chosen = next((one for one in links if str(one.pk) == request.GET.get("link")), None)
    link = chosen or (links[0] if links else None)
    files = sorted(resources.current_files(found), key=lambda one: one.language != language)
    banners = [one for one in files if one.is_image and found.kind == ResourceKind.BANNER]
    context = {
        "found": found,
        "title": found.title(language),
        "text": found.text(language),
        "kind": resource_kind(ResourceKind(found.kind)),
        "files": [_file(found, one) for one in files],
        "is_text": found.kind == ResourceKind.TEXT,
        "is_banner": bool(banners),
        "links": links,
        "link": link,
        "codes": [_code(found, one, link, language) for one in banners] if link else [],
        "breadcrumbs": [(_("Resources"), reverse("portal:resource-list"))],
    }
    return render(request, "affiliate/resource_detail.html", context)


@partner_may(Ability.SEE_WORK)
@require_safe
def download(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Send a file to be saved, and count it."""
    found = _own(request, public_id)
    file = get_object_or_404(ResourceFile, resource=found, pk=pk)
    if view_of(current_user(request)) is None:
        resources.count_download(
            resource_id=found.pk,
            affiliate_id=current_affiliate(request).pk,
            now=timezone.now(),
        )
    body = bytes(file.body)
    return file_response(body, name=file.name, content_type=content_type(body))


@partner_may(Ability.SEE_WORK)
@require_safe
def image(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Show an image on the pages of whom it is offered to."""
    file = get_object_or_404(ResourceFile, resource=_own(request, public_id), pk=pk)
    return image_response(file)


@require_safe
def banner(_request: HttpRequest, public_id: UUID, language: str) -> HttpResponse:
    """Send a banner to whoever looks at a page on which an affiliate put it.

    The newest file for its language; nothing once it is not offered any more. Counts nothing and
    remembers nobody.
    """
    rows = resources.offered(timezone.now()).filter(kind=ResourceKind.BANNER)
    found = get_object_or_404(rows, public_id=public_id)
    wanted = ResourceLanguage.BOTH if language == BOTH else language
    file = resources.current_file(found, wanted, exactly=True)
    if file is None:
        raise Http404
    answer = image_response(file)
    answer["Cache-Control"] = f"public, max-age={BANNER_KEPT}"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def image_response(file: ResourceFile) -> HttpResponse:
    """Return an image to be shown; a file that is none is not found.

    :raises Http404: for a file that is no image.
    """
    if not file.is_image:
        raise Http404
    body = bytes(file.body)
    answer = HttpResponse(body, content_type=content_type(body))
    answer["Content-Security-Policy"] = _HARMLESS
    answer["Cache-Control"] = "private, max-age=300"
    return answer


def banner_url(found: Resource, file: ResourceFile) -> str:
    """Return the whole address of a banner's newest file for a language."""
    path = reverse("portal:banner", args=[found.public_id, file.language or BOTH])
    return f"{settings.PUBLIC_URL}{path}"


def _narrowed(rows: QuerySet[Resource], request: HttpRequest) -> QuerySet[Resource]:
    query = request.GET
    kind, category, search = text(query, "kind"), text(query, "category"), text(query, "q")
    if kind in ResourceKind.values:
        rows = rows.filter(kind=kind)
    if category:
        rows = rows.filter(category=category)
    if search:
        rows = rows.filter(
            Q(title_fr__icontains=search)
            | Q(title_en__icontains=search)
            | Q(tags__contains=[search.lower()])
            | Q(category__icontains=search)
        )
    return rows


def _card(found: Resource, language: str, *, is_new: bool) -> dict[str, Any]:
    files = resources.newest_of(found.files.all())
    shown = next((one for one in files if one.language == language and one.is_image), None)
    shown = shown or next((one for one in files if one.is_image), None)
    return {
        "title": found.title(language),
        "text": found.text(language),
        "kind": resource_kind(ResourceKind(found.kind)),
        "category": found.category,
        "tags": found.tags,
        "files": len(files),
        "is_new": is_new,
        "expires_at": found.expires_at,
        "href": reverse("portal:resource", args=[found.public_id]),
        "image": reverse("portal:resource-image", args=[found.public_id, shown.pk])
        if shown
        else "",
    }


def _file(found: Resource, one: ResourceFile) -> dict[str, Any]:
    args = [found.public_id, one.pk]
    return {
        "name": one.name,
        "facts": file_facts(one),
        "version": one.version,
        "url": reverse("portal:resource-file", args=args),
        "image": reverse("portal:resource-image", args=args) if one.is_image else "",
        "width": one.width,
        "height": one.height,
    }


def _code(found: Resource, file: ResourceFile, link: Link, language: str) -> dict[str, str]:
    """Return the HTML that puts a banner on a page: the link counts, the banner does not."""
    words = found.title(file.language or language)
    html = format_html(
        '<a href="{}" rel="sponsored"><img src="{}" width="{}" height="{}" alt="{}"></a>',
        short_url(link),
        banner_url(found, file),
        file.width,
        file.height,
        words,
    )
    label = file.get_language_display()
    # Joined, it is plain text again: on our page it is shown, and no HTML of ours.
    return {"id": f"code-{file.pk}", "label": str(label), "html": "".join([html])}


def _links(request: HttpRequest) -> list[Link]:
    rows = Link.objects.filter(affiliate=current_affiliate(request), archived_at__isnull=True)
    return list(rows.select_related("shop").order_by("-pk")[:MOST_LINKS])


def _own(request: HttpRequest, public_id: UUID) -> Resource:
    rows = resources.offered_to(current_affiliate(request), now=timezone.now())
    return get_object_or_404(rows, public_id=public_id)


def _language() -> str:
    return (get_language() or "fr")[:2]

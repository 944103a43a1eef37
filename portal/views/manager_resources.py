"""Resources for the team: offered, kept up to date, taken back, and counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.models import (
    AffiliateKind,
    Resource,
    ResourceDownload,
    ResourceFile,
    ResourceKind,
    ResourceLanguage,
)
from affiliates.services import resources
from core.attachments import content_type
from portal.access import current_user, manager_required
from portal.downloads import file_response
from portal.formats import in_paris
from portal.forms.resource import FileForm, NewResourceForm, ResourceForm, typed_of
from portal.query_links import text
from portal.resource_language import file_facts, resource_kind, resource_state
from portal.staff_actions import carry_out, carry_out_form, submitted
from portal.views.resources import image_response

PAGE = 25
#: Downloads are counted over so many days.
DAYS = 90
MOST_AFFILIATES = 20


@manager_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show what is offered, and with ``?state=all`` what was."""
    query, now = request.GET, timezone.now()
    everything = text(query, "state") == "all"
    rows = Resource.objects.order_by("-changed_at", "-pk") if everything else resources.offered(now)
    kind = text(query, "kind")
    if kind in ResourceKind.values:
        rows = rows.filter(kind=kind)
    page = Paginator(rows.select_related("group"), PAGE).get_page(query.get("page"))
    counts = _downloads([one.pk for one in page])
    context = {
        "page": page,
        "rows": [
            {
                "one": one,
                "kind": resource_kind(ResourceKind(one.kind)),
                "state": _state(one),
                "segment": _segment(one),
                "downloads": counts.get(one.pk, 0),
                "href": reverse("portal:staff-resource-detail", args=[one.public_id]),
            }
            for one in page
        ],
        "kinds": [(one.value, resource_kind(one).label) for one in ResourceKind],
        "states": [("all", _("Everything"))],
        "is_narrowed": bool(kind or everything),
        "days": DAYS,
    }
    return render(request, "manager/resource_list.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Offer another one."""
    form = NewResourceForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        made = submitted(
            form,
            lambda: resources.offer(
                form.content(),
                form.chosen_files(),
                actor_id=current_user(request).pk,
                now=timezone.now(),
            ),
        )
        if made is not None:
            return redirect("portal:staff-resource-detail", made.public_id)
    context = {"form": form, "breadcrumbs": _crumbs()}
    status = 422 if form.is_bound else 200
    return render(request, "manager/resource_new.html", context, status=status)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one with its files and who downloaded it, and change its words."""
    found = _find(public_id)
    form = ResourceForm(request.POST or None, initial=typed_of(found))
    form.fields["kind"].disabled = True
    form.fields["kind"].help_text = _("The kind of a resource stays.")
    if request.method == "POST":
        changed = submitted(
            form,
            lambda: resources.change(
                found.pk, form.content(), actor_id=current_user(request).pk, now=timezone.now()
            ),
        )
        if changed is not None:
            return redirect("portal:staff-resource-detail", public_id)
    context = {
        "found": found,
        "kind": resource_kind(ResourceKind(found.kind)),
        "state": _state(found),
        "segment": _segment(found),
        "files": [_file(found, one) for one in _all_files(found)],
        "by_affiliate": _by_affiliate(found),
        "total": _downloads([found.pk]).get(found.pk, 0),
        "days": DAYS,
        "form": form,
        "file_form": FileForm(auto_id="file_%s"),
        "breadcrumbs": _crumbs(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "manager/resource_detail.html", context, status=status)


@manager_required
@require_POST
def add_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give it a file, or a newer version of one."""
    found, form = _find(public_id), FileForm(request.POST, request.FILES)
    carry_out_form(
        request,
        form,
        lambda: resources.add_file(
            found.pk,
            ResourceLanguage(form.cleaned_data["language"]),
            form.cleaned_data["file"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The file is kept, and is what affiliates get from now on."),
    )
    return redirect("portal:staff-resource-detail", public_id)


@manager_required
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Offer it no more."""
    found = _find(public_id)
    carry_out(
        request,
        lambda: resources.withdraw(found.pk, actor_id=current_user(request).pk, now=timezone.now()),
        done=_("It is not offered any more."),
    )
    return redirect("portal:staff-resource-detail", public_id)


@manager_required
@require_safe
def file(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Send any version of a file; with ``?show=1`` an image to be looked at."""
    kept = get_object_or_404(ResourceFile, resource__public_id=public_id, pk=pk)
    if request.GET.get("show"):
        return image_response(kept)
    body = bytes(kept.body)
    return file_response(body, name=kept.name, content_type=content_type(body))


def _all_files(found: Resource) -> QuerySet[ResourceFile]:
    return found.files.defer("body").select_related("added_by").order_by("language", "-version")


def _file(found: Resource, one: ResourceFile) -> dict[str, Any]:
    url = reverse("portal:staff-resource-file", args=[found.public_id, one.pk])
    return {
        "one": one,
        "facts": file_facts(one),
        "url": url,
        "image": f"{url}?show=1" if one.is_image else "",
    }


def _downloads(pks: list[int]) -> dict[int, int]:
    since = in_paris(timezone.now()).date() - timedelta(days=DAYS - 1)
    rows = ResourceDownload.objects.filter(resource__in=pks, day__gte=since)
    return dict(rows.values_list("resource").annotate(Sum("count")).order_by())


def _by_affiliate(found: Resource) -> list[tuple[str, str, int]]:
    since = in_paris(timezone.now()).date() - timedelta(days=DAYS - 1)
    rows = (
        ResourceDownload.objects.filter(resource=found, day__gte=since)
        .values_list("affiliate__name", "affiliate__public_id")
        .annotate(total=Sum("count"))
        .order_by("-total", "affiliate__name")[:MOST_AFFILIATES]
    )
    return [
        (name, reverse("portal:affiliate-detail", args=[public_id]), total)
        for name, public_id, total in rows
    ]


def _state(found: Resource) -> Any:
    is_over = found.expires_at is not None and found.expires_at <= timezone.now()
    return resource_state(found, is_over=is_over)


def _segment(found: Resource) -> str:
    said = [str(found.group) if found.group else _("Every group")]
    if found.kinds:
        said.append(", ".join(str(AffiliateKind(one).label) for one in found.kinds))
    return " · ".join(said)


def _find(public_id: UUID) -> Resource:
    return get_object_or_404(Resource.objects.select_related("group"), public_id=public_id)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Resources"), reverse("portal:staff-resource-list"))]

"""Exports: files that a worker writes while their owner does something else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import audit, exports
from core.models import Export, ExportStatus
from core.nudge import nudge
from portal.access import current_user
from portal.export_language import export_problem, export_status, size_text
from portal.exports.answers import FORMS, form_of, kept_file
from portal.exports.letters import opens
from portal.exports.sources import source_of
from portal.margin_access import must_see_costs
from portal.query_links import text
from portal.report_area import Area
from portal.reports.asking import Scope
from portal.saved_panel import lasting
from portal.staff_actions import carry_out

PAGE = 25
TASK = "portal.tasks.write_exports"


@require_safe
def export_list(request: HttpRequest, area: Area) -> HttpResponse:
    """Show one's own exports, the newest first; those under way with how far they are."""
    page = Paginator(_own(request, area), PAGE).get_page(request.GET.get("page"))
    context = {
        "base": area.base,
        "page": page,
        "rows": [_shown(area, one) for one in page],
        "progress_url": area.url("export-progress"),
        "report_url": area.url("report"),
        "under_way": ",".join(str(one.pk) for one in page if one.is_under_way),
    }
    return render(request, "reports/export_list.html", context)


@require_safe
def progress(request: HttpRequest, area: Area) -> HttpResponse:
    """Answer the list that asks how far its exports are; once one is over, it is loaded again."""
    under_way = [one for one in _own(request, area)[:PAGE] if one.is_under_way]
    rows = [_shown(area, one) for one in under_way]
    answer = render(request, "reports/export_progress.html", {"rows": rows})
    if text(request.GET, "shown", longest=400) != ",".join(str(one.pk) for one in under_way):
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def new(request: HttpRequest, area: Area) -> HttpResponse:
    """Have the file of a page written, with the filters that stand in its address."""
    page, now = text(request.POST, "page"), timezone.now()
    query = QueryDict(lasting(QueryDict(request.POST.get("query", ""))))
    found: list[Export] = []

    def ask() -> None:
        source = source_of(area.scope, page, query, now=now)
        found.append(
            exports.ask(
                owner_id=current_user(request).pk,
                scope=area.scope.key,
                page=page,
                title=source.title,
                query=query.urlencode(),
                form=form_of(request.POST),
                language=(get_language() or "fr")[:2],
                total=source.total,
                now=now,
            )
        )

    if carry_out(request, ask, done=_("It is being prepared. You get a mail when it is ready.")):
        nudge(TASK)
    return redirect(area.url("export-list"))


@require_POST
def again(request: HttpRequest, area: Area, public_id: UUID) -> HttpResponse:
    """Have a file that failed or is gone written again, of the rows as they are now."""
    export = _find(request, area, public_id)
    now = timezone.now()
    if carry_out(
        request,
        lambda: exports.retry(export_id=export.pk, now=now),
        done=_("It is being prepared. You get a mail when it is ready."),
    ):
        nudge(TASK)
    return redirect(area.url("export-list"))


@require_safe
def file(request: HttpRequest, area: Area, public_id: UUID) -> HttpResponseBase:
    """Send a file to its owner, count that, and keep who of the staff took it.

    The link of a mail carries a signature: one that is not of this file, or too old, opens nothing.
    """
    export, now = _find(request, area, public_id), timezone.now()
    token = request.GET.get("t")
    if token is not None and not opens(token, export):
        raise Http404
    if reads_costs(area.scope, export):
        must_see_costs(request, export, now=now)
    try:
        exports.fetch(export_id=export.pk, now=now)
    except exports.NoFile as refusal:
        raise Http404(str(refusal)) from refusal
    if area.scope.is_staff:
        audit.record(
            actor=current_user(request),
            verb="export.downloaded",
            subject=export,
            at=now,
            data={"page": export.page, "query": export.query},
        )
    name = f"{export.title}.{FORMS[export.form][0]}"
    return kept_file(export.file.open("rb"), name, export.form)


def reads_costs(scope: Scope, export: Export) -> bool:
    """Tell whether a file holds what follows from real costs; yes where that was not kept."""
    return scope.is_staff and export.reads_costs is not False


def _own(request: HttpRequest, area: Area) -> Any:
    rows = Export.objects.filter(owner=current_user(request), scope=area.scope.key)
    return rows.order_by("-created_at", "-pk")


def _find(request: HttpRequest, area: Area, public_id: UUID) -> Export:
    export = _own(request, area).filter(public_id=public_id).first()
    if export is None:
        raise Http404
    found: Export = export
    return found


def _shown(area: Area, export: Export) -> dict[str, Any]:
    is_there = export.status == ExportStatus.DONE
    return {
        "export": export,
        "state": export_status(export),
        "problem": export_problem(export),
        "size": size_text(export.size),
        "href": area.url("export-file", export.public_id) if is_there else "",
        "again_url": area.url("export-again", export.public_id) if export.may_be_retried else "",
        "form": {"xlsx": "XLSX"}.get(export.form, "CSV"),
    }

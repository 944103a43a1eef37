"""Dropped files for managers: what was taken of each, what was refused and why."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access import current_user, manager_required
from portal.connection_language import file_status
from portal.downloads import CSV, file_response
from portal.queries import staff_drops
from portal.staff_actions import carry_out
from portal.views.manager_connections import breadcrumb_of, find
from shop.models import Connection, DroppedFile
from shop.services import drop_repeats, drops

PAGE = 25


@manager_required
@require_safe
def connection_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the files of a drop: those that wait first, then the newest."""
    row = _drop(pk)
    page = Paginator(staff_drops.files(row), PAGE).get_page(request.GET.get("page"))
    context = {
        "one": row,
        "page": page,
        "rows": [(file, file_status(file)) for file in page],
        "folder": staff_drops.folder_of(row),
        "breadcrumbs": [(_("Connections"), reverse("portal:connection-list")), breadcrumb_of(row)],
    }
    return render(request, "manager/drop_list.html", context)


@manager_required
@require_safe
def connection_file_refused(_request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Give the refused rows of a file with the reasons, for whoever corrects it."""
    file = _file(pk, file_pk)
    if not file.refused and not file.error:
        raise Http404
    name = f"{file.name}{drops.ERRORS}"
    return file_response(drops.refused_rows(file), name=name, content_type=CSV)


@manager_required
@require_POST
def connection_file_again(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Read a file again from where it lies now."""
    file = _file(pk, file_pk)
    carry_out(
        request,
        lambda: drop_repeats.read_again(
            file_id=file.pk, actor=current_user(request), now=timezone.now()
        ),
        done=_("%(name)s was read again.") % {"name": file.name},
    )
    return redirect("portal:connection-files", pk)


def _drop(pk: int) -> Connection:
    row = find(pk)
    if row.connector != drops.CONNECTOR:
        raise Http404
    return row


def _file(pk: int, file_pk: int) -> DroppedFile:
    return get_object_or_404(DroppedFile, pk=file_pk, connection=_drop(pk), read_at__isnull=False)

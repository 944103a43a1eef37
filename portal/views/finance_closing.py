"""Months: look at them, close them, take their signed report along."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payouts.models import ClosedMonth
from payouts.services import closing
from portal.access import current_user, finance_required
from portal.downloads import file_response
from portal.formats import format_moment, format_month
from portal.forms.closing import read_month
from portal.queries import staff_months
from portal.queries.staff_journal import journal
from portal.staff_actions import carry_out


@finance_required
@require_safe
def month_list(request: HttpRequest) -> HttpResponse:
    """Show every month of the books, newest first."""
    rows = [
        {
            "month": one,
            "name": format_month(one.month),
            "href": reverse("portal:month-detail", args=[f"{one.month:%Y-%m}"]),
        }
        for one in staff_months.months(timezone.now())
    ]
    return render(request, "finance/month_list.html", {"rows": rows})


@finance_required
@require_safe
def month_detail(request: HttpRequest, month: str) -> HttpResponse:
    """Show a month: its balances and movements, and its proof or what is in the way of closing."""
    of = _read(month)
    closed = staff_months.closed_month(of)
    context = {
        "name": format_month(of),
        "key": f"{of:%Y-%m}",
        "closed": closed,
        "proof": closing.verify(closed) if closed else None,
        "why_not": "" if closed else closing.why_not(of, now=timezone.now()),
        "facts": _facts(closed) if closed else [],
        "balances": staff_months.balance_rows(of, closed),
        "movements": [
            {"kind": kind, "count": count, "amount": amount}
            for kind, count, amount in staff_months.movement_rows(of)
        ],
        "close_title": _("Close %(month)s?") % {"month": format_month(of)},
        "history": journal([closed]) if closed else [],
        "journal_url": reverse("portal:journal-export") + f"?since={of:%Y-%m}&until={of:%Y-%m}",
        "breadcrumbs": [(_("Months"), reverse("portal:month-list"))],
    }
    return render(request, "finance/month_detail.html", context)


def _facts(closed: ClosedMonth) -> list[tuple[str, str]]:
    return [
        (_("Closed by"), str(closed.closed_by)),
        (_("Closed on"), format_moment(closed.closed_at)),
        (_("SHA-256 of the report"), closed.sha256),
        (_("Signature"), closed.signature),
    ]


@finance_required
@require_POST
def month_close(request: HttpRequest, month: str) -> HttpResponse:
    """Close a month: nothing takes effect in it any more."""
    of = _read(month)
    carry_out(
        request,
        lambda: closing.close(month=of, actor_id=current_user(request).pk, now=timezone.now()),
        done=_("Closed. The report is signed; late facts take effect in the open month."),
    )
    return redirect("portal:month-detail", month)


@finance_required
@require_safe
def month_report(request: HttpRequest, month: str) -> HttpResponse:
    """Send the report of a closed month: the same bytes every time. Each download is kept."""
    of = _read(month)
    if staff_months.closed_month(of) is None:
        raise Http404
    closed = closing.read_report(month=of, actor_id=current_user(request).pk, now=timezone.now())
    name = f"month-{of:%Y-%m}.pdf"
    return file_response(bytes(closed.report), name=name, content_type="application/pdf")


def _read(said: str) -> date:
    month = read_month(said)
    if month is None or not 2000 <= month.year <= 2999:
        raise Http404
    return month

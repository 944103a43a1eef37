"""Margin bands: what is in force and announced, what moving an edge would do, and publishing."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import Affiliate, Programme
from core.errors import DomainError
from payouts.services import band_notices
from portal.access import current_user
from portal.display import StatusText
from portal.formats import format_bps
from portal.forms.bands import BandsForm
from portal.forms.calculator import band_label
from portal.margin_access import look_at_costs, may_see_costs
from portal.queries import bands as queries
from portal.queries.staff_journal import journal
from portal.refusals import sentence
from portal.staff_access import staff_required
from shop.models import BandPeriod


@staff_required
@require_safe
def band_list(request: HttpRequest) -> HttpResponse:
    """Show every published period with its bands: public figures only."""
    now = timezone.now()
    periods = queries.published_periods()
    rows = [{"one": one, "status": _status(one.period, now)} for one in periods]
    context = {
        "rows": rows,
        "may_preview": may_see_costs(current_user(request)),
        "history": journal([one.period for one in periods]),
    }
    return render(request, "manager/band_list.html", context)


@staff_required
@require_safe
def band_new(request: HttpRequest) -> HttpResponse:
    """Show the form, and for edges in the address what publishing them would do."""
    form = BandsForm(request.GET) if "edges" in request.GET else BandsForm(initial=_usual())
    return _page(request, form)


@staff_required
@require_POST
def band_publish(request: HttpRequest) -> HttpResponse:
    """Publish edges for a day to come. Whoever publishes may see costs: bands follow from them."""
    if not may_see_costs(current_user(request)):
        messages.error(
            request,
            _("Publishing bands needs the permission to see costs: ask finance."),
            extra_tags="banner",
        )
        return redirect("portal:band-list")
    form = BandsForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        band_notices.publish(
            name=form.cleaned_data["name"],
            edges=form.cleaned_data["edges"],
            valid_from=form.valid_from,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return _page(request, form)
    messages.success(
        request, _("Published and announced. Everybody paid by them is told by e-mail.")
    )
    return redirect("portal:band-list")


def _page(request: HttpRequest, form: BandsForm) -> HttpResponse:
    """Render form and preview; the preview is one look at the catalogue's costs, and is kept."""
    now = timezone.now()
    context: dict[str, Any] = {
        "form": form,
        "notice_days": Programme.get().notice_days,
        "may_preview": may_see_costs(current_user(request)),
        "breadcrumbs": [(_("Margin bands"), reverse("portal:band-list"))],
    }
    last = BandPeriod.objects.order_by("-valid_from").first()
    has_edges = form.is_bound and form.is_valid() | ("edges" in form.cleaned_data)
    if last is not None and has_edges:
        edges = form.cleaned_data["edges"]
        if look_at_costs(request, last, now=now, edges=edges):
            context |= _preview(form, now)
    refused = form.is_bound and bool(form.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "manager/band_new.html", context, status=status)


def _preview(form: BandsForm, now: datetime) -> dict[str, Any]:
    found = queries.preview(form.bands, now=now)
    letter = _letter(found, form) if form.is_valid() else {}
    return {
        **letter,
        "preview": found,
        "histogram": [(format_bps(step), count) for step, count in found.margins],
        "shares": [
            (band_label(one.edges.lower_bps, one.edges.upper_bps), one.products)
            for one in found.shares
        ],
    }


def _usual() -> dict[str, Any]:
    """The edges that hold last, and the first day that leaves time to tell everybody."""
    last = queries.published_periods()[:1]
    first_day = timezone.localdate() + timedelta(days=Programme.get().notice_days + 1)
    return BandsForm.beginning(last[0].edges if last else [], first_day)


def _letter(found: queries.Preview, form: BandsForm) -> dict[str, Any]:
    """Return who is told, and the mail as whoever loses most reads it, in the viewer's language."""
    told = band_notices.concerned(form.valid_from)
    effects = {pk: found.by_affiliate.get(pk, []) for pk in told}
    lost = {pk: min((one.difference.minor for one in mine), default=0)
            for pk, mine in effects.items()}  # fmt: skip
    reader = min(told, key=lambda pk: (lost[pk], pk), default=None)
    if reader is None:
        return {"told": 0}
    subject, paragraphs = band_notices.words(
        form.bands, valid_from=form.valid_from, effects=effects[reader]
    )
    return {
        "told": len(told),
        "losing": sum(minor < 0 for minor in lost.values()),
        "reader": Affiliate.objects.get(pk=reader),
        "subject": subject,
        "paragraphs": paragraphs,
    }


def _status(period: BandPeriod, now: datetime) -> StatusText:
    if period.valid_from > now:
        return StatusText("future", _("Announced"), "info", "hourglass")
    if period.valid_to is not None and period.valid_to <= now:
        return StatusText("over", _("Over"), "neutral", "archive")
    return StatusText("live", _("In force"), "success", "circle-check")

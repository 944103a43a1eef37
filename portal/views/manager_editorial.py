"""The brand's own accounts: the calendar, looks that may be reposted, and their export."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from influencers.models import EditorialEntry, Look
from influencers.queries.editorial import (
    Planned,
    Repost,
    accounts,
    calendar,
    published,
    reposts,
)
from influencers.queries.pictures import sources
from influencers.services import editorial
from influencers.services.editorial import CAPTION_LENGTH
from portal import editorial_kit
from portal.access import current_user, manager_required
from portal.downloads import csv_response, file_response
from portal.formats import in_paris
from portal.query_links import text as query_text
from portal.staff_actions import carry_out, carry_out_form

WEEKS = 4
PAGE = 24
#: Looks in one ZIP: more would be too many megabytes for one answer.
MOST_IN_A_ZIP = 30
MOST_IN_A_FILE = 500


class PlanForm(forms.Form):
    """When a look is to be seen, and where."""

    account = forms.CharField(
        label=gettext_lazy("Account"),
        max_length=80,
        help_text=gettext_lazy("Of the brand, e.g. @maison on Instagram."),
    )
    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    caption = forms.CharField(
        label=gettext_lazy("Caption"),
        max_length=CAPTION_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class OutForm(forms.Form):
    """Where it is to be seen."""

    url = forms.URLField(
        label=gettext_lazy("Address of the publication"), max_length=500, assume_scheme="https"
    )


@manager_required
@require_safe
def editorial_list(request: HttpRequest) -> HttpResponse:
    """Show four weeks of the calendar, with what may not be shown any more on its day."""
    today = in_paris(timezone.now()).date()
    since = _day(request, "from") or today - timedelta(days=today.weekday())
    until = since + timedelta(days=7 * WEEKS - 1)
    step = timedelta(days=7 * WEEKS)
    context = {
        "rows": [_planned(one) for one in calendar(since, until)],
        "since": since,
        "until": until,
        "before": f"?from={(since - step).isoformat()}",
        "after": f"?from={(since + step).isoformat()}",
        "out_form": OutForm(auto_id="out-%s"),
    }
    return render(request, "manager/editorial_list.html", context)


def _planned(one: Planned) -> dict[str, Any]:
    entry = one.entry
    return {
        "entry": entry,
        "title": entry.look.live.title if entry.look.live else entry.look.slug,
        "creator": entry.look.affiliate.name if entry.look.affiliate else _("A customer"),
        "is_licensed": one.is_licensed,
        "is_out": bool(entry.url),
    }


@manager_required
@require_safe
def editorial_reposts(request: HttpRequest) -> HttpResponse:
    """Show the published looks that may be shown on the brand's accounts on a day."""
    today = in_paris(timezone.now()).date()
    day = _day(request, "on") or today
    search = query_text(request.GET, "q")
    allowed = _allowed(day, search)
    page = Paginator(allowed, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_repost(one, day) for one in page],
        "day": day,
        "search": search,
        "number": len(allowed),
        "accounts": accounts(),
        "query": [("on", day.isoformat()), ("q", search)],
        "breadcrumbs": _breadcrumbs(),
    }
    return render(request, "manager/editorial_reposts.html", context)


def _repost(one: Repost, day: date) -> dict[str, Any]:
    first = {"day": day, "caption": editorial_kit.caption(one)}
    return {
        "look": one.look,
        "title": one.look.live.title if one.look.live else one.look.slug,
        "creator": editorial_kit.maker(one) or _("A customer"),
        "credit": one.credit,
        "photos": len(one.images),
        "photo": sources(one.images[0]),
        "link": editorial_kit.link(one),
        "form": PlanForm(initial=first, auto_id=f"plan-{one.look.pk}-%s"),
    }


def _allowed(day: date, search: str) -> list[Repost]:
    looks = published().select_related("shop", "affiliate__influencer__store", "link__shop")
    if search:
        looks = looks.filter(live__title__icontains=search)
    return reposts(list(looks[:MOST_IN_A_FILE]), day)


@manager_required
@require_safe
def editorial_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the looks that may be shown on a day: as a ZIP with photos, or as a CSV."""
    day = _day(request, "on") or in_paris(timezone.now()).date()
    found = _allowed(day, query_text(request.GET, "q"))
    chosen = {int(pk) for pk in request.GET.getlist("selected") if pk.isdecimal()}
    if chosen:
        found = [one for one in found if one.look.pk in chosen]
    name = f"looks-{day.isoformat()}.{kind}"
    if kind == "csv":
        return csv_response(request, name, editorial_kit.header(), editorial_kit.rows(found))
    body = editorial_kit.archive(found[:MOST_IN_A_ZIP])
    return file_response(body, name=name, content_type="application/zip")


@manager_required
@require_POST
def editorial_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a look into the calendar."""
    look, form = get_object_or_404(Look, pk=pk), PlanForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: editorial.plan(
            **form.cleaned_data,
            look_id=look.pk,
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("It is in the calendar."),
    )
    return redirect("portal:editorial-list")


@manager_required
@require_POST
def editorial_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep where an entry is to be seen."""
    entry, form = get_object_or_404(EditorialEntry, pk=pk), OutForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: editorial.put_out(
            entry.pk,
            url=form.cleaned_data["url"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Kept."),
    )
    return redirect("portal:editorial-list")


@manager_required
@require_POST
def editorial_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry out of the calendar."""
    entry = get_object_or_404(EditorialEntry, pk=pk)
    carry_out(
        request,
        lambda: editorial.drop(entry.pk, by_id=current_user(request).pk, now=timezone.now()),
        done=_("It is out of the calendar."),
    )
    return redirect("portal:editorial-list")


def _day(request: HttpRequest, name: str) -> date | None:
    """Return a day of the query between 2000 and 2100; None for anything else."""
    try:
        found = parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if found is not None and 2000 <= found.year <= 2100 else None


def _breadcrumbs() -> list[tuple[str, str]]:
    return [(_("Editorial calendar"), reverse("portal:editorial-list"))]

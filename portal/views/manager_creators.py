"""Creators for managers: found by filters, saved as segments, and everything known of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import Affiliate
from influencers.domain.segment import Rules, UnreadableRules, matches, read, words_of
from influencers.domain.standing import POINTS
from influencers.models import (
    Influencer,
    InfluencerNote,
    PoolMember,
    Segment,
    SocialAccount,
    StandingContest,
    StandingMark,
)
from influencers.queries.creators import CreatorRow, creator_rows, creators
from influencers.queries.standing import AccountStanding
from influencers.services import profiles, segments
from portal.access import current_user, manager_required
from portal.creator_language import (
    figure_source,
    gates_text,
    label_text,
    mark_text,
    member_status,
    network_text,
    part_lines,
    place_text,
    points_text,
    rate_lines,
    score_text,
    source_text,
    tier_text,
)
from portal.formats import in_paris
from portal.forms.creators import (
    AccountForm,
    AgreementForm,
    AnswerForm,
    BonusForm,
    DescribeForm,
    FiguresForm,
    MarkForm,
    NoteForm,
    RulesForm,
    query_of,
)
from portal.queries.creator_money import where_they_stand
from portal.staff_actions import carry_out, carry_out_form

PAGE = 25
FILTERS = ("q", "kind", "label", "tier", "network", "theme", "tag", "without", "region", "store",
           "pool")  # fmt: skip


@manager_required
@require_safe
def creator_list(request: HttpRequest) -> HttpResponse:
    """Show the creators whom the filters mean; the filters can be saved as a segment."""
    form = RulesForm(request.GET)
    rules, rows = form.rules(), creator_rows(timezone.now())
    kept = [row for row in rows if matches(rules, row.facts)]
    page = Paginator(kept, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": RulesForm(initial=query_of(rules)),
        "page": page,
        "rows": [_listed(row) for row in page],
        "number": len(kept),
        "is_narrowed": not rules.is_empty,
        "query": query_of(rules).items(),
        "segments": _segments(rows),
    }
    return render(request, "manager/creator_list.html", context)


def _listed(row: CreatorRow) -> dict[str, Any]:
    return {
        "row": row,
        "label": label_text(row.judged),
        "tier": tier_text(row.facts.tier),
        "networks": ", ".join(network_text(one) for one in sorted(row.facts.networks)),
        "themes": ", ".join(sorted(row.facts.themes)),
        "tags": sorted(row.facts.tags),
        "pk": row.affiliate.pk,
        "href": reverse("portal:creator-detail", args=[row.affiliate.public_id]),
    }


def _segments(rows: list[CreatorRow]) -> list[dict[str, Any]]:
    """Return the saved selections, each with how many it means now."""
    facts = [row.facts for row in rows]
    found = []
    for segment in Segment.objects.order_by("name"):
        rules = _rules_of(segment)
        found.append(
            {
                "segment": segment,
                "number": sum(matches(rules, one) for one in facts) if rules else None,
                "href": f"{reverse('portal:creator-list')}?{urlencode(query_of(rules))}"
                if rules
                else "",
            }
        )
    return found


def _rules_of(segment: Segment) -> Rules | None:
    try:
        return read(segment.rules)
    except UnreadableRules:
        return None


@manager_required
@require_POST
def segment_save(request: HttpRequest) -> HttpResponse:
    """Save the filters of the list under a name."""
    rules = RulesForm(request.POST).rules()
    carry_out(
        request,
        lambda: segments.save(
            name=request.POST.get("name", "").replace("\0", ""),
            rules=rules,
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The segment is saved. It is evaluated anew each time it is used."),
    )
    return redirect(f"{reverse('portal:creator-list')}?{urlencode(query_of(rules))}")


@manager_required
@require_POST
def segment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a saved selection."""
    carry_out(
        request,
        lambda: segments.delete(pk, by_id=current_user(request).pk, now=timezone.now()),
        done=_("The segment is deleted. Nobody who was chosen by it is changed."),
    )
    return redirect("portal:creator-list")


@manager_required
@require_POST
def creator_tag(request: HttpRequest) -> HttpResponse:
    """Add a tag to the selected creators."""
    chosen = [int(pk) for pk in request.POST.getlist("selected") if pk.isdecimal()][:500]
    ids = list(creators().filter(pk__in=chosen).values_list("pk", flat=True))
    word = "".join(words_of(request.POST.get("tag", "").replace("\0", ""))[:1])
    carry_out(
        request,
        lambda: profiles.tag(ids, word, by_id=current_user(request).pk, now=timezone.now()),
        done=ngettext("%(n)s creator is chosen.", "%(n)s creators are chosen.", len(ids))
        % {"n": len(ids)},
    )
    return redirect("portal:creator-list")


@manager_required
@require_safe
def creator_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show everything that is known of a creator, and where each figure comes from."""
    affiliate, now = creator(public_id), timezone.now()
    profile: Influencer | None = getattr(affiliate, "influencer", None)
    standing = where_they_stand(now)[affiliate.pk]
    marks = StandingMark.objects.filter(affiliate=affiliate).select_related("confirmed_by")
    contests = StandingContest.objects.filter(affiliate=affiliate)
    context = {
        "affiliate": affiliate,
        "profile": profile,
        "label": label_text(standing.judged),
        "points": points_text(standing.judged.points),
        "place": place_text(standing),
        "score": score_text(standing),
        "gates": gates_text(standing),
        "parts": part_lines(standing),
        "accounts": accounts_shown(affiliate, standing.accounts, in_paris(now).date()),
        "marks": [
            (mark, mark_text(mark.kind), points_text(POINTS[mark.kind]))
            for mark in marks.order_by("-on", "-pk")
        ],
        "contests": [
            (
                one,
                mark_text(one.mark.kind) if one.mark else _("The figures"),
                None if one.answered_at else AnswerForm(auto_id=f"answer-{one.pk}-%s"),
            )
            for one in contests.select_related("mark")
        ],
        "pools": [
            (one, member_status(one.status))
            for one in PoolMember.objects.filter(affiliate=affiliate).select_related("pool")
        ],
        "notes": InfluencerNote.objects.filter(affiliate=affiliate).select_related("author")[:50],
        **_forms(affiliate, profile, in_paris(now).date()),
        "breadcrumbs": [(_("Creators"), reverse("portal:creator-list"))],
    }
    return render(request, "manager/creator_detail.html", context)


def accounts_shown(
    affiliate: Affiliate, standings: Mapping[int, AccountStanding], today: date
) -> list[dict[str, Any]]:
    """Return the accounts of a creator with their rates and their last figures."""
    rows = SocialAccount.objects.filter(affiliate=affiliate, removed_at__isnull=True)
    shown = []
    for account in rows.prefetch_related("figures").order_by("network", "handle"):
        found = standings.get(account.pk)
        figures = sorted(account.figures.all(), key=lambda one: (one.day, one.pk), reverse=True)
        shown.append(
            {
                "account": account,
                "network": network_text(account.network),
                "measures": found.measures if found else None,
                "tier": tier_text(found.measures.tier) if found else "",
                "source": source_text(found.measures) if found else "",
                "rates": rate_lines(found) if found else [],
                "figures": [(one, figure_source(one)) for one in figures[:6]],
                "form": FiguresForm(initial={"day": today}, auto_id=f"figures-{account.pk}-%s"),
            }
        )
    return shown


def _forms(affiliate: Affiliate, profile: Influencer | None, today: date) -> dict[str, Any]:
    known = {
        "themes": ", ".join(profile.themes) if profile else "",
        "tags": ", ".join(profile.tags) if profile else "",
        "region": profile.region if profile else "",
    }
    agreed = {
        "store": profile.store.code if profile and profile.store else None,
        "agreed_by": profile.agreed_by if profile else "",
        "agreed_on": profile.agreed_on if profile else None,
        "working_time": profile.working_time if profile else "",
    }
    return {
        "describe_form": DescribeForm(initial=known, auto_id="describe-%s"),
        "note_form": NoteForm(auto_id="note-%s"),
        "account_form": AccountForm(auto_id="account-%s"),
        "mark_form": MarkForm(initial={"on": today}, auto_id="mark-%s"),
        "bonus_form": BonusForm(auto_id="bonus-%s"),
        "agreement_form": AgreementForm(initial=agreed, auto_id="agreement-%s")
        if affiliate.is_employee
        else None,
    }


@manager_required
@require_POST
def creator_describe(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep themes, tags and region."""
    affiliate, form = creator(public_id), DescribeForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: profiles.describe(
            affiliate.pk, form.known(), by_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Kept."),
    )
    return redirect("portal:creator-detail", public_id)


@manager_required
@require_POST
def creator_note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a note."""
    affiliate, form = creator(public_id), NoteForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: profiles.write_down(
            affiliate.pk,
            form.cleaned_data["text"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The note is kept."),
    )
    return redirect("portal:creator-detail", public_id)


@manager_required
@require_POST
def creator_agreement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep an employee's store and what its manager agreed to."""
    affiliate, form = creator(public_id), AgreementForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: profiles.agree(
            affiliate.pk,
            store_id=form.cleaned_data["store"].pk,
            agreed_by=form.cleaned_data["agreed_by"],
            agreed_on=form.cleaned_data["agreed_on"],
            working_time=form.cleaned_data["working_time"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Kept."),
    )
    return redirect("portal:creator-detail", public_id)


def creator(public_id: UUID) -> Affiliate:
    """Return a creator whose account is not closed.

    :raises Http404: for anybody else.
    """
    return get_object_or_404(creators(), public_id=public_id)

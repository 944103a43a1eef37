"""What is computed about a creator, as the creator sees it: figures, marks, place, pools."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from influencers.domain.standing import COUNTED_DAYS, POINTS
from influencers.models import (
    MemberStatus,
    PoolMember,
    SocialAccount,
    StandingContest,
    StandingMark,
)
from influencers.services import pools, social, standing
from portal.access import current_user, own, partner_may
from portal.creator_language import (
    gates_text,
    label_text,
    mark_text,
    member_status,
    part_lines,
    place_text,
    points_text,
    score_text,
)
from portal.formats import in_paris
from portal.forms.creators import AccountForm, ContestForm, FiguresForm
from portal.queries.creator_money import league_of, where_they_stand
from portal.queries.staff_dashboard import currency_of_programme
from portal.staff_actions import carry_out, carry_out_form
from portal.views.creator_page import current_creator
from portal.views.manager_creators import accounts_shown
from portal.views.manager_stores import league_row

LEAGUE = timedelta(days=90)


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def my_standing(request: HttpRequest) -> HttpResponse:
    """Show everything that is computed about the creator, with source and date."""
    affiliate, now = current_creator(request), timezone.now()
    found = where_they_stand(now)[affiliate.pk]
    contests = StandingContest.objects.filter(affiliate=affiliate).select_related("mark")
    league = league_of(now - LEAGUE, now, currency_of_programme()) if affiliate.is_employee else []
    context = {
        "affiliate": affiliate,
        "profile": getattr(affiliate, "influencer", None),
        "label": label_text(found.judged),
        "points": points_text(found.judged.points),
        "place": place_text(found),
        "score": score_text(found),
        "gates": gates_text(found),
        "parts": part_lines(found),
        "accounts": accounts_shown(affiliate, found.accounts, in_paris(now).date()),
        "marks": _marks(affiliate.pk, now),
        "contests": [
            (one, mark_text(one.mark.kind) if one.mark else _("The figures")) for one in contests
        ],
        "pools": _pools(affiliate.pk),
        "league": [
            (league_row(one), one.sales.name == affiliate.store)
            for one in league
            if one.place is not None
        ],
        "contest_form": ContestForm(auto_id="contest-%s"),
        "account_form": AccountForm(auto_id="account-%s"),
    }
    return render(request, "affiliate/my_standing.html", context)


def _marks(affiliate_id: int, now: datetime) -> list[dict[str, Any]]:
    rows = StandingMark.objects.filter(affiliate=affiliate_id).order_by("-on", "-pk")
    since = now.date() - timedelta(days=COUNTED_DAYS)
    return [
        {
            "mark": mark,
            "text": mark_text(mark.kind),
            "points": points_text(POINTS[mark.kind]),
            "counts": mark.taken_back_at is None and mark.on > since,
            "form": ContestForm(initial={"mark": mark.pk}, auto_id=f"contest-{mark.pk}-%s"),
        }
        for mark in rows[:100]
    ]


def _pools(affiliate_id: int) -> list[dict[str, Any]]:
    rows = PoolMember.objects.filter(affiliate=affiliate_id).select_related("pool")
    return [
        {
            "member": one,
            "status": member_status(one.status),
            "may_answer": one.status == MemberStatus.INVITED,
            "may_leave": one.status in {MemberStatus.MEMBER, MemberStatus.WAITING},
        }
        for one in rows.order_by("-status_changed_at", "pk")
    ]


@partner_may(Ability.WORK)
@require_POST
def contest(request: HttpRequest) -> HttpResponse:
    """Say what is not right about a mark or the figures."""
    affiliate, form = current_creator(request), ContestForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: standing.contest(
            affiliate.pk,
            mark_id=form.cleaned_data["mark"],
            text=form.cleaned_data["text"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The programme team reads it and answers."),
    )
    return redirect("portal:my-standing")


@partner_may(Ability.WORK)
@require_POST
def account_add(request: HttpRequest) -> HttpResponse:
    """Add an account on a network."""
    affiliate, form = current_creator(request), AccountForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: social.add_account(
            affiliate.pk,
            **form.cleaned_data,
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The account is added. Declare its figures next."),
    )
    return redirect("portal:my-standing")


@partner_may(Ability.WORK)
@require_POST
def account_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Count an account no more."""
    current_creator(request)
    account = own(request, SocialAccount.objects.all(), pk=pk)
    carry_out(
        request,
        lambda: social.remove_account(
            account.pk, by_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The account counts no more."),
    )
    return redirect("portal:my-standing")


@partner_may(Ability.WORK)
@require_POST
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare what an account counts."""
    current_creator(request)
    account = own(request, SocialAccount.objects.all(), pk=pk)
    form = FiguresForm(request.POST, request.FILES)
    carry_out_form(
        request,
        form,
        lambda: social.give(
            account.pk,
            form.figures(),
            day=form.cleaned_data["day"],
            source="declared",
            proof=form.proof_bytes(),
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The figures are kept. They count for 70 % until the team has read them."),
    )
    return redirect("portal:my-standing")


@partner_may(Ability.WORK)
@require_POST
def pool_answer(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Accept or decline an invitation, or leave a pool."""
    member = get_object_or_404(PoolMember, pk=pk, affiliate=current_creator(request))
    service, done = {
        "accept": (pools.accept, _("Thank you. You see below whether a place was free.")),
        "decline": (pools.decline, _("Declined. We may ask again another time.")),
        "leave": (pools.leave, _("You have left.")),
    }[act]
    carry_out(
        request,
        lambda: service(member.pk, by_id=current_user(request).pk, now=timezone.now()),
        done=done,
    )
    return redirect("portal:my-standing")

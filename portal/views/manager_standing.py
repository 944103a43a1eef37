"""Standing for managers: the ranking and its weights, figures, marks, answers, rewards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.money import Money
from influencers.models import SocialAccount, StandingContest, StandingMark
from influencers.queries.creators import creators
from influencers.queries.standing import CreatorStanding, weights
from influencers.services import social, standing
from payouts.services import proposals
from portal.access import current_user, manager_required
from portal.creator_language import (
    gates_text,
    label_text,
    part_lines,
    place_text,
    score_text,
    tier_text,
)
from portal.formats import in_paris
from portal.forms.creators import (
    AccountForm,
    AnswerForm,
    BonusForm,
    FiguresForm,
    MarkForm,
    WeightsForm,
)
from portal.forms.staff import ReasonForm
from portal.queries.creator_money import where_they_stand
from portal.queries.staff_dashboard import currency_of_programme
from portal.staff_actions import carry_out, carry_out_form
from portal.views.manager_creators import creator

PAGE = 25


@manager_required
@require_safe
def creator_ranking(request: HttpRequest) -> HttpResponse:
    """Show the creators by their score, those without one last, and what each part weighs."""
    found = where_they_stand(timezone.now())
    names = {one.pk: one for one in creators()}
    ordered = sorted(
        (one for pk, one in found.items() if pk in names),
        key=lambda one: (one.place is None, one.place or 0, names[one.affiliate_id].name),
    )
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    weighing = {part.value: weight for part, weight in weights().items()}
    contests = StandingContest.objects.filter(answered_at__isnull=True)
    context = {
        "page": page,
        "rows": [_ranked(one, names[one.affiliate_id]) for one in page],
        "weights_form": WeightsForm(initial=weighing, auto_id="weights-%s"),
        "contests": [
            (one, reverse("portal:creator-detail", args=[one.affiliate.public_id]))
            for one in contests.select_related("affiliate")[:20]
        ],
        "breadcrumbs": [(_("Creators"), reverse("portal:creator-list"))],
    }
    return render(request, "manager/creator_ranking.html", context)


def _ranked(one: CreatorStanding, affiliate: Any) -> dict[str, Any]:
    return {
        "affiliate": affiliate,
        "place": place_text(one) if one.place else "–",
        "score": score_text(one),
        "label": label_text(one.judged),
        "tier": tier_text(one.main.measures.tier if one.main else ""),
        "gates": gates_text(one),
        "parts": part_lines(one),
        "is_ranked": one.place is not None,
        "href": reverse("portal:creator-detail", args=[affiliate.public_id]),
    }


@manager_required
@require_POST
def creator_weights(request: HttpRequest) -> HttpResponse:
    """Set what each part weighs."""
    form = WeightsForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: standing.weigh(form.weights(), by_id=current_user(request).pk, now=timezone.now()),
        done=_("The ranking goes by the new weights."),
    )
    return redirect("portal:creator-ranking")


@manager_required
@require_POST
def creator_bonus(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Propose a bonus for a creator; above the programme's limit a second person books it."""
    affiliate, form, now = creator(public_id), BonusForm(request.POST), timezone.now()
    day = in_paris(now).date()
    carry_out_form(
        request,
        form,
        lambda: proposals.propose(
            affiliate_id=affiliate.pk,
            amount=Money.from_decimal(form.cleaned_data["amount"], currency_of_programme()),
            reason="bonus",
            text=form.cleaned_data["text"],
            internal_text=_("Proposed from the ranking of creators."),
            source_key=f"standing:{affiliate.pk}:{day.isoformat()}",
            author_id=current_user(request).pk,
            now=now,
        ),
        done=_("The bonus is proposed: see the adjustments for where it stands."),
    )
    return redirect("portal:creator-detail", public_id)


@manager_required
@require_POST
def creator_account(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add an account on a network."""
    affiliate, form = creator(public_id), AccountForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: social.add_account(
            affiliate.pk,
            **form.cleaned_data,
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The account is added."),
    )
    return redirect("portal:creator-detail", public_id)


@manager_required
@require_POST
def creator_account_remove(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Count an account no more."""
    account = _account(public_id, pk)
    carry_out(
        request,
        lambda: social.remove_account(
            account.pk, by_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The account counts no more."),
    )
    return redirect("portal:creator-detail", public_id)


@manager_required
@require_POST
def creator_figures(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Keep what the team read of an account."""
    account, form = _account(public_id, pk), FiguresForm(request.POST, request.FILES)
    carry_out_form(
        request,
        form,
        lambda: social.give(
            account.pk,
            form.figures(),
            day=form.cleaned_data["day"],
            source="staff",
            proof=form.proof_bytes(),
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The figures are kept."),
    )
    return redirect("portal:creator-detail", public_id)


@manager_required
@require_POST
def creator_mark(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what a creator did."""
    affiliate, form = creator(public_id), MarkForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: standing.mark(
            affiliate.pk,
            **form.cleaned_data,
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("It counts for 180 days, and the creator reads it."),
    )
    return redirect("portal:creator-detail", public_id)


@manager_required
@require_POST
def creator_mark_take_back(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Count a mark no more."""
    mark = get_object_or_404(StandingMark, pk=pk, affiliate=creator(public_id))
    form = ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: standing.take_back(
            mark.pk,
            reason=form.cleaned_data["reason"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("It counts no more."),
    )
    return redirect("portal:creator-detail", public_id)


@manager_required
@require_POST
def creator_answer(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Answer what a creator said against the standing."""
    contest = get_object_or_404(StandingContest, pk=pk, affiliate=creator(public_id))
    form = AnswerForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: standing.answer(
            contest.pk,
            **form.cleaned_data,
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The creator has your answer by mail."),
    )
    return redirect("portal:creator-detail", public_id)


def _account(public_id: UUID, pk: int) -> SocialAccount:
    return get_object_or_404(SocialAccount, pk=pk, affiliate=creator(public_id))

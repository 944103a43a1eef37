"""A partner's terms: what holds, what comes, answering it, and every version before."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.domain.terms_content import content_of, read_content
from affiliates.domain.terms_diff import differences
from affiliates.models import (
    Affiliate,
    DraftStatus,
    IncrementalityFactor,
    Terms,
    TermsDraft,
    TermsNotice,
)
from affiliates.queries import terms_for, terms_history
from affiliates.services import terms_drafts, terms_notices
from affiliates.services.terms_changes import in_words
from core.errors import DomainError
from portal.access import current_affiliate, current_user, own, partner_may
from portal.queries import terms as shown
from portal.queries.bands import announced
from portal.queries.my_experiments import running_of
from portal.queries.my_terms import news, notices_of
from portal.refusals import sentence
from shop.models import BandPeriod, MarginBand


@partner_may(Ability.SEE_ACCOUNT, act=Ability.AGREE)
@require_safe
def my_terms(request: HttpRequest) -> HttpResponse:
    """Show what the affiliate earns in plain words, and what is about to change."""
    return _page(request)


def _page(request: HttpRequest, *, objection: str = "", why: str = "") -> HttpResponse:
    affiliate, now = current_affiliate(request), timezone.now()
    held = terms_for(affiliate.pk, now)
    history = terms_history(affiliate)
    notices = notices_of(affiliate, history)
    offers = TermsDraft.objects.filter(affiliate=affiliate, status=DraftStatus.OFFERED)
    measured = IncrementalityFactor.objects.filter(affiliate=affiliate).order_by("-valid_from")
    context = {
        "affiliate": affiliate,
        "held": held,
        "text": shown.in_full(content_of(held)) if held else None,
        "is_scaled": held is not None and content_of(held).rules.is_scaled,
        "bands": MarginBand.objects.filter(period__in=BandPeriod.objects.at(now)),
        "announced": announced(now),
        "factors": [one for one in measured if one.valid_to is None or one.valid_to > now],
        "news": news(affiliate, history, notices, now),
        "experiments": running_of(affiliate.pk),
        "offers": [_offer(one, held) for one in offers.order_by("-updated_at")],
        "rows": [
            (one, shown.period_status(one.since, one.until, now), notices.get(one.terms.pk))
            for one in history
        ],
        "objection": objection,
        "why": why,
    }
    status = 422 if why else 200
    return render(request, "affiliate/terms.html", context, status=status)


@partner_may(Ability.SEE_ACCOUNT, act=Ability.AGREE)
@require_safe
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version that the affiliate had, has or will have, in words."""
    found = _known(request, pk)
    now = timezone.now()
    context = {
        "row": shown.version_row(found, now),
        "text": shown.in_full(content_of(found)),
        "notice": TermsNotice.objects.filter(
            terms=found, affiliate=current_affiliate(request)
        ).first(),
        "breadcrumbs": [(_("My terms"), "/portal/terms/")],
    }
    return render(request, "affiliate/terms_version.html", context)


@partner_may(Ability.AGREE)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the affiliate has read and accepts terms."""
    terms = _known(request, pk)
    return _answer(
        request,
        lambda affiliate, actor_id: terms_notices.accept(
            terms_id=terms.pk, affiliate_id=affiliate.pk, actor_id=actor_id, now=timezone.now()
        ),
        _("Thank you. Your acceptance is kept."),
    )


@partner_may(Ability.AGREE)
@require_POST
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an objection to the programme team. What is refused keeps what was typed."""
    terms, text = _known(request, pk), request.POST.get("objection", "")
    try:
        terms_notices.object_to(
            terms_id=terms.pk,
            affiliate_id=current_affiliate(request).pk,
            actor_id=current_user(request).pk,
            text=text,
            now=timezone.now(),
        )
    except DomainError as refusal:
        return _page(request, objection=text, why=sentence(refusal))
    messages.success(request, _("Your objection is sent. The programme team answers you."))
    return redirect("portal:my-terms")


@partner_may(Ability.AGREE)
@require_POST
def offer_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept an offer of own terms."""
    offer = own(request, _offers(), pk=pk)
    return _answer(
        request,
        lambda affiliate, actor_id: terms_drafts.accept(
            draft_id=offer.pk, affiliate_id=affiliate.pk, actor_id=actor_id, now=timezone.now()
        ),
        _("Accepted. These are your terms from their first day on."),
    )


@partner_may(Ability.AGREE)
@require_POST
def offer_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline an offer of own terms: nothing changes."""
    offer = own(request, _offers(), pk=pk)
    return _answer(
        request,
        lambda affiliate, actor_id: terms_drafts.decline(
            draft_id=offer.pk,
            affiliate_id=affiliate.pk,
            actor_id=actor_id,
            reason=request.POST.get("reason", "")[:500],
            now=timezone.now(),
        ),
        _("Declined. Your terms stay as they are."),
    )


def _answer(
    request: HttpRequest, act: Callable[[Affiliate, int], object], done: str
) -> HttpResponse:
    try:
        act(current_affiliate(request), current_user(request).pk)
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
    else:
        messages.success(request, done)
    return redirect("portal:my-terms")


def _offers() -> QuerySet[TermsDraft]:
    """Drafts that were offered once; one that is being written is not found."""
    answered = [DraftStatus.OFFERED, DraftStatus.PUBLISHED, DraftStatus.DECLINED]
    return TermsDraft.objects.filter(status__in=answered)


def _offer(draft: TermsDraft, held: Terms | None) -> dict[str, object]:
    content = read_content(draft.content)
    changes = differences(content_of(held), content) if held else ()
    return {
        "draft": draft,
        "text": shown.in_full(content),
        "differences": in_words(changes, content.currency),
    }


def _known(request: HttpRequest, pk: int) -> Terms:
    """Return terms of the affiliate's own history; others are not found."""
    found = get_object_or_404(Terms, pk=pk)
    if found not in [one.terms for one in terms_history(current_affiliate(request))]:
        raise Http404
    return found

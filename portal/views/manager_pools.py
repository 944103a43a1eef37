"""Pools of creators for managers: made, filled by invitation, watched."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencers.domain.segment import matches
from influencers.domain.standing import Label, pool_ratio_bps
from influencers.models import MemberStatus, Pool, PoolMember, Segment
from influencers.queries.creators import creator_rows, creators, judged, members_of
from influencers.services import pools
from portal.access import current_user, manager_required
from portal.creator_language import LABELS, member_status, ratio_text, tier_text
from portal.forms.creators import PoolForm, RulesForm
from portal.forms.staff import ReasonForm
from portal.staff_actions import carry_out, carry_out_form, submitted

MOST_INVITED = 200


@manager_required
@require_safe
def pool_list(request: HttpRequest) -> HttpResponse:
    """Show the pools, how full they are, and how their members stand with us."""
    rows = _pools()
    labels = _labels(rows.values_list("pk", flat=True))
    context = {
        "rows": [
            {
                "pool": pool,
                "tiers": ", ".join(tier_text(tier) for tier in pool.tiers),
                "ratio": ratio_text(pool_ratio_bps(labels.get(pool.pk, []))),
                "href": reverse("portal:pool-detail", args=[pool.pk]),
            }
            for pool in rows
        ],
        "breadcrumbs": [(_("Creators"), reverse("portal:creator-list"))],
    }
    return render(request, "manager/pool_list.html", context)


def _pools() -> QuerySet[Pool]:
    return Pool.objects.annotate(
        members_now=Count("members", filter=Q(members__status=MemberStatus.MEMBER)),
        waiting_now=Count("members", filter=Q(members__status=MemberStatus.WAITING)),
        invited_now=Count("members", filter=Q(members__status=MemberStatus.INVITED)),
    ).order_by("closed_at", "name")


def _labels(pool_ids: Any) -> dict[int, list[Label]]:
    """Return how the members of each pool stand. Two queries."""
    members = PoolMember.objects.filter(pool__in=list(pool_ids), status=MemberStatus.MEMBER)
    pairs = list(members.values_list("pool", "affiliate"))
    known = judged(timezone.now().date(), {affiliate for _pool, affiliate in pairs})
    found: dict[int, list[Label]] = {}
    for pool_id, affiliate_id in pairs:
        one = known.get(affiliate_id)
        found.setdefault(pool_id, []).append(one.label if one else Label.NEUTRAL)
    return found


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def pool_new(request: HttpRequest) -> HttpResponse:
    """Make a pool."""
    form = PoolForm(request.POST or None)
    made = submitted(
        form,
        lambda: pools.make(form.wanted(), by_id=current_user(request).pk, now=timezone.now()),
    )
    if made is not None:
        return redirect("portal:pool-detail", made.pk)
    return _form_page(request, form, None)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def pool_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a pool."""
    pool = get_object_or_404(Pool, pk=pk)
    initial = {
        "name": pool.name,
        "about": pool.about,
        "themes": ", ".join(pool.themes),
        "tiers": pool.tiers,
        "regions": ", ".join(pool.regions),
        "stores": list(pool.stores.values_list("pk", flat=True)),
        "most": pool.most,
    }
    form = PoolForm(request.POST or None, initial=initial)
    made = submitted(
        form,
        lambda: pools.change(
            pool.pk, form.wanted(), by_id=current_user(request).pk, now=timezone.now()
        ),
    )
    if made is not None:
        return redirect("portal:pool-detail", pk)
    return _form_page(request, form, pool)


def _form_page(request: HttpRequest, form: PoolForm, pool: Pool | None) -> HttpResponse:
    context = {
        "form": form,
        "pool": pool,
        "back": reverse("portal:pool-detail", args=[pool.pk])
        if pool
        else reverse("portal:pool-list"),
        "breadcrumbs": [(_("Pools"), reverse("portal:pool-list"))],
    }
    return render(request, "manager/pool_form.html", context, status=422 if form.is_bound else 200)


@manager_required
@require_safe
def pool_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who is in a pool, who waits and who may fit; ``?q=`` finds somebody by name."""
    pool, now = get_object_or_404(_pools(), pk=pk), timezone.now()
    members = PoolMember.objects.filter(pool=pool).select_related("affiliate", "added_by")
    known = judged(now.date(), set(members.values_list("affiliate", flat=True)))
    labels = _labels([pool.pk]).get(pool.pk, [])
    form = RulesForm(request.GET)
    context = {
        "pool": pool,
        "tiers": ", ".join(tier_text(tier) for tier in pool.tiers),
        "rows": [
            {
                "member": one,
                "status": member_status(one.status),
                "label": LABELS[known[one.affiliate_id].label]
                if one.affiliate_id in known
                else LABELS[Label.NEUTRAL],
                "may_remove": one.status not in {MemberStatus.LEFT, MemberStatus.DECLINED},
                "href": reverse("portal:creator-detail", args=[one.affiliate.public_id]),
            }
            for one in members.order_by("status", "status_changed_at", "pk")
        ],
        "ratio": ratio_text(pool_ratio_bps(labels)),
        "search": form.rules().search,
        "found": _fitting(pool, form, members),
        "segments": Segment.objects.order_by("name"),
        "is_open": pool.closed_at is None,
        "breadcrumbs": [(_("Pools"), reverse("portal:pool-list"))],
    }
    return render(request, "manager/pool_detail.html", context)


def _fitting(pool: Pool, form: RulesForm, members: QuerySet[PoolMember]) -> list[dict[str, Any]]:
    """Return creators who are not in the pool yet: those found by name, else who fits it."""
    inside = set(
        members.exclude(status__in=[MemberStatus.LEFT, MemberStatus.DECLINED]).values_list(
            "affiliate", flat=True
        )
    )
    rules, stores = form.rules(), set(pool.stores.values_list("code", flat=True))
    found = []
    for row in creator_rows(timezone.now()):
        facts = row.facts
        fits = (
            (not pool.themes or facts.themes & set(pool.themes))
            and (not pool.tiers or facts.tier in pool.tiers)
            and (not pool.regions or facts.region in pool.regions)
            and (not stores or facts.store in stores)
        )
        wanted = matches(rules, facts) if rules.search else fits
        if wanted and facts.affiliate_id not in inside and row.affiliate.is_active:
            found.append({"affiliate": row.affiliate, "tier": tier_text(facts.tier)})
    return found[:20]


@manager_required
@require_POST
def pool_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite one creator, or everybody whom a segment means."""
    pool, now = get_object_or_404(Pool, pk=pk), timezone.now()
    chosen = [int(one) for one in request.POST.getlist("affiliate") if one.isdecimal()]
    segment = request.POST.get("segment", "")

    def invite_all() -> None:
        ids = chosen
        if segment.isdecimal():
            ids = members_of(get_object_or_404(Segment, pk=int(segment)), now)
        known = creators().filter(pk__in=ids, status="active")
        for affiliate_id in list(known.values_list("pk", flat=True))[:MOST_INVITED]:
            pools.invite(pool.pk, affiliate_id, by_id=current_user(request).pk, now=now)

    carry_out(request, invite_all, done=_("Invited. Each has a mail with the way to answer."))
    return redirect("portal:pool-detail", pk)


@manager_required
@require_POST
def pool_remove(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Take a creator out of a pool."""
    member = get_object_or_404(PoolMember, pk=member_pk, pool=pk)
    form = ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: pools.remove(
            member.pk,
            reason=form.cleaned_data["reason"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Taken out. Whoever waits longest has the place."),
    )
    return redirect("portal:pool-detail", pk)


@manager_required
@require_POST
def pool_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Let nobody in any more."""
    pool = get_object_or_404(Pool, pk=pk)
    carry_out(
        request,
        lambda: pools.close(pool.pk, by_id=current_user(request).pk, now=timezone.now()),
        done=_("Closed. Members stay what they were."),
    )
    return redirect("portal:pool-detail", pk)

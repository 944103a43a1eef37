"""Affiliates: the directory, one affiliate from every side, and the state of its account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import Affiliate, AffiliateStatus, Basis, Group, Payee, Terms
from affiliates.queries import terms_for, terms_history
from affiliates.services import accounts, profiles, terms_words
from core.money import Money
from influencers.models import Influencer
from payouts.queries.balances import balances, currencies
from portal import status_language
from portal.access import current_user, manager_required
from portal.columns import HIDE
from portal.countries import country_name
from portal.formats import format_bps, format_day, format_moment, format_money
from portal.forms.profile import language_choices
from portal.forms.staff import ReasonForm
from portal.queries import staff_affiliates, staff_vetting
from portal.queries.staff_affiliates import Filters
from portal.queries.staff_dashboard import currency_of_programme
from portal.queries.staff_journal import journal
from portal.query_links import text
from portal.reckoning import hidden_pay
from portal.report_area import area_of_staff
from portal.saved_panel import panel
from portal.staff_actions import carry_out_form
from portal.staff_language import staff_commission_status
from portal.vetting_card import card_of

PAGE = 25
LATEST_VERSIONS = 20
_NARROWS = ("status", "kind", "group", "waits")


@manager_required
@require_safe
def affiliate_list(request: HttpRequest) -> HttpResponse:
    """Show the directory."""
    query = request.GET
    filters = Filters(
        status=text(query, "status"),
        kind=text(query, "kind"),
        group=text(query, "group"),
        search=text(query, "q"),
        sort=text(query, "sort"),
        waits=text(query, "waits"),
    )
    page = Paginator(staff_affiliates.directory(filters), PAGE).get_page(query.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "entries": staff_affiliates.entries(list(page), timezone.now()),
        "statuses": staff_affiliates.status_chips(filters),
        "kinds": staff_affiliates.kind_chips(filters),
        "groups": list(Group.objects.values_list("slug", "name")),
        "kept": [(name, query.get(name, "")) for name in (*_NARROWS, "sort", HIDE)],
        "is_narrowed": any((filters.search, *(getattr(filters, name) for name in _NARROWS))),
        **panel(request, area_of_staff(request), "affiliates", table="affiliates"),
    }
    return render(request, "manager/affiliate_list.html", context)


@manager_required
@require_safe
def affiliate_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one affiliate; ``?tab=`` chooses the side."""
    affiliate = _find(public_id)
    wanted = request.GET.get("tab", "")
    tab = wanted if wanted in _TABS else "overview"
    context = {
        "now": timezone.now(),
        "affiliate": affiliate,
        "state": status_language.affiliate_status(affiliate.status, reason=affiliate.status_reason),
        "tab": tab,
        "tabs": [(label(), f"?tab={key}", key == tab) for key, (label, _content) in _TABS.items()],
        "is_suspended": affiliate.status == AffiliateStatus.SUSPENDED,
        "may_close": affiliate.status != AffiliateStatus.CLOSED,
        "tab_template": f"manager/affiliate_{tab}.html",
        "adjust_url": f"{reverse('portal:adjustment-new')}?affiliate={affiliate.public_id}",
        "eyebrow": f"{affiliate.get_kind_display()} · {affiliate.group.name}",
        "suspend_title": _("Suspend %(name)s?") % {"name": affiliate.name},
        "reactivate_title": _("Reactivate %(name)s?") % {"name": affiliate.name},
        "close_title": _("Close the account of %(name)s?") % {"name": affiliate.name},
        "breadcrumbs": [(_("Affiliates"), reverse("portal:affiliate-list"))],
        **_TABS[tab][1](affiliate),
    }
    return render(request, "manager/affiliate_detail.html", context)


def _overview(affiliate: Affiliate) -> dict[str, Any]:
    payee = getattr(affiliate, "payee", None)
    held = currencies(affiliate.pk) or [currency_of_programme()]
    terms = terms_for(affiliate.pk, timezone.now())
    return {
        "facts": _facts(affiliate),
        "terms": terms,
        "terms_facts": _terms_facts(terms) if terms else [],
        "payee_facts": _payee_facts(payee) if payee else [],
        "people": affiliate.memberships.select_related("user").order_by("-is_owner", "pk"),
        "properties": affiliate.properties.standing().order_by("pk")[:20],
        "payee": payee,
        **_told(affiliate),
        "same_account": staff_affiliates.same_account(payee),
        "balances": [balances(affiliate.pk, currency) for currency in held],
    }


def _facts(affiliate: Affiliate) -> list[tuple[str, Any]]:
    items: list[tuple[str, Any]] = [
        (_("Kind"), affiliate.get_kind_display()),
        (_("Group"), affiliate.group.name),
        (_("Country"), country_name(affiliate.country)),
        (_("Store"), affiliate.store),
        (_("Staff number"), affiliate.staff_number),
        (_("Joined"), format_day(affiliate.joined_at)),
        (_("State since"), format_day(affiliate.status_changed_at)),
    ]
    application = getattr(affiliate, "application", None)
    if application is not None:
        href = reverse("portal:application-detail", args=[application.public_id])
        link = format_html('<a href="{}">{}</a>', href, _("Open the application"))
        items.append((_("Application"), link))
    return [(label, value) for label, value in items if value]


def _told(affiliate: Affiliate) -> dict[str, Any]:
    """Return what an affiliate tells of itself, and what of it waits for the team."""
    told = profiles.profile_of(affiliate.pk)
    creator = Influencer.objects.filter(affiliate=affiliate).first()
    if told is None:
        return {"told": None, "creator": creator}
    languages = dict(language_choices())
    items = [
        (_("Contact"), told.contact_name),
        (_("E-mail"), told.contact_email),
        (_("Telephone"), told.contact_phone),
        (_("Languages"), ", ".join(languages.get(one, one) for one in told.languages)),
        (_("Audience"), ", ".join(country_name(one) for one in told.audience_countries)),
        (_("Changed"), format_moment(told.changed_at)),
    ]
    return {
        "told": told,
        "creator": creator,
        "told_facts": [(label, value) for label, value in items if value],
        "has_picture": profiles.has_picture(affiliate.pk),
    }


def _terms_facts(terms: Terms) -> list[tuple[str, str]]:
    return [
        (_("Rate"), _rate(terms)),
        (_("Attribution window"), terms_words.days(terms.window_days)),
        (_("Hold period"), terms_words.days(terms.hold_days)),
        (
            _("Minimum payout"),
            format_money(Money(terms.minimum_payout_minor, terms.currency)),
        ),
        (_("Payment days"), ", ".join(str(day) for day in terms.payment_days)),
        (_("Version"), str(terms)),
    ]


def _base_rate(terms: Terms) -> str:
    return hidden_pay() if terms.basis == Basis.ACTUAL else format_bps(terms.rate_bps)


def _rate(terms: Terms) -> str:
    """Say the base rate; not on the actual margin: beside balances it would tell the margin."""
    if terms.basis == Basis.ACTUAL:
        return _("A share of the actual margin: the terms say how much")
    return _("%(rate)s of %(basis)s") % {
        "rate": format_bps(terms.rate_bps),
        "basis": terms.get_basis_display().lower(),
    }


def _payee_facts(payee: Payee) -> list[tuple[str, str]]:
    items = [
        (_("Legal name"), payee.legal_name),
        (_("IBAN"), f"•••• {payee.iban_last4}"),
        (_("Country"), country_name(payee.country)),
        (_("Town"), payee.town),
        (_("Changed"), format_moment(payee.changed_at)),
    ]
    return [(label, value) for label, value in items if value]


def _terms(affiliate: Affiliate) -> dict[str, Any]:
    return {
        "history": [
            (held, _base_rate(held.terms)) for held in terms_history(affiliate)[:LATEST_VERSIONS]
        ],
        "move": affiliate.group_moves.to_come().select_related("after").first(),
    }


def _links(affiliate: Affiliate) -> dict[str, Any]:
    now = timezone.now()
    links = [
        (link, status_language.link_status("archived" if link.archived_at else "active"))
        for link in staff_affiliates.links(affiliate)
    ]
    codes = [
        (code, status_language.code_status(staff_affiliates.code_state(code, now)))
        for code in staff_affiliates.codes(affiliate)
    ]
    return {"links": links, "codes": codes}


def _orders(affiliate: Affiliate) -> dict[str, Any]:
    rows = []
    for credit in staff_affiliates.credits(affiliate):
        commission = getattr(credit, "commission", None)
        rows.append(
            {
                "credit": credit,
                "href": reverse("portal:order-detail", args=[credit.order_id]),
                "amount": commission.amount if commission else None,
                "state": staff_commission_status(commission.status) if commission else None,
            }
        )
    return {"credits": rows}


def _payouts(affiliate: Affiliate) -> dict[str, Any]:
    return {"payouts": staff_affiliates.payouts(affiliate)}


def _sites(affiliate: Affiliate) -> dict[str, Any]:
    return {"vetting": card_of(staff_vetting.of_affiliate(affiliate, timezone.now()))}


def _journal(affiliate: Affiliate) -> dict[str, Any]:
    related = (getattr(affiliate, "application", None), getattr(affiliate, "payee", None))
    return {"journal": journal([affiliate, *(row for row in related if row is not None)])}


_TABS: dict[str, tuple[Callable[[], str], Callable[[Affiliate], dict[str, Any]]]] = {
    "overview": (lambda: _("Overview"), _overview),
    "terms": (lambda: _("Terms"), _terms),
    "links": (lambda: _("Links and codes"), _links),
    "sites": (lambda: _("Sites"), _sites),
    "orders": (lambda: _("Orders"), _orders),
    "payouts": (lambda: _("Payouts"), _payouts),
    "journal": (lambda: _("Journal"), _journal),
}


@manager_required
@require_POST
def affiliate_suspend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Suspend: links lead on but earn nothing, and nothing is paid."""
    return _change(request, public_id, accounts.suspend, _("%(name)s is suspended."))


@manager_required
@require_POST
def affiliate_reactivate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Reactivate a suspended affiliate."""
    return _change(request, public_id, accounts.reactivate, _("%(name)s is active again."))


@manager_required
@require_POST
def affiliate_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close for good; what was earned is still paid."""
    return _change(request, public_id, accounts.close, _("%(name)s is closed."))


def _change(
    request: HttpRequest, public_id: UUID, service: Callable[..., object], done: str
) -> HttpResponse:
    affiliate, form = _find(public_id), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: service(
            affiliate_id=affiliate.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=done % {"name": affiliate.name},
    )
    return redirect("portal:affiliate-detail", public_id)


def _find(public_id: UUID) -> Affiliate:
    rows = Affiliate.objects.select_related("group", "payee", "application")
    return get_object_or_404(rows, public_id=public_id)

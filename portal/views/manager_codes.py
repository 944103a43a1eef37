"""Promo codes for managers: the pool, one code, and the requests that wait."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.access import current_user, manager_required
from portal.forms.code import AssignForm, ConditionsForm, GrantForm, conditions_of, wishes_of
from portal.forms.staff import ReasonForm
from portal.queries import codes as queries
from portal.queries.codes import ACTIVE, EXPIRED, SCHEDULED, CodeFilters, code_rows
from portal.queries.staff_journal import journal
from portal.query_links import text
from portal.staff_actions import carry_out, say_errors, submitted
from portal.status_language import request_status
from portal.views.codes import uses, validity
from tracking.models import CodeRequest, CodeRequestStatus, CouponCode
from tracking.services import code_batches, code_requests
from tracking.services import codes as services

PAGE = 25


@manager_required
@require_safe
def promo_list(request: HttpRequest) -> HttpResponse:
    """Show the promo codes of everybody."""
    now, state = timezone.now(), request.GET.get("state", "")
    filters = CodeFilters(search=text(request.GET, "q"), state=state)
    page = Paginator(queries.pool(filters, now=now), PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "rows": [
            {
                "row": row,
                "href": reverse("portal:promo-detail", args=[row.code.pk]),
                "uses": uses(row),
                "policy": row.code.get_policy_display() if row.code.policy else "",
            }
            for row in code_rows(page, now=now)
        ],
        "states": [
            (ACTIVE, _("Working")), (SCHEDULED, _("Scheduled")), (EXPIRED, _("Ended")),
        ],
        "kept": [("state", state)],
        "is_narrowed": bool(filters.search or filters.state),
        "tabs": code_tabs("promo-list"),
    }  # fmt: skip
    return render(request, "manager/promo_list.html", context)


@manager_required
@require_safe
def promo_new(request: HttpRequest) -> HttpResponse:
    """Show the form of a new code."""
    return _new_page(request, AssignForm())


@manager_required
@require_POST
def promo_create(request: HttpRequest) -> HttpResponse:
    """Give a code to an affiliate, or one to each of a group."""
    form = AssignForm(request.POST)
    made = submitted(form, lambda: _assign(form, actor_id=current_user(request).pk))
    if made is None:
        return _new_page(request, form, status=422)
    done = ngettext("%(n)s code is made.", "%(n)s codes are made.", made)
    messages.success(request, done % {"n": made})
    return redirect("portal:promo-list")


@manager_required
@require_safe
def promo_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one code: what it brought, its conditions, its history."""
    code = _code(pk)
    return _detail_page(request, code, ConditionsForm(initial=conditions_of(code)))


@manager_required
@require_POST
def promo_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Change when a code earns, how often, and until when."""
    code, form, actor = _code(pk), ConditionsForm(request.POST), current_user(request)
    revised = submitted(
        form,
        lambda: services.revise(
            code_id=code.pk, actor_id=actor.pk, now=timezone.now(), **form.conditions()
        ),
    )
    if revised is None:
        return _detail_page(request, code, form, status=422)
    messages.success(request, _("The code is changed."))
    return redirect("portal:promo-detail", pk=pk)


@manager_required
@require_POST
def promo_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a code now."""
    code, actor = _code(pk), current_user(request)
    carry_out(
        request,
        lambda: services.end(code_id=code.pk, actor_id=actor.pk, now=timezone.now()),
        done=_("%(code)s has ended.") % {"code": code},
    )
    return redirect("portal:promo-detail", pk=pk)


@manager_required
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """Show the requests that wait, or those that are closed."""
    is_open = request.GET.get("state", "") != "closed"
    found = queries.requests(is_open=is_open)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {
                "request": one,
                "status": request_status(one.status),
                "href": reverse("portal:request-detail", args=[one.pk]),
            }
            for one in page
        ],
        "states": [("closed", _("Closed"))],
        "is_open": is_open,
        "tabs": code_tabs("request-list"),
    }
    return render(request, "manager/request_list.html", context)


@manager_required
@require_safe
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request with the forms that decide it."""
    asked = _request(pk)
    return _request_page(request, asked, GrantForm(initial=wishes_of(asked)))


@manager_required
@require_POST
def request_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the code that was asked for, or another one."""
    asked, form, now = _request(pk), GrantForm(request.POST), timezone.now()
    granted = submitted(
        form,
        lambda: code_requests.grant(
            request_id=asked.pk,
            code=form.cleaned_data["code"],
            actor_id=current_user(request).pk,
            now=now,
            **form.content(now=now),
        ),
    )
    if granted is None:
        return _request_page(request, asked, form, status=422)
    messages.success(request, _("The code is made, and the affiliate told by e-mail."))
    return redirect("portal:request-list")


@manager_required
@require_POST
def request_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a request for a reason that the affiliate reads."""
    asked, form = _request(pk), ReasonForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:request-detail", pk=pk)
    carry_out(
        request,
        lambda: code_requests.refuse(
            request_id=asked.pk,
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The request is refused, and the affiliate told by e-mail."),
    )
    return redirect("portal:request-list")


def _assign(form: AssignForm, *, actor_id: int) -> int:
    cleaned, now = form.cleaned_data, timezone.now()
    fields: dict[str, Any] = {
        "shop_id": cleaned["shop"].pk, "actor_id": actor_id, "now": now, **form.content(now=now),
    }  # fmt: skip
    if cleaned["group"]:
        made = code_batches.generate_for_group(
            group_id=cleaned["group"].pk, prefix=cleaned["beginning"], **fields
        )
        return len(made)
    affiliate_id = cleaned["affiliate"].pk
    if cleaned["code"]:
        services.create(affiliate_id=affiliate_id, code=cleaned["code"], **fields)
    else:
        services.generate(affiliate_id=affiliate_id, prefix=cleaned["beginning"], **fields)
    return 1


def _new_page(request: HttpRequest, form: AssignForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "breadcrumbs": _crumbs()}
    return render(request, "manager/promo_new.html", context, status=status)


def _detail_page(
    request: HttpRequest, code: CouponCode, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    row = code_rows([code], now=timezone.now())[0]
    asked = CodeRequest.objects.filter(code=code).first()
    context = {
        "code": code,
        "row": row,
        "form": form,
        "uses": uses(row),
        "validity": validity(code),
        "has_ended": row.status.code == EXPIRED,
        "may_end": row.status.code not in {EXPIRED, SCHEDULED},
        "end_title": _("End %(code)s now?") % {"code": code},
        "asked": asked,
        "history": journal([code, *([asked] if asked else [])]),
        "breadcrumbs": _crumbs(),
    }
    return render(request, "manager/promo_detail.html", context, status=status)


def _request_page(
    request: HttpRequest, asked: CodeRequest, form: GrantForm, *, status: int = 200
) -> HttpResponse:
    theirs = CouponCode.objects.select_related("shop", "affiliate").filter(
        affiliate=asked.affiliate
    )
    context = {
        "asked": asked,
        "state": request_status(asked.status, reason=asked.reason),
        "is_open": asked.status == CodeRequestStatus.OPEN,
        "form": form,
        "codes": code_rows(theirs.order_by("-valid_from")[:PAGE], now=timezone.now()),
        "title": _("%(code)s for %(name)s") % {"code": asked.wanted, "name": asked.affiliate.name},
        "history": journal([asked]),
        "breadcrumbs": [*_crumbs(), (_("Requests"), reverse("portal:request-list"))],
    }
    return render(request, "manager/request_detail.html", context, status=status)


def code_tabs(current: str) -> list[tuple[str, str, bool, int | None]]:
    """Return the tabs of the pages of codes, as the component takes them."""
    waiting = CodeRequest.objects.filter(status=CodeRequestStatus.OPEN).count()
    return [
        (_("Codes"), reverse("portal:promo-list"), current == "promo-list", None),
        (_("Requests"), reverse("portal:request-list"), current == "request-list", waiting),
        (_("Staff discount"), reverse("portal:discount-list"), current == "discount-list", None),
    ]


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Promo codes"), reverse("portal:promo-list"))]


def _code(pk: int) -> CouponCode:
    return get_object_or_404(CouponCode.objects.select_related("affiliate", "shop"), pk=pk)


def _request(pk: int) -> CodeRequest:
    rows = CodeRequest.objects.select_related("affiliate", "shop", "code", "decided_by")
    return get_object_or_404(rows, pk=pk)

"""The codes by which a shop's staff buys at a discount: their orders earn no employee anything."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access import current_user, manager_required
from portal.forms.code import StaffCodeForm
from portal.staff_actions import carry_out, submitted
from portal.views.manager_codes import code_tabs
from tracking.models import StaffCode
from tracking.services import staff_codes as services

MOST = 200


@manager_required
@require_safe
def discount_list(request: HttpRequest) -> HttpResponse:
    """Show the codes in use, those that ended, and the form of another one."""
    return _page(request, StaffCodeForm())


@manager_required
@require_POST
def discount_add(request: HttpRequest) -> HttpResponse:
    """Note a code of the shop's staff discount."""
    form, actor = StaffCodeForm(request.POST), current_user(request)
    added = submitted(form, lambda: _add(form, by_id=actor.pk))
    if added is None:
        return _page(request, form, status=422)
    messages.success(request, _("%(code)s is noted.") % {"code": added})
    return redirect("portal:discount-list")


@manager_required
@require_POST
def discount_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a code now: orders placed before keep it."""
    code, actor = get_object_or_404(StaffCode, pk=pk), current_user(request)
    carry_out(
        request,
        lambda: services.end(staff_code_id=code.pk, by_id=actor.pk, now=timezone.now()),
        done=_("%(code)s has ended.") % {"code": code},
    )
    return redirect("portal:discount-list")


def _add(form: StaffCodeForm, *, by_id: int) -> StaffCode:
    said, now = form.cleaned_data, timezone.now()
    return services.add(
        shop_id=said["shop"].pk,
        code=said["code"],
        valid_from=form.valid_from(now=now),
        by_id=by_id,
        now=now,
    )


def _page(request: HttpRequest, form: StaffCodeForm, *, status: int = 200) -> HttpResponse:
    codes = StaffCode.objects.select_related("shop").order_by("valid_to", "code", "pk")
    context = {
        "form": form,
        "codes": codes[:MOST],
        "has_shops": form.fields["shop"].queryset.count() > 1,  # type: ignore[attr-defined]
        "tabs": code_tabs("discount-list"),
    }
    return render(request, "manager/staff_codes.html", context, status=status)

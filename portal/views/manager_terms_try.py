"""Trying terms on an example order: which rule takes each line, which are beaten, what failed."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.domain.terms_content import TermsContent, content_of, read_content
from affiliates.models import Affiliate, Programme, Terms
from portal.access import manager_required
from portal.forms.terms_try import TryForm
from portal.queries.terms_try import found_order, tried, tried_order
from portal.views.manager_terms import crumbs_of
from portal.views.manager_terms_editor import found_draft


@manager_required
@require_safe
def version_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a version."""
    rows = Terms.objects.select_related("group", "affiliate")
    terms: Terms = get_object_or_404(rows, pk=pk)
    back = (str(terms), reverse("portal:version-detail", args=[pk]))
    return _page(request, content_of(terms), terms.affiliate, back)


@manager_required
@require_safe
def draft_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a draft."""
    draft = found_draft(pk)
    back = (draft.name, reverse("portal:draft-edit", args=[pk]))
    content = read_content(draft.content)
    return _page(request, content, draft.affiliate, back, crumbs_of(draft))


def _page(
    request: HttpRequest,
    content: TermsContent,
    holder: Affiliate | None,
    back: tuple[str, str],
    crumbs: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    form = TryForm(request.GET or None)
    context: dict[str, Any] = {
        "form": form,
        "back": back,
        "currency": content.currency,
        "has_rules": bool(content.rules.rules),
        "breadcrumbs": [*(crumbs or [(_("Terms"), reverse("portal:terms-list"))]), back],
    }
    if form.is_bound and form.is_valid():
        order = found_order(form.cleaned_data["number"]) if form.cleaned_data["number"] else None
        if order is not None:
            context |= {"order": order, "lines": tried_order(order, content, holder)}
        elif form.cleaned_data["number"]:
            form.add_error("number", _("No order has this number: check it in the shop."))
        else:
            zone = ZoneInfo(Programme.get().time_zone)
            today = timezone.localdate(timezone.now(), zone)
            facts = form.facts(currency=content.currency, today=today)
            context["lines"] = [tried(_("A line with these facts"), facts, content)]
    return render(request, "manager/terms_try.html", context)

"""Terms of groups and affiliates: what holds, what comes, what held, and new drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.domain.terms_content import content_of
from affiliates.models import Affiliate, Group, IncrementalityFactor, Programme, Terms, TermsDraft
from affiliates.queries import terms_for
from affiliates.services import factors, programme, terms, terms_drafts
from core.errors import DomainError
from core.models import User
from portal.access import current_user, manager_required
from portal.forms.programme import ProgrammeForm
from portal.forms.terms import EndForm, FactorForm
from portal.margin_access import may_see_costs
from portal.queries import terms as shown
from portal.queries.staff_dashboard import currency_of_programme
from portal.queries.staff_journal import journal
from portal.reckoning import is_hidden
from portal.refusals import sentence
from portal.staff_actions import carry_out, carry_out_form

PAGE = 50


class PayNotShown(DomainError):
    """Terms on the actual margin were to be written by somebody who may not see costs."""

    code = "pay_not_shown"


@manager_required
@require_safe
def terms_list(request: HttpRequest) -> HttpResponse:
    """Show every group, and the affiliates that have terms of their own."""
    groups, affiliates = shown.holder_rows(timezone.now())
    page = Paginator(affiliates, PAGE).get_page(request.GET.get("page"))
    context = {"groups": groups, "affiliates": list(page), "page": page}
    return render(request, "manager/terms_list.html", context)


@manager_required
@require_safe
def of_group(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all versions of a group's terms, and its drafts."""
    group = get_object_or_404(Group, slug=slug)
    return _holder(request, group, {"group": group, "holder_field": ("group", group.slug)})


@manager_required
@require_safe
def of_affiliate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show an affiliate's own terms, its measured factors, and its drafts."""
    affiliate = get_object_or_404(Affiliate.objects.select_related("group"), public_id=public_id)
    return _affiliate_page(request, affiliate, FactorForm(), timezone.now())


def _affiliate_page(
    request: HttpRequest, affiliate: Affiliate, form: FactorForm, now: datetime, status: int = 200
) -> HttpResponse:
    measured = IncrementalityFactor.objects.filter(affiliate=affiliate).select_related("author")
    context = {
        "affiliate": affiliate,
        "holder_field": ("affiliate", affiliate.public_id),
        "held": terms_for(affiliate.pk, now),
        "factors": list(measured.order_by("-valid_from")),
        "factor_form": form,
        "end_form": EndForm(auto_id="end-factor-%s"),
        "notice_days": Programme.get().notice_days,
        "factor_history": journal([affiliate]),
    }
    return _holder(request, affiliate, context, status)


def _holder(
    request: HttpRequest, holder: Group | Affiliate, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    drafts = holder.drafts.select_related("author").order_by("-updated_at")
    context = {
        "holder": holder,
        "rows": shown.version_rows(
            shown.versions_of(holder),
            timezone.now(),
            shows_costs=may_see_costs(current_user(request)),
        ),
        "drafts": [(draft, shown.draft_status(draft)) for draft in drafts],
        "breadcrumbs": [(_("Terms"), reverse("portal:terms-list"))],
        **more,
    }
    return render(request, "manager/terms_holder.html", context, status=status)


@manager_required
@require_safe
def version_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version in words: what it changed, who was told, and what they answered."""
    found, shows_costs = _version(pk), may_see_costs(current_user(request))
    context = {
        "row": shown.version_row(found, timezone.now(), shows_costs=shows_costs),
        "text": shown.in_full(content_of(found), shows_costs=shows_costs),
        "hides_pay": is_hidden(found.basis, shows_costs=shows_costs),
        "notices": shown.notices(found),
        "history": journal([found]),
        "may_end": found.affiliate_id is not None and found.valid_to is None,
        "end_form": EndForm(),
        "breadcrumbs": [(_("Terms"), reverse("portal:terms-list")), _crumb(found)],
    }
    return render(request, "manager/terms_version.html", context)


@manager_required
@require_POST
def version_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an affiliate's own terms: from then on it has its group's."""
    found, form = _version(pk), EndForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: terms.end_own(
            terms_id=found.pk,
            valid_to=form.valid_to,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("These terms have an end. The affiliate is told by e-mail."),
    )
    return redirect("portal:version-detail", pk)


@manager_required
@require_POST
def draft_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft for the group or the affiliate of the form, with what holds now."""
    name = request.POST.get("name") or _("Draft of %(day)s") % {
        "day": timezone.localdate().isoformat()
    }
    holder: dict[str, int]
    if not request.POST.get("affiliate") and not request.POST.get("group"):
        why = _("Say for whom: begin on the page of a group or an affiliate.")
        return render(request, "manager/terms_refused.html", {"why": why}, status=422)
    if request.POST.get("affiliate"):
        public_id = _uuid(request.POST["affiliate"])
        holder = {"affiliate_id": get_object_or_404(Affiliate, public_id=public_id).pk}
    else:
        group = get_object_or_404(Group, slug=request.POST.get("group", ""))
        holder = {"group_id": group.pk}
    try:
        draft = _begun(current_user(request), name, holder)
    except DomainError as refusal:
        return render(request, "manager/terms_refused.html", {"why": sentence(refusal)}, status=422)
    return redirect("portal:draft-edit", draft.pk)


@transaction.atomic
def _begun(actor: User, name: str, holder: dict[str, int]) -> TermsDraft:
    """Begin a draft, unless it begins with what its author may not read.

    :raises PayNotShown: for terms on the actual margin, without the permission to see costs.
    """
    draft = terms_drafts.create(name=name, actor_id=actor.pk, now=timezone.now(), **holder)
    if is_hidden(draft.content["basis"], shows_costs=may_see_costs(actor)):
        raise PayNotShown(
            _("These terms pay on the actual margin: somebody who may see costs writes what"
              " follows them, by default finance.")
        )  # fmt: skip
    return draft


@manager_required
@require_POST
def factor_set(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what an experiment found of an affiliate."""
    affiliate = get_object_or_404(Affiliate.objects.select_related("group"), public_id=public_id)
    form, now = FactorForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            factors.set_factor(
                affiliate_id=affiliate.pk,
                actor_id=current_user(request).pk,
                now=now,
                **form.values(),
            )
        except factors.FactorRefused as refusal:
            form.add_error("factor", sentence(refusal))
        except DomainError as refusal:
            form.add_error("begins_on", sentence(refusal))
        else:
            return redirect("portal:terms-of-affiliate", public_id)
    return _affiliate_page(request, affiliate, form, now, 422)


@manager_required
@require_POST
def factor_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the factor that holds last."""
    affiliate = get_object_or_404(Affiliate, public_id=public_id)
    form = EndForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: factors.end_factor(
            affiliate_id=affiliate.pk,
            valid_to=form.valid_to,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The factor has an end. The affiliate is told by e-mail."),
    )
    return redirect("portal:terms-of-affiliate", public_id)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_of_programme(request: HttpRequest) -> HttpResponse:
    """Show and change what holds for the whole programme."""
    row, currency = Programme.get(), currency_of_programme()
    form = ProgrammeForm(
        request.POST or None, initial=ProgrammeForm.of(row, currency), currency=currency
    )
    if form.is_bound and form.is_valid():
        done = carry_out(
            request,
            lambda: programme.change(
                values=form.values(), actor_id=current_user(request).pk, now=timezone.now()
            ),
            done=_("The settings are saved."),
        )
        if done:
            return redirect("portal:programme-settings")
    context = {"form": form, "history": journal([row]), "currency": currency}
    status = 422 if form.is_bound else 200
    return render(request, "manager/terms_programme.html", context, status=status)


def crumbs_of(draft: TermsDraft) -> list[tuple[str, str]]:
    """Return the way from the list of terms to a draft's holder."""
    return [(_("Terms"), reverse("portal:terms-list")), _crumb(draft)]


def _crumb(found: Terms | TermsDraft) -> tuple[str, str]:
    if found.affiliate is not None:
        address = reverse("portal:terms-of-affiliate", args=[found.affiliate.public_id])
        return found.affiliate.name, address
    slug = found.group.slug if found.group else ""
    return str(found.group), reverse("portal:terms-of-group", args=[slug])


def _version(pk: int) -> Terms:
    rows = Terms.objects.select_related("group", "affiliate__group")
    found: Terms = get_object_or_404(rows, pk=pk)
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error

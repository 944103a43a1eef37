"""Sanctions for managers: proposing them, the second person's word, ending them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.models import Affiliate
from affiliates.queries import language_of, people_of
from core.errors import DomainError
from core.letters import Letter
from fraud.models import Measure, Sanction, SanctionStatus
from fraud.queries.grounds import grounds
from fraud.services import sanction_mails, sanctions
from portal.access import current_user, manager_required
from portal.case_language import sanction_status
from portal.forms.case import LiftForm, SanctionForm
from portal.forms.staff import ReasonForm
from portal.queries.staff_journal import journal
from portal.refusals import sentence
from portal.staff_actions import carry_out, say_errors


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def sanction_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a sanction, see the mail, and put it in force or propose it."""
    affiliate = get_object_or_404(Affiliate, public_id=public_id)
    if request.method != "POST":
        return _new(request, affiliate, SanctionForm())
    form, step = SanctionForm(request.POST), request.POST.get("step", "")
    if form.is_valid() and not form.is_ban and not form.cleaned_data["measures"]:
        form.add_error("measures", _("Choose what is stopped: links, promo codes or payouts."))
    if not form.is_valid() or step == "edit":
        return _new(request, affiliate, form, status=200 if form.is_valid() else 422)
    typed = form.cleaned_data
    if step != "send":
        measures = list(Measure.values) if form.is_ban else typed["measures"]
        with override(language_of(affiliate.pk)):
            letter = sanction_mails.letter(
                measures, typed["message"], is_ban=form.is_ban, name=_name(affiliate)
            )
        button = _("Propose the ban") if form.is_ban else _("Suspend")
        url = reverse("portal:sanction-new", args=[public_id])
        return _preview(request, affiliate, form, letter, button, url)
    words = {"reason": typed["reason"], "message": typed["message"]}
    actor_id, now = current_user(request).pk, timezone.now()
    try:
        if form.is_ban:
            made = sanctions.propose_ban(
                affiliate_id=affiliate.pk, actor_id=actor_id, now=now, **words
            )
        else:
            made = sanctions.suspend(
                affiliate_id=affiliate.pk,
                measures=typed["measures"],
                actor_id=actor_id,
                now=now,
                **words,
            )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return _new(request, affiliate, form, status=422)
    return redirect("portal:sanction-detail", made.public_id)


@manager_required
@require_safe
def sanction_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one sanction: what it stops, why, and what can be done about it."""
    return _page(request, _find(public_id), LiftForm())


@manager_required
@require_POST
def sanction_agree(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a ban in force as the second person."""
    sanction = _find(public_id)
    carry_out(
        request,
        lambda: sanctions.agree(
            sanction_id=sanction.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The ban is in force, and the affiliate told by e-mail."),
    )
    return redirect("portal:sanction-detail", public_id)


@manager_required
@require_POST
def sanction_reject(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say no to a proposed ban as the second person."""
    sanction, form = _find(public_id), ReasonForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:sanction-detail", public_id)
    carry_out(
        request,
        lambda: sanctions.reject(
            sanction_id=sanction.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("The ban is rejected. The affiliate knows nothing of it."),
    )
    return redirect("portal:sanction-detail", public_id)


@manager_required
@require_POST
def sanction_lift(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """See the mail that a sanction is over, and end it."""
    sanction, form, step = _find(public_id), LiftForm(request.POST), request.POST.get("step", "")
    if not form.is_valid() or step == "edit":
        return _page(request, sanction, form, status=200 if form.is_valid() else 422)
    typed = form.cleaned_data
    if step != "send":
        with override(language_of(sanction.affiliate_id)):
            letter = sanction_mails.lifted_letter(typed["message"], name=_name(sanction.affiliate))
        url = reverse("portal:sanction-lift", args=[public_id])
        return _preview(request, sanction.affiliate, form, letter, _("End the sanction"), url)
    carry_out(
        request,
        lambda: sanctions.lift(
            sanction_id=sanction.pk,
            actor_id=current_user(request).pk,
            reason=typed["reason"],
            message=typed["message"],
            now=timezone.now(),
        ),
        done=_("The sanction is over, and the affiliate told by e-mail."),
    )
    return redirect("portal:sanction-detail", public_id)


def _find(public_id: UUID) -> Sanction:
    rows = Sanction.objects.select_related("affiliate", "proposed_by", "decided_by", "contested_in")
    return get_object_or_404(rows, public_id=public_id)


def _name(affiliate: Affiliate) -> str:
    people = people_of(affiliate.pk)
    return people[0].get_short_name() if people else affiliate.name


def _new(
    request: HttpRequest, affiliate: Affiliate, form: SanctionForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "affiliate": affiliate,
        "form": form,
        "grounds": grounds(affiliate.pk, timezone.now()),
        "breadcrumbs": [
            (_("Reviews"), reverse("portal:review-list")),
            (affiliate.name, reverse("portal:affiliate-detail", args=[affiliate.public_id])),
        ],
    }
    return render(request, "manager/sanction_new.html", context, status=status)


def _page(
    request: HttpRequest, sanction: Sanction, form: LiftForm, *, status: int = 200
) -> HttpResponse:
    user = current_user(request)
    is_proposed = sanction.status == SanctionStatus.PROPOSED
    with override(language_of(sanction.affiliate_id)):
        letter = sanction_mails.letter(
            sanction.measures,
            sanction.message,
            is_ban=sanction.is_ban,
            name=_name(sanction.affiliate),
        )
    context: dict[str, Any] = {
        "sanction": sanction,
        "title": _("Ban of %(name)s") % {"name": sanction.affiliate.name}
        if sanction.is_ban
        else _("Suspension of %(name)s") % {"name": sanction.affiliate.name},
        "state": sanction_status(sanction),
        "measures": [Measure(one).label for one in sanction.measures],
        "letter": letter,
        "read_in": language_of(sanction.affiliate_id),
        "cases": sanction.cases.order_by("pk"),
        "form": form,
        "reject_form": ReasonForm(auto_id="reject_%s"),
        "may_decide": is_proposed and user.pk != sanction.proposed_by_id,
        "waits_for_another": is_proposed and user.pk == sanction.proposed_by_id,
        "may_lift": sanction.status == SanctionStatus.IN_FORCE,
        "history": journal([sanction]),
        "breadcrumbs": [(_("Reviews"), reverse("portal:review-list"))],
    }
    return render(request, "manager/sanction_detail.html", context, status=status)


def _preview(
    request: HttpRequest, affiliate: Affiliate, form: Form, letter: Letter, button: str, url: str
) -> HttpResponse:
    language = language_of(affiliate.pk)
    context = {
        "name": affiliate.name,
        "form": form,
        "letter": letter,
        "read_in": language,
        "written_in": get_language_info(language)["name_local"].capitalize(),
        "people": people_of(affiliate.pk),
        "button": button,
        "url": url,
        "breadcrumbs": [(_("Reviews"), reverse("portal:review-list"))],
    }
    return render(request, "manager/review_preview.html", context)

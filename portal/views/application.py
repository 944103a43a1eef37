"""Joining, from the applicant's side: the form, then what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.models import Application, ApplicationStatus
from affiliates.queries import latest_application, programme_terms
from affiliates.services import applications
from core.errors import DomainError
from portal.access import STAFF, affiliate_of, current_user, roles_of, signed_in_required
from portal.countries import country_name
from portal.display import TimelineItem
from portal.forms.application import CHANNELS, METHODS, ApplicationForm, words_of
from portal.queries.applications import usual_answer_days
from portal.refusals import sentence
from portal.status_language import application_status
from portal.views.sites import proofs_context

OPEN = tuple(Application.OPEN)


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponseBase:
    """Show the form and send the application. Who has no account signs up first."""
    if not request.user.is_authenticated:
        query = QueryDict(mutable=True)
        query["next"] = reverse("portal:apply")
        return redirect(f"{reverse('account_signup')}?{query.urlencode()}")
    user = current_user(request)
    if roles_of(user) & STAFF:
        raise PermissionDenied
    affiliate = affiliate_of(user)
    if affiliate is not None and affiliate.status != "closed":
        return redirect("portal:home")
    earlier = latest_application(user.pk)
    if earlier is not None and earlier.status in OPEN:
        return redirect("portal:apply-status")
    terms = programme_terms(timezone.now())
    form = ApplicationForm(request.POST or None, initial=_initial(user.name, earlier))
    if request.method == "POST" and form.is_valid():
        answers = {name: value for name, value in form.cleaned_data.items() if name != "accept"}
        try:
            applications.submit(user_id=user.pk, now=timezone.now(), **answers)
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            return redirect("portal:apply-status")
    return render(
        request,
        "application/apply.html",
        {"form": form, "terms": terms, "earlier": earlier, "answer_days": usual_answer_days()},
        status=422 if form.is_bound else 200,
    )


@signed_in_required
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show where the application of the person signed in stands, and what comes next."""
    application = latest_application(current_user(request).pk)
    if application is None:
        return redirect("portal:apply")
    return render(
        request,
        "application/status.html",
        {
            "application": application,
            "status": application_status(application.status, reason=application.reason),
            "is_open": application.status in OPEN,
            "is_approved": application.status == ApplicationStatus.APPROVED,
            "is_rejected": application.status == ApplicationStatus.REJECTED,
            "timeline": _timeline(application),
            "answers": _answers(application),
            "answer_days": usual_answer_days(),
            **proofs_context(Q(application=application), list(application.sites)),
        },
    )


@signed_in_required
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the latest application back."""
    user = current_user(request)
    application = latest_application(user.pk)
    if application is None:
        return redirect("portal:apply")
    try:
        applications.withdraw(application_id=application.pk, user_id=user.pk, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("Your application is withdrawn."))
    return redirect("portal:apply-status")


def _initial(name: str, earlier: Application | None) -> dict[str, object]:
    """What is known already is not asked again."""
    if earlier is None:
        return {"name": name}
    fields = ("kind", "name", "country", "legal_form", "store", "staff_number", "pitch")
    return {
        **{field: getattr(earlier, field) for field in fields},
        "channels": earlier.channels,
        "methods": earlier.methods,
        "sites": "\n".join(earlier.sites),
    }


def _timeline(application: Application) -> list[TimelineItem]:
    sent = TimelineItem(
        _("Application sent"), at=application.submitted_at, actor=_("You"), icon="send"
    )
    ended_at = application.status_changed_at
    if application.status == ApplicationStatus.WITHDRAWN:
        return [
            sent,
            TimelineItem(_("Withdrawn"), at=ended_at, actor=_("You"), icon="undo-2"),
        ]
    if application.status == ApplicationStatus.REJECTED:
        refused = TimelineItem(
            _("Not accepted"),
            at=ended_at,
            actor=_("The team"),
            note=application.reason,
            icon="circle-x",
            tone="danger",
        )
        return [sent, refused]
    if application.status == ApplicationStatus.APPROVED:
        accepted = TimelineItem(
            _("Accepted"), at=ended_at, actor=_("The team"), icon="circle-check", tone="success"
        )
        first_link = TimelineItem(_("Your first link"), "current", icon="link")
        return [sent, accepted, first_link]
    return [sent, *_steps_to_come(application)]


def _steps_to_come(application: Application) -> list[TimelineItem]:
    decision = TimelineItem(
        _("Decision by e-mail"), "future", note=_("With the reason, whatever it is."), icon="mail"
    )
    first_link = TimelineItem(_("Your first link and your promo code"), "future", icon="link")
    if application.status == ApplicationStatus.SUBMITTED:
        waiting = TimelineItem(
            _("Waiting for somebody to read it"), "current", note=_("You have nothing to do.")
        )
        return [waiting, decision, first_link]
    reading = TimelineItem(
        _("Somebody is reading it"),
        "current",
        at=application.status_changed_at,
        actor=_("The team"),
        note=_("We look at your sites and profiles. You have nothing to do."),
        icon="eye",
    )
    return [reading, decision, first_link]


def _answers(application: Application) -> list[tuple[str, str]]:
    answers = [
        (_("You are"), application.get_kind_display()),
        (_("Name"), application.name),
        (_("Country"), country_name(application.country)),
    ]
    if application.staff_number:
        answers += [
            (_("Store"), application.store),
            (_("Staff number"), application.staff_number),
        ]
    else:
        answers += [(_("Legal form"), application.get_legal_form_display())]
    answers += [
        (_("Channels"), words_of(application.channels, CHANNELS)),
        (_("Sites and profiles"), ", ".join(application.sites)),
        (_("Methods"), words_of(application.methods, METHODS)),
        (_("In your words"), application.pitch),
    ]
    return [(label, value) for label, value in answers if value]

"""Deciding on looks: each act is one call, what it lacks is said, and the next look follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from influencers.models import Look, LookComment, LookVersion
from influencers.queries.moderation import neighbours
from influencers.services import customer_photo_edits, look_states, moderation
from portal.access import current_user, manager_required
from portal.forms.moderation import (
    ApproveForm,
    AskForm,
    CompleteForm,
    PauseForm,
    ProductForm,
    RefuseForm,
    RemarkForm,
    RemoveForm,
    ResumeForm,
)
from portal.queries.staff_looks import look_places
from portal.staff_actions import carry_out, carry_out_form, submitted
from portal.views.manager_looks import find_look, look_page


@manager_required
@require_POST
def moderation_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the version in review be seen."""
    form = ApproveForm(request.POST)
    return _decide(
        request,
        public_id,
        form,
        lambda version: moderation.approve(
            version.pk,
            publish_at=form.cleaned_data["publish_at"],
            expires_at=form.cleaned_data["expires_at"],
            checks=form.cleaned_data["checks"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        _("Approved, and the creator told by e-mail."),
    )


@manager_required
@require_POST
def moderation_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the version in review back with what to change."""
    form = AskForm(request.POST)
    return _decide(
        request,
        public_id,
        form,
        lambda version: moderation.ask_changes(
            version.pk, form.remarks(), by_id=current_user(request).pk, now=timezone.now()
        ),
        _("Sent back, and the creator told by e-mail what to change."),
    )


@manager_required
@require_POST
def moderation_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do not accept the version in review."""
    form = RefuseForm(request.POST)
    return _decide(
        request,
        public_id,
        form,
        lambda version: moderation.refuse(
            version.pk,
            form.cleaned_data["code"],
            form.cleaned_data["note"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        _("Refused, and the creator told by e-mail why."),
    )


@manager_required
@require_POST
def moderation_remark(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a remark beside what it means."""
    look, version = find_look(public_id)
    form = RemarkForm(request.POST, places=look_places(version), auto_id="remark_%s")
    made = submitted(
        form,
        lambda: moderation.comment(
            version.pk,
            form.remark(),
            asks_for_change=True,
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if made is None:
        return look_page(request, look, version, remark=form, status=422)
    return redirect(f"{reverse('portal:moderation-detail', args=[public_id])}#remarks")


@manager_required
@require_POST
def moderation_resolve(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Note that what a remark asked for is done."""
    remark = get_object_or_404(LookComment, pk=pk, version__look__public_id=public_id)
    carry_out(
        request,
        lambda: moderation.resolve(remark.pk, by_id=current_user(request).pk, now=timezone.now()),
        done=_("The remark is done."),
    )
    return redirect(f"{reverse('portal:moderation-detail', args=[public_id])}#remarks")


@manager_required
@require_POST
def moderation_pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a look no more for now."""
    form = PauseForm(request.POST)
    return _change(
        request,
        public_id,
        form,
        lambda look: look_states.pause(
            look.pk,
            reason=form.cleaned_data["reason"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        _("Paused: it is shown nowhere for now."),
    )


@manager_required
@require_POST
def moderation_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a look again."""
    form = ResumeForm(request.POST)
    return _change(
        request,
        public_id,
        form,
        lambda look: look_states.resume(
            look.pk,
            expires_at=form.cleaned_data["expires_at"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        _("It is shown again."),
    )


@manager_required
@require_POST
def moderation_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a look down for good."""
    form = RemoveForm(request.POST)
    return _change(
        request,
        public_id,
        form,
        lambda look: look_states.remove(
            look.pk,
            form.cleaned_data["code"],
            form.cleaned_data["note"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        _("Removed. The creator has the reasons by e-mail."),
    )


@manager_required
@require_POST
def moderation_complete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a customer's photo its words."""
    look, version = find_look(public_id)
    form = CompleteForm(request.POST, auto_id="complete_%s")
    done = submitted(
        form,
        lambda: customer_photo_edits.complete(
            version.pk,
            **form.cleaned_data,
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if done is None:
        return look_page(request, look, version, complete=form, status=422)
    return redirect("portal:moderation-detail", public_id)


@manager_required
@require_POST
def moderation_product(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name a product on a customer's photo."""
    look, version = find_look(public_id)
    form = ProductForm(request.POST, auto_id="product_%s")
    done = submitted(
        form,
        lambda: customer_photo_edits.add_product(
            version.pk,
            sku=form.cleaned_data["sku"],
            role=form.cleaned_data["role"],
            spot=form.spot(),
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if done is None:
        return look_page(request, look, version, product=form, status=422)
    return redirect(f"{reverse('portal:moderation-detail', args=[public_id])}#products")


@manager_required
@require_POST
def moderation_drop(request: HttpRequest, public_id: UUID, key: UUID) -> HttpResponse:
    """Take a product off a customer's photo."""
    _look, version = find_look(public_id)
    carry_out(
        request,
        lambda: customer_photo_edits.drop_product(
            version.pk, key, by_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The product is off the photo."),
    )
    return redirect(f"{reverse('portal:moderation-detail', args=[public_id])}#products")


def _decide(
    request: HttpRequest,
    public_id: UUID,
    form: forms.Form,
    act: Callable[[LookVersion], Any],
    done: str,
) -> HttpResponse:
    """Carry out a decision; the look that waits next follows, or the queue."""
    _look, version = find_look(public_id)
    _previous, following = neighbours(version)
    if not carry_out_form(request, form, lambda: act(version), done=done):
        return redirect("portal:moderation-detail", public_id)
    if following is None:
        return redirect("portal:moderation-list")
    return redirect("portal:moderation-detail", following.look.public_id)


def _change(
    request: HttpRequest,
    public_id: UUID,
    form: forms.Form,
    act: Callable[[Look], Any],
    done: str,
) -> HttpResponse:
    look = get_object_or_404(Look, public_id=public_id)
    carry_out_form(request, form, lambda: act(look), done=done)
    return redirect("portal:moderation-detail", public_id)

"""What a creator does with a look as a whole: one service call each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from affiliates.domain.abilities import Ability
from core.errors import DomainError
from influencers.models import Look, LookComment, LookVersion
from influencers.queries.looks import open_versions
from influencers.services import look_sending, moderation
from influencers.services import looks as services
from portal.access import current_affiliate, current_user, own, partner_may
from portal.forms.staff import ReasonForm
from portal.query_links import text
from portal.refusals import sentence
from portal.staff_actions import carry_out, carry_out_form
from shop.models import Shop

VersionAct = Callable[..., LookVersion]


@partner_may(Ability.WORK)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin a look in the shop that was chosen, and open the editor.

    Where there is a choice of shops and none was made, the list asks for it.
    """
    if not text(request.POST, "shop") and Shop.objects.count() > 1:
        return redirect("portal:look-list")
    shop = get_object_or_404(Shop.objects.order_by("pk"), code=_shop_code(request))
    try:
        look = services.create(
            affiliate_id=current_affiliate(request).pk,
            shop_id=shop.pk,
            by_id=current_user(request).pk,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
        return redirect("portal:look-list")
    return redirect("portal:look-edit", look.public_id)


@partner_may(Ability.WORK)
@require_POST
def take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the version in review back, and open the editor."""
    look = own(request, Look.objects.all(), public_id=public_id)
    done = _on_version(
        request, look, look_sending.take_back, done=_("You have it back: change it, send it again.")
    )
    return redirect("portal:look-edit" if done else "portal:look-detail", public_id)


@partner_may(Ability.WORK)
@require_POST
def discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw the draft away."""
    look = own(request, Look.objects.all(), public_id=public_id)
    _on_version(request, look, look_sending.discard, done=_("The draft is thrown away."))
    return redirect("portal:look-list")


@partner_may(Ability.WORK)
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a look away from the public for good."""
    look = own(request, Look.objects.all(), public_id=public_id)
    form = ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: look_sending.withdraw(
            look.pk,
            reason=form.cleaned_data["reason"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The look is withdrawn: nobody sees it any more."),
    )
    return redirect("portal:look-detail", public_id)


@partner_may(Ability.WORK)
@require_POST
def duplicate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin another look with the same content, and open the editor."""
    look = own(request, Look.objects.all(), public_id=public_id)
    try:
        copy = services.duplicate(look.pk, by_id=current_user(request).pk, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
        return redirect("portal:look-detail", public_id)
    messages.success(request, _("This is the copy: change it and send it."))
    return redirect("portal:look-edit", copy.public_id)


@partner_may(Ability.WORK)
@require_POST
def archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a look that is not shown out of sight."""
    look = own(request, Look.objects.all(), public_id=public_id)
    carry_out(
        request,
        lambda: services.archive(look.pk, by_id=current_user(request).pk, now=timezone.now()),
        done=_("The look is archived: the filter “Archived” shows it."),
    )
    return redirect("portal:look-list")


@partner_may(Ability.WORK)
@require_POST
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Bring an archived look back into the list."""
    look = own(request, Look.objects.all(), public_id=public_id)
    carry_out(
        request,
        lambda: services.restore(look.pk, by_id=current_user(request).pk),
        done=_("The look is back in your list."),
    )
    return redirect("portal:look-detail", public_id)


@partner_may(Ability.WORK)
@require_POST
def resolve(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Say that what a remark asks for is done. Sends the remark to the editor, else its page."""
    look = own(request, Look.objects.all(), public_id=public_id)
    remark = get_object_or_404(LookComment.objects.filter(version__look=look), pk=pk)
    try:
        moderation.resolve(remark.pk, by_id=current_user(request).pk, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
    if request.headers.get("HX-Request"):
        remark.refresh_from_db()
        context = {"look": look, "remark": remark, "may_resolve": True}
        return render(request, "portal/looks/_remark.html", context)
    return redirect("portal:look-edit", public_id)


def _shop_code(request: HttpRequest) -> str:
    """Return the shop that was chosen; the first where there is nothing to choose."""
    first = Shop.objects.order_by("pk").values_list("code", flat=True).first()
    return text(request.POST, "shop") or first or ""


def _on_version(request: HttpRequest, look: Look, act: VersionAct, *, done: str) -> bool:
    version = open_versions([look.pk]).get(look.pk)
    if version is None:
        messages.error(request, _("There is no draft of this look."), extra_tags="banner")
        return False
    now: datetime = timezone.now()
    return carry_out(
        request, lambda: act(version.pk, by_id=current_user(request).pk, now=now), done=done
    )

"""Being paid through Stripe: the payee's way there and back, and Stripe's own messages."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from core.errors import DomainError
from core.nudge import nudge
from payouts.gateways.rail import RailUnavailable
from payouts.gateways.stripe import is_configured
from payouts.models import Capability, StripeAccount
from payouts.services import stripe_accounts, stripe_events
from portal.access import current_affiliate, current_user, partner_may
from portal.refusals import sentence
from portal.sealed_form import demand_proof


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep a message of Stripe's and answer at once; a worker reads what it is about."""
    if not settings.STRIPE_WEBHOOK_SECRETS or kind not in stripe_events.KINDS:
        raise Http404
    try:
        stripe_events.receive(
            kind=kind,
            body=request.body,
            signature=request.headers.get("Stripe-Signature", ""),
            now=timezone.now(),
        )
    except stripe_events.MessageRefused as refusal:
        return HttpResponseBadRequest(str(refusal), content_type="text/plain")
    nudge("payouts.tasks.handle_stripe_events")
    return HttpResponse("kept", content_type="text/plain")


@partner_may(Ability.CHANGE_PAYEE)
@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    """Make the payee's account at Stripe. What Stripe wants to know, it asks on its own pages.

    :raises ReauthenticationRequired: for a session that is not fresh.
    """
    _demand_stripe(request)
    try:
        stripe_accounts.open_account(
            affiliate_id=current_affiliate(request).pk,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
    else:
        messages.success(request, _("Your account is open. Now tell Stripe who you are."))
    return redirect("portal:payee")


@partner_may(Ability.CHANGE_PAYEE)
@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    """Send the payee to Stripe's own forms, by an address that is made for this click.

    :raises ReauthenticationRequired: for a session that is not fresh.
    """
    _demand_stripe(request)
    affiliate = current_affiliate(request)
    if not StripeAccount.objects.filter(affiliate=affiliate).exists():
        return redirect("portal:payee")
    base = settings.PUBLIC_URL
    try:
        address = stripe_accounts.onboarding_address(
            affiliate_id=affiliate.pk,
            actor_id=current_user(request).pk,
            back=base + reverse("portal:stripe-back"),
            again=base + reverse("portal:stripe-forms"),
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
        return redirect("portal:payee")
    return redirect(address)


def _demand_stripe(request: HttpRequest) -> None:
    """A stolen session alone must not lead the money elsewhere.

    :raises Http404: where Stripe is not configured.
    :raises ReauthenticationRequired, SignInAgain: unless the person just proved who they are.
    """
    if not is_configured():
        raise Http404
    demand_proof(request)


@partner_may(Ability.CHANGE_PAYEE)
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Read the account anew when its payee comes back from Stripe, and say how it stands."""
    account = StripeAccount.objects.filter(affiliate=current_affiliate(request)).first()
    if account is None or not is_configured():
        return redirect("portal:payee")
    try:
        found = stripe_accounts.refresh(account=account.account, now=timezone.now())
    except RailUnavailable:
        messages.warning(request, _("Stripe does not answer just now: come back in a minute."))
    else:
        if found is not None and found.capability == Capability.ACTIVE:
            messages.success(request, _("You are paid through Stripe from now on."))
        else:
            messages.info(request, _("Stripe still checks what you gave, or asks for more."))
    return redirect("portal:payee")

"""A customer's photo: sent by an invitation, looked at again and erased by a secret address."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from redis.exceptions import RedisError

from core.errors import DomainError
from core.hashing import keyed_hash
from influencers.models import CustomerInvite, CustomerPhoto, LookStatus
from influencers.queries.customer_photos import invite_of, photo_of, token_of
from influencers.services import customer_photo_erasure, customer_photos
from influencers.services.look_saving import LANGUAGES
from portal.forms.customer_photo import PhotoForm
from portal.refusals import sentence
from shop.models import Shop
from tracking.domain.ip_hash import client_address, ip_hash

log = logging.getLogger(__name__)
#: How often one network (IPv4 /24, IPv6 /48) may send a form in an hour.
TRIES_PER_HOUR = 30
_HOUR = 3_600


@require_http_methods(["GET", "HEAD", "POST"])
def photo_send(request: HttpRequest, key: str) -> HttpResponse:
    """Show the form of an invitation, and take what is sent."""
    now, invitation = timezone.now(), invite_of(key)
    if invitation is None or not _takes(invitation, now):
        shop = invitation.shop if invitation else Shop.objects.order_by("pk").first()
        return _private(render(request, "public/photo_closed.html", {"shop": shop}, status=410))
    language = _language()
    form = PhotoForm(request.POST or None, request.FILES or None)
    form.begin(language)
    status = 200
    if request.method == "POST":
        status = 422
        if not _has_tries_left(request, now):
            said = {"shop": invitation.shop}
            return _private(render(request, "public/photo_slow.html", said, status=429))
        photo = _sent(form, key, language, now)
        if photo is not None:
            return _private(redirect("portal:photo-sent", token_of(photo)))
    context = {"form": form, "shop": invitation.shop, "words": customer_photos.words()}
    return _private(render(request, "public/photo_send.html", context, status=status))


@require_safe
def photo_sent(request: HttpRequest, token: str) -> HttpResponse:
    """Show a customer where the photo stands, and how to erase it."""
    photo = _found(token)
    context = {
        "photo": photo,
        "is_published": photo.look.status == LookStatus.PUBLISHED,
        "token": token,
        "shop": photo.invite.shop,
    }
    return _private(render(request, "public/photo_sent.html", context))


@require_POST
def photo_withdraw(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    """Erase a photo at its sender's wish."""
    customer_photo_erasure.erase(_found(token).pk, by_id=None, now=timezone.now())
    return _private(redirect("portal:photo-sent", token))


def _sent(form: PhotoForm, key: str, language: str, now: datetime) -> CustomerPhoto | None:
    """Keep the photo; None, and why stands in the form, when it is refused."""
    if not form.is_valid():
        return None
    try:
        return customer_photos.send(
            key=key, form_key=form.cleaned_data["form_key"], sent=form.sent(language), now=now
        )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return None


def _takes(invitation: CustomerInvite, now: datetime) -> bool:
    return invitation.ended_at is None and now < invitation.ends_at


def _found(token: str) -> CustomerPhoto:
    photo = photo_of(token)
    if photo is None:
        raise Http404
    return photo


def _language() -> str:
    return next((one for one in LANGUAGES if (get_language() or "").startswith(one)), LANGUAGES[0])


def _has_tries_left(request: HttpRequest, now: datetime) -> bool:
    """Count a try of a network. Of its address a keyed hash is kept for an hour, no more."""
    address = client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        settings.TRUSTED_PROXY_COUNT,
    )
    salt = keyed_hash("customer-photo-network", now.date().isoformat()).encode()
    key = f"customer-photo:{now:%Y%m%d%H}:{ip_hash(address, salt[:64])}"
    try:
        cache.add(key, 0, _HOUR)
        return bool(cache.incr(key) <= TRIES_PER_HOUR)
    except (RedisError, ValueError) as error:
        log.warning("Tries of customers are not counted: %s", error)
        return True


def _private(response: HttpResponse) -> HttpResponse:
    """Let no cache keep it, and let no other site read the secret in its address."""
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response

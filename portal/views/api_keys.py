"""Keys of the API: those of an affiliate, made by its owners, and those of the team's people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from affiliates.queries import people_of
from affiliates.services import endpoint_stops
from core import api_keys, crypto
from core.models import ApiKey, Scope, User
from core.models.api_key import ApiKeyQuerySet
from portal.access import current_affiliate, current_user, partner_may
from portal.api.access import PARTNER_SCOPES, scopes_for_staff
from portal.display import StatusText
from portal.forms.api_key import ApiKeyForm, WhichKeyForm
from portal.sealed_form import demand_proof, typed
from portal.staff_access import staff_required
from portal.staff_actions import carry_out, submitted

#: Keys that ended or were revoked are shown after those in use, and not all of them.
MOST_OVER = 10
_NEW = "new_api_key"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key in the list."""

    key: ApiKey
    status: StatusText
    scopes: list[Scope]

    @property
    def dialog_id(self) -> str:
        """The dialog that revokes it."""
        return f"revoke-{self.key.public_id}"


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose keys a page is about: ``account`` None, those of a member of staff."""

    user: User
    affiliate: Affiliate | None
    scopes: list[Scope]

    @property
    def keys(self) -> ApiKeyQuerySet:
        """An affiliate's keys whoever made them; of staff, one's own."""
        rows = ApiKey.objects.select_related("owner")
        if self.affiliate is not None:
            return rows.filter(account=self.affiliate.public_id)
        return rows.filter(account__isnull=True, owner=self.user)

    @property
    def readers(self) -> list[User]:
        """Who is told of a new key."""
        return people_of(self.affiliate.pk) if self.affiliate is not None else [self.user]

    @property
    def place(self) -> str:
        """The name of the page's address."""
        return "portal:api-keys" if self.affiliate is not None else "portal:staff-api-keys"


@partner_may(Ability.MANAGE_KEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Show the keys of an affiliate, and make one.

    :raises ReauthenticationRequired: when a key is made in a session that is not fresh.
    """
    return _page(request, _of_partner(request))


@partner_may(Ability.MANAGE_KEYS)
@require_POST
def own_revoke(request: HttpRequest) -> HttpResponse:
    """Revoke a key of the affiliate's, whoever of its team made it."""
    return _revoke(request, _of_partner(request))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest) -> HttpResponse:
    """Show the keys of a member of staff, and make one.

    :raises ReauthenticationRequired: when a key is made in a session that is not fresh.
    """
    return _page(request, _of_staff(request))


@staff_required
@require_POST
def staff_revoke(request: HttpRequest) -> HttpResponse:
    """Revoke one's own key."""
    return _revoke(request, _of_staff(request))


def _of_partner(request: HttpRequest) -> Desk:
    return Desk(current_user(request), current_affiliate(request), list(PARTNER_SCOPES))


def _of_staff(request: HttpRequest) -> Desk:
    user = current_user(request)
    return Desk(user, None, scopes_for_staff(user))


def _page(request: HttpRequest, desk: Desk) -> HttpResponse:
    now = timezone.now()
    form = ApiKeyForm(typed(request) or None, scopes=desk.scopes)
    if request.method == "POST" and form.is_valid():
        demand_proof(request)
        issued = submitted(form, lambda: _issue(form, desk, now))
        if issued is not None:
            # Shown on the next page, once: a page that is loaded again makes no second key.
            request.session[_NEW] = crypto.encrypt(issued.text)
            return redirect(desk.place)
    context = {
        "form": form,
        "rows": list(_rows(desk.keys, now)),
        "made": _just_made(request),
        "affiliate": desk.affiliate,
        "is_open": desk.affiliate is None or desk.affiliate.is_active,
    }
    folder = "manager" if desk.affiliate is None else "affiliate"
    status = 422 if form.is_bound else 200
    return render(request, f"{folder}/api_keys.html", context, status=status)


def _issue(form: ApiKeyForm, desk: Desk, now: datetime) -> api_keys.Issued:
    if desk.affiliate is not None and not desk.affiliate.is_active:
        raise api_keys.InvalidKey(_("This account is not active: it gets no new key."))
    return api_keys.issue(
        owner_id=desk.user.pk,
        account=str(desk.affiliate.public_id) if desk.affiliate is not None else None,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        expires_at=form.expires_at(now),
        readers=desk.readers,
        now=now,
    )


def _revoke(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = WhichKeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the key that shall be revoked."))
        return redirect(desk.place)
    key = get_object_or_404(desk.keys, public_id=form.cleaned_data["key"])
    carry_out(
        request,
        lambda: endpoint_stops.revoke_key(key_id=key.pk, actor_id=desk.user.pk, now=timezone.now()),
        done=_("%(name)s is revoked. Programs that use it are refused from now.")
        % {"name": key.name},
    )
    return redirect(desk.place)


def _just_made(request: HttpRequest) -> str:
    """Return the key that was made by the form before this page, and forget it."""
    sealed = request.session.pop(_NEW, "") if request.method == "GET" else ""
    try:
        return crypto.decrypt(sealed) if sealed else ""
    except InvalidToken:
        messages.error(request, _("The new key cannot be shown any more. Revoke it."))
        return ""


def _rows(keys: ApiKeyQuerySet, now: datetime) -> Iterable[KeyRow]:
    live = keys.live(now)
    over = keys.exclude(pk__in=live.values("pk")).order_by("-created_at", "-pk")[:MOST_OVER]
    for key in [*live.order_by("-created_at", "-pk"), *over]:
        yield KeyRow(key, _status(key, now), [Scope(one) for one in key.scopes])


def _status(key: ApiKey, now: datetime) -> StatusText:
    if key.revoked_at is not None:
        return StatusText("revoked", _("Revoked"), "neutral", "ban")
    if key.expires_at <= now:
        return StatusText("ended", _("Ended"), "neutral", "clock")
    return StatusText("live", _("In use"), "success", "circle-check")

"""The first steps of an affiliate: seven of them, each with its place, its time and its reason."""

from __future__ import annotations

from collections.abc import Mapping

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Exists
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Payee, TaxProfile
from core.models import User
from fraud.models import SiteProof
from portal.access import SECOND_FACTORS
from portal.display import ChecklistItem
from tracking.models import ClickDay, Credit, Link

#: From so many done steps on the list may be put away.
ENOUGH = 4
COOKIE = "beginning"
PUT_AWAY = "put-away"


def steps(affiliate: Affiliate, done: Mapping[str, bool]) -> list[ChecklistItem]:
    """Return the steps in their order, done or not; ``done`` are the :func:`facts` found.

    Employees are paid with their wages, and their store vouches for their accounts.
    """
    items = _of_person(done)
    if not affiliate.is_employee:
        items += [_site(done), _details(done)]
    return [*items, *_of_links(done)]


def facts(affiliate: Affiliate, user: User) -> dict[str, Exists]:
    """Return what tells which steps are done, to be asked with whatever else is asked."""
    proofs = SiteProof.objects.filter(affiliate=affiliate, verified_at__isnull=False)
    clicks = ClickDay.objects.filter(affiliate_id=affiliate.pk, visits__gt=0)
    return {
        "confirmed": Exists(EmailAddress.objects.filter(user=user, verified=True)),
        "factor": Exists(Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS)),
        "site": Exists(proofs),
        "paid_to": Exists(Payee.objects.filter(affiliate=affiliate)),
        "taxed": Exists(TaxProfile.objects.filter(affiliate=affiliate)),
        "link": Exists(Link.objects.filter(affiliate=affiliate)),
        "click": Exists(clicks),
        "sale": Exists(Credit.objects.filter(affiliate=affiliate)),
    }


def is_put_away(request: HttpRequest, items: list[ChecklistItem]) -> bool:
    """Tell whether the list is not shown: everything is done, or enough and nobody wants it."""
    if all(item.done for item in items):
        return True
    return may_put_away(items) and request.COOKIES.get(COOKIE) == PUT_AWAY


def may_put_away(items: list[ChecklistItem]) -> bool:
    """Tell whether enough is done."""
    return sum(item.done for item in items) >= ENOUGH


def _of_person(done: Mapping[str, bool]) -> list[ChecklistItem]:
    return [
        ChecklistItem(
            _("Confirm your e-mail address"),
            text=_("Payments and questions about sales are told by e-mail."),
            href=reverse("account_email"),
            done=done["confirmed"],
            minutes=1,
        ),
        ChecklistItem(
            _("Add a passkey"),
            text=_("You sign in with a finger or a face, and nobody can steal it."),
            href=reverse("mfa_index"),
            done=done["factor"],
            minutes=1,
        ),
    ]


def _site(done: Mapping[str, bool]) -> ChecklistItem:
    return ChecklistItem(
        _("Prove that a site or profile is yours"),
        text=_("Sales from a place that is proven are checked less."),
        href=reverse("portal:site-list"),
        done=done["site"],
        minutes=5,
    )


def _details(done: Mapping[str, bool]) -> ChecklistItem:
    return ChecklistItem(
        _("Enter your payment details"),
        text=_("Your legal name, IBAN and taxes: without them nothing can be paid."),
        href=reverse("portal:payee-tax" if done["paid_to"] else "portal:payee"),
        done=done["paid_to"] and done["taxed"],
        minutes=3,
    )


def _of_links(done: Mapping[str, bool]) -> list[ChecklistItem]:
    return [
        ChecklistItem(
            _("Make your first link"),
            text=_("To any page of the shop. Who comes through it is yours."),
            href=reverse("portal:link-new"),
            done=done["link"],
            minutes=1,
        ),
        ChecklistItem(
            _("Receive a first click"),
            text=_("Open your link yourself: you see the click arrive within seconds."),
            href=reverse("portal:link-test") if done["link"] else "",
            done=done["click"],
            minutes=1,
        ),
        ChecklistItem(
            _("First sale"),
            text=_("It appears within minutes of the order, with its explanation."),
            done=done["sale"],
        ),
    ]

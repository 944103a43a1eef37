"""The sites of an affiliate or an applicant: declared, proved, and addresses that forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate, Application, Property
from affiliates.queries import latest_application
from affiliates.services import sites
from fraud.models import ProofMethod, Redirector, SiteProof
from fraud.services import proofs, redirectors
from portal.access import (
    current_affiliate,
    current_user,
    own,
    partner_may,
    signed_in_required,
)
from portal.forms.vetting import AddressForm, ProofForm
from portal.queries.staff_vetting import proofs_of, redirectors_of
from portal.staff_actions import carry_out, say_errors, submitted
from portal.vetting_language import METHODS, proof_status, redirector_status

_BEING_CHECKED = gettext_lazy("It is being checked: the answer appears here in a moment.")


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def site_list(request: HttpRequest) -> HttpResponse:
    """Show the sites, their proofs and the redirectors."""
    return _page(request)


@partner_may(Ability.WORK)
@require_POST
def site_declare(request: HttpRequest) -> HttpResponse:
    """Declare another site."""
    form = _site_form(request)
    made = submitted(
        form,
        lambda: sites.declare(
            affiliate_id=current_affiliate(request).pk,
            url=form.cleaned_data["url"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if made is None:
        return _page(request, site_form=form, status=422)
    messages.success(request, _("The site is declared. Prove that it is yours."))
    return redirect("portal:site-list")


@partner_may(Ability.WORK)
@require_POST
def site_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a site back."""
    row = own(request, Property.objects.all(), pk=pk)
    carry_out(
        request,
        lambda: sites.remove(
            property_id=row.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The site is removed. Visits from it are questioned from now on."),
    )
    return redirect("portal:site-list")


@partner_may(Ability.WORK)
@require_POST
def proof_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a token for a site."""
    affiliate = current_affiliate(request)
    _ask(
        request,
        proofs.declared(None, affiliate.pk),
        lambda url, method: proofs.ask(
            url=url, method=method, affiliate_id=affiliate.pk, now=timezone.now()
        ),
    )
    return redirect("portal:site-list")


@partner_may(Ability.WORK)
@require_POST
def proof_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a worker look whether the token is where it should be."""
    affiliate = current_affiliate(request)
    _check(request, get_object_or_404(proofs_of(_owner(affiliate)), pk=pk))
    return redirect("portal:site-list")


@partner_may(Ability.WORK)
@require_POST
def redirector_declare(request: HttpRequest) -> HttpResponse:
    """Declare an address that forwards to one's links; a worker follows it at once."""
    form = _redirector_form(request)
    made = submitted(
        form,
        lambda: redirectors.declare(
            affiliate_id=current_affiliate(request).pk,
            url=form.cleaned_data["url"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if made is None:
        return _page(request, redirector_form=form, status=422)
    messages.success(request, _("The address is declared and being followed."))
    return redirect("portal:site-list")


@partner_may(Ability.WORK)
@require_POST
def redirector_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a worker follow a redirector."""
    row = own(request, Redirector.objects.filter(removed_at__isnull=True), pk=pk)
    carry_out(
        request,
        lambda: redirectors.check_soon(redirector_id=row.pk, now=timezone.now()),
        done=str(_BEING_CHECKED),
    )
    return redirect("portal:site-list")


@partner_may(Ability.WORK)
@require_POST
def redirector_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a redirector back."""
    row = own(request, Redirector.objects.all(), pk=pk)
    carry_out(
        request,
        lambda: redirectors.remove(
            redirector_id=row.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The address is removed."),
    )
    return redirect("portal:site-list")


@partner_may(Ability.SEE_WORK)
@require_safe
def site_watch(request: HttpRequest) -> HttpResponse:
    """Answer the page that waits for checks of sites and redirectors."""
    affiliate = current_affiliate(request)
    waiting = proofs_of(_owner(affiliate)).filter(check_asked_at__isnull=False)
    followed = redirectors_of(affiliate).filter(check_asked_at__isnull=False)
    return _watched(request, waiting.count() + followed.count())


@signed_in_required
@require_safe
def apply_proof_watch(request: HttpRequest) -> HttpResponse:
    """Answer an applicant's page that waits for checks."""
    waiting = SiteProof.objects.filter(
        application__user=current_user(request), check_asked_at__isnull=False
    )
    return _watched(request, waiting.count())


@signed_in_required
@require_POST
def apply_proof_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a token for a site of one's application."""
    application = _open_application(request)
    if application is not None:
        _ask(
            request,
            list(application.sites),
            lambda url, method: proofs.ask(
                url=url, method=method, application_id=application.pk, now=timezone.now()
            ),
        )
    return redirect("portal:apply-status")


@signed_in_required
@require_POST
def apply_proof_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a worker look whether the token of an applicant is where it should be."""
    user = current_user(request)
    _check(request, get_object_or_404(SiteProof, pk=pk, application__user=user))
    return redirect("portal:apply-status")


def proofs_context(owner: Q, urls: list[str]) -> dict[str, Any]:
    """Return what the cards of proofs draw, for an affiliate or an applicant."""
    rows = proofs_of(owner).filter(url__in=urls)
    return {
        "proofs": [_proof(proof) for proof in rows],
        "proof_form": ProofForm(sites=urls) if urls else None,
        "under_way": sum(proof.check_asked_at is not None for proof in rows),
    }


def _proof(proof: SiteProof) -> dict[str, Any]:
    is_dns = proof.method == ProofMethod.DNS_TXT
    return {
        "row": proof,
        "how": METHODS[proof.method],
        "status": proof_status(proof),
        "is_bio": proof.method == ProofMethod.BIO_CODE,
        "is_file": proof.method == ProofMethod.FILE,
        "is_tag": proof.method == ProofMethod.META_TAG,
        "is_dns": is_dns,
        "names": proofs.names_of(proof) if is_dns else [],
        "record": proofs.record_of(proof),
        "tag": proofs.tag_of(proof),
        "file_url": proofs.file_url_of(proof),
    }


def _page(
    request: HttpRequest,
    *,
    site_form: AddressForm | None = None,
    redirector_form: AddressForm | None = None,
    status: int = 200,
) -> HttpResponse:
    affiliate = current_affiliate(request)
    standing = list(affiliate.properties.standing().order_by("pk"))
    urls = [row.url for row in standing]
    shown = proofs_context(_owner(affiliate), urls)
    proved = {one["row"].url for one in shown["proofs"] if one["row"].verified_at}
    forwarding = list(redirectors_of(affiliate))
    context = {
        **shown,
        "sites": [{"row": row, "is_proved": row.url in proved} for row in standing],
        "redirectors": [{"row": row, "status": redirector_status(row)} for row in forwarding],
        "under_way": shown["under_way"] + sum(row.check_asked_at is not None for row in forwarding),
        "site_form": site_form or _site_form(),
        "redirector_form": redirector_form or _redirector_form(),
    }
    return render(request, "affiliate/site_list.html", context, status=status)


def _owner(affiliate: Affiliate) -> Q:
    return Q(affiliate=affiliate) | Q(application__affiliate=affiliate)


def _site_form(request: HttpRequest | None = None) -> AddressForm:
    return AddressForm(
        request.POST if request else None,
        auto_id="site_%s",
        label=_("Address of the site or profile"),
    )


def _redirector_form(request: HttpRequest | None = None) -> AddressForm:
    return AddressForm(
        request.POST if request else None,
        auto_id="redirector_%s",
        label=_("Address that forwards to your link"),
        help_text=_("The whole address, as your readers get it."),
    )


def _ask(request: HttpRequest, urls: list[str], act: Callable[[str, str], object]) -> None:
    form = ProofForm(request.POST, sites=urls)
    if not form.is_valid():
        say_errors(request, form)
        return
    carry_out(
        request,
        lambda: act(form.cleaned_data["site"], form.cleaned_data["method"]),
        done=_("Here is what to put on your site."),
    )


def _check(request: HttpRequest, proof: SiteProof) -> None:
    carry_out(
        request,
        lambda: proofs.check_soon(proof_id=proof.pk, now=timezone.now()),
        done=str(_BEING_CHECKED),
    )


def _watched(request: HttpRequest, under_way: int) -> HttpResponse:
    """Answer the page that asks how far the checks are; it is loaded again when they are over."""
    answer = render(request, "affiliate/_checking.html", {"under_way": under_way})
    if not under_way:
        answer["HX-Refresh"] = "true"
    return answer


def _open_application(request: HttpRequest) -> Application | None:
    application = latest_application(current_user(request).pk)
    is_open = application is not None and application.status in Application.OPEN
    return application if is_open else None

"""Vetting for managers: reading sites again, confirming codes, and what was read."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import Affiliate, Application
from fraud.models import SiteProof, Snapshot
from fraud.services import proofs, vetting
from portal.access import current_user, manager_required
from portal.formats import format_moment
from portal.staff_actions import carry_out


@manager_required
@require_POST
def application_read_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have the sites of an applicant read now."""
    application = get_object_or_404(Application, public_id=public_id)
    return _read_again(request, _application_url(application), application_id=application.pk)


@manager_required
@require_POST
def affiliate_read_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have the sites of an affiliate read now."""
    affiliate = get_object_or_404(Affiliate, public_id=public_id)
    return _read_again(request, _affiliate_url(affiliate), affiliate_id=affiliate.pk)


@manager_required
@require_POST
def site_proof_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether the code stands in the profile that was opened."""
    proof = get_object_or_404(SiteProof.objects.select_related("application", "affiliate"), pk=pk)
    is_there = request.POST.get("found") == "yes"
    carry_out(
        request,
        lambda: proofs.confirm(
            proof_id=proof.pk,
            is_there=is_there,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The profile is proved.") if is_there else _("Noted: the code is not there."),
    )
    return redirect(_owner_url(proof))


@manager_required
@require_safe
def snapshot_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a page said when it was read: its text and the way to it, nothing of it run."""
    row = get_object_or_404(Snapshot.objects.defer("body"), pk=pk)
    facts = [
        (_("Asked"), row.asked_url),
        (_("Found at"), row.final_url if row.final_url != row.asked_url else ""),
        (_("Read"), format_moment(row.fetched_at)),
        (_("Answer"), str(row.status or "")),
        (_("Not read because"), row.error),
        (_("SHA-256 of the page"), row.sha256),
    ]
    context = {"row": row, "facts": [(label, value) for label, value in facts if value]}
    return render(request, "manager/snapshot_detail.html", context)


def _read_again(
    request: HttpRequest,
    url: str,
    *,
    application_id: int | None = None,
    affiliate_id: int | None = None,
) -> HttpResponse:
    carry_out(
        request,
        lambda: vetting.read_again(
            application_id=application_id,
            affiliate_id=affiliate_id,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The sites are being read. It takes a minute or two."),
    )
    return redirect(url)


def _owner_url(proof: SiteProof) -> str:
    if proof.affiliate is not None:
        return _affiliate_url(proof.affiliate)
    return _application_url(get_object_or_404(Application, pk=proof.application_id))


def _affiliate_url(affiliate: Affiliate) -> str:
    return f"{reverse('portal:affiliate-detail', args=[affiliate.public_id])}?tab=sites"


def _application_url(application: Application) -> str:
    return f"{reverse('portal:application-detail', args=[application.public_id])}#vetting"

"""What a creator sends in for a campaign, and asks to be sent."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from affiliates.domain.abilities import Ability
from core.errors import DomainError
from influencers.models import Deliverable, Influencer, Participation, Shipment
from influencers.services import deliveries, pictures, shipments
from influencers.services.deliveries import Made
from portal.access import current_affiliate, current_user, partner_may
from portal.brief_page import brief_context
from portal.forms.brief import AskForm, DeliverForm
from portal.queries import campaigns as found
from portal.refusals import sentence
from portal.staff_actions import submitted
from portal.views.briefs import their_part


@partner_may(Ability.WORK)
@require_POST
def brief_deliver(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send in one piece: a look, or an address with a screenshot."""
    part = their_part(request, public_id)
    labels, ids = found.look_choices(part.affiliate_id)
    key = request.POST.get("deliverable", "")
    piece = Deliverable.objects.filter(
        campaign=part.campaign_id, pk=int(key) if key.isdecimal() else 0
    ).first()
    number = request.POST.get("number", "")
    before = _proof_before(part, piece, int(number)) if piece and number.isdecimal() else None
    form = DeliverForm(
        request.POST,
        request.FILES,
        looks=labels,
        kind=piece.kind if piece else "",
        has_proof=before is not None,
        auto_id=f"piece-{key}-{number}-%s",
    )
    if form.is_valid() and _deliver(request, part, form, ids):
        messages.success(request, _("Sent. The programme team looks at it."))
        return redirect("portal:my-brief", public_id)
    context = brief_context(
        part.campaign, part, current_affiliate(request), timezone.now(), sent_form=form
    )
    return render(request, "affiliate/brief_detail.html", context, status=422)


def _deliver(
    request: HttpRequest, part: Participation, form: DeliverForm, look_ids: dict[str, int]
) -> bool:
    """Keep the screenshot, then the delivery. What is refused stands in the form."""
    typed, now = form.cleaned_data, timezone.now()
    upload = typed.get("proof")
    try:
        proof_id = _proof_before(part, typed["deliverable"], typed["number"])
        if upload is not None:
            proof_id = pictures.add(
                affiliate_id=part.affiliate_id, content=upload.read(), name=upload.name, now=now
            ).pk
        deliveries.submit(
            participation_id=part.pk,
            deliverable_id=typed["deliverable"],
            number=typed["number"],
            made=Made(
                look_id=look_ids.get(typed.get("look", "")), url=typed["url"], proof_id=proof_id
            ),
            by_id=current_user(request).pk,
            now=now,
        )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return False
    return True


def _proof_before(part: Participation, deliverable: Deliverable | int, number: int) -> int | None:
    """Return the screenshot that was sent the last time: it need not be sent again."""
    rows = part.deliveries.filter(deliverable=deliverable, number=number)
    known: int | None = rows.values_list("proof", flat=True).first()
    return known


@partner_may(Ability.WORK)
@require_POST
def brief_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for one of the campaign's products."""
    part = their_part(request, public_id)
    form = AskForm(request.POST, campaign=part.campaign, auto_id="ask-%s")
    if submitted(form, lambda: _ask(request, part, form)) is not None:
        messages.success(request, _("Asked for. The programme team answers by mail."))
        return redirect("portal:my-brief", public_id)
    context = brief_context(
        part.campaign, part, current_affiliate(request), timezone.now(), ask_form=form
    )
    return render(request, "affiliate/brief_detail.html", context, status=422)


def _ask(request: HttpRequest, part: Participation, form: AskForm) -> Shipment:
    typed, by_id, now = form.cleaned_data, current_user(request).pk, timezone.now()
    asked = shipments.ask(
        participation_id=part.pk,
        product_id=typed["product"].pk,
        quantity=typed["quantity"],
        size=typed["size"],
        address=typed["address"],
        by_id=by_id,
        now=now,
    )
    if typed["keeps"]:
        known = Influencer.objects.filter(affiliate=part.affiliate_id).first()
        sizes = dict(known.sizes) if known else {}
        category = typed["product"].category or typed["product"].name
        shipments.keep_details(
            affiliate_id=part.affiliate_id,
            address=typed["address"],
            sizes={**sizes, category: asked.size},
            by_id=by_id,
            now=now,
        )
    return asked

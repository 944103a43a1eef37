"""The checkout asks whether a promo code shall work for a visitor (docs/rules/experiments.md)."""

from __future__ import annotations

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.api import problem
from experiments.models import Design
from experiments.services.exposures import does_without, expose, running
from shop.connectors.contract import BadHeader, BadSignature
from shop.models import Shop
from shop.services import connections
from tracking.domain.codes import normalized
from tracking.domain.references import is_reference
from tracking.models import CouponCode
from tracking.services.exposing import subject_of


@csrf_exempt
@require_POST
def check(request: HttpRequest, shop_code: str) -> HttpResponse:
    """Answer ``{"known": …, "applies": …}`` for a signed ``{"code": …, "ref": …}``.

    A code of nobody's here is the shop's own affair: not known, and it applies. Without a
    reference nobody is in an experiment.
    """
    shop = Shop.objects.filter(code=shop_code).first()
    if shop is None:
        return problem(404, "unknown_shop", f"There is no shop {shop_code}.")
    now = timezone.now()
    try:
        connections.verify(
            shop=shop,
            signature=request.headers.get("Apport-Signature", ""),
            body=request.body,
            now=now,
        )
    except BadHeader as refusal:
        return problem(400, refusal.code, str(refusal))
    except BadSignature as refusal:
        return problem(401, refusal.code, str(refusal))
    asked = _asked(request.body)
    if asked is None:
        return problem(
            400, "bad_code_check", 'Send {"code": "ANNA10", "ref": "<ap_ref or empty>"}.'
        )
    return JsonResponse(_answer(shop, *asked, now))


def _answer(shop: Shop, code: str, reference: str, now: datetime) -> dict[str, bool]:
    if not code.isprintable():  # Typed by a customer: no code, and nothing to ask a database for.
        return {"known": False, "applies": True}
    rows = CouponCode.objects.filter(shop=shop, valid_from__lte=now).exclude(valid_to__lte=now)
    found = next((row for row in rows.filter(code__iexact=code).only("affiliate")), None)
    if found is None:
        return {"known": False, "applies": True}
    subject = subject_of(found.affiliate_id)
    experiment = running(design=Design.CODE, subjects=[subject]).get(subject)
    if experiment is None or not reference:
        return {"known": True, "applies": True}
    expose(experiment, [(reference, now)])
    return {"known": True, "applies": not does_without(experiment, reference)}


def _asked(body: bytes) -> tuple[str, str] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("code"), str):
        return None
    reference = said.get("ref", "")
    if not isinstance(reference, str) or (reference and not is_reference(reference)):
        return None
    code = normalized(said["code"])
    return (code, reference) if code else None

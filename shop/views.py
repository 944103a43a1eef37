"""The door for the shop's machines: signed deliveries in, published schemas out."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core.api import problem
from core.errors import IdempotencyConflict
from core.nudge import nudge
from shop import refused_deliveries, tasks
from shop.connectors import generic
from shop.connectors.contract import BadHeader, BadSignature, Delivery
from shop.services.connections import connection_of
from shop.services.receiving import receive, trusted_secrets


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a signed delivery and answer at once; workers make of it what it says."""
    now = timezone.now()
    connection = connection_of(code, now=now)
    if connection is None:
        return problem(404, "unknown_connection", f"There is no connection {code}.")
    try:
        body = request.body
    except RequestDataTooBig:
        return problem(413, "body_too_large", "A delivery may have at most 5 MiB.")
    except UnreadablePostError:
        return problem(400, "body_incomplete", "The delivery ended too early: send it again.")
    delivery = Delivery({name.lower(): text for name, text in request.headers.items()}, body)
    try:
        secrets = trusted_secrets(connection, delivery)
        with transaction.atomic():
            event, created = receive(
                connection=connection, delivery=delivery, now=now, secrets=secrets
            )
            if event is not None:
                nudge(tasks.process_inbound)
    except BadHeader as refusal:
        refused_deliveries.note(connection.shop_id, refusal.code, now=now)
        return problem(400, refusal.code, str(refusal))
    except BadSignature as refusal:
        refused_deliveries.note(connection.shop_id, refusal.code, now=now)
        return problem(401, refusal.code, str(refusal))
    except IdempotencyConflict as refusal:
        return problem(409, refusal.code, str(refusal))
    if event is None:
        return JsonResponse({"status": "heard"})
    return JsonResponse({"status": "accepted" if created else "duplicate"})


@require_safe
@cache_control(public=True, max_age=3600)
def schema(_request: HttpRequest, name: str) -> HttpResponse:
    """Publish a JSON Schema of the webhook."""
    try:
        text = generic.schema_text(name)
    except KeyError:
        return problem(404, "unknown_schema", f"There are: {', '.join(generic.SCHEMAS)}.")
    return HttpResponse(text, content_type="application/schema+json")

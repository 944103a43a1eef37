"""Photos on their way into the editor."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from PIL import Image

from affiliates.domain.abilities import Ability
from core.errors import DomainError
from influencers.domain.picture import MOST_BYTES
from influencers.models import Look, Picture
from influencers.queries.pictures import near_copies, sources_of
from influencers.services import pictures
from portal.access import own, partner_may
from portal.refusals import sentence

NAME_LENGTH = 120
_QUALITY = 95


@partner_may(Ability.WORK)
@require_POST
def upload(request: HttpRequest, public_id: UUID) -> JsonResponse:
    """Take a photo in, or with ``turn`` one of the creator's own turned by a quarter.

    201 with the picture (``is_copy``: somebody else sent nearly the same), or 422 with a sentence.
    """
    look = own(request, Look.objects.all(), public_id=public_id)
    file, turned = request.FILES.get("photo"), request.POST.get("turn")
    if file is None and not turned:
        return JsonResponse({"detail": _("Choose a photo.")}, status=422)
    try:
        picture = pictures.add(
            affiliate_id=look.affiliate_id,
            content=file.read(MOST_BYTES + 1) if file else _turned(look, turned or ""),
            name=(file.name or "")[:NAME_LENGTH] if file else "",
            now=timezone.now(),
        )
    except DomainError as refusal:
        return JsonResponse({"detail": sentence(refusal)}, status=422)
    copies = [one for one in near_copies(picture) if one.affiliate_id != look.affiliate_id]
    document = {
        "picture": str(picture.public_id),
        "width": picture.width,
        "height": picture.height,
        "color": picture.color,
        "src": sources_of(picture).src,
        "is_copy": bool(copies),
    }
    return JsonResponse(document, status=201)


def _turned(look: Look, name: str) -> bytes:
    """Return a picture of the look's creator, turned clockwise by a quarter."""
    try:
        public_id = UUID(name)
    except ValueError:
        raise Http404 from None
    rows = Picture.objects.filter(affiliate=look.affiliate_id, deleted_at__isnull=True)
    photo = pictures.opened(get_object_or_404(rows, public_id=public_id))
    body = BytesIO()
    photo.transpose(Image.Transpose.ROTATE_270).save(body, "JPEG", quality=_QUALITY)
    return body.getvalue()

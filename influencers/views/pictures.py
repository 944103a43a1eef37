"""GET /looks/pictures/<signed name>: a size of a photo, to whoever may see it."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from influencers.middleware import for_everybody
from influencers.queries.pictures import PUBLIC, is_public, is_there, read_name
from influencers.services import renditions

#: A licence that ends, or a look that is withdrawn, is out of browsers after this, and out of
#: caches in front of us before: one that does not say how old its copy is lets both add up.
_AGE_SECONDS, _SHARED_SECONDS = 1_800, 600
_TYPES = {"webp": "image/webp", "jpeg": "image/jpeg"}


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the size that a signed name asks for; made now if it never was."""
    now = timezone.now()
    asked = read_name(name, today=timezone.localdate(now))
    if asked is None:
        raise Http404
    is_shared = asked.audience == PUBLIC
    if is_shared and not is_public(asked.picture_id, now=now):
        raise Http404
    etag = f'"{name}"'
    is_kept = request.headers.get("If-None-Match") == etag
    if is_kept and (is_shared or is_there(asked.picture_id)):
        response = HttpResponse(status=304)
    else:
        found = renditions.find_or_make(asked.picture_id, asked.crop, asked.width, asked.kind)
        if found is None:
            raise Http404
        try:
            with default_storage.open(found.name) as file:
                response = HttpResponse(file.read(), content_type=_TYPES[asked.kind])
        except FileNotFoundError:
            raise Http404 from None
    who = f"public, s-maxage={_SHARED_SECONDS}" if is_shared else "private"
    response["Cache-Control"] = f"{who}, max-age={_AGE_SECONDS}"
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_shared else "same-origin"
    return for_everybody(response)

"""Files of the share kit."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from affiliates.domain.abilities import Ability
from influencers.models import Look, LookStatus
from influencers.queries.looks import loaded
from portal.access import own, partner_may
from portal.downloads import file_response
from portal.look_story import story_picture
from portal.short_links import short_url, shown_url


@partner_may(Ability.SEE_WORK)
@require_safe
def story(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the picture for stories of a published look."""
    look = own(
        request, Look.objects.select_related("link__shop", "shop", "affiliate"), public_id=public_id
    )
    if look.link is None or look.live_id is None or look.status != LookStatus.PUBLISHED:
        raise Http404
    version = loaded(look.live_id)
    body = story_picture(look, version, url=short_url(look.link), shown=shown_url(look.link))
    return file_response(body, name=f"{look.slug}.png", content_type="image/png")

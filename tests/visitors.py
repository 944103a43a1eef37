"""Visitors of the shop who agreed to measuring."""

from datetime import timedelta

from tests.builders import NOW, make_shop
from tracking.domain.references import new_reference, to_uuid
from tracking.models import JourneyEvent


def seen(reference="", *, at=NOW - timedelta(minutes=5)):
    """Let tracking know a page of a visitor; return the reference."""
    reference = reference or new_reference()
    JourneyEvent.objects.create(
        at=at, visitor=to_uuid(reference), shop_id=make_shop().pk, kind="page_view"
    )
    return reference

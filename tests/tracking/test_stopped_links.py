"""A stop of links, as those who answer /c/<code> hear of it."""

import pytest
from django.utils import timezone

from affiliates.services import stops
from tests.builders import make_affiliate, make_group, make_link
from tests.tracking.test_snapshot import following, until


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_stop_of_links_and_its_end_are_heard_within_two_seconds(tmp_path):
    affiliate = make_affiliate(group=make_group(slug="short", terms={"window_days": 7}))
    link = make_link(affiliate)
    with following(tmp_path / "spool" / "links.json") as links:
        seen = links.links[link.code]
        assert links.window_s(seen) == 7 * 86_400

        stops.begin(affiliate_id=affiliate.pk, what=["codes", "payouts"], now=timezone.now())
        stops.begin(affiliate_id=affiliate.pk, what=["links"], now=timezone.now())
        until(lambda: links.window_s(seen) == 0)

        stops.end(affiliate_id=affiliate.pk, what=["links"], now=timezone.now())
        until(lambda: links.window_s(seen) == 7 * 86_400)

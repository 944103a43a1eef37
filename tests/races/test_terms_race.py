"""Managers and affiliates at once: versions follow each other, and everybody is told once."""

import pytest

from affiliates.models import DraftStatus, Terms, TermsDraft, TermsNotice
from affiliates.services import terms, terms_drafts
from core.models import Delivery
from tests.affiliates.terms_world import drafted
from tests.builders import NOW, make_affiliate
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def publish(draft):
    return terms.publish(draft_id=draft.pk, valid_from=None, actor_id=draft.author_id, now=NOW)


def test_20_clicks_publish_one_version():
    make_affiliate()
    draft = drafted(rate_bps=2_500)

    answers = at_once(20, lambda _number: publish(draft).pk)

    assert not raised(answers)
    assert len(set(answers)) == 1
    assert (Terms.objects.count(), TermsNotice.objects.count(), Delivery.objects.count()) == (
        2, 1, 1,
    )  # fmt: skip


def test_drafts_published_at_once_follow_each_other():
    make_affiliate()
    drafts = [drafted(rate_bps=2_500 + number) for number in range(8)]

    refused = raised(at_once(8, lambda number: publish(drafts[number])))

    assert all(isinstance(one, terms.BeginsTooEarly) for one in refused)
    made = list(Terms.objects.order_by("version"))
    assert [one.version for one in made] == list(range(1, 10 - len(refused)))
    assert Terms.objects.at(NOW).get() == made[-1]


@pytest.mark.parametrize("_attempt", range(3))
def test_an_offer_is_accepted_or_withdrawn_never_both(_attempt):
    affiliate = make_affiliate()
    draft = drafted(affiliate=affiliate, rate_bps=1_500)
    actor, person = draft.author_id, affiliate.memberships.get().user_id
    terms_drafts.offer(draft_id=draft.pk, valid_from=None, actor_id=actor, now=NOW)
    acts = [
        lambda: terms_drafts.take_back(draft_id=draft.pk, actor_id=actor, now=NOW),
        lambda: terms_drafts.accept(
            draft_id=draft.pk, affiliate_id=affiliate.pk, actor_id=person, now=NOW
        ),
    ]

    at_once(8, lambda number: acts[number % 2]())

    stands = TermsDraft.objects.get().status
    assert stands in {DraftStatus.DRAFT, DraftStatus.PUBLISHED}
    has_own = Terms.objects.filter(affiliate=affiliate).count()
    assert has_own == (1 if stands == DraftStatus.PUBLISHED else 0)

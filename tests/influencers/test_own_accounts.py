"""Nobody of the team decides about an account for which they act themselves."""

from uuid import uuid4

import pytest

from affiliates.models import Membership
from core.money import Money
from influencers.models import Gift, SocialFigure, StandingMark
from influencers.services import gifts, social, standing
from influencers.services.gifts import GiftRefused
from influencers.services.social import Figures, FiguresRefused
from influencers.services.standing import MarkRefused
from tests.builders import NOW, make_user
from tests.influencers.contract_world import give as give_gift
from tests.influencers.contract_world import make_influencer
from tests.influencers.creator_world import FIGURES, make_account, make_creator
from tests.people import person_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return make_user(roles=["manager"])


def acting_for(affiliate, user):
    Membership.objects.create(affiliate=affiliate, user=user)
    return affiliate


def mark(affiliate, by):
    return standing.mark(
        affiliate.pk, kind="mention", source="https://x.example/1", on=NOW.date(), note="Praised.",
        by_id=by.pk, now=NOW,
    )  # fmt: skip


def test_nobody_marks_themselves_or_takes_their_own_marks_back(sam):
    ines = make_creator()
    person = person_of(ines)
    acting_for(ines, sam)
    with pytest.raises(MarkRefused):
        mark(ines, sam)
    found = mark(ines, make_user(roles=["manager"]))
    with pytest.raises(MarkRefused):
        standing.take_back(found.pk, reason="Not so", by_id=sam.pk, now=NOW)
    contested = standing.contest(ines.pk, mark_id=found.pk, text="No.", by_id=person.pk, now=NOW)
    with pytest.raises(MarkRefused):
        standing.answer(contested.pk, text="Right.", takes_back=True, by_id=sam.pk, now=NOW)

    assert StandingMark.objects.get().taken_back_at is None


def test_nobody_reads_their_own_figures_for_the_team(sam):
    account = make_account(acting_for(make_creator(), sam))

    def told(source):
        return social.give(
            account.pk, Figures(**FIGURES), day=NOW.date(), source=source, proof=None,
            by_id=sam.pk, now=NOW,
        )  # fmt: skip

    with pytest.raises(FiguresRefused):
        told("staff")

    assert told("declared") == SocialFigure.objects.get()


def test_nobody_enters_or_takes_back_their_own_gifts(sam):
    """Taken back, a gift counts no more towards the amount that needs a contract."""
    ines = acting_for(make_influencer(), sam)
    kept = give_gift(ines, 500)
    with pytest.raises(GiftRefused):
        gifts.take_back(gift_id=kept.pk, reason="A mistake", actor_id=sam.pk, now=NOW)
    with pytest.raises(GiftRefused):
        gifts.give(
            key=uuid4(), affiliate_id=ines.pk, what="Dress", purpose="Summer",
            value=Money(100, "EUR"), given_on=NOW.date(), actor_id=sam.pk, now=NOW,
        )  # fmt: skip

    assert list(Gift.objects.all()) == [kept]

"""A return taken off its payout, by many at once and while a batch is made (BK22, BK23)."""

import pytest

from core.models import AuditEntry
from payouts.models import Adjustment, ItemLine, Transfer
from payouts.services import batches, unmatching
from payouts.services.unmatching import NotUnmatched
from tests.payouts.bank_messages import Sent, receive
from tests.payouts.paydays import finance
from tests.payouts.stories import assert_balances
from tests.payouts.test_unmatching_returns import AFTER, PART, ask, back
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def asked():
    """A part of Ada's payout that came back, which one person says was not hers."""
    sent = Sent()
    receive(sent.fill("camt053_08_day.xml"))
    line = back(sent, sent.ada)
    ask(line)
    return sent, line


def agree(line, actor):
    unmatching.agree(entry_id=line.pk, actor_id=actor.pk, now=AFTER)


def test_eight_who_agree_at_once_take_it_off_once():
    sent, line = asked()
    people = [finance() for _number in range(8)]

    answers = at_once(8, lambda number: agree(line, people[number]))

    assert not raised(answers)
    assert AuditEntry.objects.filter(verb="bank_entry.unmatched").count() == 1
    assert Transfer.objects.filter(kind="return_undone").count() == 1
    assert_balances(sent.ada.affiliate_id)


def test_a_batch_made_at_the_same_moment_pays_it_or_keeps_it_never_both():
    sent, line = asked()
    maker, checker = finance(), finance()

    def act(number):
        if number:
            return agree(line, checker)
        return batches.prepare(
            rail="sepa", currency="EUR", cutoff_at=AFTER, execution_date=AFTER.date(),
            actor_id=maker.pk, now=AFTER,
        )  # fmt: skip

    _batch, agreed = at_once(2, act)

    inside = ItemLine.objects.filter(adjustment__reason="payment_back").count()
    undone = Adjustment.objects.filter(source_key__endswith=":off").count()
    assert (inside, undone) in {(1, 0), (0, 1)}
    assert isinstance(agreed, NotUnmatched) == bool(inside)
    assert_balances(sent.ada.affiliate_id, payable=PART if inside else 0)

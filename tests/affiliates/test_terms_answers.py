"""What affiliates answer to new terms, measured factors, and the programme's settings."""

import pytest

from affiliates.models import IncrementalityFactor, Programme, TermsNotice
from affiliates.queries import factor_bps
from affiliates.services import factors, programme, terms_notices
from core.models import AuditEntry, Delivery
from tests.affiliates.terms_world import DAY, published
from tests.builders import NOW, make_affiliate, make_terms, make_user

pytestmark = pytest.mark.django_db

LATER = NOW + 20 * DAY


@pytest.fixture
def told():
    """An affiliate that was told of worse terms."""
    affiliate = make_affiliate()
    published(rate_bps=1_500, valid_from=LATER)
    return affiliate


def answer(affiliate, act=terms_notices.accept, *, actor=None, now=NOW, **said):
    return act(
        terms_id=affiliate.group.terms.get(version=2).pk, affiliate_id=affiliate.pk,
        actor_id=(actor or affiliate.memberships.get().user).pk, now=now, **said,
    )  # fmt: skip


def test_an_acceptance_is_kept_once(told):
    first = answer(told)
    again = answer(told, now=NOW + DAY)

    assert first.accepted_at == again.accepted_at == NOW
    assert AuditEntry.objects.filter(verb="terms.accepted").count() == 1


def test_an_objection_reaches_every_manager_once(told):
    managers = [make_user(roles=["manager"]), make_user(roles=["manager"], language="fr")]
    finance = make_user(roles=["finance"])

    for _twice in range(2):
        answer(told, terms_notices.object_to, text=" My costs rose too. ")

    notice = TermsNotice.objects.get()
    assert (notice.objection, notice.objected_at) == ("My costs rose too.", NOW)
    for manager in managers:
        assert "My costs rose too." in Delivery.objects.get(recipient=manager.email).body
    assert not Delivery.objects.filter(recipient=finance.email).exists()
    assert AuditEntry.objects.filter(verb="terms.objected").count() == 1


def test_who_objected_may_still_accept_and_not_the_other_way_round(told):
    answer(told, terms_notices.object_to, text="No.")
    with pytest.raises(terms_notices.AlreadyAnswered):
        answer(told, terms_notices.object_to, text="Still no.")

    answer(told)

    assert TermsNotice.objects.get().accepted_at == NOW
    with pytest.raises(terms_notices.AlreadyAnswered):
        answer(told, terms_notices.object_to, text="Again no.")


@pytest.mark.parametrize("text", ["", "  ", "x" * 2_001])
def test_an_objection_has_words(told, text):
    with pytest.raises(terms_notices.ObjectionEmpty):
        answer(told, terms_notices.object_to, text=text)

    assert TermsNotice.objects.get().objected_at is None


def test_strangers_answer_nothing(told):
    stranger = make_affiliate()

    for act, said in ((terms_notices.accept, {}), (terms_notices.object_to, {"text": "No."})):
        with pytest.raises(terms_notices.NotTold):
            answer(told, act, actor=stranger.memberships.get().user, **said)
        with pytest.raises(terms_notices.NotTold):
            act(
                terms_id=make_terms().pk, affiliate_id=told.pk,
                actor_id=told.memberships.get().user.pk, now=NOW, **said,
            )  # fmt: skip

    notice = TermsNotice.objects.get()
    assert (notice.accepted_at, notice.objection) == (None, "")


# --- factors -------------------------------------------------------------------------


def measure(affiliate, *, begins=LATER, now=NOW, **found):
    fields = {
        "factor_bps": 6_000, "low_bps": 4_000, "high_bps": 8_000, "orders": 900,
        "source": "Hold-out of May", **found,
    }  # fmt: skip
    return factors.set_factor(
        affiliate_id=affiliate.pk, valid_from=begins, actor_id=make_user().pk, now=now, **fields
    )


def test_a_factor_holds_from_its_day_and_is_told():
    affiliate = make_affiliate()

    first, again = measure(affiliate), measure(affiliate)

    assert first == again
    assert factor_bps(affiliate.pk, LATER - DAY) == 10_000
    assert factor_bps(affiliate.pk, LATER) == 6_000
    mail = Delivery.objects.get()
    assert "60% (95 % interval: 40% to 80%, 900 orders)" in mail.body
    assert AuditEntry.objects.filter(verb="factor.set").count() == 1


def test_a_factor_of_nothing_is_nothing():
    affiliate = make_affiliate()
    measure(affiliate, factor_bps=0, low_bps=0, high_bps=10)

    assert factor_bps(affiliate.pk, LATER) == 0


def test_the_next_factor_ends_the_one_before():
    affiliate = make_affiliate()
    first = measure(affiliate)

    measure(affiliate, factor_bps=7_000, begins=LATER + DAY)

    first.refresh_from_db()
    assert first.valid_to == LATER + DAY
    with pytest.raises(factors.FactorOutOfOrder):
        measure(affiliate, factor_bps=8_000, begins=LATER)


def test_a_lower_factor_has_notice_and_a_higher_one_none():
    affiliate = make_affiliate()

    with pytest.raises(factors.FactorTooEarly, match="told 15 days before"):
        measure(affiliate, begins=NOW + 14 * DAY)
    with pytest.raises(factors.FactorTooEarly, match="a day to come"):
        measure(affiliate, begins=NOW)
    assert not IncrementalityFactor.objects.exists()

    measure(affiliate, factor_bps=12_000, high_bps=15_000, begins=NOW + DAY)


@pytest.mark.parametrize(
    "found",
    [
        {"factor_bps": -1, "low_bps": -2},
        {"factor_bps": 30_001, "high_bps": 40_000},
        {"low_bps": 6_001},
        {"high_bps": 5_999},
        {"orders": 0},
        {"source": " "},
    ],
)
def test_what_no_experiment_finds_is_refused(found):
    with pytest.raises(factors.FactorRefused):
        measure(make_affiliate(), **found)

    assert not IncrementalityFactor.objects.exists()


def test_a_factor_ends_once():
    affiliate = make_affiliate()
    measure(affiliate)
    arguments = {"affiliate_id": affiliate.pk, "actor_id": make_user().pk, "now": LATER}

    for _twice in range(2):
        factors.end_factor(**arguments, valid_to=LATER + DAY)

    assert factor_bps(affiliate.pk, LATER + DAY) == 10_000
    with pytest.raises(factors.FactorOutOfOrder):
        factors.end_factor(**arguments, valid_to=LATER + 2 * DAY)


def test_a_good_factor_does_not_end_without_notice():
    affiliate = make_affiliate()
    measure(affiliate, factor_bps=12_000, high_bps=15_000, begins=NOW + DAY)

    with pytest.raises(factors.FactorTooEarly):
        factors.end_factor(
            affiliate_id=affiliate.pk, valid_to=NOW + 2 * DAY, actor_id=make_user().pk, now=NOW
        )


# --- settings ------------------------------------------------------------------------


def settle(**values):
    return programme.change(values=values, actor_id=make_user().pk, now=NOW)


def test_settings_are_kept_with_before_and_after():
    for _twice in range(2):
        settle(notice_days=30, month_budget_minor=1_000_000)

    assert (Programme.get().notice_days, Programme.get().month_budget_minor) == (30, 1_000_000)
    kept = AuditEntry.objects.get()
    assert kept.data["before"] == {"notice_days": 15, "month_budget_minor": None}


@pytest.mark.parametrize(
    "values",
    [
        {"time_zone": "Europe/Nowhere"},
        {"time_zone": "../etc"},
        {"notice_days": 366},
        {"claim_answer_days": -1},
        {"month_budget_minor": -1},
        {"amount_only_returns": "guess"},
    ],
)
def test_settings_that_cannot_be_are_refused(values):
    before = Programme.get()

    with pytest.raises(programme.ProgrammeRefused):
        settle(**values)

    assert {name: getattr(Programme.get(), name) for name in values} == {
        name: getattr(before, name) for name in values
    }

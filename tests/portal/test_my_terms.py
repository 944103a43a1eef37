"""A partner reads her terms, answers what comes, and finds nothing of others."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from affiliates.models import DraftStatus, Terms, TermsNotice
from affiliates.services import factors, group_moves, terms_drafts
from shop.services import bands
from tests.affiliates.terms_world import DAY, drafted, published, rule
from tests.builders import NOW, make_affiliate, make_group, make_terms, make_user
from tests.portal.conftest import signed_in

pytestmark = pytest.mark.django_db

PAGE = "/portal/terms/"
LATER = NOW + 20 * DAY


@pytest.fixture
def ada():
    return make_affiliate(name="Ada")


@pytest.fixture
def hers(client, ada):
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield signed_in(client, ada.memberships.get().user)


def coming(**changes):
    return published(**(changes or {"rate_bps": 1_500}), valid_from=LATER, note="Freight.")


def offered(affiliate, **changes):
    draft = drafted(affiliate=affiliate, **(changes or {"rate_bps": 1_500}))
    return terms_drafts.offer(draft_id=draft.pk, valid_from=None, actor_id=draft.author_id, now=NOW)


def act(hers, name, pk, **values):
    return hers.post(reverse(f"portal:{name}", args=[pk]), values)


def test_she_reads_what_she_earns_in_plain_words(hers, ada):
    rules = [rule(), rule("none", priority=20, pays="nothing", rate_bps=None, reason="Gift sets.")]
    make_terms(affiliate=ada, valid_from=NOW - DAY, rules={"rules": rules})

    text = hers.get(PAGE).content.decode()

    for words in ("25% of the margin", "Category:", "linen", "Gift sets.", "30 days"):
        assert words in text
    assert 'href="/#bands-title"' in text


def test_she_sees_what_comes_with_its_day_and_differences(hers, ada):
    coming()

    text = hers.get(PAGE).content.decode()

    for words in ("5 July 2026", "Freight.", "Base rate", "15%", "I have read and accept"):
        assert words in text


def test_an_acceptance_is_kept_and_shown(hers, ada):
    new = coming()

    for _twice in range(2):
        act(hers, "my-terms-accept", new.pk)

    assert TermsNotice.objects.get().accepted_by == ada.memberships.get().user
    text = hers.get(PAGE).content.decode()
    assert "I have read and accept" not in text
    assert "Accepted" in text


def test_an_objection_is_kept_and_an_empty_one_keeps_the_page(hers, ada):
    new = coming()

    refused = act(hers, "my-terms-object", new.pk, objection="  ")
    assert refused.status_code == 422
    assert "Say in at most 2000 signs" in refused.content.decode()
    act(hers, "my-terms-object", new.pk, objection="My costs rose too.")

    assert TermsNotice.objects.get().objection == "My costs rose too."
    assert "My costs rose too." in hers.get(PAGE).content.decode()


def test_worse_terms_that_began_wait_for_an_answer_until_there_is_one(hers, ada):
    new = coming()
    with time_machine.travel(LATER + DAY, tick=False):
        signed_in(hers, ada.memberships.get().user)
        assert "I have read and accept" in hers.get(PAGE).content.decode()
        act(hers, "my-terms-accept", new.pk)
        assert "I have read and accept" not in hers.get(PAGE).content.decode()


def test_an_offer_is_accepted(hers, ada):
    draft = offered(ada)
    assert "We offer you terms of your own" in hers.get(PAGE).content.decode()

    for _twice in range(2):
        act(hers, "my-offer-accept", draft.pk)

    own = Terms.objects.get(affiliate=ada)
    assert (own.rate_bps, own.valid_from) == (1_500, NOW + timedelta(hours=1))
    assert "We offer you" not in hers.get(PAGE).content.decode()


def test_an_offer_is_declined(hers, ada):
    draft = offered(ada)

    act(hers, "my-offer-decline", draft.pk)

    draft.refresh_from_db()
    assert draft.status == DraftStatus.DECLINED
    assert not Terms.objects.filter(affiliate=ada).exists()


def test_an_offer_that_was_withdrawn_is_gone(hers, ada):
    draft = offered(ada)
    terms_drafts.take_back(draft_id=draft.pk, actor_id=draft.author_id, now=NOW)

    assert act(hers, "my-offer-accept", draft.pk).status_code == 404
    assert not Terms.objects.filter(affiliate=ada).exists()


def test_others_answer_nothing_of_hers(client, hers, ada):
    new, draft = coming(), offered(ada)
    own = make_terms(affiliate=ada, valid_from=NOW - DAY, valid_to=NOW)
    mallory = make_affiliate(group=make_terms().group)
    signed_in(client, mallory.memberships.get().user)

    for name in ("my-terms-accept", "my-terms-object"):
        for one in (new, own):
            assert act(client, name, one.pk, objection="No.").status_code == 404, name
    for name in ("my-offer-accept", "my-offer-decline"):
        assert act(client, name, draft.pk).status_code == 404, name
    for one in (new, own):
        assert client.get(f"{PAGE}{one.pk}/").status_code == 404

    draft.refresh_from_db()
    assert draft.status == DraftStatus.OFFERED
    assert not TermsNotice.objects.filter(accepted_at__isnull=False).exists()
    assert not TermsNotice.objects.exclude(objection="").exists()


def test_a_member_of_the_group_who_was_not_told_has_nothing_to_answer(client, hers, ada):
    new = coming()
    newcomer = make_affiliate(joined_at=LATER)
    signed_in(client, newcomer.memberships.get().user)

    act(client, "my-terms-accept", new.pk)

    assert not TermsNotice.objects.filter(affiliate=newcomer).exists()


def test_every_version_since_she_joined_is_there_for_ever(hers, ada):
    first = Terms.objects.get()
    published(rate_bps=2_500)
    coming(rate_bps=3_000)

    shown = hers.get(PAGE)

    assert [one.terms.version for one, _status, _notice in shown.context["rows"]] == [3, 2, 1]
    text = hers.get(f"{PAGE}{first.pk}/").content.decode()
    assert "20%" in text


def test_versions_before_she_joined_are_not_hers(client, hers):
    first = Terms.objects.get()
    published(rate_bps=2_500)
    late = make_affiliate(joined_at=NOW + timedelta(minutes=30))
    signed_in(client, late.memberships.get().user)

    assert [row[0].terms.version for row in client.get(PAGE).context["rows"]] == [2]
    assert client.get(f"{PAGE}{first.pk}/").status_code == 404


def test_her_measured_factor_is_shown_with_its_interval(hers, ada):
    factors.set_factor(
        affiliate_id=ada.pk, factor_bps=6_000, low_bps=4_000, high_bps=8_000, orders=900,
        source="Hold-out of May", valid_from=LATER, actor_id=make_user().pk, now=NOW,
    )  # fmt: skip

    text = hers.get(PAGE).content.decode()

    for words in ("60%", "40% to 80%", "Hold-out of May", "Your terms do not use it."):
        assert words in text


def test_the_page_costs_as_much_with_many_versions(hers, ada):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert hers.get(PAGE).status_code == 200
        return len(asked)

    published(rate_bps=2_001, now=NOW)
    queries()
    one = queries()
    for number in range(2, 20):
        published(rate_bps=2_000 + number, now=NOW + timedelta(minutes=number))

    assert queries() == one <= 21


# --- the hint on the home page, and moves to other groups ---------------------------------


def home(hers):
    return hers.get("/portal/").content.decode()


def test_her_home_says_what_changes_when_and_how_she_answered(hers, ada):
    assert "Your terms change" not in home(hers)
    new = coming(rate_bps=1_500, hold_days=45, window_days=20, minimum_payout_minor=9_000)

    text = home(hers)
    for words in ("Your terms change on 5 July 2026", "Base rate: 15% (before: 20%)", "and more"):
        assert words in text
    assert "Not answered yet" in text
    assert f'href="{PAGE}">Read and answer' in text

    act(hers, "my-terms-accept", new.pk)
    text = home(hers)
    assert "Accepted" in text
    assert "Not answered yet" not in text


def test_her_home_says_that_she_objected(hers, ada):
    new = coming()
    act(hers, "my-terms-object", new.pk, objection="Too little.")

    assert "You objected" in home(hers)


def test_her_home_says_what_she_is_offered_and_which_bands_come(hers, ada):
    offered(ada)
    bands.publish(
        name="Summer", edges=(0, 5_000, 10_000), valid_from=LATER, actor_id=make_user().pk, now=NOW
    )

    text = home(hers)

    assert "We offer you terms of your own" in text
    assert "New margin bands from 5 July 2026" in text


def test_a_move_is_said_with_what_it_changes_and_answered(hers, ada):
    others = make_group(slug="others", terms={"rate_bps": 1_500})
    group_moves.move(
        affiliate_id=ada.pk, group_id=others.pk, begins_at=LATER, actor_id=make_user().pk, now=NOW
    )

    for text in (home(hers), hers.get(PAGE).content.decode()):
        for words in ("“Others”", "5 July 2026", "15%"):
            assert words in text
    rows = hers.get(PAGE).context["rows"]
    assert [(one.since, status.code) for one, status, _notice in rows][0] == (LATER, "future")
    act(hers, "my-terms-accept", others.terms.get().pk)
    assert "Not answered yet" not in home(hers)


def test_terms_of_a_group_that_come_after_her_own_are_said_with_their_day(hers, ada):
    make_terms(affiliate=ada, valid_from=NOW - DAY, valid_to=LATER + DAY, rate_bps=3_000)
    coming()

    assert "Your terms change on 6 July 2026" in home(hers)

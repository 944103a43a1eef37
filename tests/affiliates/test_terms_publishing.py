"""Rules T10 and T11: versions follow each other, never change, and are told of in time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic

from affiliates.models import Affiliate, DraftStatus, Programme, Terms, TermsNotice
from affiliates.queries import terms_for
from affiliates.services import terms, terms_drafts, terms_notices
from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from tests.affiliates.terms_world import DAY, drafted, published, rule, says
from tests.builders import NOW, make_affiliate, make_group, make_terms, make_user

pytestmark = pytest.mark.django_db

WORSE, BETTER = {"rate_bps": 1_500}, {"rate_bps": 2_500}
NOTICE = timedelta(days=15)


def publish(draft, valid_from=None, now=NOW):
    return terms.publish(
        draft_id=draft.pk, valid_from=valid_from, actor_id=draft.author_id, now=now
    )


def test_better_terms_begin_at_once_and_end_those_before():
    affiliate = make_affiliate()
    old = affiliate.group.terms.get()

    new = published(**BETTER, note="Thank you for last year.")

    old.refresh_from_db()
    assert (old.valid_to, new.valid_from, new.valid_to) == (NOW, NOW, None)
    assert (new.version, new.rate_bps, new.published_at) == (2, 2_500, NOW)
    assert terms_for(affiliate.pk, NOW - DAY) == old
    assert terms_for(affiliate.pk, NOW) == new
    kept = AuditEntry.objects.get(verb="terms.published")
    assert (kept.subject_id, kept.data["is_worse"], kept.data["told"]) == (str(new.pk), False, 1)


def test_publishing_again_returns_the_same_terms():
    make_affiliate()
    draft = drafted(**BETTER)

    first, again = publish(draft), publish(draft, now=NOW + DAY)

    assert first == again
    assert Terms.objects.count() == 2
    assert Delivery.objects.count() == 1


def test_worse_terms_wait_for_the_days_of_notice():
    make_affiliate()
    draft = drafted(**WORSE)

    with pytest.raises(terms.BeginsTooEarly, match="told 15 days before: begin after 30 June 2026"):
        publish(draft, valid_from=NOW + NOTICE - timedelta(seconds=1))

    assert Terms.objects.count() == 1
    assert not TermsNotice.objects.exists()
    assert not Delivery.objects.exists()
    new = publish(draft, valid_from=NOW + NOTICE)
    assert new.valid_from == NOW + NOTICE
    assert TermsNotice.objects.get().is_worse


def test_worse_terms_begin_at_once_where_nobody_is():
    make_group()

    assert published(**WORSE).valid_from == NOW


def test_the_days_of_notice_are_the_programmes():
    make_affiliate()
    Programme.get()
    Programme.objects.update(notice_days=30)

    with pytest.raises(terms.BeginsTooEarly, match="told 30 days before"):
        publish(drafted(**WORSE), valid_from=NOW + NOTICE)


def test_terms_do_not_begin_in_the_past():
    draft = drafted(**BETTER)

    with pytest.raises(terms.BeginsInPast):
        publish(draft, valid_from=NOW - timedelta(seconds=1))

    assert Terms.objects.count() == 1


def test_terms_that_change_nothing_are_not_published():
    with pytest.raises(terms.ChangesNothing):
        publish(drafted())


def test_scheduled_terms_may_be_replaced_on_their_day_and_never_undercut():
    make_affiliate()
    scheduled = published(**BETTER, valid_from=NOW + 20 * DAY)
    other = drafted(rate_bps=3_000)
    with pytest.raises(terms.BeginsBeforeLast, match="Version 2 begins on 5 July 2026"):
        publish(other, valid_from=NOW + DAY)

    new = publish(other, valid_from=scheduled.valid_from)

    scheduled.refresh_from_db()
    first = Terms.objects.get(version=1)
    assert scheduled.valid_from == scheduled.valid_to == first.valid_to == new.valid_from
    assert list(Terms.objects.at(new.valid_from)) == [new]


def test_less_than_what_was_promised_is_worse_though_more_than_now():
    make_affiliate()
    scheduled = published(rate_bps=3_000, valid_from=NOW + DAY)

    with pytest.raises(terms.BeginsTooEarly):
        publish(drafted(**BETTER), valid_from=scheduled.valid_from)


def test_what_was_scheduled_is_called_off_by_what_holds_today():
    make_affiliate()
    as_today = drafted()
    scheduled = published(**WORSE, valid_from=NOW + NOTICE)

    new = publish(as_today, valid_from=scheduled.valid_from)

    assert (new.rate_bps, new.notices.get().is_worse) == (2_000, False)
    assert "- Base rate: 20% (before: 15%)" in Delivery.objects.order_by("pk").last().body


def test_own_terms_that_are_over_promise_nothing():
    affiliate = make_affiliate()
    make_terms(affiliate=affiliate, rate_bps=9_000, valid_to=NOW - DAY)

    assert published(affiliate=affiliate, **BETTER).valid_from == NOW


def test_actual_margin_is_only_for_those_who_may_know_costs():
    with pytest.raises(terms.ActualMarginForbidden):
        publish(drafted(basis="actual"))

    group = make_group(slug="shops", sees_costs=True)
    assert published(group=group, basis="actual").basis == "actual"


def test_a_first_version_needs_no_notice():
    make_group()
    empty = make_group(slug="empty")
    empty.terms.all().delete()
    make_affiliate(group=empty)

    draft = drafted(group=empty)

    assert draft.content["rate_bps"] == 2_000  # As the programme's own.
    assert publish(draft).version == 1


def test_own_terms_begin_with_the_groups_and_win():
    affiliate = make_affiliate()
    of_group = affiliate.group.terms.get()

    own = published(affiliate=affiliate, **BETTER)

    assert (own.version, own.affiliate, own.group) == (1, affiliate, None)
    of_group.refresh_from_db()
    assert of_group.valid_to is None
    assert terms_for(affiliate.pk, NOW) == own
    assert terms_for(affiliate.pk, NOW - DAY) == of_group


def test_own_terms_end_and_those_of_the_group_hold_again():
    affiliate = make_affiliate()
    own = published(affiliate=affiliate, **WORSE, valid_from=NOW + NOTICE)
    at = NOW + 30 * DAY
    arguments = {"terms_id": own.pk, "actor_id": make_user().pk, "now": NOW}

    for _twice in range(2):
        terms.end_own(**arguments, valid_to=at)

    own.refresh_from_db()
    assert own.valid_to == at
    assert terms_for(affiliate.pk, at) == affiliate.group.terms.get()
    assert AuditEntry.objects.filter(verb="terms.ended").count() == 1
    with pytest.raises(terms.AlreadyEnded):
        terms.end_own(**arguments, valid_to=at + DAY)


def test_good_own_terms_do_not_end_without_notice():
    affiliate = make_affiliate()
    own = published(affiliate=affiliate, **BETTER)

    with pytest.raises(terms.BeginsTooEarly):
        terms.end_own(terms_id=own.pk, valid_to=NOW + DAY, actor_id=make_user().pk, now=NOW)
    with pytest.raises(terms.BeginsInPast):
        terms.end_own(terms_id=own.pk, valid_to=NOW - DAY, actor_id=make_user().pk, now=NOW)
    with pytest.raises(terms.AlreadyEnded):
        terms.end_own(
            terms_id=affiliate.group.terms.get().pk, valid_to=NOW + 30 * DAY,
            actor_id=make_user().pk, now=NOW,
        )  # fmt: skip

    own.refresh_from_db()
    assert own.valid_to is None


def test_discarded_drafts_are_not_published():
    draft = drafted(**BETTER)
    for _twice in range(2):
        terms_drafts.discard(draft_id=draft.pk, actor_id=draft.author_id, now=NOW)

    with pytest.raises(InvalidTransition):
        publish(draft)

    assert AuditEntry.objects.filter(verb="terms_draft.discarded").count() == 1


def test_the_preview_says_who_is_told_and_from_when():
    make_affiliate()
    make_affiliate(status="closed")
    worse, better = drafted(**WORSE), drafted(**BETTER)

    found = terms.preview(draft_id=worse.pk, now=NOW)
    assert (found.is_worse, found.told, found.earliest) == (True, 1, NOW + NOTICE)
    found = terms.preview(draft_id=better.pk, now=NOW)
    assert (found.is_worse, found.told, found.earliest) == (False, 1, NOW)


def test_everybody_is_told_in_their_language_with_what_changes():
    ada, zoe = make_user(language="en", name="Ada"), make_user(language="fr", name="Zoé")
    make_affiliate(user=ada)
    make_affiliate(user=zoe)
    make_affiliate(user=make_user(), status="closed")
    with_own = make_affiliate()
    make_terms(affiliate=with_own, valid_from=NOW - DAY)

    published(**WORSE, valid_from=NOW + NOTICE, note="Freight costs more.")

    assert TermsNotice.objects.count() == 2
    english = Delivery.objects.get(recipient=ada.email)
    assert english.subject == "Your terms from 30 June 2026"
    assert "Freight costs more." in english.body
    assert "- Base rate: 15% (before: 20%)" in english.body
    assert "/portal/terms/" in english.body
    french = Delivery.objects.get(recipient=zoe.email)
    assert "30 juin 2026" in french.subject
    assert "15\u00a0%" in french.body


def test_who_joins_before_the_first_day_is_told_once():
    make_affiliate()
    new = published(**WORSE, valid_from=NOW + NOTICE)
    later = NOW + DAY
    newcomer = make_affiliate(joined_at=later)
    make_affiliate(joined_at=new.valid_from)

    assert terms_notices.tell_pending(now=later) == 1
    assert terms_notices.tell_pending(now=later) == 0

    notice = TermsNotice.objects.get(affiliate=newcomer)
    assert (notice.told_at, notice.is_worse) == (later, True)
    assert Delivery.objects.count() == 2


def test_a_version_of_many_affiliates_costs_few_queries(django_assert_max_num_queries):
    for _one in range(30):
        make_affiliate()
    draft = drafted(**BETTER)

    with django_assert_max_num_queries(35):
        publish(draft)

    assert TermsNotice.objects.count() == Affiliate.objects.count() == 30


def test_published_terms_say_what_the_draft_said():
    draft = drafted(rules={"rules": [rule()], "order_cap_minor": 5_000})

    new = publish(draft)

    draft.refresh_from_db()
    assert says(new) == draft.content
    assert (draft.status, draft.terms) == (DraftStatus.PUBLISHED, new)


@pytest.mark.parametrize(
    "change", [{"rate_bps": 1}, {"valid_from": NOW}, {"rules": {"order_cap_minor": 1}}]
)
def test_the_database_refuses_to_rewrite_what_was_published(change):
    new = published(**BETTER, valid_from=NOW + DAY)

    with pytest.raises(IntegrityError, match="published terms never change"), atomic():
        Terms.objects.filter(pk=new.pk).update(**change)
    with pytest.raises(IntegrityError, match="published terms never change"), atomic():
        Terms.objects.filter(pk=new.pk)._raw_delete(new._state.db)

    new.refresh_from_db()
    assert new.rate_bps == 2_500


def test_the_end_of_published_terms_only_comes_closer():
    affiliate = make_affiliate()
    own = published(affiliate=affiliate, **BETTER)
    Terms.objects.filter(pk=own.pk).update(valid_to=NOW + 30 * DAY)

    for later in (None, NOW + 31 * DAY):
        with pytest.raises(IntegrityError, match="only their end may come closer"), atomic():
            Terms.objects.filter(pk=own.pk).update(valid_to=later)

"""Writing drafts, and offering one affiliate terms of its own."""

import pytest

from affiliates.domain.terms_document import TermsRefused
from affiliates.models import DraftStatus, Terms, TermsDraft, TermsNotice
from affiliates.queries import terms_for
from affiliates.services import terms, terms_drafts
from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from tests.affiliates.terms_world import DAY, drafted, says
from tests.builders import NOW, make_affiliate, make_group, make_user

pytestmark = pytest.mark.django_db


def change(draft, *, actor=None, seen=None, now=NOW, name="Next", note="", **content):
    return terms_drafts.change(
        draft_id=draft.pk, content={**draft.content, **content}, name=name, change_note=note,
        seen=seen or draft.updated_at, actor_id=(actor or make_user()).pk, now=now,
    )  # fmt: skip


def offered(affiliate, *, valid_from=None, **changes):
    draft = drafted(affiliate=affiliate, **(changes or {"rate_bps": 1_000}))
    return terms_drafts.offer(
        draft_id=draft.pk, valid_from=valid_from, actor_id=draft.author_id, now=NOW
    )


def person_of(affiliate):
    return affiliate.memberships.get().user


def accept(draft, affiliate, *, actor=None, now=NOW):
    return terms_drafts.accept(
        draft_id=draft.pk, affiliate_id=affiliate.pk,
        actor_id=(actor or person_of(affiliate)).pk, now=now,
    )  # fmt: skip


def decline(draft, affiliate, *, actor=None, reason="Too little."):
    return terms_drafts.decline(
        draft_id=draft.pk, affiliate_id=affiliate.pk,
        actor_id=(actor or person_of(affiliate)).pk, reason=reason, now=NOW,
    )  # fmt: skip


def test_a_draft_begins_with_what_holds():
    group = make_group()

    draft = drafted(group=group)

    assert draft.content == says(group.terms.get())
    assert (draft.status, draft.group) == (DraftStatus.DRAFT, group)
    assert AuditEntry.objects.get().verb == "terms_draft.created"


def test_a_draft_of_an_affiliate_begins_with_its_groups_terms():
    affiliate = make_affiliate()

    draft = drafted(affiliate=affiliate)

    assert draft.content == says(affiliate.group.terms.get())
    assert (draft.group, draft.affiliate) == (None, affiliate)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_draft_has_a_name(name):
    with pytest.raises(terms_drafts.DraftUnnamed):
        terms_drafts.create(name=name, group_id=make_group().pk, actor_id=make_user().pk, now=NOW)

    assert not TermsDraft.objects.exists()


def test_a_change_is_kept_with_before_and_after_and_its_repeat_is_nothing():
    draft = drafted()

    for _twice in range(2):
        change(draft, rate_bps=2_500, now=NOW + DAY)

    draft.refresh_from_db()
    assert (draft.content["rate_bps"], draft.updated_at) == (2_500, NOW + DAY)
    kept = AuditEntry.objects.get(verb="terms_draft.changed")
    assert kept.data["before"]["rate_bps"] == 2_000
    assert kept.data["after"]["rate_bps"] == 2_500


def test_nobody_overwrites_what_they_have_not_seen():
    draft = drafted()
    change(draft, rate_bps=2_500, now=NOW + DAY)

    with pytest.raises(terms_drafts.DraftChanged):
        change(draft, rate_bps=3_000)

    draft.refresh_from_db()
    assert draft.content["rate_bps"] == 2_500


def test_what_cannot_be_read_is_refused_and_changes_nothing():
    draft = drafted()

    with pytest.raises(TermsRefused):
        change(draft, rate_bps=10_001)
    with pytest.raises(terms_drafts.NoteTooLong):
        change(draft, note="x" * 501)

    draft.refresh_from_db()
    assert (draft.content["rate_bps"], draft.change_note) == (2_000, "")


@pytest.mark.parametrize("end", ["discard", "offer", "publish"])
def test_what_is_no_draft_any_more_cannot_be_changed(end):
    draft = drafted(affiliate=make_affiliate(), rate_bps=2_500)
    arguments = {"draft_id": draft.pk, "actor_id": draft.author_id, "now": NOW}
    if end == "discard":
        terms_drafts.discard(**arguments)
    elif end == "offer":
        terms_drafts.offer(**arguments, valid_from=None)
    else:
        terms.publish(**arguments, valid_from=None)

    with pytest.raises(terms_drafts.DraftClosed):
        change(draft, rate_bps=3_000)


@pytest.mark.parametrize("old", DraftStatus)
@pytest.mark.parametrize("new", DraftStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    draft = TermsDraft(status=old, status_changed_at=NOW)

    if new in TermsDraft.ARROWS[old]:
        draft.move_to(new, at=NOW)
        assert draft.status == new
    else:
        with pytest.raises(InvalidTransition):
            draft.move_to(new, at=NOW)


def test_terms_of_a_group_are_not_offered():
    draft = drafted(rate_bps=1_000)

    with pytest.raises(terms_drafts.OfferToGroup):
        terms_drafts.offer(draft_id=draft.pk, valid_from=None, actor_id=draft.author_id, now=NOW)


def test_an_offer_is_told_and_holds_nothing_yet():
    affiliate = make_affiliate()

    draft = offered(affiliate)
    terms_drafts.offer(draft_id=draft.pk, valid_from=None, actor_id=draft.author_id, now=NOW)

    assert draft.status == DraftStatus.OFFERED
    assert terms_for(affiliate.pk, NOW).rate_bps == 2_000
    mail = Delivery.objects.get()
    assert mail.recipient == person_of(affiliate).email
    assert "They begin only if you accept them." in mail.body
    assert "- Base rate: 10% (before: 20%)" in mail.body


def test_an_offer_is_not_published_over_the_affiliates_head():
    affiliate = make_affiliate()
    draft = offered(affiliate)

    with pytest.raises(terms.WaitsForAnswer):
        terms.publish(
            draft_id=draft.pk, valid_from=NOW + 30 * DAY, actor_id=draft.author_id, now=NOW
        )

    assert not Terms.objects.filter(affiliate=affiliate).exists()


def test_an_accepted_offer_begins_though_it_is_worse():
    affiliate = make_affiliate()
    draft = offered(affiliate)

    first, again = accept(draft, affiliate, now=NOW + DAY), accept(draft, affiliate)

    assert first == again == terms_for(affiliate.pk, NOW + DAY)
    assert (first.rate_bps, first.valid_from) == (1_000, NOW + DAY)
    notice = TermsNotice.objects.get()
    assert (notice.accepted_at, notice.accepted_by) == (NOW + DAY, person_of(affiliate))
    assert AuditEntry.objects.filter(verb="terms_draft.accepted").count() == 1


def test_an_offer_with_a_day_begins_on_it():
    affiliate = make_affiliate()

    made = accept(offered(affiliate, valid_from=NOW + 5 * DAY), affiliate)

    assert made.valid_from == NOW + 5 * DAY


def test_a_declined_offer_changes_nothing_and_can_be_made_again():
    affiliate = make_affiliate()
    draft = offered(affiliate)

    for _twice in range(2):
        decline(draft, affiliate)

    draft.refresh_from_db()
    assert draft.status == DraftStatus.DECLINED
    assert AuditEntry.objects.get(verb="terms_draft.declined").reason == "Too little."
    assert not Terms.objects.filter(affiliate=affiliate).exists()
    for _twice in range(2):
        terms_drafts.take_back(draft_id=draft.pk, actor_id=draft.author_id, now=NOW)
    draft.refresh_from_db()
    assert draft.status == DraftStatus.DRAFT


def test_strangers_neither_accept_nor_decline():
    affiliate, stranger = make_affiliate(), make_affiliate()
    draft = offered(affiliate)
    mallory = person_of(stranger)

    for answer in (accept, decline):
        with pytest.raises(terms_drafts.NotYours):
            answer(draft, affiliate, actor=mallory)
        with pytest.raises(terms_drafts.NotOffered):
            answer(draft, stranger)

    draft.refresh_from_db()
    assert draft.status == DraftStatus.OFFERED
    assert not Terms.objects.filter(affiliate__isnull=False).exists()


def test_what_was_taken_back_or_accepted_is_answered_no_more():
    affiliate = make_affiliate()
    draft = offered(affiliate)
    terms_drafts.take_back(draft_id=draft.pk, actor_id=draft.author_id, now=NOW)
    with pytest.raises(terms_drafts.NotOffered):
        accept(draft, affiliate)

    terms_drafts.offer(draft_id=draft.pk, valid_from=None, actor_id=draft.author_id, now=NOW + DAY)
    accept(draft, affiliate, now=NOW + DAY)

    with pytest.raises(terms_drafts.NotOffered):
        decline(draft, affiliate)
    assert Delivery.objects.count() == 2

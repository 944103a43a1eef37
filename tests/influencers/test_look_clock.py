"""What time, and managers, do to looks that are shown (rules MD7 to MD9, LC1 to LC5)."""

from datetime import date, timedelta

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from influencers.domain.moderation import last_day_covered, warning_step
from influencers.models import ImageLicence, Look, LookAct, LookEvent, LookStatus, VersionStatus
from influencers.services import licences, look_clock, look_states
from influencers.services.look_states import ReasonMissing, RightsMissing, ScheduleRefused
from tests.builders import NOW
from tests.influencers.moderation_world import (
    approve,
    make_creator,
    make_manager,
    published,
    send_again,
    submitted,
    terms,
)

TODAY = date(2026, 6, 15)


def day(number):
    return TODAY + timedelta(days=number)


@pytest.mark.parametrize(
    ("periods", "last"),
    [
        ([], None),
        ([(day(1), None)], None),
        ([(day(-9), day(-1))], None),
        ([(day(-9), day(0))], day(0)),
        ([(day(-9), None)], date.max),
        ([(day(-9), day(3)), (day(4), day(9))], day(9)),
        ([(day(-9), day(3)), (day(5), day(9))], day(3)),
        ([(day(-9), day(3)), (day(-2), None)], date.max),
        ([(day(-9), day(9)), (day(0), day(3))], day(9)),
    ],
)
def test_until_when_rights_last(periods, last):
    """LC4: without a gap."""
    assert last_day_covered(periods, TODAY) == last


@pytest.mark.parametrize(
    ("left", "step"), [(31, None), (30, 30), (29, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1),
                       (-1, None)]
)  # fmt: skip
def test_when_the_end_of_rights_is_told(left, step):
    """LC4."""
    assert warning_step(day(left), TODAY) == step


def status_of(look):
    return Look.objects.get(pk=look.pk).status


def acts(look):
    return list(LookEvent.objects.filter(look=look).values_list("act", flat=True))


def mails(about):
    return Delivery.objects.filter(key__contains=about)


@pytest.mark.django_db
def test_a_scheduled_look_appears_when_its_time_comes_and_is_told_once():
    """LC1."""
    look = approve(submitted(), publish_at=NOW + timedelta(days=3)).look

    look_clock.run(now=NOW + timedelta(days=3) - timedelta(minutes=1))
    assert status_of(look) == LookStatus.SCHEDULED
    for minutes in (0, 10):
        look_clock.run(now=NOW + timedelta(days=3, minutes=minutes))

    look.refresh_from_db()
    assert look.status == LookStatus.PUBLISHED
    assert look.published_at == NOW + timedelta(days=3)
    assert acts(look).count(LookAct.PUBLISHED) == 1
    assert LookEvent.objects.get(look=look, act=LookAct.PUBLISHED).actor is None
    assert mails(f"look:{look.pk}:published").count() == 1


@pytest.mark.django_db
def test_a_look_ends_when_its_time_is_over():
    """LC2."""
    look = approve(submitted(), expires_at=NOW + timedelta(days=3)).look

    look_clock.run(now=NOW + timedelta(days=2))
    assert status_of(look) == LookStatus.PUBLISHED
    look_clock.run(now=NOW + timedelta(days=3))

    assert status_of(look) == LookStatus.EXPIRED
    assert acts(look)[-1] == LookAct.EXPIRED


@pytest.mark.django_db
def test_a_look_whose_licence_ends_is_paused_on_the_day_after():
    """LC3: the last day is included."""
    look = published(licence=terms(ends_on=day(10)))

    look_clock.run(now=NOW + timedelta(days=10))
    assert status_of(look) == LookStatus.PUBLISHED
    look_clock.run(now=NOW + timedelta(days=11))

    look.refresh_from_db()
    assert look.status == LookStatus.PAUSED
    assert "rights" in look.status_reason
    assert LookEvent.objects.get(look=look, act=LookAct.PAUSED).code == "licence"
    assert mails(f"look:{look.pk}:paused").count() == 1


@pytest.mark.django_db
def test_a_look_whose_licence_is_revoked_is_gone_at_the_next_tick():
    """LC3."""
    look, other = published(), published()
    licence = ImageLicence.objects.get(picture__in=look.live.images.values("picture"))
    licences.revoke(licence.pk, by_id=None, reason="Asked by the creator.", now=NOW)

    look_clock.run(now=NOW + timedelta(minutes=10))

    assert status_of(look) == LookStatus.PAUSED
    assert status_of(other) == LookStatus.PUBLISHED


@pytest.mark.django_db
def test_a_scheduled_look_without_rights_does_not_appear():
    """LC3."""
    look = approve(submitted(), publish_at=NOW + timedelta(days=3)).look
    licence = ImageLicence.objects.get()
    licences.revoke(licence.pk, by_id=None, reason="Asked by the creator.", now=NOW)

    look_clock.run(now=NOW + timedelta(days=3))

    assert status_of(look) == LookStatus.PAUSED


@pytest.mark.django_db
def test_the_end_of_rights_is_told_three_times_and_no_more():
    """LC4."""
    look = published(licence=terms(ends_on=day(40)))

    for number in range(42):
        look_clock.warn(now=NOW + timedelta(days=number))
        look_clock.warn(now=NOW + timedelta(days=number, minutes=10))

    keys = list(mails(f"look:{look.pk}:licence").order_by("pk").values_list("key", flat=True))
    assert [int(key.split(":")[4]) for key in keys] == [30, 7, 1]


@pytest.mark.django_db
def test_nothing_is_told_while_another_licence_goes_on():
    """LC4."""
    look = published(licence=terms(ends_on=day(20)))
    picture = look.live.images.get().picture_id
    licences.grant([picture], terms(starts_on=day(21)), by_id=None, now=NOW)

    assert look_clock.warn(now=NOW) == 0
    look_clock.run(now=NOW + timedelta(days=30))

    assert status_of(look) == LookStatus.PUBLISHED


@pytest.mark.django_db
def test_creators_are_told_once_that_a_look_has_arrived():
    """LC6."""
    version = submitted()

    for minutes in (5, 15):
        look_clock.run(now=NOW + timedelta(minutes=minutes))

    letter = mails(f"look-version:{version.pk}:received").get()
    assert "A person looks at it" in letter.body
    assert str(version.look.public_id) in letter.body


@pytest.mark.django_db
def test_one_look_that_fails_holds_up_no_other(caplog):
    """LC5."""
    broken, fine = (
        approve(submitted(), publish_at=NOW + timedelta(days=1)).look for _look in range(2)
    )
    Look.objects.filter(pk=broken.pk).update(expires_at=NOW + timedelta(hours=1))

    look_clock.run(now=NOW + timedelta(days=1))

    assert status_of(broken) == LookStatus.SCHEDULED
    assert status_of(fine) == LookStatus.PUBLISHED
    assert "could not move look" in caplog.text


@pytest.mark.django_db
def test_a_look_is_paused_with_words_and_shown_again():
    """MD7."""
    look, sam = published(), make_manager()
    with pytest.raises(ReasonMissing):
        look_states.pause(look.pk, reason=" ", by_id=sam.pk, now=NOW)

    look_states.pause(look.pk, reason="A product is recalled.", by_id=sam.pk, now=NOW)
    look.refresh_from_db()
    assert (look.status, look.status_reason) == ("paused", "A product is recalled.")

    look_states.resume(look.pk, by_id=sam.pk, now=NOW + timedelta(days=1))
    look.refresh_from_db()
    assert (look.status, look.status_reason, look.published_at) == ("published", "", NOW)


@pytest.mark.django_db
def test_an_expired_look_is_shown_again_only_with_a_later_end():
    """MD7."""
    look, sam = approve(submitted(), expires_at=NOW + timedelta(days=3)).look, make_manager()
    later = NOW + timedelta(days=4)
    look_clock.run(now=later)

    with pytest.raises(ScheduleRefused):
        look_states.resume(look.pk, by_id=sam.pk, now=later, expires_at=NOW)
    look_states.resume(look.pk, by_id=sam.pk, now=later, expires_at=later + timedelta(days=9))

    assert status_of(look) == LookStatus.PUBLISHED


@pytest.mark.django_db
def test_a_look_without_rights_is_not_shown_again():
    """MD7: a person lets it go on, after the rights are given anew."""
    look, sam = published(licence=terms(ends_on=day(1))), make_manager()
    later = NOW + timedelta(days=2)
    look_clock.run(now=later)
    with pytest.raises(RightsMissing):
        look_states.resume(look.pk, by_id=sam.pk, now=later)
    picture = look.live.images.get().picture_id
    licences.grant([picture], terms(later), by_id=None, now=later)

    look_clock.run(now=later)
    assert status_of(look) == LookStatus.PAUSED
    look_states.resume(look.pk, by_id=sam.pk, now=later)

    assert status_of(look) == LookStatus.PUBLISHED


@pytest.mark.django_db
def test_a_removal_comes_with_a_statement_of_reasons():
    """MD8."""
    creator, person = make_creator()
    look, sam = published((creator, person)), make_manager()
    waiting = send_again(look, person)

    look_states.remove(look.pk, "people", "The woman behind you.", by_id=sam.pk, now=NOW)

    look.refresh_from_db()
    waiting.refresh_from_db()
    assert (look.status, look.status_reason) == ("removed", "The woman behind you.")
    assert waiting.status == VersionStatus.REFUSED
    assert LookEvent.objects.get(act=LookAct.REMOVED).code == "people"
    assert AuditEntry.objects.get(verb="look.removed").actor == sam
    body = mails(f"look:{look.pk}:removed").get().body
    for said in (
        "15 June 2026", "Somebody can be recognised", "The woman behind you.", "The ground:",
        "A person of our team", "What you earned", "six months", "out-of-court", "a court",
    ):  # fmt: skip
        assert said in body


@pytest.mark.django_db
def test_what_was_never_published_is_refused_not_removed():
    version = submitted()

    with pytest.raises(InvalidTransition):
        look_states.remove(version.look_id, "law", "No.", by_id=make_manager().pk, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("old", LookStatus)
@pytest.mark.parametrize("new", LookStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    look = Look(status=old, status_changed_at=NOW)

    if new in Look.ARROWS[old]:
        look.move_to(new, at=NOW)
        assert look.status == new
    else:
        with pytest.raises(InvalidTransition):
            look.move_to(new, at=NOW)
        assert look.status == old

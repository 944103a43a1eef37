"""Managers see, try, publish, offer and end terms; set factors; change the programme's settings."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from affiliates.models import DraftStatus, IncrementalityFactor, Programme, Terms
from affiliates.services import terms_notices
from core.models import AuditEntry
from tests.affiliates.terms_world import drafted, published, rule
from tests.builders import (
    LONG_AGO,
    NOW,
    make_affiliate,
    make_group,
)
from tests.people import make_sam

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def manager(client):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def in_days(number):
    return (timezone.localdate() + timedelta(days=number)).isoformat()


def page(client, name, *args, **query):
    answer = client.get(reverse(f"portal:{name}", args=args), query)
    assert answer.status_code == 200
    return answer


def post(client, name, *args, **values):
    return client.post(reverse(f"portal:{name}", args=args), values)


def test_the_list_shows_what_holds_comes_and_is_written(manager, django_assert_max_num_queries):
    affiliate = make_affiliate(name="Le Carnet")
    published(rate_bps=2_500, valid_from=timezone.now() + DAY)
    drafted(affiliate=affiliate, rate_bps=3_000)

    with django_assert_max_num_queries(14):
        shown = page(manager, "terms-list")

    group = shown.context["groups"][0]
    assert (group.now.version, group.coming.version, group.drafts) == (1, 2, [])
    own = shown.context["affiliates"][0]
    assert (own.holder, own.now, len(own.drafts)) == (affiliate, None, 1)


def test_the_list_asks_as_often_for_many(manager, django_assert_max_num_queries):
    for _one in range(30):
        drafted(affiliate=make_affiliate(), rate_bps=3_000)

    with django_assert_max_num_queries(14):
        page(manager, "terms-list")


def test_the_history_of_a_group_says_what_each_version_changed(manager):
    make_affiliate()
    published(rate_bps=2_500, now=NOW)

    shown = page(manager, "terms-of-group", "partners")

    second, first = shown.context["rows"]
    assert [str(one) for one in second.differences] == ["Base rate: 25% (before: 20%)"]
    assert (second.status.code, first.status.code, first.differences) == ("live", "over", [])


def test_a_version_is_shown_in_words_with_its_answers(manager):
    affiliate = make_affiliate(name="Le Carnet")
    new = published(
        rules={"rules": [rule()]}, rate_bps=1_500, valid_from=NOW + 20 * DAY, note="Freight."
    )
    terms_notices.object_to(
        terms_id=new.pk, affiliate_id=affiliate.pk,
        actor_id=affiliate.memberships.get().user.pk, text="Too little.", now=NOW,
    )  # fmt: skip

    text = page(manager, "version-detail", new.pk).content.decode()

    for words in ("25% of the margin", "linen", "Freight.", "Too little.", "Le Carnet"):
        assert words in text


def test_the_preview_says_who_is_told_and_when(manager):
    make_affiliate(name="Le Carnet")
    draft = drafted(rate_bps=1_500)

    shown = page(manager, "draft-preview", draft.pk)

    assert shown.context["must_wait"]
    assert shown.context["first_day"] == timezone.localdate() + timedelta(days=16)
    text = shown.content.decode()
    assert "1 affiliate is told" in text
    assert "Le Carnet" in text
    assert "Something becomes worse" in text


def test_better_terms_are_published_at_once(manager):
    make_affiliate()
    draft = drafted(rate_bps=2_500)

    answer = post(manager, "draft-publish", draft.pk)
    again = post(manager, "draft-publish", draft.pk)

    new = Terms.objects.get(version=2)
    assert (
        answer["Location"] == again["Location"] == reverse("portal:version-detail", args=[new.pk])
    )
    assert new.notices.count() == 1


def test_worse_terms_are_scheduled_and_refused_when_too_early(manager):
    make_affiliate()
    draft = drafted(rate_bps=1_500)

    refused = post(manager, "draft-publish", draft.pk, begins_on=in_days(15))
    assert refused.status_code == 422
    assert "told 15 days before" in refused.context["form"].errors["begins_on"][0]
    assert Terms.objects.count() == 1

    assert post(manager, "draft-publish", draft.pk, begins_on=in_days(16)).status_code == 302
    new = Terms.objects.get(version=2)
    assert timezone.localtime(new.valid_from).hour == 0


def test_own_terms_are_offered_withdrawn_and_discarded(manager):
    affiliate = make_affiliate()
    draft = drafted(affiliate=affiliate, rate_bps=1_500)

    post(manager, "draft-offer", draft.pk)
    draft.refresh_from_db()
    assert (draft.status, draft.valid_from) == (DraftStatus.OFFERED, None)
    assert "cannot be changed as it is" in page(manager, "draft-edit", draft.pk).content.decode()

    post(manager, "draft-take-back", draft.pk)
    draft.refresh_from_db()
    assert draft.status == DraftStatus.DRAFT

    answer = post(manager, "draft-discard", draft.pk)
    draft.refresh_from_db()
    assert draft.status == DraftStatus.DISCARDED
    assert answer["Location"].endswith(f"/manage/terms/affiliates/{affiliate.public_id}/")


def test_terms_of_a_group_are_not_offered(manager):
    make_affiliate()

    answer = post(manager, "draft-offer", drafted(rate_bps=1_500).pk)

    assert answer.status_code == 422
    assert "are published" in answer.context["form"].errors["begins_on"][0]


def test_own_terms_are_ended(manager):
    affiliate = make_affiliate()
    own = published(affiliate=affiliate, rate_bps=2_500)

    post(manager, "version-end", own.pk, ends_on="")
    post(manager, "version-end", own.pk, ends_on=in_days(1))
    own.refresh_from_db()
    assert own.valid_to is None

    post(manager, "version-end", own.pk, ends_on=in_days(16))
    own.refresh_from_db()
    assert timezone.localtime(own.valid_to).date() == timezone.localdate() + timedelta(days=16)


# --- factors and settings ---------------------------------------------------------------


def factor(**changed):
    return {"factor": "60", "low": "40", "high": "80", "orders": "900", "source": "Hold-out",
            "begins_on": in_days(16), **changed}  # fmt: skip


def test_a_factor_is_set_shown_and_ended(manager):
    affiliate = make_affiliate(joined_at=LONG_AGO)

    post(manager, "factor-set", affiliate.public_id, **factor())

    found = IncrementalityFactor.objects.get()
    assert (found.factor_bps, found.low_bps, found.orders) == (6_000, 4_000, 900)
    assert "Hold-out" in page(manager, "terms-of-affiliate", affiliate.public_id).content.decode()
    post(manager, "factor-end", affiliate.public_id, ends_on=in_days(20))
    found.refresh_from_db()
    assert found.valid_to is not None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"begins_on": in_days(14)}, "begins_on"),
        ({"low": "70"}, "factor"),
        ({"factor": "301"}, "factor"),
        ({"orders": "0"}, "orders"),
        ({"source": ""}, "source"),
    ],
)
def test_a_factor_that_cannot_be_is_refused_beside_its_field(manager, changed, field):
    answer = post(manager, "factor-set", make_affiliate().public_id, **factor(**changed))

    assert answer.status_code == 422
    assert field in answer.context["factor_form"].errors
    assert not IncrementalityFactor.objects.exists()


def test_settings_of_the_programme_are_changed_and_kept(manager):
    values = {
        "time_zone": "Europe/Paris", "notice_days": "30", "month_budget": "10000.50",
        "four_eyes_from": "250", "amount_only_returns": "ignored", "exchange_days": "30",
        "claim_within_days": "90", "claim_answer_days": "14", "claims_most": "60",
        "claim_lines_most": "20", "proof_keep_days": "180",
    }  # fmt: skip
    make_group()

    assert post(manager, "programme-settings", **values).status_code == 302
    row = Programme.get()
    assert (row.notice_days, row.month_budget_minor, row.four_eyes_from_minor) == (
        30, 1_000_050, 25_000,
    )  # fmt: skip
    assert (row.claims_most, row.claim_lines_most, row.proof_keep_days) == (60, 20, 180)
    assert AuditEntry.objects.get().verb == "programme.changed"

    refused = post(manager, "programme-settings", **{**values, "time_zone": "Nowhere"})
    assert refused.status_code == 422
    assert "Give a time zone" in refused.content.decode()
    assert Programme.get().time_zone == "Europe/Paris"


def test_strangers_are_not_found(manager):
    for name in ("version-detail", "version-try", "draft-edit", "draft-preview", "draft-try"):
        assert manager.get(reverse(f"portal:{name}", args=[0])).status_code == 404, name
    for name in ("draft-publish", "draft-offer", "draft-take-back", "draft-discard", "version-end"):
        assert post(manager, name, 0).status_code == 404, name

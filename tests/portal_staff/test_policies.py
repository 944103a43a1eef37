from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from portal.forms.policy import PolicyForm
from portal.policy_language import changes, rule_sentences
from tracking.domain.policy import Policy
from tracking.models import AttributionPolicy

pytestmark = pytest.mark.django_db

LIST, NEW = "portal:policy-list", "portal:policy-new"
FULL = {
    "look_back_days": {"contracted": 60, "coupon": 7},
    "code": "if_involved",
    "stand_down": {"minutes": 60, "classes": ["cashback", "coupon"]},
    "basket_before_click": {"minutes": 45},
    "session_open": {"minutes": 30, "after_checkout": "refuse", "other_channel": "refuse"},
    "on_site": "never",
    "contracted_priority_days": 7,
    "split": {"introducer": 3_325, "influencer": 2_000, "closer": 4_675},
}


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def filled(rules=FULL, **overrides):
    """What a browser sends for these rules."""
    values = PolicyForm.of(Policy.from_rules(rules))
    values |= {"name": "Shared from now on", "begins_on": tomorrow().isoformat(), **overrides}
    return {name: value for name, value in values.items() if value is not None}


def test_what_the_form_shows_is_what_it_reads():
    form = PolicyForm(filled())

    assert form.is_valid(), form.errors
    assert Policy.from_rules(form.rules()) == Policy.from_rules(FULL)


def test_the_form_begins_with_the_last_policy(manager):
    page = manager.get(reverse(NEW))

    assert page.context["form"].initial["credit"] == "winner"
    assert page.context["form"].initial["begins_on"] == tomorrow()


def test_a_manager_publishes_a_policy_that_begins_at_midnight(manager):
    answer = manager.post(reverse(NEW), filled())

    policy = AttributionPolicy.objects.get(number=2)
    assert answer["Location"] == reverse("portal:policy-detail", args=[2])
    assert timezone.localtime(policy.valid_from).date() == tomorrow()
    assert timezone.localtime(policy.valid_from).hour == 0
    page = manager.get(answer["Location"]).content.decode()
    assert "Shared by the part that each one played: Introducer 33.25" in page
    assert "Policy published" in page


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"share_closer": "10"}, "the shares come to 6325 basis points"),
        ({"begins_on": "2020-01-01"}, "A policy begins in the future"),
        ({"stand_down_minutes": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(manager, overrides, sentence):
    answer = manager.post(reverse(NEW), filled(**overrides))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert AttributionPolicy.objects.count() == 1


def test_the_list_says_what_each_policy_changed(manager, django_assert_max_num_queries):
    manager.post(reverse(NEW), filled({"code": "if_winner"}))

    page = manager.get(reverse(LIST))

    second, first = page.context["rows"]
    assert (second.policy.number, first.policy.number) == (2, 1)
    assert second.changes == [
        ("Promo codes", "A promo code counts if the last click was of its affiliate.")
    ]
    assert (first.status.code, second.status.code) == ("live", "future")
    assert first.until == second.policy.valid_from


def test_every_rule_of_a_policy_has_a_sentence():
    with translation.override("en"):
        plain, full = rule_sentences(Policy()), rule_sentences(Policy.from_rules(FULL))

    assert len(plain) == len(full) == 8
    assert dict(full)["Look-back"] == (
        "Under contract 60 days, Promo code site 7 days; others as long as the window of their"
        " terms."
    )
    with translation.override("en"):
        assert changes(Policy(), Policy.from_rules(FULL)) == full
        assert changes(Policy(), Policy()) == []

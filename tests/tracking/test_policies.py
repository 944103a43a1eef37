import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from affiliates.models import Affiliate, AffiliateStatus
from core.models import AuditEntry
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_link,
    make_order,
    make_user,
)
from tests.races.threads import at_once, raised
from tracking.domain.policy import Policy, PolicyRefused
from tracking.models import Attribution, AttributionPolicy, Click, Credit
from tracking.services import policies
from tracking.services.attributions import attribute_pending
from tracking.services.reattribution import compare

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SPLIT = {"split": {"introducer": 3_000, "influencer": 0, "closer": 7_000}}


def publish(rules=None, **overrides):
    fields = {"name": "Shared", "valid_from": NOW + DAY, "now": NOW, **overrides}
    fields.setdefault("actor_id", make_user(roles=["manager"]).pk)
    return policies.publish(rules=SPLIT if rules is None else rules, **fields)


def test_a_published_policy_has_the_next_number_and_is_in_the_audit_trail():
    actor = make_user(roles=["manager"])
    policy = publish(actor_id=actor.pk)

    assert (policy.number, policy.rules, policy.created_at) == (2, SPLIT, NOW)
    entry = AuditEntry.objects.get(verb="policy.published")
    assert (entry.actor, entry.data["number"], entry.data["before"]) == (actor, 2, 1)
    assert entry.data["rules"] == SPLIT


@pytest.mark.parametrize(
    ("change", "refusal", "sentence"),
    [
        ({"valid_from": NOW}, policies.PolicyNotInFuture, "A policy begins in the future"),
        ({"name": "  "}, policies.PolicyUnnamed, "Give the policy a name"),
        ({"name": "x" * 81}, policies.PolicyUnnamed, "at most 80 signs"),
        ({"rules": {"code": "never"}}, PolicyRefused, "code is one of always"),
        ({"rules": {}}, policies.PolicyChangesNothing, "what policy 1 says already"),
        ({"rules": {"code": "always"}}, policies.PolicyChangesNothing, "policy 1"),
    ],
)
def test_what_cannot_be_published_changes_nothing(change, refusal, sentence):
    with pytest.raises(refusal, match=sentence):
        publish(**change)

    assert AttributionPolicy.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_two_policies_do_not_begin_at_one_moment():
    publish()
    with pytest.raises(policies.PolicyTimeTaken, match="Policy 2 begins"):
        publish({"code": "if_winner"})


def test_a_policy_may_begin_before_one_that_is_still_to_come():
    later = publish(valid_from=NOW + 3 * DAY)
    sooner = publish({"code": "if_winner"}, valid_from=NOW + DAY)

    assert (later.number, sooner.number) == (2, 3)
    assert policies.in_force(NOW).number == 1
    assert policies.in_force(NOW + 2 * DAY) == sooner
    assert policies.in_force(NOW + 3 * DAY) == later


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_managers_who_publish_at_once_get_numbers_of_their_own(as_superuser):
    actors = [make_user() for _ in range(5)]

    answers = at_once(
        5,
        lambda n: (
            publish(
                {"contracted_priority_days": n + 1},
                valid_from=NOW + (n + 1) * DAY,
                actor_id=actors[n].pk,
            ).number
        ),
    )

    with as_superuser() as cursor:  # Published policies stay between tests.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM tracking_attributionpolicy WHERE number > 1")
        cursor.execute("RESET session_replication_role")
    assert raised(answers) == []
    assert sorted(answers) == [2, 3, 4, 5, 6]


# --- replays -------------------------------------------------------------------------------


def two_clicks():
    """An order that the second of two affiliates gets; net EUR 100.00."""
    first = make_click(clicked_at=NOW - 3 * DAY)
    second = make_click(make_link(), clicked_at=NOW - 2 * DAY, visitor=first.visitor)
    order = make_order(click_tokens=[first.reference])
    attribute_pending(now=NOW)
    return order, first.affiliate_id, second.affiliate_id


def replay(rules, **period):
    fields = {"since": NOW - 30 * DAY, "until": NOW, "now": NOW, **period}
    return compare(Policy.from_rules(rules), **fields)


def test_a_replay_under_the_same_policy_changes_nothing():
    two_clicks()
    make_order()
    make_order(codes=[make_code().code])
    attribute_pending(now=NOW)

    comparison = replay({})

    assert (comparison.orders, comparison.changed, comparison.affiliates) == (3, [], [])


def test_a_replay_says_who_wins_what_from_whom():
    order, first, second = two_clicks()

    comparison = replay(SPLIT)

    [changed] = comparison.changed
    assert (changed.order_id, changed.net.minor) == (order.pk, 10_000)
    assert changed.before == {second: 10_000}
    assert changed.after == {first: 3_000, second: 7_000}
    found = {one.affiliate_id: one for one in comparison.affiliates}
    assert (found[first].won, found[first].lost, found[first].share_changed) == (1, 0, 0)
    assert [str(one) for one in found[first].net_changes()] == ["30.00 EUR"]
    assert (found[second].won, found[second].share_changed) == (0, 1)
    assert [str(one) for one in found[second].net_changes()] == ["-30.00 EUR"]
    assert [one.affiliate_id for one in comparison.affiliates] == [second, first]


def test_a_replay_writes_nothing():
    two_clicks()
    before = list(Credit.objects.values()), list(Attribution.objects.values())

    replay(SPLIT)

    assert (list(Credit.objects.values()), list(Attribution.objects.values())) == before


def test_an_order_that_becomes_nobodys_says_why():
    order, _first, second = two_clicks()

    comparison = replay({"look_back_days": {"content": 1}})

    assert comparison.became_nobodys == 1
    assert comparison.changed[0].reasons[second] == "outside_window"


def test_clicks_that_are_erased_since_count_as_they_are_recorded():
    order, first, second = two_clicks()
    Click.objects.all().delete()

    assert replay({}).changed == []
    assert replay(SPLIT).changed[0].after == {first: 3_000, second: 7_000}


def test_an_account_that_was_stopped_then_is_stopped_in_the_replay_too():
    stopped = make_affiliate(status=AffiliateStatus.SUSPENDED)
    click = make_click(make_link(stopped))
    make_order(click_tokens=[click.reference])
    attribute_pending(now=NOW)
    Affiliate.objects.update(status=AffiliateStatus.ACTIVE)

    assert replay({}).changed == []


def test_a_code_that_was_used_up_then_is_used_up_in_the_replay_too():
    code = make_code(usage_limit=1)
    for _ in range(2):
        make_order(codes=[code.code])
    attribute_pending(now=NOW)

    assert replay({}).changed == []


def test_only_the_period_is_replayed():
    two_clicks()
    assert replay({}, until=NOW - 2 * DAY).orders == 0


# --- the command -----------------------------------------------------------------------------


def run(*arguments):
    out = StringIO()
    call_command("reattribute", *arguments, stdout=out)
    return out.getvalue()


PERIOD = ("--from", "2026-06-01", "--to", "2026-06-30")


def test_the_command_refuses_to_write_and_says_why():
    with pytest.raises(CommandError, match="people have seen these credits"):
        run("--policy", "1", *PERIOD)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--policy", "9", *PERIOD], "There is no policy 9."),
        (["--policy", "1", "--from", "2026-06-30", "--to", "2026-06-01"], "before the first"),
        (["--policy", "1", "--from", "June", "--to", "2026-06-01"], "June is not a day"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*arguments, "--dry-run")


def test_the_command_prints_what_would_change():
    order, first, second = two_clicks()
    number = str(publish().number)

    said = run("--policy", number, *PERIOD, "--dry-run")

    assert "1 of 1 orders would be shared otherwise" in said
    name = Affiliate.objects.get(pk=first).name
    assert f"{name}: 1 won, 0 lost, 0 with another share; net +30.00 EUR" in said
    assert order.number in said


def test_the_command_speaks_json():
    _order, first, second = two_clicks()
    number = str(publish().number)

    said = json.loads(run("--policy", number, *PERIOD, "--dry-run", "--json"))

    assert said["orders"] == 1
    assert said["changed"][0]["after"] == {str(first): 3_000, str(second): 7_000}
    assert {one["affiliate_id"] for one in said["affiliates"]} == {first, second}

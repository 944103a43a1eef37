"""What a superuser changes by hand is kept, and terms are not changed by hand."""

import pytest
from django.urls import reverse

from affiliates.models import Affiliate, Group, Membership, Terms
from core.models import AuditEntry
from tests.builders import make_affiliate, make_group, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client):
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def entry():
    return AuditEntry.objects.get()


def address(row, action="change"):
    kind = f"admin:{row._meta.app_label}_{row._meta.model_name}_{action}"
    return reverse(kind, args=[] if action == "add" else [row.pk])


def affiliate_form(affiliate, members, **overrides):
    """What the page of an affiliate sends; ``members`` are (membership or None, user, delete)."""
    fields = {
        "name": affiliate.name, "kind": affiliate.kind, "group": affiliate.group_id,
        "country": affiliate.country, "store": "", "staff_number": "",
        "memberships-TOTAL_FORMS": len(members),
        "memberships-INITIAL_FORMS": sum(1 for row, _user, _delete in members if row),
        "properties-TOTAL_FORMS": 0, "properties-INITIAL_FORMS": 0,
        **overrides,
    }  # fmt: skip
    for number, (row, user, delete) in enumerate(members):
        at = f"memberships-{number}"
        fields |= {f"{at}-affiliate": affiliate.pk, f"{at}-user": user.pk, f"{at}-role": "owner"}
        fields |= {f"{at}-id": row.pk} if row else {}
        fields |= {f"{at}-DELETE": "on"} if delete else {}
    return fields


def test_a_membership_that_is_given_is_kept(client, root):
    affiliate, newcomer = make_affiliate(), make_user()
    old = affiliate.memberships.get()

    client.post(
        address(affiliate),
        affiliate_form(affiliate, [(old, old.user, False), (None, newcomer, False)]),
    )

    assert Membership.objects.filter(affiliate=affiliate, user=newcomer).exists()
    kept = entry()
    assert (kept.actor, kept.verb) == (root, "affiliate.membership_added")
    assert (kept.subject_type, kept.subject_id) == ("affiliates.affiliate", str(affiliate.pk))
    assert kept.data["before"] == {}
    assert kept.data["after"]["user_id"] == newcomer.pk


def test_a_membership_that_is_taken_away_is_kept(client, root):
    affiliate = make_affiliate()
    old = affiliate.memberships.get()

    client.post(address(affiliate), affiliate_form(affiliate, [(old, old.user, True)]))

    assert not affiliate.memberships.exists()
    kept = entry()
    assert (kept.verb, kept.subject_id) == ("affiliate.membership_removed", str(affiliate.pk))
    assert (kept.data["before"]["user_id"], kept.data["after"]) == (old.user_id, {})


def test_a_membership_that_goes_to_somebody_else_is_kept(client, root):
    affiliate, other = make_affiliate(), make_user()
    old = affiliate.memberships.get()

    client.post(address(affiliate), affiliate_form(affiliate, [(old, other, False)]))

    kept = entry()
    assert kept.verb == "affiliate.membership_changed"
    assert kept.data == {
        "row": old.pk, "before": {"user_id": old.user_id}, "after": {"user_id": other.pk}
    }  # fmt: skip


def test_a_changed_affiliate_is_kept_with_before_and_after(client, root):
    affiliate = make_affiliate(name="Before")
    old = affiliate.memberships.get()

    for _twice in range(2):
        client.post(
            address(affiliate), affiliate_form(affiliate, [(old, old.user, False)], name="After")
        )

    assert Affiliate.objects.get().name == "After"
    kept = entry()
    assert (kept.actor, kept.verb) == (root, "affiliate.changed")
    assert (kept.data["before"], kept.data["after"]) == ({"name": "Before"}, {"name": "After"})


def test_groups_are_kept_when_added_changed_and_removed(client, root):
    make_group()
    fields = {"name": "Stars", "slug": "stars"}
    client.post(address(Group, "add"), fields)
    group = Group.objects.get(slug="stars")
    client.post(address(group), {**fields, "sees_costs": "on"})
    client.post(address(group, "delete"), {"post": "yes"})
    client.post(address(Group, "add"), fields)
    again = Group.objects.get(slug="stars")
    client.post(
        reverse("admin:affiliates_group_changelist"),
        {"action": "delete_selected", "_selected_action": [again.pk], "post": "yes"},
    )

    assert not Group.objects.filter(slug="stars").exists()
    kept = list(AuditEntry.objects.order_by("pk"))
    assert [entry.verb for entry in kept] == [
        "group.added", "group.changed", "group.removed", "group.added", "group.removed"
    ]  # fmt: skip
    assert kept[1].data["after"] == {"sees_costs": True}
    assert kept[2].data["before"]["name"] == "Stars"


def test_terms_are_neither_added_changed_nor_removed_by_hand(client, root):
    make_group()
    terms = Terms.objects.get()

    assert client.get(address(Terms, "add")).status_code == 403
    assert client.post(address(terms), {"rate_bps": 1}).status_code == 403
    assert client.post(address(terms, "delete"), {"post": "yes"}).status_code == 403

    terms.refresh_from_db()
    assert (terms.rate_bps, terms.valid_to) == (2_000, None)
    assert not AuditEntry.objects.exists()

"""Managers give promo codes, answer requests, and write the UTM template of a group."""

import pytest

from affiliates.models import Group
from core.models import Delivery
from tests.builders import NOW, make_affiliate, make_code, make_group, make_staff_code
from tests.portal_staff.world import make_code_request
from tracking.models import CouponCode

pytestmark = pytest.mark.django_db


def new(sam, first, **fields):
    data = {"shop": first.shop_id, "discount": "10", "policy": "", **fields}
    return sam.post("/manage/codes/new/make/", data)


def test_the_pool_is_searched_and_filtered(sam):
    make_code(code="WORKS"), make_code(code="ENDED", valid_to=NOW)

    def shown(query):
        rows = sam.get(f"/manage/codes/?{query}").context["rows"]
        return sorted(row["row"].code.code for row in rows)

    assert shown("") == ["ENDED", "WORKS"]
    assert shown("state=active") == ["WORKS"]
    assert shown("state=expired") == ["ENDED"]
    assert shown("q=work") == ["WORKS"]


def test_a_code_is_given_by_hand_or_generated(sam):
    first = make_code()
    affiliate = first.affiliate

    new(sam, first, affiliate=affiliate.pk, code="summer-ada", policy="if_involved", usage_limit=5)
    made = CouponCode.objects.get(code="SUMMER-ADA")
    assert (made.discount_bps, made.policy, made.usage_limit) == (1_000, "if_involved", 5)
    new(sam, first, affiliate=affiliate.pk, beginning="ete")
    assert CouponCode.objects.filter(code__startswith="ETE-").count() == 1
    assert new(sam, first, affiliate=affiliate.pk, code="summer-ada").status_code == 422
    assert new(sam, first).status_code == 422


def test_everybody_of_a_group_without_a_working_code_gets_one(sam):
    first = make_code()
    (
        make_affiliate(),
        make_affiliate(status="suspended"),
        make_affiliate(group=make_group(slug="others")),
    )

    new(sam, first, group=first.affiliate.group.pk, beginning="mai")
    new(sam, first, group=first.affiliate.group.pk, beginning="mai")

    assert CouponCode.objects.filter(code__startswith="MAI-").count() == 1
    assert new(sam, first, group=first.affiliate.group.pk, code="one").status_code == 422


def test_conditions_are_changed_and_a_code_is_ended(sam):
    code = make_code()

    sam.post(f"/manage/codes/{code.pk}/revise/", {"policy": "if_winner", "usage_limit": "7"})
    code.refresh_from_db()
    assert (code.policy, code.usage_limit) == ("if_winner", 7)
    late = {"policy": "", "last_day": "2020-01-01"}
    assert sam.post(f"/manage/codes/{code.pk}/revise/", late).status_code == 422
    sam.post(f"/manage/codes/{code.pk}/end/")
    code.refresh_from_db()
    assert code.valid_to == NOW


def test_a_request_is_granted_with_another_code_and_less(sam):
    asked = make_code_request()
    page = sam.get(f"/manage/codes/requests/{asked.pk}/").content.decode()
    assert 'value="ADA20"' in page

    sam.post(
        f"/manage/codes/requests/{asked.pk}/grant/",
        {"code": "ADA15", "discount": "15", "policy": "", "usage_limit": "100"},
    )

    asked.refresh_from_db()
    assert (asked.status, str(asked.code), asked.code.discount_bps) == ("granted", "ADA15", 1_500)
    assert "ADA15" in Delivery.objects.get().body


def test_a_request_is_refused_with_a_reason(sam):
    asked = make_code_request()
    address = f"/manage/codes/requests/{asked.pk}/refuse/"

    sam.post(address, {"reason": ""})
    asked.refresh_from_db()
    assert asked.status == "open"
    sam.post(address, {"reason": "You have one."})
    asked.refresh_from_db()
    assert (asked.status, asked.reason) == ("refused", "You have one.")
    closed = sam.get("/manage/codes/requests/?state=closed").content.decode()
    assert "ADA20" in closed


def test_a_taken_code_keeps_the_request_open_and_what_was_typed(sam):
    asked = make_code_request()
    make_code(code="ADA20")
    answer = sam.post(
        f"/manage/codes/requests/{asked.pk}/grant/", {"code": "ADA20", "discount": "12.5"}
    )
    asked.refresh_from_db()
    assert (answer.status_code, asked.status) == (422, "open")
    assert "12.5" in answer.content.decode()


def test_the_template_of_a_group_is_written_and_checked(sam):
    group = make_group()
    address = f"/manage/groups/{group.slug}/"

    sam.post(f"{address}utm/", {"utm_source": "{affiliate}", "utm_medium": "affiliation"})
    assert Group.objects.get().utm_template == {
        "utm_source": "{affiliate}", "utm_medium": "affiliation",
    }  # fmt: skip
    assert "utm_source=le-carnet-d-ada" in sam.get(address).content.decode()
    refused = sam.post(f"{address}utm/", {"utm_source": "{who}"})
    assert refused.status_code == 422
    assert "{who} is not filled in" in refused.content.decode()


def test_lists_ask_as_often_for_thirty_as_for_one(sam, django_assert_max_num_queries):
    def count(address):
        with django_assert_max_num_queries(40) as queries:
            assert sam.get(address).status_code == 200
        return len(queries)

    addresses = (
        "/manage/codes/", "/manage/codes/requests/", "/manage/codes/staff/", "/manage/groups/",
    )  # fmt: skip
    make_code(), make_code_request(), make_staff_code("TEAM-0")
    for address in addresses:
        sam.get(address)  # The first request of a session writes it down.
    before = [count(address) for address in addresses]
    for number in range(1, 20):
        make_code(), make_code_request(), make_staff_code(f"TEAM-{number}")
    assert [count(address) for address in addresses] == before

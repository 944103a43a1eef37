"""A19: who buys at the staff's discount brings no employee anything."""

from datetime import timedelta

import pytest

from core.models import AuditEntry
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_link,
    make_order,
    make_shop,
    make_staff_code,
    make_user,
)
from tracking.models import Attribution, StaffCode
from tracking.services import staff_codes
from tracking.services.attributions import attribute_pending
from tracking.services.staff_codes import ImpossibleStaffCode

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def attribute(*codes, kind="employee", **order):
    click = make_click(make_link(make_affiliate(kind=kind)))
    order = make_order(lines=[], codes=list(codes), click_tokens=[click.reference], **order)
    attribute_pending(now=NOW)
    return Attribution.objects.get(order=order)


@pytest.mark.parametrize(
    ("code", "typed"),
    [("TEAM10", "TEAM10"), ("TEAM10", " team10"), ("STAFF-*", "staff-7391"), ("A_B*", "A_BC")],
)
def test_an_order_at_the_staff_s_discount_is_no_employee_s(code, typed):
    make_staff_code(code)
    decided = attribute("SUMMER", typed)
    touchpoint = decided.touchpoints.get()

    assert (decided.outcome, touchpoint.reason) == ("nobody", "staff_discount")
    said = {"rule": "staff_discount", "result": "failed", "facts": {"code": typed}}
    assert said in touchpoint.verdicts


@pytest.mark.parametrize(
    ("code", "typed"),
    [("TEAM10", "TEAM100"), ("STAFF-*", "STAF-1"), ("A_B*", "AXBC"), ("A%B", "AXB")],
)
def test_other_codes_are_not_the_staff_s(code, typed):
    make_staff_code(code)
    assert attribute(typed).outcome == "attributed"


def test_everybody_else_earns_from_such_an_order():
    make_staff_code("TEAM10")
    assert attribute("TEAM10", kind="influencer").outcome == "attributed"


def test_a_code_counts_in_its_shop_and_in_its_period():
    placed = NOW - timedelta(hours=1)
    make_staff_code("OTHER", shop=make_shop(code="other"))
    StaffCode.objects.create(shop=make_shop(), code="LATER", valid_from=placed + DAY)
    make_staff_code("ENDED", valid_to=placed)
    assert attribute("OTHER", "LATER", "ENDED").outcome == "attributed"


def test_a_code_is_noted_once_and_written_to_the_trail():
    sam, shop = make_user(), make_shop()
    fields = {"shop_id": shop.pk, "valid_from": NOW, "by_id": sam.pk, "now": NOW}
    first = staff_codes.add(code=" team-* ", **fields)
    assert staff_codes.add(code="TEAM-*", **fields) == first
    ended = staff_codes.end(staff_code_id=first.pk, by_id=sam.pk, now=NOW + DAY)
    staff_codes.end(staff_code_id=first.pk, by_id=sam.pk, now=NOW + 2 * DAY)

    assert (first.code, ended.valid_to) == ("TEAM-*", NOW + DAY)
    verbs = AuditEntry.objects.filter(verb__startswith="staff_code").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["staff_code.added", "staff_code.ended"]
    assert staff_codes.add(code="TEAM-*", **fields).pk != first.pk


@pytest.mark.parametrize("code", ["", "A", "*", "A B", "A*B", "X" * 64])
def test_what_can_be_no_code_is_refused(code):
    with pytest.raises(ImpossibleStaffCode):
        staff_codes.add(
            shop_id=make_shop().pk, code=code, valid_from=NOW, by_id=make_user().pk, now=NOW
        )
    assert not StaffCode.objects.exists()

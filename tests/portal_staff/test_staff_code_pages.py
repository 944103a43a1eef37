"""Managers note the codes by which the shop's staff buys."""

import pytest

from tests.builders import make_shop, make_staff_code
from tracking.models import StaffCode

pytestmark = pytest.mark.django_db

PAGE = "/manage/codes/staff/"


def test_a_code_is_noted_and_ended(sam):
    shop = make_shop()

    answer = sam.post(f"{PAGE}add/", {"shop": shop.pk, "code": "team-*", "first_day": "2026-01-01"})
    assert answer["Location"] == PAGE
    code = StaffCode.objects.get()
    assert (code.shop, code.code, code.valid_to) == (shop, "TEAM-*", None)
    assert f"{code.valid_from:%Y-%m-%d}" == "2025-12-31"  # Midnight in Paris.
    page = sam.get(PAGE).content.decode()
    assert "TEAM-* is noted." in page

    sam.post(f"{PAGE}{code.pk}/end/")
    code.refresh_from_db()
    assert code.valid_to is not None
    assert "TEAM-* has ended." in sam.get(PAGE).content.decode()


def test_what_can_be_no_code_is_said_beside_the_form(sam):
    make_staff_code("TEAM")
    answer = sam.post(f"{PAGE}add/", {"shop": make_shop().pk, "code": "A B"})
    assert answer.status_code == 422
    assert "without blanks" in answer.content.decode()
    assert StaffCode.objects.count() == 1


def test_the_first_code_is_asked_for(sam):
    make_shop()
    assert "No code yet" in sam.get(PAGE).content.decode()

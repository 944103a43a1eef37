"""A manager decides a case with the keyboard; the affiliate reads it and contests it."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from fraud.models import Case, CaseCredit, Decision, Signal
from tests.browser.test_every_page import faults_of, look_at
from tests.builders import make_case, make_user
from tests.payouts.stories import accrued
from tests.people import make_ada, make_sam, person_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Where pictures of the pages go, when somebody wants to look at them.
PICTURES = os.environ.get("APPORT_PICTURES", "")


def picture(tab, name):
    if not PICTURES:
        return
    for width in (1_280, 360):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def held_case(ada):
    """Three sales of EUR 10.00, each with a basket that was full before."""
    rows = [accrued(ada, decision=Decision.HOLD) for _number in range(3)]
    case = make_case(rows[0].credit.screening, family="session")
    for row in rows[1:]:
        CaseCredit.objects.create(case=case, credit=row.credit, added_at=case.opened_at)
    for row in rows:
        Signal.objects.create(
            screening=row.credit.screening, code="basket_before_click", version=1,
            family="session", severity="hold",
            evidence={"basket_before_s": 600, "items": 3, "visits_known": 40,
                      "visits_with_basket": 22},
        )  # fmt: skip
    return case


def test_a_case_is_decided_by_keyboard_and_contested(browsers):
    ada, sam = make_ada(), make_sam()
    case = held_case(ada)
    tab = browsers.open(sam, language="en", theme="auto")

    assert faults_of(tab, "/manage/reviews/") == []
    picture(tab, "queue")
    assert faults_of(tab, f"/manage/reviews/{case.public_id}/") == []
    picture(tab, "case")
    tab.set_viewport_size({"width": 1_280, "height": 900})
    tab.get_by_label("Reason", exact=True).first.fill("Baskets were full.")
    tab.get_by_role("checkbox").nth(1).uncheck()
    tab.get_by_role("heading", level=1).click()
    tab.keyboard.press("r")
    expect(tab.get_by_role("heading", level=1)).to_have_text("The message")
    assert look_at(tab) == []
    picture(tab, "message")
    tab.get_by_role("button", name="Refuse 2 sales").press("Enter")
    expect(tab.get_by_text("Decided, and the affiliate told by e-mail.")).to_be_visible()
    assert sorted(case.credits.values_list("ruling", flat=True)) == [
        "cleared", "refused", "refused"
    ]  # fmt: skip

    theirs = browsers.open(person_of(ada), language="en", theme="auto")
    assert faults_of(theirs, "/portal/cases/") == []
    assert faults_of(theirs, f"/portal/cases/{case.public_id}/") == []
    picture(theirs, "their-case")
    theirs.get_by_label("Your words").fill("My readers come back.")
    theirs.get_by_role("button", name="Contest it").click()
    expect(theirs.get_by_text("Somebody else decides again and writes to you.")).to_be_visible()
    case.refresh_from_db()
    assert case.appealed_in.credits.count() == 2


@pytest.mark.parametrize(
    "address",
    ["/manage/signals/", "/manage/signals/basket_before_click/", "/manage/quality/"],
)
def test_signals_and_quality_are_sound_pages(browsers, address):
    held_case(make_ada())
    tab = browsers.open(make_sam(), language="en", theme="auto")
    assert faults_of(tab, address) == []
    picture(tab, address.strip("/").replace("/", "-"))


def test_the_page_of_a_sanction_is_sound(browsers):
    case = held_case(make_ada())
    affiliate = Case.objects.get(pk=case.pk).affiliate
    tab = browsers.open(make_user(roles=["manager"]), language="en", theme="auto")
    for address in ("sanction", "quality"):
        where = f"/manage/affiliates/{affiliate.public_id}/{address}/"
        assert faults_of(tab, where) == []
        picture(tab, address)

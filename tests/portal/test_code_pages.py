"""Promo codes of a partner: uses, limit, the text to paste, and asking for one."""

from tests.builders import make_code
from tests.payouts.paydays import PAYDAY
from tests.portal.test_partner_pages import said
from tracking.models import CodeRequest, TouchpointKind


def ask(ada, world, **fields):
    data = {"shop": world.link.shop_id, "wanted": "ada30", "purpose": "My birthday", **fields}
    return ada.post("/portal/codes/request/", data)


def test_a_card_says_uses_and_limit_and_the_law(ada, world):
    make_code(world.ada, code="FEW", usage_limit=3)
    page = said(ada.get("/portal/codes/"))
    assert "0 of 3" in page
    assert "Paid partnership: I earn a commission." in page


def test_a_code_that_has_earned_its_limit_says_so(ada, world):
    touchpoint = world.tracked.touchpoint
    touchpoint.kind, touchpoint.link = TouchpointKind.CODE, None
    touchpoint.coupon_code = make_code(world.ada, usage_limit=1)
    touchpoint.save()
    page = said(ada.get("/portal/codes/"))
    assert "Limit reached" in page
    assert "1 of 1" in page


def test_one_request_at_a_time_and_it_can_be_taken_back(ada, world):
    page = said(ada.get("/portal/codes/"))
    assert "Your last request waits for an answer." in page
    assert ask(ada, world).status_code == 422

    ada.post(f"/portal/codes/requests/{world.asked.pk}/withdraw/")
    world.asked.refresh_from_db()
    assert (world.asked.status, world.asked.decided_at) == ("withdrawn", PAYDAY)
    assert ask(ada, world, first_day="2026-12-01", last_day="2026-12-24").status_code == 302
    asked = CodeRequest.objects.get(status="open")
    assert (asked.wanted, asked.purpose) == ("ADA30", "My birthday")
    assert asked.valid_to.isoformat() == "2026-12-24T23:00:00+00:00"


def test_a_code_that_exists_or_cannot_be_is_refused_with_what_was_typed(sign_in, world):
    browser = sign_in(world.people["mallory"])
    for wanted in ("ADA10", "é"):
        answer = ask(browser, world, wanted=wanted)
        assert answer.status_code == 422
        assert f'value="{wanted}"' in said(answer)


def test_a_refused_request_shows_its_reason_to_its_affiliate_alone(ada, sign_in, world):
    CodeRequest.objects.update(
        status="refused", reason="One is enough.", decided_at=PAYDAY, decided_by=world.people["sam"]
    )
    assert "One is enough." in said(ada.get("/portal/codes/"))
    assert "One is enough." not in said(sign_in(world.people["mallory"]).get("/portal/codes/"))

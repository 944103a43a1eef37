"""The tag debugger: one order, the installation of a shop, one test visit."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from core.models import AuditEntry
from shop.models import InboundStatus, WebhookSecret
from tests.builders import (
    NOW,
    make_affiliate,
    make_attribution,
    make_click,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_shop,
)
from tests.portal_staff.tracking_world import (
    NAMES,
    land,
    make_step,
    page,
)
from tests.portal_staff.world import make_failed_event
from tracking.domain.navigation import Fact
from tracking.domain.references import new_reference, to_text, to_uuid

pytestmark = pytest.mark.django_db


# --- one order ----------------------------------------------------------------------


def test_an_order_without_a_reference_says_what_others_carry(sam):
    make_order(number="WEB-1")
    make_order(click_tokens=[new_reference()])

    shown = page(sam, "tracking-debug", order="WEB-1")

    assert "The order carried no ap_ref" in shown
    assert "Of the last 2 orders of this shop 1 carried one." in shown
    assert "Other orders carry one" in shown


def test_when_no_order_carries_one_the_shop_has_to_act(sam):
    make_order(number="WEB-1")

    shown = page(sam, "tracking-debug", order="WEB-1")

    assert "Of the last 1 order of this shop 0 carried one." in shown
    assert "No order carries one: let the checkout send" in shown


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("click-12", "something that is no reference of ours"),
        (new_reference(), "a reference under which nothing is recorded"),
    ],
    ids=["not ours", "not known"],
)
def test_a_reference_that_is_not_ours_or_not_known(sam, token, sentence):
    make_order(number="WEB-1", click_tokens=[token])

    assert sentence in page(sam, "tracking-debug", order="WEB-1")


def test_a_whole_journey_to_a_decision(sam):
    link = make_link(make_affiliate(name="Le Carnet"), code="ete")
    click = make_click(link, referrer_host="blog.example", facts=int(Fact.HIDDEN_REDIRECTOR))
    for kind in ("landing", "basket_changed", "checkout_opened"):
        make_step(click.visitor, kind)
    make_code(link.affiliate, code="ETE10")
    order = make_order(
        number="WEB-1", click_tokens=[to_text(click.visitor)], codes=["ete10", "OTHER"]
    )
    make_credit(link.affiliate, order, link=link)

    shown = page(sam, "tracking-debug", order="#WEB-1".removeprefix("#"))

    assert "so the visitor had agreed" in shown
    assert "The visitor followed 1 link before the order" in shown
    assert "Landing through /c/ete of Le Carnet" in shown
    assert "blog.example · A hidden redirect came before ours" in shown
    assert "Landing page, basket and checkout were all seen." in shown
    assert "Codes of affiliates: ete10 (Le Carnet)." in shown
    assert "Codes that belong to nobody: OTHER." in shown
    assert "Credited to Le Carnet." in shown
    assert reverse("portal:order-detail", args=[order.pk]) in shown


def test_who_looks_at_a_journey_is_kept_once_an_hour(sam):
    click = make_click()
    make_order(number="WEB-1", click_tokens=[to_text(click.visitor)])
    make_order(number="WEB-2")

    for number in ("WEB-1", "WEB-1", "WEB-2"):
        page(sam, "tracking-debug", order=number)

    assert AuditEntry.objects.filter(verb="order.journey_viewed").count() == 1


def test_missing_steps_are_named(sam):
    click = make_click()
    make_step(click.visitor, "landing")
    make_order(number="WEB-1", click_tokens=[to_text(click.visitor)])

    shown = page(sam, "tracking-debug", order="WEB-1")

    assert "Steps were seen, but not: the basket, the checkout." in shown


def test_the_message_that_brought_the_order(sam):
    order = make_order(number="WEB-1", external_id="order-9", received_at=NOW)
    make_attribution(order)
    done = {
        "status": InboundStatus.DONE, "status_changed_at": NOW,
        "received_at": NOW - timedelta(seconds=2),
    }  # fmt: skip
    make_failed_event(**done, event_id="evt-a", body=b'{"id": "order-8"}')
    make_failed_event(**done, event_id="evt-b", body=b'{"id": "order-9"}')

    shown = page(sam, "tracking-debug", order="WEB-1")

    assert "Its signature was right." in shown
    assert "evt-b" in shown
    assert "evt-a" not in shown
    assert "It is one of" not in shown


def test_deliveries_whose_bytes_are_gone_cannot_be_told_apart(sam):
    make_order(number="WEB-1", received_at=NOW)
    done = {"status": InboundStatus.DONE, "status_changed_at": NOW, "body": b""}
    make_failed_event(**done)
    make_failed_event(**done)

    assert "It is one of 2 deliveries" in page(sam, "tracking-debug", order="WEB-1")


def test_an_order_that_was_imported_had_no_message(sam):
    make_order(number="WEB-1")

    assert "No signed delivery is on record" in page(sam, "tracking-debug", order="WEB-1")


def test_a_number_of_several_shops_asks_which(sam):
    first = make_order(number="WEB-1")
    make_order(number="WEB-1", shop=make_shop(code="boutique", name="Boutique"))

    assert "Several orders have this number" in page(sam, "tracking-debug", order="WEB-1")
    shown = page(sam, "tracking-debug", order="WEB-1", id=str(first.pk))
    assert "What we know" in shown


def test_an_unknown_number_and_a_nul(sam):
    assert "No order has this number" in page(sam, "tracking-debug", order="nothing")
    for name in NAMES:
        for parameter in ("order", "id", "code", "mark", "affiliate", "shop", "kind", "cursor"):
            page(sam, name, **{parameter: "\0"})


# --- installation -------------------------------------------------------------------


def states(client):
    [shop] = client.get(reverse("portal:tracking-installation")).context["shops"]
    return {check.title: check.state for check in shop["checks"]}


def test_a_new_shop_has_everything_before_it(sam):
    make_shop(link_origin="https://shop.example")

    assert set(states(sam).values()) == {"missing"}


def test_a_shop_where_everything_works(sam):
    shop = make_shop(link_origin="https://shop.example")
    link = make_link()
    [reference] = land(link, consent=True, facts=int(Fact.STRICT_SEEN))
    make_step(to_uuid(reference), "landing", data={"path": "/", "redirects": 1})
    make_order(received_at=NOW, click_tokens=[reference])
    make_failed_event(shop=shop, status=InboundStatus.DONE)

    assert set(states(sam).values()) == {"ok"}


def test_a_shop_that_passes_nothing_on(sam):
    make_shop(link_origin="https://shop.example")
    link = make_link()
    land(link, consent=True)
    make_order(received_at=NOW, click_tokens=["something"])
    make_order(received_at=NOW, click_tokens=[new_reference()])
    make_failed_event()

    found = states(sam)

    assert found["/c/ on the shop's own origin"] == "warning"
    assert found["ap.js reports landings"] == "warning"
    assert found["Consent is seen"] == "ok"
    assert found["References of orders are known"] == "warning"
    assert found["Deliveries are worked on"] == "warning"


def test_orders_without_references_and_visits_without_consent(sam):
    make_shop()
    land(make_link(), 2)
    make_order(received_at=NOW)
    make_order(received_at=NOW, is_test=True, click_tokens=[new_reference()])

    found = states(sam)

    assert found["/c/ on the shop's own origin"] == "missing"
    assert found["Consent is seen"] == "warning"
    assert found["Orders carry ap_ref"] == "warning"


def test_wrong_signatures_are_counted_for_a_day(sam, time_machine):
    shop = make_shop()
    WebhookSecret.objects.create(shop=shop, secret="s" * 32, created_at=NOW)
    for signature in ("t=1,v1=" + "0" * 64, "nonsense"):
        sam.post(
            f"/webhooks/{shop.code}/", json.dumps({}), content_type="application/json",
            headers={"Apport-Event-Id": "a", "Apport-Signature": signature},
        )  # fmt: skip

    assert "2 deliveries were refused" in page(sam, "tracking-installation")

    time_machine.move_to(NOW + timedelta(hours=26), tick=False)
    assert "were refused" not in page(sam, "tracking-installation")


# --- a test visit -------------------------------------------------------------------


def begun(client, link):
    answer = client.get(reverse("portal:tracking-visit"), {"code": f"/c/{link.code}"}, follow=True)
    return answer.context["visit"], answer.redirect_chain[0][0], answer.content.decode()


def test_a_test_visit_has_an_address_with_a_mark_of_its_own(sam):
    link = make_link(make_affiliate(), code="ete")

    first, _address, shown = begun(sam, link)
    second, _address, _shown = begun(sam, link)

    assert f"/c/ete?sub={first.mark}" in shown
    assert first.mark != second.mark


def test_what_arrives_of_a_test_visit(sam, time_machine):
    link = make_link(code="ete")
    land(link, 2)
    visit, address, shown = begun(sam, link)
    assert "Open the test address in another window." in shown

    time_machine.move_to(NOW + timedelta(seconds=5), tick=False)
    click = make_click(link, sub_id=visit.mark, clicked_at=NOW + timedelta(seconds=2))
    make_click(link, sub_id="debug-other1", clicked_at=NOW + timedelta(seconds=2))
    make_step(click.visitor, "landing", at=NOW + timedelta(seconds=3), data={"path": "/linen"})
    make_order(
        number="T-1", received_at=NOW + timedelta(seconds=4),
        click_tokens=[to_text(click.visitor)],
    )  # fmt: skip
    answer = sam.get(address, headers={"HX-Request": "true"})
    steps = {step.title: step for step in answer.context["steps"]}

    assert steps["Landing"].text == "12:00:02, with consent: Followed on another site."
    assert steps["Landing page seen"].text == "12:00:03, /linen"
    assert steps["Order with ap_ref"].is_here
    assert not steps["Basket changed"].is_here
    assert to_text(click.visitor) not in answer.content.decode()


def test_without_consent_only_the_count_tells(sam):
    link = make_link(code="ete")
    land(link, 2, at=NOW)
    _visit, address, _shown = begun(sam, link)
    land(link, 1, at=NOW)

    shown = sam.get(address).content.decode()

    assert "1 landing without consent was counted for this link since you began" in shown


def test_an_old_visit_is_no_longer_followed(sam, time_machine):
    link = make_link(code="ete")
    _visit, address, _shown = begun(sam, link)

    time_machine.move_to(NOW + timedelta(minutes=31), tick=False)

    shown = sam.get(address).content.decode()
    assert "no longer followed" in shown
    assert "hx-get" not in shown.split("<main", 1)[1]


def test_a_mark_that_nobody_here_made_begins_anew(sam):
    link = make_link(code="ete")

    for mark, since in (("<script>", "1"), ("debug-aaaaaa", "1"), ("debug-aaaaaa", "9" * 12)):
        answer = sam.get(
            reverse("portal:tracking-visit"),
            {"code": link.code, "mark": mark, "since": since, "base": "0"},
        )
        assert answer.status_code == 302


def test_a_code_that_no_link_has(sam):
    assert "No link has this code" in page(sam, "tracking-visit", code="nothing")

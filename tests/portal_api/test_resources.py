"""What the answers hold, and what the changing calls do."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from core.models import AuditEntry
from payouts.models import Claim
from tests.builders import make_code, make_link, make_shop
from tests.influencers.look_surface_world import make_look
from tests.people import person_of
from tests.portal_api.keys import Api, key_of
from tracking.models import Link

PAGE = "https://shop.example/new"


def errors(answer):
    assert answer.status_code == 422, answer.content
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def test_a_link_is_made_with_everything_that_was_said(world, ada):
    answer = ada.post(
        "links",
        {
            "destination_url": PAGE, "shop": "atelier", "label": "New", "note": "For May",
            "tags": ["may"], "utm": {"utm_source": "blog"}, "sub_id": "m-1", "promo_code": "ada10",
            "slug": "new-in-may", "expires_at": "2026-12-31T23:00:00+01:00",
        },
    )  # fmt: skip
    said = answer.json()

    assert answer.status_code == 201
    assert answer["Location"].endswith("/api/v1/links/new-in-may")
    assert said["url"].endswith("/c/new-in-may")
    assert (said["label"], said["note"], said["tags"]) == ("New", "For May", ["may"])
    assert (said["utm"], said["sub_id"]) == ({"utm_source": "blog"}, "m-1")
    assert (said["promo_code"], said["expires_at"]) == ("ADA10", "2026-12-31T22:00:00Z")
    assert said["earned"] == {"amount_minor": 0, "currency": "EUR"}
    assert Link.objects.get(code="new-in-may").affiliate == world.ada


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"destination_url": "https://elsewhere.example/"}, "destination_url"),
        ({"slug": "portal"}, "slug"),
        ({"sub_id": "a b"}, "sub_id"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"promo_code": "NOBODYS"}, "promo_code"),
        ({"shop": "elsewhere"}, "shop"),
        ({"utm": {"utm_sauce": "x"}}, "utm.utm_sauce"),
        ({"tags": ["a", 5]}, "tags.1"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(world, ada, said, field):
    before = Link.objects.count()

    assert list(errors(ada.post("links", {"destination_url": PAGE} | said))) == [field]
    assert Link.objects.count() == before


def test_another_partners_promo_code_is_no_promo_code(world, ada):
    make_code(world.mallory, code="MALLORY")

    assert list(errors(ada.post("links", {"destination_url": PAGE, "promo_code": "MALLORY"})))


def test_of_several_shops_one_is_named(world, ada):
    make_shop(code="other")

    assert "atelier, other" in errors(ada.post("links", {"destination_url": PAGE}))["shop"]


def test_a_change_changes_what_was_sent_and_is_kept(world, ada):
    answer = ada.patch(f"links/{world.link.code}", {"label": "Summer", "tags": ["sun"]})

    world.link.refresh_from_db()
    assert answer.json()["label"] == world.link.label == "Summer"
    assert (world.link.tags, world.link.sub_id) == (["sun"], "letter-5")
    entry = AuditEntry.objects.filter(verb="link.edited").latest("pk")
    assert entry.actor == world.people["ada"]
    assert set(entry.data) == {"label", "tags"}


def test_an_archived_link_is_taken_back_before_it_is_changed(world, ada):
    link = f"links/{world.link.code}"
    away = ada.post(f"{link}/archive").json()
    refused = ada.patch(link, {"label": "Summer"})
    back = ada.post(f"{link}/restore").json()

    assert (away["status"]["code"], back["status"]["code"]) == ("archived", "active")
    assert (refused.status_code, refused.json()["code"]) == (409, "link_archived")
    assert ada.get("links?state=archived").json()["data"] == []


def test_links_are_found_by_state_tag_code_and_words(world, ada):
    code = make_code(world.ada, code="SPRING")
    make_link(world.ada, code="tagged", tags=["sun"], label="Hats", coupon_code=code)

    def found(query):
        return {one["id"] for one in ada.get(f"links?{query}").json()["data"]}

    assert found("tag=sun") == found("q=hats") == found("promo_code=spring") == {"tagged"}
    assert "tagged" in found("state=active")
    assert found("state=expired") == set()


def test_a_sale_says_where_it_stands_and_why(world, ada):
    by_id = {one["id"]: one for one in ada.get("sales?limit=50").json()["data"]}
    declined, paid = (by_id[f"S-{one.credit_id}"] for one in (world.declined, world.paid))

    assert by_id[f"S-{world.tracked.pk}"]["earned"] is None
    assert declined["status"]["code"] == "declined"
    assert declined["reason"] == world.declined.reversal_reason
    assert paid["payout"] == str(world.payout.public_id)
    assert paid["earned"] == {"amount_minor": 5000, "currency": "EUR"}
    assert paid["order_reference"] == "•••• 1005"
    assert ada.get("sales?state=paid").json()["data"] == [paid]


def test_a_sale_has_its_lines_and_its_commission_the_sentences(world, ada):
    sale = f"sales/S-{world.paid.credit_id}"
    detail, commission = ada.get(sale).json(), ada.get(f"{sale}/commission").json()

    assert detail["why"].startswith("Your link “/c/link")
    assert detail["lines"] == [
        {"title": "Linen dress", "quantity": 5, "returned": 0,
         "net": {"amount_minor": 50_000, "currency": "EUR"}}
    ]  # fmt: skip
    assert commission["amount"] == commission["earned"]
    assert commission["lines"][0]["sentences"]
    missing = ada.get(f"sales/S-{world.tracked.pk}/commission")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_computed")


def test_the_lines_of_a_payout_sum_to_it(world, ada):
    payout = f"payouts/{world.payout.public_id}"
    said, lines = ada.get(payout).json(), ada.get(f"{payout}/lines").json()["data"]
    pdf = ada.get(f"{payout}/statement.pdf")

    assert sum(one["amount"]["amount_minor"] for one in lines) == said["net"]["amount_minor"]
    assert lines[0]["sale"] == f"S-{world.paid.credit_id}"
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert said["statement"] in pdf["Content-Disposition"]


def test_clicks_are_summed_by_day_hour_link_and_referrer(world, ada, time_machine_at):
    with time_machine_at(60):
        sums = {
            group: ada.get(f"clicks?group_by={group}&link={world.link.code}&limit=100").json()
            for group in ("day", "link", "referrer")
        }
        days = ada.get("clicks?limit=100").json()["data"]
        (hour,) = ada.get(f"clicks?group_by=hour&since={an_hour_ago()}&limit=1").json()["data"]

    for group, said in sums.items():
        assert sum(one["visits"] for one in said["data"]) == 1, group
    assert sums["link"]["data"][0]["link"] == world.link.code
    assert sums["referrer"]["data"][0]["referrer"] == "blog.example"
    assert sum(one["visits"] for one in days) == 1
    assert len(days) == 31  # Days in Paris that thirty times 24 hours touch.
    assert hour["visits"] == 0


def an_hour_ago():
    return f"{timezone.now() - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"


def test_clicks_of_no_period_and_of_nobodys_link_are_refused(world, ada):
    assert ada.get("clicks?group_by=referrer").status_code == 422
    assert list(errors(ada.get("clicks?since=2024-01-01T00:00:00Z"))) == ["since"]
    assert list(errors(ada.get("clicks?since=2027-01-01T00:00:00Z"))) == ["until"]
    assert ada.get("clicks?until=0001-01-01T00:00:00Z").status_code == 422
    assert ada.get("clicks?link=nobodys").status_code == 404


def test_a_product_says_what_one_of_it_earns(world, ada):
    found = ada.get("products?q=linen").json()["data"]

    assert [one["name"] for one in found] == ["Linen dress"]
    assert found[0]["margin_band"] == {"lower_bps": 5_000, "upper_bps": 6_500}
    assert found[0]["estimated_commission"] == {"amount_minor": 1_000, "currency": "EUR"}
    assert ada.get(f"products?sku={found[0]['sku']}").json()["data"] == found
    assert ada.get("products?shop=elsewhere").json()["data"] == []


def test_terms_say_every_rule_in_words(world, ada):
    live = next(one for one in ada.get("terms").json()["data"] if one["state"] == "live")
    said = ada.get(f"terms/{live['id']}").json()

    assert (said["rate_bps"], said["hold_days"], said["is_own"]) == (2_000, 30, False)
    assert said["minimum_payout"] == {"amount_minor": 2_000, "currency": "EUR"}
    assert said["in_words"]


def test_a_claim_is_made_once_and_answers_what_is_known(world, ada, time_machine_at):
    said = {"kind": "missing", "order_number": "FR-77", "ordered_on": "2026-06-01",
            "amount": {"amount_minor": 8_900, "currency": "EUR"}}  # fmt: skip
    first = ada.post("claims", said)
    with time_machine_at(1):
        again = ada.post("claims", said)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["found"][0].startswith("We find no order")
    claim = Claim.objects.get(public_id=first.json()["id"])
    assert (claim.author, claim.amount_minor) == (world.people["ada"], 8_900)
    assert list(errors(ada.post("claims", said | {"ordered_on": "2019-01-01"}))) == ["ordered_on"]
    wrong = said | {"amount": {"amount_minor": 5, "currency": "USD"}}
    assert list(errors(ada.post("claims", wrong))) == ["amount.currency"]
    assert list(errors(ada.post("claims", said | {"kind": "wrong"}))) == ["text"]


def test_looks_are_their_creators(world, client):
    look = make_look()
    api = Api(client, key_of(look.affiliate))

    listed = api.get("looks").json()["data"]
    detail = api.get(f"looks/{look.public_id}").json()

    assert [one["id"] for one in listed] == [str(look.public_id)]
    assert detail["url"].endswith(f"/looks/{look.slug}/")
    assert detail["products"]
    stranger = Api(client, key_of(world.mallory))
    assert stranger.get(f"looks/{look.public_id}").status_code == 404


def test_costs_are_shown_to_who_may_see_them_when_asked_and_that_is_kept(world, sam):
    address = f"orders/{world.paid.credit.order_id}"
    plain, refused = sam.get(address).json(), sam.get(f"{address}?costs=true")
    permission = Permission.objects.get(codename="view_actual_margin")
    world.people["sam"].user_permissions.add(permission)
    shown = sam.get(f"{address}?costs=true").json()["lines"][0]

    assert plain["lines"][0]["unit_cost"] is None
    assert plain["lines"][0]["actual_margin"] is None
    assert (refused.status_code, refused.json()["code"]) == (403, "costs_hidden")
    assert shown["unit_cost"] == {"amount_minor": 4_137, "currency": "EUR"}
    entry = AuditEntry.objects.get(verb="order.costs_viewed")
    assert (entry.actor, entry.data) == (world.people["sam"], {"api_key": "Test"})


def test_an_order_says_nothing_of_the_customer(world, sam):
    order = world.paid.credit.order
    text = sam.get(f"orders/{order.pk}").content.decode()

    for secret in (order.email_key, order.customer_ref, order.external_id):
        assert secret not in text


def test_the_key_says_what_it_is(world, ada):
    said = ada.get("key").json()

    assert said["affiliate"]["name"] == "Le Carnet d'Ada"
    assert "write:links" in said["scopes"]
    assert said["beginning"] in ada.key
    assert person_of(world.ada).email not in str(said)

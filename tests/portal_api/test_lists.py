"""Lists: pages that follow one another, typos that are said, answers that are known, limits."""

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoRedis

from portal.api.paging import MOST
from tests.builders import LONG_AGO, make_link
from tests.portal_api.addresses import partner_reads, staff_reads
from tests.portal_api.keys import Api, key_of

LISTS = (
    "list_links", "list_codes", "sum_clicks", "list_sales", "list_payouts", "list_payout_lines",
    "list_products", "list_looks", "list_terms", "list_claims",
)  # fmt: skip


def walked(api, address, limit):
    """Every row of a list, page by page, and how many pages there were."""
    rows, cursor, pages = [], "", 0
    mark = "&" if "?" in address else "?"
    while cursor is not None:
        answer = api.get(f"{address}{mark}limit={limit}&cursor={cursor}").json()
        rows, cursor, pages = rows + answer["data"], answer["next_cursor"], pages + 1
        assert pages < 100
    return rows, pages


def test_pages_follow_one_another_without_a_gap_or_a_repeat(world, ada, sam):
    for name in range(7):
        make_link(world.ada, code=f"same-moment-{name}", created_at=LONG_AGO)
    reads = partner_reads(world)
    for name in LISTS:
        address = reads[name][1]
        whole, _one = walked(ada, address, MOST)
        parts, pages = walked(ada, address, 2)
        assert parts == whole, name
        assert pages == max(1, -(-len(whole) // 2)), name
    for name, (_scope, address, who) in staff_reads(world).items():
        if name.startswith("list") and who == "sam":
            assert walked(sam, address, 1)[0] == walked(sam, address, MOST)[0], name


def test_the_next_page_is_linked_with_what_was_asked(world, ada):
    answer = ada.get("sales?limit=1&state=pending&since=2026-01-01T00:00:00Z")
    everything = ada.get("sales?limit=1")

    assert "Link" not in answer  # One is pending.
    assert everything["Link"].startswith("<http://testserver/api/v1/sales?limit=1&cursor=")
    assert everything["Link"].endswith('; rel="next"')


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limt=5", "limt"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WzFd", "cursor"),
        ("cursor=WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwxXQ", "cursor"),  # A time without a zone.
        ("cursor=WyJub3ciLDFd", "cursor"),
        ("state=lost", "state"),
        ("since=yesterday", "since"),
        ("promo_code=%00", "promo_code"),
    ],
)
def test_a_wrong_parameter_is_named(world, ada, query, field):
    answer = ada.get(f"sales?{query}")

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert answer.json()["errors"][0]["detail"]


def test_what_takes_no_parameters_refuses_any(world, ada):
    assert ada.get(f"links/{world.link.code}?fields=url").status_code == 422
    assert ada.post("links?dry_run=1", {"destination_url": "https://shop.example/"}).json()[
        "errors"
    ] == [{"field": "dry_run", "detail": "There is no such field. There are: none."}]


def test_what_has_not_changed_is_not_sent_again(world, ada):
    for name, (_scope, address, _own) in partner_reads(world).items():
        first = ada.get(address)
        again = ada.get(address, if_none_match=first["ETag"])
        assert (again.status_code, again.content) == (304, b""), name
    world.link.__class__.objects.filter(pk=world.link.pk).update(label="Other")
    address = f"links/{world.link.code}"
    assert ada.get(address, if_none_match='"0"').status_code == 200


def test_answers_are_for_their_caller_alone(world, ada):
    answer = ada.get("links")

    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]
    assert not answer.cookies


def test_the_language_is_that_of_the_call_or_of_the_keys_owner(world, ada):
    sale = f"sales/S-{world.pending.credit_id}"
    english = ada.get(sale).json()["status"]
    french = ada.get(sale, accept_language="fr").json()["status"]
    world.people["ada"].language = "fr"
    world.people["ada"].save()
    owners = ada.client.get(
        f"/api/v1/{sale}", headers={"authorization": f"Bearer {ada.key}"}
    ).json()["status"]

    assert english["code"] == french["code"] == "pending"
    assert english["label"] != french["label"]
    assert owners == french


def test_a_key_has_a_budget_for_each_minute(world, ada, settings, client, time_machine_at):
    settings.API_READS_PER_MINUTE, settings.API_WRITES_PER_MINUTE = 3, 1
    answers = [ada.get("key") for _number in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit-Policy"] == '"read";q=3;w=60'
    assert [one["RateLimit"].split(";")[1] for one in answers] == ["r=2", "r=1", "r=0", "r=0"]
    refused = answers[-1]
    assert refused.json()["code"] == "too_many_requests"
    assert 0 < int(refused["Retry-After"]) <= 60
    page = {"destination_url": "https://shop.example/new"}
    assert ada.post("links", page).status_code == 201  # Changes have a budget of their own,
    assert ada.post("links", page).status_code == 429
    assert Api(client, key_of(world.ada)).get("key").status_code == 200  # and so has each key.
    with time_machine_at(60):
        assert ada.get("key").status_code == 200


def test_without_redis_nobody_is_kept_out(world, ada, monkeypatch):
    def gone(*_args, **_kwargs):
        raise NoRedis

    monkeypatch.setattr(cache, "add", gone)

    assert ada.get("key").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "parse_error"),
        ("[" * 60_000, 400, "parse_error"),
        ("[]", 422, "invalid_request"),
        ('"text"', 422, "invalid_request"),
        ("null", 422, "invalid_request"),
        ('{"destination_url": "https://shop.example/", "lable": "x"}', 422, "invalid_request"),
        ('{"destination_url": 5}', 422, "invalid_request"),
        ('{"destination_url": "x' + "x" * 70_000 + '"}', 413, "body_too_long"),
    ],
)
def test_a_body_that_is_not_right_is_said(world, ada, body, status, code):
    answer = ada.post("links", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_of_another_kind_is_refused(world, ada):
    answer = ada.client.post(
        "/api/v1/links", {"destination_url": "x"}, headers={"authorization": f"Bearer {ada.key}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("name", LISTS)
def test_a_longer_list_takes_no_more_queries(world, ada, name, django_assert_max_num_queries):
    address = partner_reads(world)[name][1]
    ada.get(address)
    for number in range(5):
        make_link(world.ada, code=f"more-{number}")

    with django_assert_max_num_queries(QUERIES[name]) as one:
        ada.get(f"{address}?limit=5")
    with django_assert_max_num_queries(len(one)):
        ada.get(f"{address}?limit=50")


#: Three of them are the key, its owner's role and the use.
QUERIES = {"list_links": 12, "list_codes": 8, "sum_clicks": 6, "list_sales": 12,
           "list_payouts": 8, "list_payout_lines": 9, "list_products": 10, "list_looks": 12,
           "list_terms": 8, "list_claims": 9}  # fmt: skip

"""Links in memory, followed on a real PostgreSQL that is also taken away."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from psycopg import sql

from affiliates.models import AffiliateStatus, Terms
from tests.builders import make_affiliate, make_group, make_link, make_shop
from tests.tracking.test_landing_rules import LINK
from tracking.landing_links import ShopFacts
from tracking.models import Link, Salt
from tracking.snapshot import MOST_CODES, Snapshot

RIGHT_WITHIN_SECONDS = 2.0


def until(is_so, seconds=RIGHT_WITHIN_SECONDS):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)


@contextmanager
def following(path):
    links = Snapshot(path)
    thread = threading.Thread(target=links.follow)
    thread.start()
    try:
        assert links.is_loaded.wait(10)
        yield links
    finally:
        links.stop()
        thread.join()


@contextmanager
def nobody_reaches_the_database():
    """Everybody else is thrown out and kept out; this connection stays."""
    own = connection.settings_dict
    name, backend = own["NAME"], connection.connection.info.backend_pid
    with psycopg.connect(
        dbname="postgres", user=own["USER"], host=own["HOST"], autocommit=True
    ) as admin:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        admin.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> %s",
            [name, backend],
        )
        try:
            yield
        finally:
            admin.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "spool" / "links.json"


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_change_is_right_within_two_seconds(path):
    group = make_group(slug="short", terms={"window_days": 7})
    affiliate = make_affiliate(group=group)
    link = make_link(affiliate, destination_url="https://shop.example/a")
    with following(path) as links:
        seen = links.links[link.code]
        assert (seen.link_id, seen.plain) == (link.pk, "https://shop.example/a")
        assert links.window_s(seen) == 7 * 86_400

        new = make_link(affiliate)
        until(lambda: new.code in links.links)

        Link.objects.filter(pk=link.pk).update(destination_url="https://shop.example/b")
        until(lambda: links.links[link.code].plain == "https://shop.example/b")

        Link.objects.filter(pk=link.pk).update(archived_at=timezone.now())
        until(lambda: links.links[link.code].is_archived)

        Link.objects.filter(pk=link.pk).update(code="other")
        until(lambda: link.code not in links.links and "other" in links.links)

        affiliate.status = AffiliateStatus.SUSPENDED
        affiliate.save()
        until(lambda: links.window_s(seen) == 0)

        affiliate.status = AffiliateStatus.ACTIVE
        affiliate.save()
        until(lambda: links.window_s(seen) == 7 * 86_400)

        Terms.objects.filter(group=group).update(window_days=14)
        until(lambda: links.window_s(seen) == 14 * 86_400)

        shop = link.shop
        shop.link_hosts, shop.home_url = ["www.shop.example"], "https://www.shop.example/"
        shop.save()
        until(lambda: links.links["other"].plain == "https://www.shop.example/")
        assert links.home(["www.shop.example"]) == "https://www.shop.example/"

        today = timezone.now().date()
        for day in range(-1, 3):
            Salt.objects.create(
                day=today + timedelta(days=day),
                value=bytes([day + 1]) * 16,
                created_at=timezone.now(),
            )
        until(lambda: sorted(links.salts.values()) == [b"\x01" * 16, b"\x02" * 16])


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_many_changes_at_once_are_one_reading(path):
    affiliate = make_affiliate()
    template = make_link(affiliate)
    with following(path) as links:
        Link.objects.bulk_create(
            Link(
                affiliate=affiliate,
                shop=template.shop,
                code=f"many{number}",
                destination_url=template.destination_url,
                created_at=timezone.now(),
            )
            for number in range(MOST_CODES + 1)
        )
        until(lambda: len(links.links) == MOST_CODES + 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_without_a_database_the_last_state_serves_on_and_survives_a_restart(path):
    link = make_link(make_affiliate(), destination_url="https://shop.example/a#b")
    Salt.objects.create(
        day=timezone.now().date(), value=b"secret salt 1234", created_at=timezone.now()
    )
    with following(path) as links:
        before = links.links[link.code]
        until(path.exists)
        with nobody_reaches_the_database():
            time.sleep(0.3)
            assert links.links[link.code] == before
            assert links.salts
            with following(path) as restarted:
                assert restarted.links[link.code] == before
                assert restarted.window_s(before) == links.window_s(before) > 0
                assert restarted.shops == links.shops
                assert restarted.salts == {}
                with ThreadPoolExecutor() as elsewhere:
                    assert elsewhere.submit(restarted.look_up, "other").result() is None
            Link.objects.filter(pk=link.pk).update(destination_url="https://shop.example/c")
        until(lambda: links.links[link.code].plain == "https://shop.example/c", seconds=8)

    assert path.stat().st_mode & 0o777 == 0o600
    assert "salt" not in path.read_text()
    assert [file.name for file in path.parent.iterdir()] == ["links.json"]


@pytest.mark.parametrize("damage", [None, "", "{", "[]", '{"fields": []}', "old"])
def test_a_damaged_file_is_no_links(tmp_path, damage):
    path = tmp_path / "links.json"
    links = Snapshot(path)
    both = (("fr", "/fr/"), ("en", "/en/"))
    links.shops = {1: ShopFacts(1, "https://shop.example/", (), LINK.own_hosts, True, both)}
    links.links = {LINK.code: LINK}
    links.save()
    if damage is not None:
        old = json.dumps({**json.loads(path.read_text()), "fields": ["x"]})
        path.write_text(old if damage == "old" else damage)

    restarted = Snapshot(path)
    restarted.load_saved()

    assert restarted.links == ({} if damage is not None else links.links)
    assert restarted.shops == ({} if damage is not None else links.shops)
    assert restarted.is_loaded.is_set() == (damage is None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_code_that_nobody_has_is_asked_for_once_a_minute(path):
    make_shop()
    links = Snapshot(path)
    assert links.may_look_up("nothing", time.monotonic())
    assert links.look_up("nothing") is None
    assert not links.may_look_up("nothing", time.monotonic())
    assert links.may_look_up("nothing", time.monotonic() + 61)


def test_nobody_asks_for_many_codes_at_once(path):
    links = Snapshot(path)
    assert [links.may_look_up(f"code{number}", 1_000.0) for number in range(200)].count(True) == 50
    assert [links.may_look_up(f"code{number}", 1_001.0) for number in range(200)].count(True) == 20


@pytest.mark.parametrize("code", ["a\x00", "x" * 41, "\x1b"])
def test_what_is_no_code_is_never_asked_for(path, code):
    assert not Snapshot(path).may_look_up(code, 1_000.0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_link_that_is_too_new_is_looked_up_and_kept(path):
    link = make_link()
    links = Snapshot(path)
    found = links.look_up(link.code)
    assert (found.link_id, links.links[link.code]) == (link.pk, found)
    assert links.window_s(found) > 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_code_that_was_asked_for_too_early_is_known_as_soon_as_it_exists(path):
    with following(path) as links:
        assert links.look_up("soon") is None
        make_link(code="soon")
        until(lambda: "soon" in links.links)
        Link.objects.filter(code="soon").delete()
        until(lambda: "soon" not in links.links)
        assert links.may_look_up("soon", time.monotonic())

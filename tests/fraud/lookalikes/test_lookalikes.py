"""The matcher and the generator of look-alike names: attacks, honest neighbours, strangers."""

import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import example, given
from hypothesis import strategies as st

from fraud.domain.candidates import ENDINGS, generated
from fraud.domain.folding import plain
from fraud.domain.lookalikes import is_one_error, match, names_of, site_of
from fraud.models import HostKind, ListedHost, WatchedName
from tests.builders import NOW

NAMES = names_of(["CCV Mode", "ccv-mode.fr"])
SHARED = frozenset({"wordpress.com", "linktr.ee"})


def level(host, names=NAMES):
    found = match(host, names, SHARED)
    return found.level if found else None


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("ccvmode.fr", "L1"),
        ("ccv-mode.com", "L1"),
        ("www.ccv-mode.net.", "L1"),
        ("wwwccv-mode.fr", "L1"),
        ("CCV-M0DE.fr", "L1"),
        ("ccvrnode.fr", "L1"),
        ("сcv-mode.fr", "L1"),  # The first letter is Cyrillic.
        ("xn--cv-mode-xjg.fr", "L1"),  # The same as a browser sends it.
        ("ccv-modé.fr", "L1"),
        ("ccvmo.de", "L1"),
        ("ccv-mode.blogspot.com", "L1"),
        ("ccvmode.wordpress.com", "L1"),
        ("ccvmode-soldes.fr", "L2"),
        ("soldesccvmode.shop", "L2"),
        ("ccv-mode.promo-site.fr", "L2"),
        ("ccvmode.fr.evil.com", "L2"),
        ("ccvmod.fr", "L3"),
        ("ccvmmode.fr", "L3"),
        ("cvcmode.fr", "L3"),
        ("ccb-mode.fr", "L3"),
        ("modeccv.fr", "L3"),
        ("la-mode-ccv.fr", "L3"),
        ("cc-mode.fr", "L3"),  # An honest neighbour: a person looks, nobody is refused.
        ("ccv-soldes.fr", "L4"),
        ("ccvfashion.com", "L4"),
        ("promoccvmod.fr", "L4"),
    ],
)
def test_a_lookalike_has_its_level(host, expected):
    assert level(host) == expected


@pytest.mark.parametrize(
    "host",
    ["ccv-mode.fr", "www.ccv-mode.fr", "shop.ccv-mode.fr", "mode.fr", "lemonde.fr", "commode.fr",
     "ccv.fr", "decathlon.fr", "wordpress.com", "fr", "", "-", "192.168.0.1", "[::1]", "a" * 253,
     "xn--", "xn--\x00.fr", "commodeccc.example"],
)  # fmt: skip
def test_strangers_and_the_shop_itself_are_not_near(host):
    assert level(host) is None


def test_the_nearest_name_is_said():
    names = names_of(["CCV Mode", "Atelier Rivoli"])
    assert match("atelier-rivoli.com", names) == ("L1", "Atelier Rivoli")
    assert match("ateler-rivoli-soldes.com", names) == ("L4", "Atelier Rivoli")


def test_short_names_count_only_where_they_stand_alone():
    names = names_of(["Zaz"])
    hosts = ("zaz.com", "zaz-soldes.fr", "pizzazz.fr", "zar.fr")
    assert [level(host, names) for host in hosts] == ["L1", "L2", None, None]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("mode", "mode", False), ("mode", "mod", True), ("mode", "moded", True),
     ("mode", "made", True), ("mode", "mdoe", True), ("mode", "mdoa", False),
     ("mode", "m", False), ("", "a", True)],
)  # fmt: skip
def test_one_error_is_one_letter_or_one_swap(one, other, expected):
    assert is_one_error(one, other) is is_one_error(other, one) is expected


@given(st.text(max_size=80))
@example("🄐")  # Its compatible form is in capitals.
def test_no_name_breaks_the_matcher(host):
    found = match(host, NAMES, SHARED)
    assert found is None or found.level in {"L1", "L2", "L3", "L4"}
    assert plain(plain(host)) == plain(host)


@pytest.mark.parametrize(
    ("host", "site"),
    [("www.blog.example.co.uk", "example.co.uk"), ("anna.wordpress.com", "anna.wordpress.com"),
     ("x.anna.wordpress.com", "anna.wordpress.com"), ("wordpress.com", "wordpress.com"),
     ("anna.blogspot.com", "anna.blogspot.com"), ("localhost", "localhost"), ("", "")],
)  # fmt: skip
def test_a_shared_host_holds_many_sites(host, site):
    assert site_of(host, SHARED) == site


def test_candidates_are_known_again_and_the_shop_is_none_of_them():
    rows = list(generated(["CCV Mode", "ccv-mode.fr"]))
    hosts = {row.host for row in rows}
    assert len(hosts) == len(rows) > 5_000
    assert "ccv-mode.fr" not in hosts
    assert {"ccv-mode.com", "ccvmod.fr", "ccvmode-soldes.fr", "ccv-mode.cm"} <= hosts
    assert all(match(row.host, names_of([row.name])).level == row.level for row in rows[:500])
    first = max(rows, key=lambda row: row.priority)
    assert (first.level, first.host.rpartition(".")[2]) == ("L1", ENDINGS[0])


@pytest.mark.django_db
def test_the_command_says_the_level_of_every_name(tmp_path, capsys):
    ListedHost.objects.create(
        pattern="blogs.example", kind=HostKind.SHARED, source="test", created_at=NOW
    )
    file = tmp_path / "names.txt"
    file.write_text("ccvmod.fr  # missing e\n\nlemonde.fr\nccvmode.blogs.example\n")
    call_command("lookalikes", "--brand", "CCV Mode", "--names", file, "--json")
    assert json.loads(capsys.readouterr().out) == [
        {"host": "ccvmod.fr", "level": "L3", "name": "CCV Mode"},
        {"host": "lemonde.fr", "level": None, "name": None},
        {"host": "ccvmode.blogs.example", "level": "L1", "name": "CCV Mode"},
    ]
    WatchedName.objects.create(name="Atelier", created_at=NOW)
    call_command("lookalikes", "--names", file)
    assert capsys.readouterr().out.splitlines()[0] == "ccvmod.fr\t-\t-"


@pytest.mark.django_db
def test_the_command_generates_the_likeliest_first(capsys):
    call_command("lookalikes", "--brand", "CCV Mode", "ccv-mode.fr", "--generate", "--json")
    rows = json.loads(capsys.readouterr().out)
    assert (rows[0]["level"], rows[0]["way"]) == ("L1", "tld-swap")
    assert rows == sorted(rows, key=lambda row: (-row["priority"], row["host"]))


@pytest.mark.django_db
def test_the_command_says_what_it_needs(tmp_path):
    with pytest.raises(CommandError, match="Which names does the shop have"):
        call_command("lookalikes", "--generate")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("lookalikes", "--brand", "Atelier", "--names", tmp_path / "none")

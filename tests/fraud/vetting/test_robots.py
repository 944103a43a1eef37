"""robots.txt as RFC 9309 says it: rule V7."""

import pytest

from fraud.domain.robots import NOTHING, Robots, parse

AGENT = "ApportVetting"


@pytest.mark.parametrize(
    ("text", "path", "is_allowed"),
    [
        ("", "/", True),
        ("User-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow:", "/", True),
        ("User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/x", "/wp-admin/x", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: other\nDisallow: /", "/", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: apportvetting\nAllow: /", "/x", True),
        ("User-agent: a\nUser-agent: ApportVetting # us\nDisallow: /x", "/x/y", False),
        ("User-agent: ApportVetting\nDisallow: /x\nUser-agent: *\nDisallow: /", "/y", True),
        ("USER-AGENT:*\nDISALLOW:/x", "/x", False),
        ("User-agent: *\nDisallow: /*.php$", "/a/b.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/a/b.php?x", True),
        ("User-agent: *\nDisallow: /*?s=", "/find?s=a", False),
        ("User-agent: *\nDisallow: /a$", "/a/b", True),
        ("Disallow: /", "/", True),
        ("no colon\n\x00:::\nUser-agent: *\nCrawl-delay: 9\nDisallow: /x", "/x", False),
    ],
)
def test_what_may_be_read(text, path, is_allowed):
    assert parse(text, AGENT).allows(path) is is_allowed


def test_many_stars_take_no_longer():
    rule = "/" + "*a" * 200 + "$"
    robots = parse(f"User-agent: *\nDisallow: {rule}", AGENT)
    assert robots.allows("/" + "a" * 199)
    assert not robots.allows("/" + "a" * 5_000)


def test_a_site_that_is_ill_lets_nothing_be_read():
    assert not NOTHING.allows("/")
    assert Robots().allows("/")

"""A click's line at one glance is the same row as the line read word by word."""

from binascii import crc32

import pytest
from hypothesis import given

from tests.tracking.test_spool_line import CLICK, clicks
from tracking.domain import click_rows
from tracking.domain.click_rows import known_click
from tracking.domain.shipment import read
from tracking.domain.spool_line import click_line, parse

LATEST_US = 32_503_680_000_000_000
LINE = click_line(*CLICK)


@pytest.fixture
def nothing_remembered():
    click_rows._said.clear()
    click_rows._marks.clear()


def at_a_glance(line):
    return known_click(line, 0, LATEST_US)


def sealed(body):
    return b"%b%08x\n" % (body, crc32(body))


@given(clicks, clicks)
def test_what_is_known_is_what_is_read(click, other):
    """Who came and when is of another line than the words that were read before."""
    click = click._replace(link_id=click.link_id % 2**31, affiliate_id=click.affiliate_id % 2**31)
    line = click_line(*click)
    known = click._replace(
        at_us=other.at_us, visitor=other.visitor, ip_hash=other.ip_hash, link_id=7, affiliate_id=3
    )
    later = click_line(*known)
    first = click_rows.click(line, parse(line))
    assert at_a_glance(line) == first
    assert at_a_glance(later) == click_rows.click(later, parse(later))


@pytest.mark.usefixtures("nothing_remembered")
def test_what_never_came_before_is_not_known():
    assert at_a_glance(LINE) is None
    read([LINE], earliest_us=0, latest_us=LATEST_US)
    assert at_a_glance(LINE) is not None
    assert at_a_glance(click_line(*CLICK._replace(referrer_host="other.example"))) is None
    assert at_a_glance(click_line(*CLICK._replace(sub_id="other"))) is None


@pytest.mark.parametrize(
    "line",
    [
        LINE[:-1],
        LINE + b"\n",
        LINE.replace(b"blog", b"glob"),
        LINE[:-9] + b" " + LINE[-8:],
        sealed(LINE[:-9].replace(b"c\t", b"q\t", 1)),
        sealed(LINE[:-9].replace(b"\t7\t", b"\t-7\t", 1)),
        sealed(LINE[:-9].replace(b"\t7\t", b"\t2147483648\t", 1)),
        sealed(LINE[:-9].replace(b"\t7\t", b"\tx\t", 1)),
        sealed(LINE[:-9].replace(b"ODw\t", b"OD+\t", 1)),
        sealed(LINE[:-9].replace(b"ODw\t", b"OD/\t", 1)),
        sealed(LINE[:-9].replace(b"ODw\t", b"ODx\t", 1)),
        sealed(LINE[:-9].replace(b"AAEC", b"AA=C", 1)),
        sealed(LINE[:-9].replace(b"AAEC", b"A+EC", 1)),
        sealed(LINE[:-9].replace(b"\t-5\t", b"\t9223372036854775808\t", 1)),
        sealed(LINE[:-9] + b"more\t"),
        sealed(LINE[:-9].replace(b"\t7\t", b"\t7\t7\t", 1)),
    ],
)
def test_no_other_line_is_taken_for_one_that_is_known(line):
    read([LINE], earliest_us=0, latest_us=LATEST_US)
    assert at_a_glance(line) is None


def test_times_that_cannot_be_are_not_known():
    read([LINE], earliest_us=0, latest_us=LATEST_US)
    assert known_click(LINE, CLICK.at_us, CLICK.at_us) is not None
    assert known_click(LINE, CLICK.at_us + 1, LATEST_US) is None
    assert known_click(LINE, 0, CLICK.at_us - 1) is None


def test_a_number_that_no_row_can_hold_is_a_bad_line():
    line = click_line(*CLICK._replace(link_id=2**31))
    shipment = read([LINE, line, LINE], earliest_us=0, latest_us=LATEST_US)
    assert [(one.index, one.reason) for one in shipment.rejects] == [
        (1, "a number that no row can hold")
    ]
    assert len(shipment.clicks) == 2


@pytest.mark.usefixtures("nothing_remembered")
def test_the_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(click_rows, "_MOST_REMEMBERED", 10)
    lines = [
        click_line(*CLICK._replace(referrer_host=f"b{one}.example", sub_id=f"s{one}"))
        for one in range(25)
    ]
    assert len(read(lines, earliest_us=0, latest_us=LATEST_US).clicks) == 25
    assert max(len(click_rows._said), len(click_rows._marks)) <= 10

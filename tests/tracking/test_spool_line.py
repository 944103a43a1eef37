"""The lines of a spool: what is written is read, and nothing else is."""

from datetime import UTC, datetime
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.domain import spool_line
from tracking.domain.references import to_text
from tracking.domain.spool_line import (
    BadLine,
    ClickRecord,
    CountRecord,
    JourneyRecord,
    LineTooLong,
    LossRecord,
    WithdrawalRecord,
    parse,
)

VISITOR = "AAECAwQFBgcICQoLDA0ODw"
CLICK = ClickRecord(
    1_780_000_000_123_456, 7, 3, VISITOR, "followed", 513, "blog.example", 1, 2, "FR", -5, "a", "b"
)

big = st.integers(0, 2**63 - 1)
moments = st.integers(0, 32_503_680_000_000_000)
visitors = st.uuids().map(to_text)
words = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)


def texts(longest):
    return st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=longest
    )


clicks = st.builds(
    ClickRecord, moments, big, big, visitors, words, st.integers(0, 2**31 - 1), texts(253),
    st.integers(0, 9), st.integers(0, 9), texts(2), st.none() | st.integers(-(2**63), 2**63 - 1),
    texts(64), texts(64),
)  # fmt: skip


@given(clicks)
def test_a_click_is_read_as_it_was_written(click):
    line = spool_line.click_line(*click)
    assert line.count(b"\n") == 1
    assert line.count(b"\t") == 14
    assert parse(line) == click


@given(st.integers(0, 9_000_000), big, big, words, texts(253))
def test_a_count_is_read_as_it_was_written(hour, link_id, affiliate_id, navigation, host):
    line = spool_line.count_line(hour * 3600, link_id, affiliate_id, navigation, host)
    assert parse(line) == CountRecord(hour * 3600, link_id, affiliate_id, navigation, host)


@given(moments, big, visitors, words, st.dictionaries(texts(9), texts(50), max_size=5))
def test_a_step_of_a_journey_is_read_as_it_was_written(at_us, shop_id, visitor, kind, data):
    record = parse(spool_line.journey_line(at_us, shop_id, visitor, kind, data))
    assert isinstance(record, JourneyRecord)
    assert record[:4] == (at_us, shop_id, visitor, kind)
    assert spool_line.json.loads(record.data) == data


@given(moments, visitors, big)
def test_the_short_ones_are_read_as_they_were_written(at_us, visitor, count):
    assert parse(spool_line.withdrawal_line(at_us, visitor)) == WithdrawalRecord(at_us, visitor)
    assert parse(spool_line.loss_line(at_us, count)) == LossRecord(at_us, count)


def test_the_format_is_what_the_shipper_of_another_version_reads():
    assert spool_line.click_line(*CLICK) == (
        b"c\t1780000000123456\t7\t3\tAAECAwQFBgcICQoLDA0ODw\tfollowed\t513\tblog.example\t1\t2\tFR"
        b"\t-5\ta\tb\t" + b"%08x\n" % crc32(spool_line.click_line(*CLICK)[:-9])
    )
    nobody = CLICK._replace(ip_hash=None, country="", referrer_host="a\\b\tc")
    assert b"\ta\\\\b\\tc\t1\t2\t\t\\N\ta\tb\t" in spool_line.click_line(*nobody)


def test_times_are_moments():
    at = datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC)
    assert spool_line.moment(spool_line.microseconds(at)) == at
    assert CLICK._replace(at_us=spool_line.microseconds(at)).at == at
    count = CountRecord(1_780_002_000, 1, 1, "typed", "")
    assert count.hour == datetime(2026, 5, 28, 21, tzinfo=UTC)


@given(clicks, st.data())
def test_no_part_of_a_line_is_a_line(click, data):
    line = spool_line.click_line(*click)
    with pytest.raises(BadLine):
        parse(line[: data.draw(st.integers(0, len(line) - 1))])


@given(clicks, st.data())
def test_no_damaged_line_is_a_line(click, data):
    line = bytearray(spool_line.click_line(*click))
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BadLine):
        parse(bytes(line))


@given(st.binary(max_size=200))
def test_anything_else_is_refused_and_never_breaks_the_reader(noise):
    for body in (noise, b"c\t" + noise + b"\t", b"j\t1\t1\t" + noise + b"\t"):
        try:
            parse(b"%b%08x\n" % (body, crc32(body)))
        except BadLine:
            continue


def sealed(*fields):
    body = "\t".join([*fields, ""]).encode()
    return b"%b%08x\n" % (body, crc32(body))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (sealed("q", "1"), "unknown kind"),
        (sealed("x", "1"), "2 fields instead of 3"),
        (sealed("x", "1", "-1"), "out of its range"),
        (sealed("x", "1", "many"), "a number is none"),
        (sealed("x", "1", str(2**63)), "out of its range"),
        (sealed("w", "1", "visitor"), "reference"),
        (sealed("w", "99999999999999999", VISITOR), "out of its range"),
        (sealed("n", "3601", "1", "1", "typed", ""), "hour"),
        (sealed("n", "3600", "1", "1", "Typed", ""), "word"),
        (sealed("n", "3600", "1", "1", "typed", "h" * 254), "too long"),
        (sealed("n", "3600", "1", "1", "typed", "a\\"), "escape"),
        (sealed("n", "3600", "1", "1", "typed", "a\x00"), "NUL"),
        (sealed("j", "1", "1", VISITOR, "landing", "[]"), "no JSON object"),
        (sealed("j", "1", "1", VISITOR, "landing", "{"), "no JSON"),
        (b"x" * 5000 + b"\n", "too long"),
        (b"\xff\t" + b"%08x\n" % crc32(b"\xff\t"), "UTF-8"),
        (b"\n", "checksum"),
        (b"", "torn"),
    ],
)
def test_a_bad_line_says_why(line, reason):
    with pytest.raises(BadLine, match=reason):
        parse(line)


def test_what_does_not_fit_is_not_written():
    with pytest.raises(LineTooLong):
        spool_line.click_line(*CLICK._replace(referrer_host="\t" * 2_100))
    with pytest.raises(LineTooLong):
        spool_line.journey_line(1, 1, VISITOR, "landing", {"path": "é" * 1_100})

"""Visits marked as they land by what is known of the site that they came from."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.tracking.test_landing_rules import LINK, VISITOR
from tests.tracking.test_redirect_core import header_of
from tracking.domain.host_marks import mark_of
from tracking.domain.navigation import Fact
from tracking.domain.spool_line import parse
from tracking.redirect.core import Core
from tracking.snapshot import Snapshot

LISTED, LOOKALIKE = int(Fact.LISTED_SITE), int(Fact.LOOKALIKE_SITE)
MARKS = {
    "igraal.com": LISTED,
    "blog.igraal.com": 0,
    "codepromo.*": LISTED,
    "ccvmode.fr": LOOKALIKE,
    "codepromo.honest.fr": 0,
}


@pytest.mark.parametrize(
    ("host", "bits"),
    [
        ("igraal.com", LISTED),
        ("www.igraal.com", LISTED),
        ("fr.igraal.com", LISTED),
        ("blog.igraal.com", 0),
        ("migraal.com", 0),
        ("com", 0),
        ("codepromo.journal.fr", LISTED),
        ("codepromo.honest.fr", 0),
        ("ccvmode.fr", LOOKALIKE),
        ("", 0),
        ("...", 0),
    ],
)
def test_the_nearest_domain_says_it(host, bits):
    assert mark_of(host, MARKS) == bits


def landed(tmp_path, referrer, consent="1", marks=MARKS):
    """What is kept of a landing: the facts of a click, or None."""
    snapshot = Snapshot()
    snapshot.marks, snapshot.windows = marks, {LINK.affiliate_id: 86_400}
    core = Core(snapshot, SimpleNamespace())
    header = header_of(
        cookie=f"ap_consent={consent}; ap_ref={VISITOR}", referer=referrer,
        sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document",
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    )  # fmt: skip
    answer = core.answer_at(1_780_000_000_000_000, replace(LINK, ends_us=None), "GET", "", header,
                            "192.0.2.1")  # fmt: skip
    said = parse(answer.line)
    return getattr(said, "facts", None)


def test_a_click_from_a_known_site_is_marked_when_it_is_recorded(tmp_path):
    facts = landed(tmp_path, "https://fr.igraal.com/deals")
    assert facts & LISTED
    assert facts & Fact.REFERRER_SENT
    assert landed(tmp_path, "https://CCVMODE.fr/") & LOOKALIKE
    assert not landed(tmp_path, "https://ada.example/") & (LISTED | LOOKALIKE)
    assert not landed(tmp_path, "https://fr.igraal.com/", marks={}) & LISTED


def test_without_consent_nothing_of_it_is_kept(tmp_path):
    assert landed(tmp_path, "https://fr.igraal.com/", consent="0") is None


def test_marks_are_there_again_after_a_restart(tmp_path):
    path = tmp_path / "links.json"
    first = Snapshot(path)
    first.marks = dict(MARKS)
    first.save()
    again = Snapshot(path)
    again.load_saved()
    assert again.marks == MARKS

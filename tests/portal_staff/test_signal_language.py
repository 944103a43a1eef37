import re

import pytest
from django.utils import translation

from fraud.domain.signals import SIGNALS
from portal import signal_language
from portal.signal_texts import TEXTS

INFO_ONLY = {"existing_customer", "disposable_email", "few_new_customers"}
FACTS = re.compile(r"%\((\w+)\)s")


def test_every_signal_has_its_words_and_no_words_are_without_a_signal():
    assert set(TEXTS) == set(SIGNALS)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_the_team_reads_what_was_seen_and_the_affiliate_what_would_clear_it(code):
    words = TEXTS[code]
    assert words.name
    assert words.seen
    assert bool(words.told) == bool(words.clears) == (code not in INFO_ONLY)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_the_facts_of_a_sentence_are_named_in_the_rule(code):
    words = TEXTS[code]
    names = set(FACTS.findall(f"{words.seen} {words.told}"))
    module = __import__(f"fraud.domain.signals.{code}", fromlist=["x"])
    with open(module.__file__) as file:
        source = file.read()
    assert {name for name in names if f"{name}=" not in source} == set()


def test_facts_are_shown_with_their_units_and_missing_ones_as_not_known():
    with translation.override("en"):
        said = signal_language.signal_sentence(
            "checkout_before_click", {"checkout_before_s": 600, "visits_known": 1_200}
        )
        assert "10 minutes before the click" in said
        assert "1,200 known visits, – were at checkout" in said
        told = signal_language.told_sentence("open_sessions", {"known": 40, "share_bps": 6_250})
        assert "Of your 40 known visits, 62.5% come" in told


MARKED = {"host": "ccvmode.example", "imitates": "ccv-mode", "nearness": "L1", "listed": "coupon"}


@pytest.mark.parametrize("code", ["lookalike_referrer", "proven_chain", "listed_referrer"])
def test_what_was_known_when_the_visit_came_is_said(code):
    """S14: known now, known then too, and known then alone; version 1 says what it said."""
    with translation.override("en"):
        now = signal_language.signal_sentence(code, MARKED)
        too = signal_language.signal_sentence(code, {**MARKED, "was_known": True})
        then = {"host": "ccvmode.example", "was_known": True, "is_known_now": False}
        assert "At the time" not in now
        assert too == f"{now} At the time of the visit it was known already."
        assert signal_language.signal_sentence(code, then).startswith("At the time of the visit")
        told = signal_language.told_sentence(code, then)
        assert told.startswith("When the visit came, its site (ccvmode.example) was ")
        assert signal_language.told_sentence(code, {**MARKED, "was_known": True}) == (
            signal_language.told_sentence(code, MARKED)
        )
        assert signal_language.evidence_items(then)[1:] == [
            ("Known when the visit came", "yes"),
            ("Known when it was judged", "no"),
        ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (7_199, "119 minutes"),
     (7_200, "2 hours")],
)  # fmt: skip
def test_durations_are_said_in_their_largest_whole_unit(seconds, text):
    with translation.override("en"):
        assert signal_language.duration(seconds) == text


def test_an_unknown_signal_shows_its_code():
    assert signal_language.signal_label("old_rule") == "old rule"
    assert signal_language.signal_sentence("old_rule", {}) == ""

"""Verdicts as the columns of many rows tell them: the same JSON that an encoder would write."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from tracking.domain.eligibility import plain_verdicts
from tracking.domain.touchpoints import Result, Rule, RuleVerdict
from tracking.services.attribution_rows import _PLAIN, _verdict

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(Rule),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)


def unescaped(text):
    """What an array of texts makes of one of its elements, which stands between quotes."""
    assert not re.search(r'(?<!\\)(?:\\\\)*"', text)
    return re.sub(r"\\(.)", r"\1", text)


@given(st.sampled_from(Rule), st.sampled_from(Result), st.dictionaries(st.text(), VALUES))
def test_a_verdict_is_told_as_an_encoder_would(rule, result, facts):
    verdict = RuleVerdict(rule, result, facts)
    assert unescaped(_verdict(verdict)) == json.dumps(verdict.as_json())


def test_what_is_known_by_heart_says_what_the_verdict_says():
    plain = list(plain_verdicts())
    assert {(one.rule, one.result) for one in plain} == {
        (rule, result) for rule in Rule for result in Result if result != Result.UNKNOWN
    }
    for one in plain:
        assert json.loads(unescaped(_PLAIN[id(one)])) == one.as_json()

"""Drafts of terms, and what they say."""

from datetime import timedelta

from affiliates.domain.terms_content import content_json, content_of, read_content
from affiliates.models import Terms
from affiliates.services import terms, terms_drafts
from tests.builders import NOW, make_group, make_user

DAY = timedelta(days=1)
CONTENT = {
    "rate_bps": 2_000, "window_days": 30, "hold_days": 30, "minimum_payout_minor": 2_000,
    "currency": "EUR", "payment_days": [10, 25],
}  # fmt: skip


def content(*, rules=None, **overrides):
    """Terms that pay 20 % of margin, as the domain reads them."""
    return read_content({**CONTENT, "rules": rules or {}, **overrides})


def rule(key="linen", **overrides):
    """A rule that pays 25 % of the margin of linen."""
    fields = {
        "key": key, "name": key.title(), "priority": 10, "pays": "margin", "rate_bps": 2_500,
        "when": {"category": ["linen"]}, **overrides,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def drafted(*, group=None, affiliate=None, now=NOW, note="", **changes):
    """A draft with what holds now but ``changes`` of its content."""
    actor = make_user(roles=["manager"])
    holder = (
        {"affiliate_id": affiliate.pk} if affiliate else {"group_id": (group or make_group()).pk}
    )
    draft = terms_drafts.create(name="Next", actor_id=actor.pk, now=now, **holder)
    if not changes and not note:
        return draft
    return terms_drafts.change(
        draft_id=draft.pk, content={**draft.content, **changes}, name=draft.name,
        change_note=note, seen=draft.updated_at, actor_id=actor.pk, now=now,
    )  # fmt: skip


def published(*, valid_from=None, now=NOW, **draft):
    """Published terms; at once unless they begin later."""
    made = drafted(now=now, **draft)
    return terms.publish(draft_id=made.pk, valid_from=valid_from, actor_id=made.author_id, now=now)


def says(row: Terms):
    """What a row of terms says, as JSON."""
    return content_json(content_of(row))

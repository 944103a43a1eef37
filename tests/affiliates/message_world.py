"""Threads of messages, as tests begin them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from affiliates.services import announcements, messages
from core.attachments import Attachment
from tests.builders import make_affiliate, make_user
from tests.people import person_of

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
FILE = Attachment(name="photo.pdf", body=b"%PDF-1.7 a photo")


def begin(affiliate=None, *, at=NOW, **given):
    """A thread that an affiliate began, with a file."""
    affiliate = affiliate or make_affiliate()
    return messages.begin(
        **{
            "affiliate_id": affiliate.pk,
            "subject": "Where is my sale?",
            "text": "A reader bought a dress.",
            "actor_id": person_of(affiliate).pk,
            "key": uuid4(),
            "now": at,
            "file": FILE,
            **given,
        }
    )


def answer(thread, by, *, at=NOW, team=True, text="We looked."):
    """An answer of the team, or of the affiliate."""
    return messages.write(
        thread_id=thread.pk, text=text, actor_id=by.pk, key=uuid4(), now=at, is_from_team=team
    )


def note(thread, by, *, at=NOW, text="He called before."):
    """A note for the team alone."""
    return messages.note(thread_id=thread.pk, text=text, actor_id=by.pk, key=uuid4(), now=at)


def make_announcement(*, at=NOW, by=None, announcement_id=None, **given):
    """A draft of an announcement in both languages."""
    content = announcements.Content(
        **{
            "title_fr": "Soldes",
            "title_en": "Sales",
            "text_fr": "Bonjour {first_name}, les soldes commencent.",
            "text_en": "Hello {first_name}, the sales begin.",
            **given,
        }
    )
    return announcements.save(
        content, announcement_id=announcement_id, actor_id=(by or make_user()).pk, now=at
    )

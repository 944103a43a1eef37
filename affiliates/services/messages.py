"""Messages between an affiliate and the team (docs/rules/messages.md)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import (
    Affiliate,
    CannedAnswer,
    Thread,
    ThreadAbout,
    ThreadMessage,
    ThreadSeen,
    ThreadStatus,
)
from affiliates.services import message_mails
from core.attachments import Attachment
from core.errors import DomainError, IdempotencyConflict
from core.models import User

SUBJECT_LENGTH, TEXT_LENGTH = 120, 4_000
#: What one affiliate may write within a day: nobody needs more, a stolen session might.
MOST_THREADS, MOST_MESSAGES = 10, 60
DAY = timedelta(days=1)


class NothingSaid(DomainError):
    """A message without words, or a thread without a subject."""

    code = "nothing_said"


class TooMuchSaid(DomainError):
    """More than one affiliate writes in a day, or than fits."""

    code = "too_much_said"


class NotInTeam(DomainError):
    """A thread was to be given to somebody who cannot answer it."""

    code = "not_in_team"


@transaction.atomic
def begin(
    *,
    affiliate_id: int,
    subject: str,
    text: str,
    actor_id: int,
    key: UUID,
    now: datetime,
    is_from_team: bool = False,
    about: str = ThreadAbout.GENERAL,
    about_ref: str = "",
    file: Attachment | None = None,
) -> Thread:
    """Begin a thread with its first message. Safe to repeat with one ``key`` (MS2).

    :raises NothingSaid: without a subject or words.
    :raises TooMuchSaid: for more than fits, or more threads than an affiliate begins in a day.
    :raises IdempotencyConflict: for a key that another message has.
    """
    known = _known(key, actor_id)
    if known is not None:
        return known.thread
    subject, text = subject.strip(), _checked(text)
    if not subject:
        raise NothingSaid(_("Give the message a subject."))
    if len(subject) > SUBJECT_LENGTH:
        raise TooMuchSaid(_("The subject has at most %(most)s signs.") % {"most": SUBJECT_LENGTH})
    # Two forms at once count one after the other.
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if known := _known(key, actor_id):  # The other of two equal forms was quicker.
        return known.thread
    begun = Thread.objects.filter(affiliate=affiliate, created_at__gt=now - DAY)
    if not is_from_team and begun.exclude(messages__is_from_team=True).count() >= MOST_THREADS:
        raise TooMuchSaid(_("That is a lot for one day: please go on in a thread you began."))
    thread = Thread.objects.create(
        affiliate=affiliate,
        subject=subject,
        about=about,
        about_ref=about_ref,
        status=ThreadStatus.WAITING if is_from_team else ThreadStatus.OPEN,
        status_changed_at=now,
        created_at=now,
        created_by_id=actor_id,
        assignee_id=actor_id if is_from_team else None,
        last_at=now,
    )
    _add(thread, text, actor_id, key, now, is_from_team=is_from_team, file=file)
    return thread


@transaction.atomic
def write(
    *,
    thread_id: int,
    text: str,
    actor_id: int,
    key: UUID,
    now: datetime,
    is_from_team: bool,
    file: Attachment | None = None,
) -> ThreadMessage:
    """Answer in a thread; a closed one is open again. Safe to repeat with one ``key`` (MS3).

    :raises NothingSaid: without words.
    :raises TooMuchSaid: for more than fits, or more than an affiliate writes in a day.
    :raises IdempotencyConflict: for a key that another message has.
    """
    known = _known(key, actor_id)
    if known is not None:
        return known
    thread = _locked(thread_id)
    if known := _known(key, actor_id):  # The other of two equal forms was quicker.
        return known
    text = _checked(text)
    if not is_from_team:
        _demand_few(thread.affiliate_id, now)
    return _add(thread, text, actor_id, key, now, is_from_team=is_from_team, file=file)


@transaction.atomic
def note(*, thread_id: int, text: str, actor_id: int, key: UUID, now: datetime) -> ThreadMessage:
    """Note something for the team alone: nobody is told, nothing waits for it (MS4).

    :raises NothingSaid: without words.
    :raises TooMuchSaid: for more than fits.
    :raises IdempotencyConflict: for a key that another message has.
    """
    known = _known(key, actor_id)
    if known is not None:
        return known
    thread = _locked(thread_id)
    if known := _known(key, actor_id):  # The other of two equal forms was quicker.
        return known
    return ThreadMessage.objects.create(
        thread=thread,
        key=key,
        at=now,
        author_id=actor_id,
        is_from_team=True,
        is_internal=True,
        text=_checked(text),
    )


@transaction.atomic
def assign(*, thread_id: int, assignee_id: int | None) -> Thread:
    """Give a thread to a manager, or to nobody. Safe to repeat.

    :raises NotInTeam: for somebody who is no manager.
    """
    thread = _locked(thread_id)
    managers = User.objects.filter(groups__name="manager", is_active=True)
    if assignee_id is not None and not managers.filter(pk=assignee_id).exists():
        raise NotInTeam(_("Only a manager can answer messages."))
    thread.assignee_id = assignee_id
    thread.save(update_fields=["assignee"])
    return thread


@transaction.atomic
def close(*, thread_id: int, now: datetime) -> Thread:
    """Close a thread: nothing is left to say. Safe to repeat; writing opens it again (MS5)."""
    thread = _locked(thread_id)
    if thread.status != ThreadStatus.CLOSED:
        thread.move_to(ThreadStatus.CLOSED, at=now)
        thread.asked_at = None
        thread.save(update_fields=["status", "status_changed_at", "asked_at"])
    return thread


def seen(*, thread_id: int, person_id: int, now: datetime) -> None:
    """Note that a person read a thread until now."""
    ThreadSeen.objects.update_or_create(
        thread_id=thread_id, person_id=person_id, defaults={"seen_at": now}
    )


@transaction.atomic
def keep_answer(*, title: str, text_fr: str, text_en: str, actor_id: int, now: datetime) -> None:
    """Keep an answer that is given often, in both languages.

    :raises NothingSaid: when one of the three is empty.
    """
    if not (title.strip() and text_fr.strip() and text_en.strip()):
        raise NothingSaid(_("An answer has a title, and words in both languages."))
    CannedAnswer.objects.create(
        title=title.strip(),
        text_fr=_checked(text_fr),
        text_en=_checked(text_en),
        created_at=now,
        created_by_id=actor_id,
    )


def remove_answer(*, pk: int, now: datetime) -> None:
    """Offer an answer no more. Safe to repeat."""
    CannedAnswer.objects.filter(pk=pk, removed_at__isnull=True).update(removed_at=now)


def _add(
    thread: Thread,
    text: str,
    actor_id: int,
    key: UUID,
    now: datetime,
    *,
    is_from_team: bool,
    file: Attachment | None,
) -> ThreadMessage:
    """Add a message, turn the thread to the other side, and tell it."""
    waited = int((now - thread.asked_at).total_seconds()) if thread.asked_at else None
    made = ThreadMessage.objects.create(
        thread=thread,
        key=key,
        at=now,
        author_id=actor_id,
        is_from_team=is_from_team,
        text=text,
        file_name=file.name if file else "",
        file=file.body if file else None,
        answered_seconds=waited if is_from_team else None,
    )
    status = ThreadStatus.WAITING if is_from_team else ThreadStatus.OPEN
    if thread.status != status:
        thread.move_to(status, at=now)
    thread.last_at = now
    thread.asked_at = None if is_from_team else thread.asked_at or now
    if is_from_team and thread.assignee_id is None:
        thread.assignee_id = actor_id
    thread.save(update_fields=["status", "status_changed_at", "last_at", "asked_at", "assignee"])
    seen(thread_id=thread.pk, person_id=actor_id, now=now)
    message_mails.written(made, thread, now=now)
    return made


def _known(key: UUID, actor_id: int) -> ThreadMessage | None:
    known = ThreadMessage.objects.select_related("thread").defer("file").filter(key=key).first()
    if known is not None and known.author_id != actor_id:
        raise IdempotencyConflict(_("This form was sent by somebody else: open it again."))
    return known


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise NothingSaid(_("Write a message."))
    if len(text) > TEXT_LENGTH:
        raise TooMuchSaid(_("A message has at most %(most)s signs.") % {"most": TEXT_LENGTH})
    return text


def _demand_few(affiliate_id: int, now: datetime) -> None:
    written = ThreadMessage.objects.filter(
        thread__affiliate=affiliate_id, is_from_team=False, at__gt=now - DAY
    )
    if written.count() >= MOST_MESSAGES:
        raise TooMuchSaid(_("That is a lot for one day: the team answers what you wrote first."))


def _locked(thread_id: int) -> Thread:
    return Thread.objects.select_for_update(no_key=True).get(pk=thread_id)

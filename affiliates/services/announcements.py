"""News for many affiliates at once: written, for a segment, sent once (docs/rules/messages.md).

Who it is for is settled when it is sent: whoever comes later gets no old news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from affiliates.models import (
    Activity,
    AffiliateStatus,
    Announcement,
    AnnouncementReader,
    AnnouncementStatus,
    AnnouncementText,
    Membership,
)
from core.errors import DomainError
from core.letters import Letter, paragraphs, send
from core.models import User

TITLE_LENGTH, TEXT_LENGTH = 120, 4_000
QUIET_AFTER = timedelta(days=30)


class AnnouncementRefused(DomainError):
    """An announcement that lacks words, readers, or a moment that is yet to come."""

    code = "announcement_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an announcement says, to whom, and where it is seen."""

    title_fr: str
    title_en: str
    text_fr: str
    text_en: str
    group_id: int | None = None
    kinds: Sequence[str] = ()
    statuses: Sequence[str] = ()
    language: str = ""
    activity: str = Activity.ANY
    as_banner: bool = True
    as_letter: bool = False
    ends_at: datetime | None = None


@transaction.atomic
def save(
    content: Content, *, announcement_id: int | None = None, actor_id: int, now: datetime
) -> Announcement:
    """Write a draft, or write it anew.

    :raises AnnouncementRefused: when a language lacks words, or it is seen nowhere (AN1).
    :raises InvalidTransition: when it is no draft any more.
    """
    _demand_words(content)
    if not (content.as_banner or content.as_letter):
        raise AnnouncementRefused(_("Show it as a banner, send it as a letter, or both."))
    values = asdict(content) | {"kinds": list(content.kinds), "statuses": list(content.statuses)}
    if announcement_id is None:
        return Announcement.objects.create(
            **values, status_changed_at=now, created_at=now, created_by_id=actor_id
        )
    found = _locked(announcement_id)
    if found.status != AnnouncementStatus.DRAFT:
        raise AnnouncementRefused(_("Only a draft can be changed: call it back first."))
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    return found


@transaction.atomic
def schedule(*, announcement_id: int, at: datetime, now: datetime) -> Announcement:
    """Let a draft go out at ``at``, or at once if that is over. Safe to repeat (AN2).

    :raises AnnouncementRefused: when nobody would read it, or its banner would be over by then.
    :raises InvalidTransition: when it was sent already.
    """
    found = _locked(announcement_id)
    at = max(at, now)
    if found.ends_at is not None and found.ends_at <= at:
        raise AnnouncementRefused(_("The banner would end before it begins."))
    if not audience(found, now=now).exists():
        raise AnnouncementRefused(_("Nobody would read this: look at whom it is for."))
    if found.status != AnnouncementStatus.SCHEDULED:
        found.move_to(AnnouncementStatus.SCHEDULED, at=now)
    found.publish_at = at
    found.save(update_fields=["status", "status_changed_at", "publish_at"])
    return found


@transaction.atomic
def call_back(*, announcement_id: int, now: datetime) -> Announcement:
    """Make a scheduled announcement a draft again. Safe to repeat.

    :raises InvalidTransition: when it was sent already.
    """
    found = _locked(announcement_id)
    if found.status != AnnouncementStatus.DRAFT:
        found.move_to(AnnouncementStatus.DRAFT, at=now)
        found.publish_at = None
        found.save(update_fields=["status", "status_changed_at", "publish_at"])
    return found


def send_due(*, now: datetime) -> int:
    """Send the announcements whose moment has come; return how many. Safe to repeat."""
    due = Announcement.objects.filter(status=AnnouncementStatus.SCHEDULED, publish_at__lte=now)
    return sum(_send(pk, now) for pk in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def end(*, announcement_id: int, now: datetime) -> Announcement:
    """Take the banner of a sent announcement away from everybody. Safe to repeat.

    :raises InvalidTransition: when it was not sent.
    """
    found = _locked(announcement_id)
    if found.status != AnnouncementStatus.ENDED:
        found.move_to(AnnouncementStatus.ENDED, at=now)
        found.save(update_fields=["status", "status_changed_at"])
    return found


def try_out(*, announcement_id: int, person: User, now: datetime) -> None:
    """Send its letter to whoever writes it, in both languages' turn: theirs."""
    found = Announcement.objects.get(pk=announcement_id)
    key = f"announcement:{found.pk}:try:{now.timestamp():.0f}"
    send([person], key, lambda reader: letter(found, reader), now, kind="announcement")


def audience(announcement: Announcement, *, now: datetime) -> QuerySet[User]:
    """Return whom an announcement is for, as things stand now (AN3)."""
    members = Membership.objects.exclude(affiliate__status=AffiliateStatus.CLOSED)
    if announcement.group_id:
        members = members.filter(affiliate__group=announcement.group_id)
    if announcement.kinds:
        members = members.filter(affiliate__kind__in=announcement.kinds)
    if announcement.statuses:
        members = members.filter(affiliate__status__in=announcement.statuses)
    people = User.objects.filter(is_active=True, pk__in=members.values("user"))
    if announcement.language:
        people = people.filter(language=announcement.language)
    since = now - QUIET_AFTER
    if announcement.activity == Activity.ACTIVE:
        people = people.filter(last_login__gte=since)
    elif announcement.activity == Activity.QUIET:
        people = people.filter(Q(last_login__lt=since) | Q(last_login__isnull=True))
    return people.order_by("pk")


def letter(announcement: Announcement, person: User) -> Letter:
    """Return the letter of an announcement for one reader, in the active language's frame."""
    title, text = words_for(announcement, person)
    address = f"{settings.PUBLIC_URL}/portal/announcements/{announcement.public_id}/"
    said = [text, _("Read it in the portal: %(address)s") % {"address": address}]
    return Letter(title, paragraphs(person.get_short_name(), said))


def words_for(announcement: Announcement, person: User) -> tuple[str, str]:
    """Return title and text as a person reads them, with what stands in braces filled in."""
    title, text = announcement.words(person.language)
    return _filled(title, person), _filled(text, person)


def banner_for(person: User, *, now: datetime) -> Announcement | None:
    """Return the newest announcement that a person has on their home and did not put away."""
    return (
        Announcement.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=now),
            status=AnnouncementStatus.SENT,
            as_banner=True,
            readers__person=person,
            readers__dismissed_at__isnull=True,
        )
        .order_by("-publish_at", "-pk")
        .first()
    )


def read(*, announcement_id: int, person_id: int, now: datetime) -> None:
    """Note that a person read an announcement. Safe to repeat."""
    rows = AnnouncementReader.objects.filter(announcement=announcement_id, person=person_id)
    rows.filter(read_at__isnull=True).update(read_at=now)


def dismiss(*, announcement_id: int, person_id: int, now: datetime) -> None:
    """Show a person the banner no more. Safe to repeat."""
    rows = AnnouncementReader.objects.filter(announcement=announcement_id, person=person_id)
    rows.filter(dismissed_at__isnull=True).update(dismissed_at=now)


def keep_text(*, name: str, content: Content, actor_id: int, now: datetime) -> AnnouncementText:
    """Keep the words of an announcement to begin others with.

    :raises AnnouncementRefused: when a language lacks words, or it has no name.
    """
    if not name.strip():
        raise AnnouncementRefused(_("Give the words a name."))
    if not all((content.title_fr, content.title_en, content.text_fr, content.text_en)):
        raise AnnouncementRefused(_("Write title and text in both languages."))
    return AnnouncementText.objects.create(
        name=name.strip(),
        title_fr=content.title_fr,
        title_en=content.title_en,
        text_fr=content.text_fr,
        text_en=content.text_en,
        created_at=now,
        created_by_id=actor_id,
    )


@transaction.atomic
def _send(pk: int, now: datetime) -> int:
    found = Announcement.objects.select_for_update(no_key=True, skip_locked=True).filter(
        pk=pk, status=AnnouncementStatus.SCHEDULED
    ).first()  # fmt: skip
    if found is None:
        return 0
    people = list(audience(found, now=now))
    AnnouncementReader.objects.bulk_create(
        [AnnouncementReader(announcement=found, person=one) for one in people],
        ignore_conflicts=True,
        batch_size=500,
    )
    found.move_to(AnnouncementStatus.SENT, at=now)
    found.save(update_fields=["status", "status_changed_at"])
    if found.as_letter:
        key = f"announcement:{found.pk}"
        send(people, key, lambda person: letter(found, person), now, kind="announcement")
    return 1


def _demand_words(content: Content) -> None:
    for language, title, text in (
        ("fr", content.title_fr, content.text_fr),
        ("en", content.title_en, content.text_en),
    ):
        if content.language in ("", language) and not (title.strip() and text.strip()):
            raise AnnouncementRefused(
                _("Write title and text in each language that its readers read.")
            )


def _filled(text: str, person: User) -> str:
    """Fill in what stands in braces; other braces stay as they are written."""
    company = str(settings.COMPANY["legal_name"] or "Apport")
    return text.replace("{first_name}", person.get_short_name()).replace("{programme}", company)


def _locked(announcement_id: int) -> Announcement:
    return Announcement.objects.select_for_update(no_key=True).get(pk=announcement_id)

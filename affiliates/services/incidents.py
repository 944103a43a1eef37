"""What did not work, told as it goes on: on the status page, and by mail (docs/rules/incidents.md).

Words are written in both languages, and what was said stays: a mistake is put right by saying more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from affiliates.models import (
    AffiliateStatus,
    Impact,
    Incident,
    IncidentUpdate,
    Membership,
    ServicePart,
)
from core import audit
from core.errors import DomainError
from core.letters import Letter, paragraphs, send
from core.models import User
from core.nudge import nudge

TITLE_LENGTH, TEXT_LENGTH = 120, 2_000
#: So many mails of one incident go out within a day.
MAILS_A_DAY, DAY = 3, timedelta(days=1)
STATUS_PATH = "/status/"


class IncidentRefused(DomainError):
    """An incident without words in both languages or from the future, or a mail too many."""

    code = "incident_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said at one moment, in both languages."""

    fr: str
    en: str


@transaction.atomic
def begin(
    *,
    part: ServicePart,
    impact: Impact,
    title: Words,
    text: Words,
    began_at: datetime,
    actor_id: int,
    now: datetime,
) -> Incident:
    """Put an incident on the status page, with the first that is said of it (IN1).

    :raises IncidentRefused: when a language lacks words, or it would begin in the future.
    """
    _demand(title)
    _demand(text)
    if began_at > now:
        raise IncidentRefused(_("It cannot begin in the future."))
    made = Incident.objects.create(
        part=part,
        impact=impact,
        title_fr=title.fr.strip(),
        title_en=title.en.strip(),
        began_at=began_at,
        created_at=now,
        created_by_id=actor_id,
    )
    _say(made, text, actor_id, now)
    data = {"part": str(part), "impact": str(impact)}
    audit.record(actor=actor_id, verb="incident.begun", subject=made, at=now, data=data)
    return made


@transaction.atomic
def say(
    *,
    incident_id: int,
    text: Words,
    ended_at: datetime | None = None,
    actor_id: int,
    now: datetime,
) -> IncidentUpdate:
    """Say more of an incident, also once it is over: how it was made good, for example (IN2).

    ``ended_at`` says since when it is over; the first end stands (IN3). The same words again are
    not said twice in a row: the first are returned.

    :raises IncidentRefused: when a language lacks words, or it would end before it began or later
        than now.
    """
    _demand(text)
    found = _locked(incident_id)
    if ended_at is not None and found.ended_at is None:
        if not found.began_at <= ended_at <= now:
            raise IncidentRefused(_("It ends after it began, and not in the future."))
        found.ended_at = ended_at
        found.save(update_fields=["ended_at"])
        audit.record(actor=actor_id, verb="incident.ended", subject=found, at=now)
    last = found.updates.order_by("-at", "-pk").first()
    if last is not None and (last.text_fr, last.text_en) == (text.fr.strip(), text.en.strip()):
        return last
    said = _say(found, text, actor_id, now)
    audit.record(actor=actor_id, verb="incident.updated", subject=found, at=now)
    return said


@transaction.atomic
def ask_to_mail(*, update_id: int, actor_id: int, now: datetime) -> IncidentUpdate:
    """Let what was said go out to the people of all affiliates. Safe to repeat (IN4).

    :raises IncidentRefused: when ``MAILS_A_DAY`` of the incident went out within a day (IN8).
    """
    said = IncidentUpdate.objects.select_for_update(no_key=True).get(pk=update_id)
    if said.mail_asked_at is None:
        found = _locked(said.incident_id)  # Two at once count one after the other.
        if found.updates.filter(mail_asked_at__gt=now - DAY).count() >= MAILS_A_DAY:
            raise IncidentRefused(
                _(
                    "%(most)s mails of this incident went out within a day: no more until"
                    " tomorrow. What you say stands on the status page at once."
                )
                % {"most": MAILS_A_DAY}
            )
        said.mail_asked_at = now
        said.save(update_fields=["mail_asked_at"])
        audit.record(actor=actor_id, verb="incident.mailed", subject=found, at=now)
        nudge("affiliates.tasks.mail_incidents")
    return said


def mail_due(*, now: datetime) -> int:
    """Send what was let go out; return how many updates. Safe to repeat."""
    rows = IncidentUpdate.objects.filter(mail_asked_at__isnull=False, mailed_at__isnull=True)
    return sum(_mail(pk, now) for pk in rows.order_by("pk").values_list("pk", flat=True))


def audience() -> QuerySet[User]:
    """Return who is told: everybody who acts for an account that is not closed."""
    members = Membership.objects.exclude(affiliate__status=AffiliateStatus.CLOSED)
    return User.objects.filter(is_active=True, pk__in=members.values("user")).order_by("pk")


def write_to(people: QuerySet[User] | list[User], said: IncidentUpdate, *, now: datetime) -> None:
    """Write what was said to people, once for each."""
    send(
        people,
        f"incident:{said.incident_id}:{said.pk}",
        lambda person: letter(said, person.language, person.get_short_name()),
        now,
        kind="incident_told",
    )


def letter(said: IncidentUpdate, language: str, name: str) -> Letter:
    """Return the letter of what was said, in words of ``language``, framed in the active one."""
    found = said.incident
    return Letter(
        found.title(language),
        paragraphs(
            name,
            [
                said.text(language),
                _("How everything runs now: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}{STATUS_PATH}"},
            ],
        ),
    )


def lately(*, now: datetime, days: int) -> QuerySet[Incident]:
    """Return the incidents that were not over ``days`` days ago, the newest first."""
    since = now - timedelta(days=days)
    rows = Incident.objects.filter(ended_at__isnull=True) | Incident.objects.filter(
        ended_at__gte=since
    )
    return rows.prefetch_related("updates").order_by("-began_at", "-pk")


def is_told(part: ServicePart, *, now: datetime) -> bool:
    """Tell whether an incident of a part goes on, or began within the last day."""
    rows = Incident.objects.filter(part=part)
    begun = rows.filter(began_at__gte=now - DAY)
    return (rows.filter(ended_at__isnull=True) | begun).exists()


@transaction.atomic
def _mail(pk: int, now: datetime) -> int:
    said = (
        IncidentUpdate.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("incident")
        .filter(pk=pk, mailed_at__isnull=True)
        .first()
    )
    if said is None:
        return 0
    people = list(audience())
    write_to(people, said, now=now)
    said.mailed_at, said.mailed = now, len(people)
    said.save(update_fields=["mailed_at", "mailed"])
    return 1


def _say(incident: Incident, text: Words, actor_id: int, now: datetime) -> IncidentUpdate:
    return IncidentUpdate.objects.create(
        incident=incident,
        at=now,
        text_fr=text.fr.strip(),
        text_en=text.en.strip(),
        author_id=actor_id,
    )


def _demand(words: Words) -> None:
    if not (words.fr.strip() and words.en.strip()):
        raise IncidentRefused(_("Write it in both languages."))


def _locked(incident_id: int) -> Incident:
    return Incident.objects.select_for_update(no_key=True).get(pk=incident_id)

"""The self-billing mandate: its texts, and who accepted which.

Rules T16 to T19 of docs/rules/payees.md (CGI 289 I-2, annexe II 242 nonies).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Mandate, MandateText, Membership
from core import audit, locks
from core.errors import DomainError
from core.models import User

_TEXT_LOCK = 0x41504D54
SHORTEST, LONGEST = 200, 20_000
LANGUAGES = ("fr", "en")


class MandateTextRefused(DomainError):
    """A text that is too short, too long, or would begin in the past."""

    code = "mandate_text_refused"


class TextHasChanged(DomainError):
    """Another text than the one in force was accepted: the page was older than the text."""

    code = "mandate_text_has_changed"


class NotTheirMandate(DomainError):
    """Somebody gave or ended a mandate who does not act for the payee, or for an employee."""

    code = "not_their_mandate"


class NoMandate(DomainError):
    """A mandate was to end that is none."""

    code = "no_mandate"


@transaction.atomic
def publish(
    *, text_fr: str, text_en: str, valid_from: datetime, actor_id: int, now: datetime
) -> MandateText:
    """Add a version of the text, which every payee is asked to accept from ``valid_from`` on.

    Safe to repeat: the words of the newest version give that version.

    :raises MandateTextRefused: for texts that are too short or too long, or a beginning before
        now or before that of the newest version.
    """
    texts = {"text_fr": _tidy(text_fr), "text_en": _tidy(text_en)}
    if not all(SHORTEST <= len(text) <= LONGEST for text in texts.values()):
        raise MandateTextRefused(
            _("Write both texts, of %(shortest)s to %(longest)s characters each.")
            % {"shortest": SHORTEST, "longest": LONGEST}
        )
    locks.hold(_TEXT_LOCK)
    newest = MandateText.objects.order_by("-number").first()
    digest = digest_of(**texts)
    if newest is not None and newest.sha256 == digest:
        return newest
    if valid_from < now:
        raise MandateTextRefused(_("Choose a day to come: what was accepted stays accepted."))
    if newest is not None and valid_from < newest.valid_from:
        raise MandateTextRefused(_("The version before begins later: begin after it."))
    actor = User.objects.get(pk=actor_id)
    text = MandateText.objects.create(
        number=newest.number + 1 if newest else 1,
        valid_from=valid_from,
        sha256=digest,
        author=actor,
        **texts,
    )
    audit.record(
        actor=actor,
        verb="mandate_text.published",
        subject=text,
        at=now,
        data={"number": text.number, "sha256": digest, "valid_from": valid_from.isoformat()},
    )
    return text


@transaction.atomic
def accept(
    *, affiliate_id: int, text_id: int, language: str, actor_id: int, now: datetime
) -> Mandate:
    """Keep that a payee gave the mandate in the words of a text. Safe to repeat.

    A mandate in older words ends at the same moment: there is one at a time.

    :raises NotTheirMandate: when the person does not act for the payee, or it is an employee.
    :raises TextHasChanged: when another text is in force now.
    """
    affiliate, actor = _party(affiliate_id, actor_id)
    text = text_at(now)
    if text is None or text.pk != text_id or language not in LANGUAGES:
        raise TextHasChanged(_("The text has changed in the meantime: read it again."))
    live = live_of(affiliate_id)
    if live is not None and live.text_id == text.pk:
        return live
    if live is not None:
        _end(live, actor, now)
    mandate = Mandate.objects.create(
        affiliate=affiliate, text=text, language=language, accepted_at=now, accepted_by=actor
    )
    audit.record(
        actor=actor,
        verb="mandate.accepted",
        subject=mandate,
        at=now,
        data={"affiliate": affiliate.pk, "text": text.number, "sha256": text.sha256,
              "language": language},
    )  # fmt: skip
    return mandate


@transaction.atomic
def end(*, affiliate_id: int, actor_id: int, now: datetime) -> Mandate:
    """Take a mandate back. Safe to repeat: one that has ended stays as it is.

    :raises NotTheirMandate: when the person does not act for the payee, or it is an employee.
    :raises NoMandate: when there never was one.
    """
    affiliate, actor = _party(affiliate_id, actor_id)
    newest = affiliate.mandates.order_by("-accepted_at", "-pk").first()
    if newest is None:
        raise NoMandate(_("There is no mandate to end."))
    if newest.ended_at is None:
        _end(newest, actor, now)
        audit.record(
            actor=actor,
            verb="mandate.ended",
            subject=newest,
            at=now,
            data={"affiliate": affiliate.pk},
        )
    return newest


def text_at(now: datetime) -> MandateText | None:
    """Return the text that is to be accepted at a moment: the newest that has begun."""
    return MandateText.objects.filter(valid_from__lte=now).order_by("-number").first()


def live_of(affiliate_id: int) -> Mandate | None:
    """Return the mandate of a payee that has not ended."""
    live = Mandate.objects.live().filter(affiliate=affiliate_id)
    return live.select_related("text", "accepted_by").first()


def digest_of(*, text_fr: str, text_en: str) -> str:
    """Return the SHA-256 of both texts, as it is kept beside them."""
    return hashlib.sha256(f"{text_fr}\0{text_en}".encode()).hexdigest()


def _party(affiliate_id: int, actor_id: int) -> tuple[Affiliate, User]:
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    membership = Membership.objects.filter(affiliate=affiliate, user=actor_id, user__is_active=True)
    if affiliate.is_employee or not membership.exists():
        raise NotTheirMandate(_("Only who acts for a payee gives and ends its mandate."))
    return affiliate, User.objects.get(pk=actor_id)


def _end(mandate: Mandate, actor: User, now: datetime) -> None:
    mandate.ended_at, mandate.ended_by = now, actor
    mandate.save(update_fields=["ended_at", "ended_by"])


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())

"""The clauses that are the same for everybody, written anew: version by version (CT16 to CT18)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, locks
from core.errors import DomainError
from core.models import User
from influencers.domain.contract import Clause, missing_clauses
from influencers.models import ContractText
from influencers.queries.contract_texts import changed_clauses, newest_text
from influencers.services.contract_words import digest_of_clauses

_TEXT_LOCK = 0x41504354
#: Of one clause in one language, in characters.
LONGEST = 8_000


class ContractTextRefused(DomainError):
    """A text that leaves a clause open, is too long, or would begin before what is known."""

    code = "contract_text_refused"


@transaction.atomic
def publish(
    *,
    clauses_fr: Mapping[str, str],
    clauses_en: Mapping[str, str],
    valid_from: datetime,
    actor_id: int,
    now: datetime,
) -> ContractText:
    """Add a version of the clauses, for every contract written from ``valid_from`` on.

    Contracts that were offered keep the version in which they were. Safe to repeat: the words of
    the newest version give that version.

    :raises ContractTextRefused: when a clause is missing or too long in either language, or for a
        beginning before now or before that of the newest version.
    """
    french, english = tidy(clauses_fr), tidy(clauses_en)
    _refuse_gaps(french, english)
    locks.hold(_TEXT_LOCK)
    newest, digest = newest_text(), digest_of_clauses(french, english)
    if newest is not None and newest.sha256 == digest:
        return newest
    if valid_from < now:
        raise ContractTextRefused(_("Choose today or a day to come: what was offered stays."))
    if newest is not None and valid_from < newest.valid_from:
        raise ContractTextRefused(_("The version before begins later: begin with it or after."))
    actor = User.objects.get(pk=actor_id)
    text = ContractText.objects.create(
        number=newest.number + 1 if newest else 1,
        valid_from=valid_from,
        clauses_fr=french,
        clauses_en=english,
        sha256=digest,
        author=actor,
    )
    audit.record(
        actor=actor,
        verb="contract_text.published",
        subject=text,
        at=now,
        data={
            "number": text.number,
            "sha256": digest,
            "valid_from": valid_from.isoformat(),
            "changed": [str(clause) for clause in changed_clauses(newest, french, english)],
        },
    )
    return text


def tidy(clauses: Mapping[str, str]) -> dict[str, str]:
    """Return the clauses as they are kept: none but those of ``Clause``, without stray blanks."""
    return {
        clause.value: "\n".join(
            line.rstrip() for line in clauses.get(clause, "").strip().splitlines()
        )
        for clause in Clause
    }


def _refuse_gaps(french: dict[str, str], english: dict[str, str]) -> None:
    if missing_clauses(french) or missing_clauses(english):
        raise ContractTextRefused(_("Write every clause in French and in English."))
    if any(len(words) > LONGEST for text in (french, english) for words in text.values()):
        raise ContractTextRefused(
            _("A clause has at most %(longest)s characters.") % {"longest": LONGEST}
        )

"""Telling affiliates of terms, and what they answer. Mails in each person's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from affiliates import queries
from affiliates.domain.terms_content import content_of
from affiliates.domain.terms_diff import Change, differences, is_worse
from affiliates.models import Affiliate, GroupMove, Terms, TermsDraft, TermsNotice
from affiliates.services import terms_words
from affiliates.services.terms_changes import in_words
from core import audit, letters, staff
from core.errors import DomainError
from core.models import User

OBJECTION_LENGTH = 2_000
_Write = Callable[[], tuple[str, list[str]]]


class NotTold(DomainError):
    """An affiliate answered terms that are not for it."""

    code = "not_told"


class ObjectionEmpty(DomainError):
    """An objection without words, or with too many."""

    code = "objection_empty"


class AlreadyAnswered(DomainError):
    """An affiliate objected twice, or to what it accepted."""

    code = "already_answered"


def tell(terms: Terms, changes: Iterable[Change], *, now: datetime) -> int:
    """Tell everybody whom new terms are for. Returns how many affiliates. Safe to repeat.

    The notices and the mails are written in the caller's transaction, whatever their number.
    """
    changes = tuple(changes)
    told = TermsNotice.objects.filter(terms=terms).values("affiliate")
    concerned = queries.concerned_by(terms, terms.valid_from).exclude(pk__in=told)
    affiliates = list(concerned.filter(joined_at__lt=terms.valid_from))
    if not affiliates:
        return 0
    TermsNotice.objects.bulk_create(
        [
            TermsNotice(terms=terms, affiliate=one, is_worse=is_worse(changes), told_at=now)
            for one in affiliates
        ],
        ignore_conflicts=True,
    )
    announce(terms, changes, affiliates, now=now)
    return len(affiliates)


def announce(
    terms: Terms, changes: tuple[Change, ...], affiliates: Iterable[Affiliate], *, now: datetime
) -> None:
    """Write to the people of affiliates what changes, from when, and what they can answer."""
    _mail_members(
        f"terms:{terms.pk}",
        affiliates,
        lambda: _announcement(terms, changes),
        kind="terms_announced",
        now=now,
    )


@transaction.atomic
def tell_pending(*, now: datetime) -> int:
    """Tell affiliates that came to a group after its next terms were announced. Repeatable."""
    coming = Terms.objects.filter(
        published_at__isnull=False, valid_from__gt=now, group__isnull=False
    )
    told = 0
    for terms in coming.exclude(valid_to=F("valid_from")).order_by("pk"):
        before = queries.predecessor(terms)
        changes = differences(content_of(before), content_of(terms)) if before else ()
        told += tell(terms, changes, now=now)
    return told


def offered(draft: TermsDraft, changes: Iterable[Change], *, now: datetime) -> None:
    """Tell the people of an affiliate of an offer. Each time that it is offered."""
    changes = tuple(changes)
    if draft.affiliate is None:
        return
    _mail_members(
        f"terms_offer:{draft.pk}:{int(now.timestamp())}",
        [draft.affiliate],
        lambda: _offer(draft, changes),
        kind="terms_offered",
        now=now,
    )


def accepted_offer(terms: Terms, *, actor_id: int, was_worse: bool, now: datetime) -> None:
    """Keep that an affiliate accepted the terms that it was offered."""
    if terms.affiliate is None:
        return
    TermsNotice.objects.create(
        terms=terms, affiliate=terms.affiliate, is_worse=was_worse, told_at=now,
        accepted_at=now, accepted_by_id=actor_id,
    )  # fmt: skip


def ended(terms: Terms, changes: Iterable[Change], *, now: datetime) -> None:
    """Tell the people of an affiliate that its own terms end."""
    changes = tuple(changes)
    if terms.affiliate is not None:
        _mail_members(
            f"terms_ended:{terms.pk}",
            [terms.affiliate],
            lambda: _end(terms, changes),
            kind="terms_ended",
            now=now,
        )


def moved(
    move: GroupMove,
    changes: Iterable[Change],
    *,
    terms: Terms | None,
    first_at: datetime | None,
    now: datetime,
) -> None:
    """Tell the people of an affiliate of its next group, and what changes from ``first_at`` on.

    They may answer its ``terms`` as they may answer new ones.
    """
    changes = tuple(changes)
    if terms is not None:
        TermsNotice.objects.get_or_create(
            terms=terms,
            affiliate=move.affiliate,
            defaults={"is_worse": is_worse(changes), "told_at": now},
        )
    _mail_members(
        f"group_move:{move.pk}",
        [move.affiliate],
        lambda: _move(move, changes, terms, first_at or move.begins_at),
        kind="group_moved",
        now=now,
    )


def stays(move: GroupMove, *, now: datetime) -> None:
    """Tell the people of an affiliate that it stays in its group, and take its notices back."""
    TermsNotice.objects.filter(
        affiliate=move.affiliate,
        terms__group=move.after,
        told_at__gte=move.told_at,
        accepted_at__isnull=True,
        objection="",
    ).delete()
    key = f"group_stays:{move.pk}"
    _mail_members(key, [move.affiliate], lambda: _stay(move), kind="group_moved", now=now)


@transaction.atomic
def accept(*, terms_id: int, affiliate_id: int, actor_id: int, now: datetime) -> TermsNotice:
    """Keep that an affiliate has read and accepts terms. Safe to repeat: the first time counts.

    :raises NotTold: when these terms are not for the affiliate, or the person not one of its own.
    """
    notice = _told(terms_id, affiliate_id, actor_id)
    if notice.accepted_at is None:
        notice.accepted_at, notice.accepted_by_id = now, actor_id
        notice.save(update_fields=["accepted_at", "accepted_by"])
        audit.record(
            actor=actor_id, verb="terms.accepted", subject=notice.terms,
            at=now, data={"affiliate": str(notice.affiliate.public_id)},
        )  # fmt: skip
    return notice


@transaction.atomic
def object_to(
    *, terms_id: int, affiliate_id: int, actor_id: int, text: str, now: datetime
) -> TermsNotice:
    """Keep an objection, and send it to the managers. Safe to repeat with the same words.

    :raises NotTold: when these terms are not for the affiliate, or the person not one of its own.
    :raises ObjectionEmpty: without words, or with more than 2,000 signs.
    :raises AlreadyAnswered: after an acceptance, or another objection.
    """
    text = text.strip()
    if not 1 <= len(text) <= OBJECTION_LENGTH:
        raise ObjectionEmpty(
            _("Say in at most %(most)s signs what you object to.") % {"most": OBJECTION_LENGTH}
        )
    notice = _told(terms_id, affiliate_id, actor_id)
    if notice.objection == text:
        return notice
    if notice.objection or notice.accepted_at is not None:
        raise AlreadyAnswered(_("You have answered already: write to the programme team instead."))
    notice.objection, notice.objected_at = text, now
    notice.save(update_fields=["objection", "objected_at"])
    audit.record(
        actor=actor_id, verb="terms.objected", subject=notice.terms, at=now,
        reason=text, data={"affiliate": str(notice.affiliate.public_id)},
    )  # fmt: skip
    tell_managers(notice, now=now)
    return notice


def _told(terms_id: int, affiliate_id: int, actor_id: int) -> TermsNotice:
    notice = (
        TermsNotice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("terms__group", "terms__affiliate", "affiliate")
        .filter(terms=terms_id, affiliate=affiliate_id)
        .first()
    )
    if notice is None or not queries.acts_for(actor_id, affiliate_id):
        raise NotTold(_("There is nothing to answer about these terms."))
    return notice


def _announcement(terms: Terms, changes: tuple[Change, ...]) -> tuple[str, list[str]]:
    begins = terms_words.day_of(terms.valid_from)
    if is_worse(changes):
        answer = _(
            "You need not do anything: the terms hold from then on. Read them, accept them or tell"
            " us what you object to, here: %(address)s"
        )
    else:
        answer = _("You need not do anything. Read them here: %(address)s")
    return _("Your terms from %(day)s") % {"day": begins}, [
        _("From %(day)s on, new terms hold for your commissions. Orders placed before keep the"
          " terms of their day.") % {"day": begins},
        terms.change_note,
        *_listed(changes, terms.currency),
        answer % {"address": _terms_url()},
    ]  # fmt: skip


def _offer(draft: TermsDraft, changes: tuple[Change, ...]) -> tuple[str, list[str]]:
    return _("We offer you terms of your own"), [
        _("We offer you terms of your own. They begin only if you accept them."),
        draft.change_note,
        *_listed(changes, str(draft.content["currency"])),
        _("Read, accept or decline them here: %(address)s") % {"address": _terms_url()},
    ]


def _end(terms: Terms, changes: tuple[Change, ...]) -> tuple[str, list[str]]:
    ends = terms_words.day_of(terms.valid_to) if terms.valid_to else ""
    return _("Your own terms end on %(day)s") % {"day": ends}, [
        _("From %(day)s on, the terms of your group hold for your commissions. Orders placed before"
          " keep the terms of their day.") % {"day": ends},
        *_listed(changes, terms.currency),
        _("Read them here: %(address)s") % {"address": _terms_url()},
    ]  # fmt: skip


def _move(
    move: GroupMove, changes: tuple[Change, ...], terms: Terms | None, first_at: datetime
) -> tuple[str, list[str]]:
    begins = terms_words.day_of(move.begins_at)
    said = [
        _("From %(day)s on, you are in the group “%(group)s”. Orders placed before keep the terms"
          " of their day.") % {"day": begins, "group": move.after.name},
    ]  # fmt: skip
    if not changes:
        said.append(_("Nothing changes in what you earn."))
    elif first_at > move.begins_at:
        said.append(
            _("Your terms stay as they are until %(day)s. Then those of the group hold.")
            % {"day": terms_words.day_of(first_at)}
        )
    return _("Your group from %(day)s") % {"day": begins}, [
        *said,
        *(_listed(changes, terms.currency) if terms else []),
        _("Read your terms here: %(address)s") % {"address": _terms_url()},
    ]


def _stay(move: GroupMove) -> tuple[str, list[str]]:
    facts = {"group": move.before.name, "day": terms_words.day_of(move.begins_at)}
    return _("You stay in your group"), [
        _("You stay in the group “%(group)s”: the move of %(day)s that we told you of does not"
          " take place.") % facts,
        _("Read your terms here: %(address)s") % {"address": _terms_url()},
    ]  # fmt: skip


def _listed(changes: tuple[Change, ...], currency: str) -> list[str]:
    if not changes:
        return []
    return [
        _("What changes:"),
        "\n".join(f"- {difference}" for difference in in_words(changes, currency)),
    ]


def _terms_url() -> str:
    return f"{settings.PUBLIC_URL}/portal/terms/"


def _mail_members(
    key: str, affiliates: Iterable[Affiliate], write: _Write, *, kind: str, now: datetime
) -> None:
    """Write one letter for each person of the affiliates; it is worded once per language."""
    people = User.objects.filter(memberships__affiliate__in=affiliates, is_active=True).distinct()
    worded: dict[str, tuple[str, list[str]]] = {}

    def letter(person: User) -> letters.Letter:
        if person.language not in worded:
            worded[person.language] = write()
        subject, said = worded[person.language]
        return letters.Letter(subject, letters.paragraphs(person.get_short_name(), said))

    letters.send(people.order_by("pk"), key, letter, now, kind=kind)


def tell_managers(notice: TermsNotice, *, now: datetime) -> None:
    """Write to the managers what an affiliate objects to."""
    address = f"{settings.PUBLIC_URL}/manage/terms/versions/{notice.terms_id}/"
    letters.tell(
        staff.of_role("manager"),
        f"terms_objection:{notice.pk}",
        now,
        lambda: _("%(name)s objects to new terms") % {"name": notice.affiliate.name},
        lambda: [
            _("%(name)s objects to “%(terms)s”:")
            % {"name": notice.affiliate.name, "terms": notice.terms},
            notice.objection,
            _("Decide what follows here: %(address)s") % {"address": address},
        ],
        kind="terms_objected",
    )

"""What somebody of the team minds, and how each of it goes to somebody else when they leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.models import Application, ApplicationStatus, Thread, ThreadStatus
from affiliates.services import application_handover, endpoint_stops, messages
from core import saved_views
from core.domain.staff_rules import FINANCE, MANAGER
from core.errors import DomainError
from core.models import STAFF_SCOPE, SavedView, User
from fraud.models import Case, CaseStatus
from fraud.services import case_work
from payouts.models import Claim, Difference, DifferenceState, PayoutException
from payouts.services import claims, differences, exceptions
from payouts.services.claim_rules import WAITING

#: Passes one row on: its number, who gets it (None: nobody in particular), who acts, when.
PassOn = Callable[[int, int | None, int, datetime], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A kind of thing that people of staff mind.

    ``role``: whose work it is, and who can take it on; empty: of all of the team, and it stays as
    long as one role does. ``nobody``: what becomes of it when nobody in particular gets it; empty
    when somebody has to.
    """

    key: str
    label: Promise
    role: str
    nobody: Promise | None
    rows: Callable[[User], QuerySet[Any]]
    pass_on: PassOn


_EVERY_MANAGER = _("Nobody in particular: every manager is told what waits")
_EVERY_FINANCE = _("Nobody in particular: whoever of finance looks first")


def _case(pk: int, heir: int | None, actor: int, now: datetime) -> object:
    return case_work.assign(case_id=pk, assignee_id=heir, actor_id=actor, now=now)


def _claim(pk: int, heir: int | None, actor: int, now: datetime) -> object:
    return claims.assign(claim_id=pk, assignee_id=heir, actor_id=actor, now=now)


def _application(pk: int, heir: int | None, actor: int, now: datetime) -> object:
    return application_handover.hand_over(
        application_id=pk, reviewer_id=heir, actor_id=actor, now=now
    )


def _thread(pk: int, heir: int | None, _actor: int, _now: datetime) -> object:
    return messages.assign(thread_id=pk, assignee_id=heir)


def _webhook(pk: int, heir: int | None, actor: int, now: datetime) -> object:
    if heir is not None:
        return endpoint_stops.hand_over(endpoint_id=pk, heir_id=heir, actor_id=actor, now=now)
    return None  # Those that nobody takes on are paused together.


def _difference(pk: int, heir: int | None, actor: int, now: datetime) -> object:
    note = Difference.objects.values_list("note", flat=True).get(pk=pk)
    return differences.mind(difference_id=pk, actor_id=actor, owner_id=heir, text=note, now=now)


def _exception(pk: int, heir: int | None, actor: int, now: datetime) -> object:
    row = PayoutException.objects.get(pk=pk)
    until = row.snoozed_until
    return exceptions.mind(
        key=row.key,
        owner_id=heir,
        note=row.note,
        snoozed_until=until if until is not None and until > now and row.note else None,
        actor_id=actor,
        now=now,
    )


def _view(pk: int, heir: int | None, _actor: int, now: datetime) -> object:
    return saved_views.hand_over(view_id=pk, owner_id=heir, now=now) if heir else None


KINDS: tuple[Held, ...] = (
    Held(
        key="cases", label=_("Cases to decide"), role=MANAGER, nobody=_EVERY_MANAGER,
        rows=lambda one: Case.objects.filter(assignee=one, status=CaseStatus.OPEN),
        pass_on=_case,
    ),
    Held(
        key="claims", label=_("Claims to decide"), role=MANAGER, nobody=_EVERY_MANAGER,
        rows=lambda one: Claim.objects.filter(assignee=one, status__in=WAITING),
        pass_on=_claim,
    ),
    Held(
        key="applications", label=_("Applications under review"), role=MANAGER,
        nobody=_("Nobody in particular: any manager goes on"),
        rows=lambda one: Application.objects.filter(
            reviewer=one, status=ApplicationStatus.UNDER_REVIEW
        ),
        pass_on=_application,
    ),
    Held(
        key="threads", label=_("Messages to answer"), role=MANAGER, nobody=_EVERY_MANAGER,
        rows=lambda one: Thread.objects.filter(assignee=one).exclude(status=ThreadStatus.CLOSED),
        pass_on=_thread,
    ),
    Held(
        key="webhooks", label=_("Webhooks of the programme"), role=MANAGER,
        nobody=_("Nobody: they are paused until a manager lets them go on"),
        rows=lambda one: endpoint_stops.made_for_programme_by(one.pk),
        pass_on=_webhook,
    ),
    Held(
        key="differences", label=_("Differences of the reconciliation"), role=FINANCE,
        nobody=_EVERY_FINANCE,
        rows=lambda one: Difference.objects.filter(owner=one, state=DifferenceState.OPEN),
        pass_on=_difference,
    ),
    Held(
        key="exceptions", label=_("Exceptions of payouts"), role=FINANCE, nobody=_EVERY_FINANCE,
        rows=lambda one: PayoutException.objects.filter(owner=one),
        pass_on=_exception,
    ),
    Held(
        key="views", label=_("Saved views that the team shares"), role="", nobody=None,
        rows=lambda one: SavedView.objects.filter(
            owner=one, scope=STAFF_SCOPE, is_shared=True, removed_at__isnull=True
        ),
        pass_on=_view,
    ),
)  # fmt: skip


def pass_all_on(
    kind: Held, person: User, heir: int | None, actor_id: int, now: datetime
) -> dict[str, int]:
    """Pass everything of a kind on; return how much went to the heir, to nobody, and stayed.

    What its heir may not have (a case of their own account) goes to nobody in particular; what
    cannot go there either stays, and whoever is told of such things is told of it.
    """
    went = {"heir": 0, "nobody": 0, "stayed": 0}
    for pk in list(kind.rows(person).order_by("pk").values_list("pk", flat=True)):
        ways = [("heir", heir), ("nobody", None)] if heir is not None else [("nobody", None)]
        for name, whom in ways:
            if name == "nobody" and kind.nobody is None:
                continue
            try:
                kind.pass_on(pk, whom, actor_id, now)
            except DomainError:
                continue
            went[name] += 1
            break
        else:
            went["stayed"] += 1
    if kind.key == "webhooks":
        pause_rest(person, actor_id, now)
    return went


def pause_rest(person: User, actor_id: int | None, now: datetime) -> None:
    """Pause the webhooks of the programme for which somebody answers who leaves."""
    endpoint_stops.pause_made_by(user_id=person.pk, affiliate_id=None, actor_id=actor_id, now=now)

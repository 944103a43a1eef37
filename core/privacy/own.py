"""What the kernel knows of people: who signs in, their mails, files and keys, and the trail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import (
    api_calls,
    data_requests,
    deliveries,
    exports,
    notifications,
    sign_ups,
    staff_invitations,
)
from core.letter_kinds import KINDS, Audience, Category
from core.models import (
    ApiCall,
    DataRequest,
    Delivery,
    DeliveryStatus,
    ErasureEntry,
    Export,
    ExportStatus,
    Notification,
    OutboxMail,
    PurgeRun,
    StaffRole,
    User,
)
from core.privacy import erasing, journal, purging, words
from core.privacy.declaring import (
    PEOPLE,
    Basis,
    Declared,
    End,
    Holding,
    OnErasure,
    Person,
    Rule,
    Stored,
    Whose,
    numbered,
    oldest_of,
    rule_of_rows,
)

#: What the log of /admin/ and the runs of rules are kept for.
KEPT = timedelta(days=400)
EVERYBODY = (*PEOPLE, Whose.STAFF)
#: Letters in which the team reads about others, and summaries, which repeat what stands alone too.
OF_OTHERS = sorted(
    one.key
    for one in KINDS.values()
    if one.audience in (Audience.MANAGER, Audience.FINANCE)
    or (one.audience == Audience.EVERYBODY and one.category == Category.DIGEST)
)


def _ended_sessions(now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lte=now)


def _orphans() -> QuerySet[UserSession]:
    kept = Session.objects.filter(session_key=OuterRef("session_key"))
    found: QuerySet[UserSession] = UserSession.objects.filter(~Exists(kept))
    return found


def _end_sessions(now: datetime) -> int:
    ended, _by_model = _ended_sessions(now).delete()
    orphans, _by_model = _orphans().delete()
    return ended + orphans


def _old_mails(now: datetime) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(sent_at__lte=now - timedelta(days=settings.MAIL_BODY_DAYS))


def _empty_mails(now: datetime) -> int:
    emptied = purging.until_done(lambda: deliveries.empty(now=now))
    return emptied + _old_mails(now).delete()[0]


def _forget_exports(now: datetime) -> int:
    swept = exports.sweep(now=now)
    return swept + purging.until_done(lambda: exports.forget(now=now))


def _old_runs(now: datetime) -> QuerySet[PurgeRun]:
    return PurgeRun.objects.filter(at__lt=now - KEPT)


def _old_log(now: datetime) -> QuerySet[LogEntry]:
    found: QuerySet[LogEntry] = LogEntry.objects.filter(action_time__lt=now - KEPT)
    return found


def _old_visitors(now: datetime) -> QuerySet[ErasureEntry]:
    return ErasureEntry.objects.filter(
        kind="visitor", at__lt=now - journal.VISITORS_KEPT, filed_at__isnull=False
    )


def _obstacles(person: Person) -> list[str]:
    """Say that somebody is of the team: what they mind goes to others first (ST10)."""
    of_team = Q(is_superuser=True) | Q(groups__name__in=StaffRole.values)
    if person.user_id is None or not User.objects.filter(of_team, pk=person.user_id).exists():
        return []
    return [
        gettext(
            "Whoever is of the team of the programme, or administers the server, leaves that first."
        )
    ]


def _end_copies(person: Person, actor_id: int | None, now: datetime) -> None:
    """Have the files go that were written for somebody who is erased now."""
    if person.user_id is not None:
        exports.end_of(owner_id=person.user_id)
        data_requests.end_of(person_id=person.user_id, actor_id=actor_id, now=now)


_RULES = (
    Rule(
        key="core.sessions",
        text=_("Sign-ins that ended are deleted, with the address and the browser they came from."),
        due=lambda now: _ended_sessions(now).count() + _orphans().count(),
        run=_end_sessions,
        oldest=lambda: oldest_of(UserSession.objects.all(), "created_at"),
    ),
    Rule(
        key="core.mails",
        text=_("Mails lose their words and their address so many days after they left (L12)."),
        due=lambda now: deliveries.count_worn(now=now) + _old_mails(now).count(),
        run=_empty_mails,
        oldest=lambda: oldest_of(
            Delivery.objects.filter(status=DeliveryStatus.SENT).exclude(recipient=""),
            "status_changed_at",
        ),
    ),
    rule_of_rows(
        key="core.notifications",
        text=_("Notifications are deleted after 400 days."),
        held=Notification.objects.all,
        moment="at",
        due=lambda now: Notification.objects.filter(at__lt=now - notifications.KEPT),
        run=lambda now: purging.until_done(lambda: notifications.forget(now=now)),
    ),
    Rule(
        key="core.exports",
        text=_("Files of exports are deleted after seven days, their rows after 400 more."),
        due=lambda now: exports.count_over(now=now)
        + Export.objects.filter(status=ExportStatus.DONE, expires_at__lte=now).count(),
        run=_forget_exports,
        oldest=lambda: oldest_of(Export.objects.exclude(file=""), "created_at"),
    ),
    rule_of_rows(
        key="core.staff_invitations",
        text=_(
            "Invitations to the team of staff are deleted 30 days after they were over; one that"
            " took two people loses its address."
        ),
        held=staff_invitations.held,
        moment="invited_at",
        due=lambda now: staff_invitations.over(now=now),
        run=lambda now: staff_invitations.purge(now=now),
    ),
    Rule(
        key="core.sign_ups",
        text=_("Sign-ups that nobody confirmed are deleted after UNCONFIRMED_SIGN_UPS_DAYS."),
        due=lambda now: sign_ups.forgotten(now=now).count(),
        run=lambda now: purging.until_done(lambda: sign_ups.purge(now=now)),
        oldest=lambda: oldest_of(
            EmailAddress.objects.filter(verified=False), "user__date_joined"
        ),
    ),
    rule_of_rows(
        key="core.api_calls",
        text=_("Answers of the API that are kept against repetition are deleted after a day."),
        held=ApiCall.objects.all,
        moment="started_at",
        due=lambda now: ApiCall.objects.filter(started_at__lte=now - api_calls.KEPT),
        run=lambda now: api_calls.purge(now=now),
    ),
    rule_of_rows(
        key="core.data_files",
        text=_("Copies of personal data are deleted seven days after they were made."),
        held=lambda: DataRequest.objects.exclude(file=""),
        moment="asked_at",
        due=data_requests.over,
        run=lambda now: data_requests.delete_files(now=now),
    ),
    rule_of_rows(
        key="core.admin_log",
        text=_("The log of the administration is deleted after 400 days; the trail stays."),
        held=LogEntry.objects.all,
        moment="action_time",
        due=_old_log,
        run=lambda now: _old_log(now).delete()[0],
    ),
    Rule(
        key="core.purge_runs",
        text=_("Runs of these rules, and visitors in the erasure journal, go after 400 days."),
        due=lambda now: _old_runs(now).count() + _old_visitors(now).count()
        + len(journal.old_files(now=now)),
        run=lambda now: _old_runs(now).delete()[0] + _old_visitors(now).delete()[0]
        + journal.thin_files(now=now),
        oldest=lambda: oldest_of(PurgeRun.objects.all(), "at"),
    ),
)  # fmt: skip

_SIGNING_IN: dict[str, Any] = {
    "whose": EVERYBODY, "purpose": words.SIGN_IN, "basis": Basis.CONTRACT,
    "kept": words.WITH_ACCOUNT, "end": End.DELETE, "rule": "affiliates.closed_accounts",
    "erased": OnErasure.DELETE,
}  # fmt: skip
_ARRANGED: dict[str, Any] = {**_SIGNING_IN, "purpose": words.SHOWING}

_HOLDINGS = (
    Holding(model="core.Schedule", fields=(), person="person",
            told=("every", "day", "hour", "form", "created_at"), **_ARRANGED),
    Holding(model="core.SavedView", fields=("name", "query"), person="owner",
            told=("page", "created_at"), plain=("scope",), **_ARRANGED),
    Holding(model="core.LetterChoice", fields=(), person="person",
            told=("kind", "mail", "in_app"), **{**_ARRANGED, "purpose": words.TELLING}),
    Holding(model="core.LetterHours", fields=("quiet_from", "quiet_until", "digest_at"),
            person="person", **{**_ARRANGED, "purpose": words.TELLING}),
    Holding(model="core.Notification", whose=EVERYBODY, fields=("title", "body"), person="person",
            purpose=words.TELLING, basis=Basis.CONTRACT, kept=words.YEAR, end=End.DELETE,
            rule="core.notifications", told=("kind", "at", "read_at"), bare_of={"kind": OF_OTHERS},
            erased=OnErasure.DELETE),
    Holding(model="core.Delivery", whose=(*EVERYBODY, Whose.OTHER),
            fields=("recipient", "subject", "body"), person="person", purpose=words.TELLING,
            basis=Basis.CONTRACT, kept=_("MAIL_BODY_DAYS after it left (90)."), end=End.EMPTY,
            rule="core.mails", told=("kind", "status", "status_changed_at"), plain=("error",),
            bare_of={"kind": OF_OTHERS}, erased=OnErasure.DELETE),
    Holding(model="core.OutboxMail", whose=(*EVERYBODY, Whose.OTHER),
            fields=("recipient", "subject", "body", "html"), purpose=words.TELLING,
            basis=Basis.INTEREST, kept=_("MAIL_BODY_DAYS; only where no mail leaves."),
            end=End.DELETE, rule="core.mails", stays=_("Only where no mail leaves; ends by time.")),
    Holding(model="core.ApiCall", whose=EVERYBODY, fields=("body", "headers"),
            person="api_key__owner", purpose=_("To give a repeated call the same answer."),
            basis=Basis.CONTRACT, kept=_("24 hours."), end=End.DELETE, rule="core.api_calls",
            secret=("body", "headers"), plain=("fingerprint", "idempotency_key"),
            erased=OnErasure.DELETE),
    Holding(model="core.ApiKey", whose=EVERYBODY, fields=("name",), person="owner",
            purpose=words.SIGN_IN, basis=Basis.CONTRACT, kept=words.WITH_ACCOUNT, end=End.EMPTY,
            rule="affiliates.closed_accounts", told=("scopes", "created_at", "last_used_at"),
            plain=("secret_hash", "account"), erased=OnErasure.EMPTY, blank={"name": "–"}),
    Holding(model="core.Export", whose=EVERYBODY, fields=("title", "query", "file"),
            person="owner", purpose=_("To hand over files of many rows."), basis=Basis.CONTRACT,
            kept=_("The file seven days, its row 400 more."), end=End.DELETE, rule="core.exports",
            told=("page", "created_at", "downloads"), plain=("problem",), erased=OnErasure.DELETE),
    Holding(model="core.StaffProposal", whose=(Whose.STAFF,), fields=("reason", "answer"),
            person="person", purpose=words.TRACE, basis=Basis.INTEREST, kept=words.FIVE_YEARS,
            end=End.KEEP, told=("role", "proposed_at", "status"), stays=words.STAYS_TRACE),
    Holding(model="core.StaffInvitation", whose=(Whose.STAFF,), fields=("email",),
            person="accepted_by",
            purpose=words.SIGN_IN, basis=Basis.CONTRACT,
            kept=_("Until it is accepted or over, and 30 days."), end=End.DELETE,
            rule="core.staff_invitations", told=("roles", "invited_at"), erased=OnErasure.EMPTY,
            blank={"email": ""}),
    Holding(model="core.DataRequest", whose=(*EVERYBODY, Whose.BUYER),
            fields=("about", "identified", "extended_because", "refused_because"),
            person="person", purpose=words.RIGHTS, basis=Basis.LAW, kept=words.FIVE_YEARS,
            end=End.EMPTY, rule="core.data_files", told=("wish", "asked_at", "due_at", "done_at"),
            plain=("file", "receipt", "problem"), secret=("about",),
            stays=_("The proof that it was answered, without saying of whom.")),
    Holding(model="core.ErasureEntry", whose=(*EVERYBODY, Whose.BUYER, Whose.VISITOR),
            fields=("key",), purpose=_("To erase again what a backup brings back."),
            basis=Basis.LAW, kept=_("As long as backups; visitors 400 days."), end=End.DELETE,
            rule="core.purge_runs", stays=_("Keyed hashes, without which a restore undoes it.")),
    Holding(model="core.AuditEntry", whose=EVERYBODY, fields=("reason", "data"), person="actor",
            purpose=words.TRACE, basis=Basis.INTEREST, kept=words.TEN_YEARS, end=End.KEEP,
            told=("at", "verb", "subject_type", "subject_id"), secret=("data", "reason"),
            stays=words.STAYS_TRACE),
    Holding(model="admin.LogEntry", whose=(Whose.STAFF,), fields=("object_repr",),
            person="user", purpose=words.TRACE, basis=Basis.INTEREST, kept=words.YEAR,
            end=End.DELETE, rule="core.admin_log", told=("action_time", "action_flag"),
            plain=("change_message",), secret=("object_repr",), erased=OnErasure.DELETE),
    Holding(model="usersessions.UserSession", whose=EVERYBODY, fields=("ip", "user_agent", "data"),
            person="user", purpose=words.SAFETY, basis=Basis.INTEREST,
            kept=_("As long as the sign-in lasts: two weeks without a visit."), end=End.DELETE,
            rule="core.sessions", told=("created_at", "last_seen_at"), secret=("data",),
            plain=("session_key",), erased=OnErasure.DELETE),
    Holding(model="sessions.Session", whose=EVERYBODY, fields=("session_data",),
            purpose=words.SIGN_IN, basis=Basis.CONTRACT, kept=_("Two weeks."), end=End.DELETE,
            rule="core.sessions", plain=("session_key",),
            stays=_("Ended when its person is erased; deleted within two weeks.")),
    Holding(model="mfa.Authenticator", fields=("data",), person="user",
            told=("type", "created_at", "last_used_at"), secret=("data",), **_SIGNING_IN),
    Holding(model="account.EmailAddress", fields=("email",), person="user",
            told=("verified", "primary"), **_SIGNING_IN),
    Holding(model="account.EmailConfirmation", fields=("key",), person="email_address__user",
            secret=("key",), **_SIGNING_IN),
    Holding(model="core.User",
            fields=("email", "name", "password", "language", "time_zone", "last_login",
                    "date_joined"),
            person="pk", secret=("password",),
            **{**_SIGNING_IN, "end": End.CUT, "erased": OnErasure.EMPTY},
            stays=_("The number stays; address, name and password go."),
            blank={"email": numbered("erased-")}),
)  # fmt: skip

PRIVACY = Declared(
    holdings=_HOLDINGS,
    nothing={
        "core.PurgeRun": ("problem",),
        "core.SigningKey": (),
        "auth.Group": ("name",),
        "auth.Permission": ("name",),
        "contenttypes.ContentType": (),
    },
    rules=_RULES,
    obstacles=_obstacles,
    before=_end_copies,
    files=(
        Stored(folder="exports/", model="core.Export", field="file"),
        Stored(folder="data-requests/", model="core.DataRequest", field="file"),
    ),
    repeats={"people": lambda now: erasing.repeat(now=now)},
)

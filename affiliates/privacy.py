"""What is known of partners: who they are, whom to pay, what they wrote, and for how long."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from affiliates.models import Application, Event, Invitation, ThreadMessage
from affiliates.services import closing_down, events, team, thread_retention
from core.privacy import purging, words
from core.privacy.declaring import (
    PEOPLE,
    Basis,
    Declared,
    End,
    Holding,
    OnErasure,
    Rule,
    Whose,
    numbered,
    oldest_of,
    rule_of_rows,
)

#: An employee's number is theirs; others have none.
_NO_NUMBER = Case(When(staff_number="", then=Value("")), default=numbered("x"))

_RULES = (
    Rule(
        key="affiliates.events",
        text=_("What was sent to endpoints goes after 30 days, the events after 35."),
        due=lambda now: events.over(now=now),
        run=lambda now: events.purge(now=now),
        oldest=lambda: oldest_of(Event.objects.all(), "created_at"),
    ),
    rule_of_rows(
        key="affiliates.invitations",
        text=_("Invitations to teams are deleted 30 days after they were over."),
        held=Invitation.objects.all,
        moment="invited_at",
        due=lambda now: team.over(now=now),
        run=lambda now: team.purge(now=now),
    ),
    Rule(
        key="affiliates.thread_files",
        text=_("Files of threads go so long after the thread ended (MS8)."),
        due=lambda now: thread_retention.count_files(now=now),
        run=lambda now: purging.until_done(lambda: thread_retention.delete_files(now=now)),
        oldest=lambda: oldest_of(ThreadMessage.objects.filter(file__isnull=False), "at"),
    ),
    rule_of_rows(
        key="affiliates.applications",
        text=_("Applications that were rejected or withdrawn are emptied after three years."),
        held=lambda: Application.objects.filter(affiliate__isnull=True).exclude(name=""),
        moment="submitted_at",
        due=closing_down.old_applications,
        run=lambda now: closing_down.empty_applications(now=now),
    ),
    rule_of_rows(
        key="affiliates.newcomers",
        text=_("People who never joined are erased three years after they last signed in."),
        held=closing_down.strangers,
        moment="date_joined",
        due=closing_down.old_strangers,
        run=lambda now: closing_down.erase_strangers(now=now),
    ),
    rule_of_rows(
        key="affiliates.closed_accounts",
        text=_("Accounts that were closed for three years are erased, with their people."),
        held=closing_down.closed,
        moment="status_changed_at",
        due=closing_down.long_closed,
        run=lambda now: closing_down.erase_closed(now=now),
    ),
    rule_of_rows(
        key="affiliates.identity_keys",
        text=_("Keyed hashes of an account's addresses go five years after it was closed."),
        held=closing_down.keys_of_closed,
        moment="seen_at",
        due=closing_down.old_keys,
        run=lambda now: closing_down.old_keys(now).delete()[0],
    ),
)

_OF_ACCOUNT: dict[str, Any] = {
    "whose": PEOPLE, "basis": Basis.CONTRACT, "kept": words.WITH_ACCOUNT,
    "rule": "affiliates.closed_accounts", "account": "affiliate",
}  # fmt: skip
_GOES: dict[str, Any] = {**_OF_ACCOUNT, "end": End.DELETE, "erased": OnErasure.DELETE}
_BOOKS: dict[str, Any] = {
    "whose": PEOPLE, "basis": Basis.LAW, "kept": words.TEN_YEARS, "end": End.KEEP,
    "purpose": words.BOOKS, "account": "affiliate", "stays": words.STAYS_BOOKS,
}  # fmt: skip
_TALK: dict[str, Any] = {**_GOES, "purpose": words.TALKING}
_SENT: dict[str, Any] = {
    "whose": PEOPLE, "purpose": words.TELLING, "basis": Basis.CONTRACT, "end": End.DELETE,
    "rule": "affiliates.events", "erased": OnErasure.DELETE,
}  # fmt: skip

_HOLDINGS = (
    Holding(model="affiliates.EventDelivery", fields=("answer",), account="event__affiliate",
            told=("created_at", "status"), plain=("error",), kept=_("30 days."), **_SENT),
    Holding(model="affiliates.Event", fields=("data",), account="affiliate",
            told=("type", "happened_at"), plain=("key",), kept=_("35 days."), **_SENT),
    Holding(model="affiliates.Endpoint", fields=("name", "url", "secret", "previous_secret"),
            purpose=words.TELLING, told=("created_at", "status"), plain=("disabled_because",),
            secret=("secret", "previous_secret"), **_GOES),
    Holding(model="affiliates.ThreadMessage", fields=("text", "file_name", "file"),
            told=("at", "is_from_team"), told_of={"is_internal": False},
            **{**_TALK, "account": "thread__affiliate"}),
    Holding(model="affiliates.ThreadSeen", fields=(), person="person", told=("seen_at",),
            **{**_TALK, "account": "thread__affiliate"}),
    Holding(model="affiliates.Thread", fields=("subject",), told=("created_at", "status"),
            plain=("about_ref",), **_TALK),
    Holding(model="affiliates.ResourceDownload", fields=(), told=("resource", "day", "count"),
            **{**_GOES, "purpose": words.MEASURING}),
    Holding(model="affiliates.ResourcesSeen", fields=(), person="person", told=("seen_at",),
            **{**_GOES, "purpose": words.SHOWING, "account": ""}),
    Holding(model="affiliates.AffiliateProfile",
            fields=("wished_name", "description", "contact_name", "contact_email", "contact_phone",
                    "picture"),
            purpose=words.CONTRACT, told=("languages", "audience_countries", "changed_at"),
            **_GOES),
    Holding(model="affiliates.AnnouncementReader", fields=(), person="person",
            told=("read_at", "dismissed_at"),
            **{**_GOES, "purpose": words.SHOWING, "account": ""}),
    Holding(model="affiliates.AccountView", fields=("reason",), whose=(*PEOPLE, Whose.STAFF),
            purpose=words.TRACE, basis=Basis.INTEREST, kept=words.FIVE_YEARS, end=End.KEEP,
            account="affiliate", told=("begun_at", "ended_at"), stays=words.STAYS_TRACE),
    Holding(model="affiliates.Invitation", fields=("email",), whose=(*PEOPLE, Whose.OTHER),
            purpose=words.SIGN_IN, basis=Basis.INTEREST, kept=_("30 days after it was over."),
            end=End.DELETE, rule="affiliates.invitations", account="affiliate",
            told=("role", "invited_at"), erased=OnErasure.DELETE),
    Holding(model="affiliates.Property", fields=("url",), purpose=words.JOINING,
            told=("declared_at", "removed_at"), **_GOES),
    Holding(model="affiliates.TermsNotice", fields=("objection",), purpose=words.CONTRACT,
            end=End.KEEP, told=("told_at", "accepted_at", "objected_at"),
            stays=words.STAYS_CONTRACT, **{**_OF_ACCOUNT, "kept": words.FIVE_YEARS, "rule": ""}),
    Holding(model="affiliates.Mandate", fields=(), told=("accepted_at", "language", "ended_at"),
            **_BOOKS),
    Holding(model="affiliates.TaxProfile",
            fields=("legal_name", "address", "postcode", "town", "siren", "siret", "registration",
                    "vat_number", "vat_name", "evidence"),
            told=("legal_form", "vat_regime", "country", "declared_at", "confirmed_at"),
            plain=("vat_reference",), **_BOOKS),
    Holding(model="affiliates.PayeeChange", fields=("before", "after"), told=("kind", "at"),
            **_BOOKS),
    Holding(model="affiliates.Payee",
            fields=("legal_name", "iban", "iban_last4", "iban_hash", "town"),
            purpose=words.PAYING, secret=("iban_hash",), told=("country", "changed_at"), **_GOES),
    Holding(model="affiliates.IdentityKey", whose=PEOPLE, fields=("key",), purpose=words.FRAUD,
            basis=Basis.INTEREST, kept=_("Five years after the account was closed."),
            end=End.DELETE, rule="affiliates.identity_keys", account="affiliate",
            secret=("key",), told=("kind", "seen_at"),
            stays=_("Keyed hashes, by which an account that comes back after a ban is known.")),
    Holding(model="affiliates.Application", whose=PEOPLE, person="user",
            fields=("name", "sites", "pitch", "reason", "staff_number"), purpose=words.JOINING,
            basis=Basis.CONTRACT, kept=_("With the account; three years if it was not accepted."),
            end=End.EMPTY, rule="affiliates.applications", plain=("channels", "methods"),
            told=("kind", "country", "status", "submitted_at", "status_changed_at"),
            erased=OnErasure.EMPTY, stays="",
            blank={"name": "", "sites": [], "pitch": "", "reason": "–", "staff_number": ""}),
    Holding(model="affiliates.Membership", fields=(), person="user",
            purpose=words.SIGN_IN, told=("role", "joined_at"), **_GOES),
    Holding(model="affiliates.Affiliate", whose=PEOPLE, account="pk",
            fields=("name", "status_reason", "staff_number"), purpose=words.CONTRACT,
            basis=Basis.CONTRACT, kept=words.WITH_ACCOUNT, end=End.CUT,
            rule="affiliates.closed_accounts", told=("kind", "country", "status", "joined_at"),
            erased=OnErasure.EMPTY, stays=_("A number stays, for the books and the statistics."),
            blank={"name": numbered("Erased account "), "status_reason": "",
                   "staff_number": _NO_NUMBER}),
)  # fmt: skip

PRIVACY = Declared(
    holdings=_HOLDINGS,
    nothing={
        "affiliates.Group": ("name",),
        "affiliates.Announcement": ("text_fr", "text_en"),
        "affiliates.AnnouncementText": ("name", "text_fr", "text_en"),
        "affiliates.CannedAnswer": ("text_fr", "text_en"),
        "affiliates.EventKey": ("key",),
        "affiliates.GroupMove": (),
        "affiliates.Incident": (),
        "affiliates.IncidentUpdate": (),
        "affiliates.IncrementalityFactor": (),
        "affiliates.MandateText": ("text_fr", "text_en"),
        "affiliates.Programme": (),
        "affiliates.Resource": ("text_fr", "text_en"),
        "affiliates.ResourceFile": ("name", "body"),
        "affiliates.Stop": (),
        "affiliates.Subscription": (),
        "affiliates.Terms": ("change_note",),
        "affiliates.TermsDraft": ("name", "change_note"),
    },
    rules=_RULES,
    accounts_of=closing_down.accounts_of,
    obstacles=closing_down.obstacles,
    before=closing_down.close_down,
)

"""What is kept of suspicions: the proof, for as long as somebody may contest it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.privacy import purging, words
from core.privacy.declaring import (
    PEOPLE,
    Basis,
    Declared,
    End,
    Holding,
    OnErasure,
    Rule,
    oldest_of,
)
from fraud.models import CaseFile, ProposalStatus, SanctionStatus, Severity
from fraud.services import case_retention, going

_RULES = (
    Rule(
        key="fraud.case_files",
        text=_("Files of cases are deleted so long after the case was decided (CA21)."),
        due=lambda now: case_retention.over(now).count(),
        run=lambda now: purging.until_done(lambda: case_retention.delete_files(now=now)),
        oldest=lambda: oldest_of(CaseFile.objects.filter(body__isnull=False), "message__sent_at"),
    ),
    Rule(
        key="fraud.case_words",
        text=_("What was written in cases is emptied five years after the case was decided."),
        due=lambda now: case_retention.with_old_words(now).count(),
        run=lambda now: case_retention.empty_words(now=now),
        oldest=lambda: oldest_of(case_retention.with_words(), "opened_at"),
    ),
)

_CASE: dict[str, Any] = {
    "whose": PEOPLE, "purpose": words.FRAUD, "basis": Basis.INTEREST, "kept": words.FIVE_YEARS,
    "end": End.EMPTY, "rule": "fraud.case_words", "stays": words.STAYS_CLAIMS,
}  # fmt: skip
_EVIDENCE: dict[str, Any] = {
    **_CASE, "end": End.KEEP, "rule": "", "kept": words.TEN_YEARS,
    "stays": _("The proof of what a sale was judged by; it may never be rewritten."),
}  # fmt: skip
#: As the page of a sale tells them: more would say of each sale at once which rule it met.
_TOLD_SIGNALS: dict[str, Any] = {
    "is_shadow": False, "severity__in": [Severity.REFUSE, Severity.HOLD],
}  # fmt: skip
#: What a rule that is tried would have said is told nobody, not even how often.
_NEVER: dict[str, Any] = {"pk__in": ()}
_SITE: dict[str, Any] = {
    "whose": PEOPLE, "purpose": words.JOINING, "basis": Basis.INTEREST,
    "kept": words.WITH_ACCOUNT, "end": End.DELETE, "rule": "affiliates.closed_accounts",
    "account": "affiliate", "erased": OnErasure.DELETE,
}  # fmt: skip

_HOLDINGS = (
    Holding(model="fraud.CaseFile", fields=("name", "body"), plain=("sha256",),
            account="message__case__affiliate",
            **{**_CASE, "rule": "fraud.case_files", "kept": _("proof_keep_days after it ended.")}),
    Holding(model="fraud.CaseMessage", fields=("text",), account="case__affiliate",
            told=("sent_at", "is_from_affiliate"), told_of={"is_internal": False}, **_CASE),
    Holding(model="fraud.CaseProposal", fields=("reason", "message", "answer"),
            account="case__affiliate", secret=("reason", "message", "answer"),
            told=("verdict", "status", "proposed_at"),
            told_of={"status": ProposalStatus.AGREED}, **_CASE),
    Holding(model="fraud.Sanction", fields=("reason", "message"), account="affiliate",
            secret=("reason",), told=("is_ban", "measures", "status", "proposed_at"),
            told_of={"status__in": [SanctionStatus.IN_FORCE, SanctionStatus.LIFTED]},
            **{**_CASE, "end": End.KEEP, "rule": ""}),
    Holding(model="fraud.Case", fields=("reason", "message"), account="affiliate",
            secret=("reason",), told=("family", "severity", "status", "opened_at",
                                      "status_changed_at"), **_CASE),
    Holding(model="fraud.Signal", fields=("evidence",), account="screening__credit__affiliate",
            secret=("evidence",), plain=("thresholds", "code"), told_of=_TOLD_SIGNALS,
            **_EVIDENCE),
    Holding(model="fraud.Screening", fields=("decision",), account="credit__affiliate",
            told=("screened_at",), plain=("unknown",), **_EVIDENCE),
    Holding(model="fraud.Observation", fields=("evidence",), account="affiliate",
            secret=("evidence",), plain=("thresholds", "code"),
            told=("family", "first_seen_at", "ended_at"), told_of={"is_shadow": False},
            **_EVIDENCE),
    Holding(model="fraud.WouldFlag", fields=("evidence",), account="affiliate",
            secret=("evidence",), told_of=_NEVER, **{**_EVIDENCE, "end": End.DELETE,
            "erased": OnErasure.DELETE, "rule": "affiliates.closed_accounts", "stays": "",
            "kept": words.WITH_ACCOUNT}),
    Holding(model="fraud.SiteAssessment", fields=("url", "features", "findings"),
            told=("site_class", "assessed_at"), **_SITE),
    Holding(model="fraud.SiteProof", fields=("url",), plain=("token", "failure"),
            told=("method", "verified_at"), **_SITE),
    Holding(model="fraud.Redirector", fields=("url", "host"), plain=("failure",),
            told=("declared_at", "verified_at"), **_SITE),
    Holding(model="fraud.Snapshot", fields=("text", "title", "body"), whose=PEOPLE,
            purpose=words.JOINING, basis=Basis.INTEREST, kept=words.TEN_YEARS, end=End.KEEP,
            plain=("asked_url", "final_url", "hops", "error", "sha256"),
            stays=_("A public page as it was, the proof of a decision; not found by person.")),
)  # fmt: skip

PRIVACY = Declared(
    holdings=_HOLDINGS,
    nothing={
        "fraud.TrafficDay": (),
        "fraud.SalesDay": (),
        "fraud.Progress": ("name",),
        "fraud.Backtest": ("code", "summary", "thresholds"),
        "fraud.CaseCredit": (),
        "fraud.DecisionLimit": ("reason",),
        "fraud.SignalSetting": ("reason", "code", "thresholds"),
        "fraud.SignalPause": ("reason", "code"),
        "fraud.ListedHost": ("note",),
        "fraud.WatchedName": ("name",),
        "fraud.Lookalike": ("host",),
        "fraud.Probe": ("addresses", "hops", "error"),
    },
    rules=_RULES,
    obstacles=going.obstacles,
)

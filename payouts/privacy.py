"""What paying people leaves behind: the books, by law, and what was said of them, for a while."""

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
    Whose,
    oldest_of,
)
from payouts.models import Claim, ProposalStatus
from payouts.services import claim_retention, going

_RULES = (
    Rule(
        key="payouts.claim_files",
        text=_("Files of claims are deleted so long after the claim ended (CL16)."),
        due=lambda now: claim_retention.over(now).count(),
        run=lambda now: purging.until_done(lambda: claim_retention.delete_proofs(now=now)),
        oldest=lambda: oldest_of(Claim.objects.filter(proof__isnull=False), "created_at"),
    ),
    Rule(
        key="payouts.claim_words",
        text=_("What was written in claims is emptied five years after the claim ended."),
        due=lambda now: claim_retention.with_old_words(now).count(),
        run=lambda now: claim_retention.empty_words(now=now),
        oldest=lambda: oldest_of(claim_retention.with_words(), "created_at"),
    ),
)

_BOOKS: dict[str, Any] = {
    "whose": PEOPLE, "purpose": words.BOOKS, "basis": Basis.LAW, "kept": words.TEN_YEARS,
    "end": End.KEEP, "stays": words.STAYS_BOOKS,
}  # fmt: skip
_OF_ACCOUNT: dict[str, Any] = {**_BOOKS, "account": "affiliate"}
_OF_ITEM: dict[str, Any] = {**_BOOKS, "account": "item__affiliate"}
_CLAIM: dict[str, Any] = {
    "whose": PEOPLE, "purpose": words.TALKING, "basis": Basis.CONTRACT, "kept": words.FIVE_YEARS,
    "end": End.EMPTY, "rule": "payouts.claim_words", "stays": words.STAYS_CLAIMS,
}  # fmt: skip

_HOLDINGS = (
    Holding(model="payouts.ClaimMessage", fields=("text", "proof", "proof_name"),
            account="claim__affiliate", told=("at", "is_from_team"), **_CLAIM),
    Holding(model="payouts.Claim", fields=("text", "proof", "proof_name", "answer", "evidence",
            "internal_text"), account="affiliate", secret=("evidence", "internal_text"),
            told=("kind", "order_number", "ordered_on", "amount_minor", "currency", "status",
                  "created_at"), plain=("answer_code", "import_name"), **_CLAIM),
    Holding(model="payouts.NameCheck", fields=("name", "name_at_bank", "iban_hash", "iban_last4"),
            secret=("iban_hash",), plain=("accept_reason",), told=("verdict", "checked_on"),
            **_OF_ACCOUNT),
    Holding(model="payouts.NameCheckFile", fields=("body",), plain=("name", "sha256"), **_BOOKS),
    Holding(model="payouts.BankEntry", fields=("text",), account="item__affiliate",
            plain=("reference", "end_to_end_id", "unmatch_reason", "reason_code"),
            told=("amount_minor", "currency", "booked_on"), **_BOOKS),
    Holding(model="payouts.BankFile", fields=("body",), plain=("name", "message_id", "sha256"),
            **_BOOKS),
    Holding(model="payouts.BatchFile", fields=("body",), plain=("name", "sha256"), **_BOOKS),
    Holding(model="payouts.BatchAttachment", fields=("body",), plain=("name", "sha256"),
            **_BOOKS),
    Holding(model="payouts.ManualProof", fields=("body",), plain=("name", "sha256"),
            secret=("body",), told=("paid_on",), **_OF_ITEM),
    Holding(model="payouts.Statement", fields=("body",), secret=("body",), plain=("sha256",),
            told=("number", "issued_at"), **_OF_ITEM),
    Holding(model="payouts.InvoiceDelivery", fields=("reference",), plain=("error",),
            told=("at",), account="invoice__affiliate", **_BOOKS),
    Holding(model="payouts.Invoice", fields=("body",), secret=("body",), plain=("sha256",),
            told=("number", "kind", "net_minor", "vat_minor", "currency", "issued_on"),
            **_OF_ACCOUNT),
    Holding(model="payouts.Item",
            fields=("payee_name", "iban", "iban_last4", "town", "store", "staff_number",
                    "stripe_account"),
            plain=("reason", "rail_reference", "idempotency_key"),
            told=("amount_minor", "vat_minor", "currency", "country", "status",
                  "status_changed_at"), **_OF_ACCOUNT),
    Holding(model="payouts.StripeAccount", fields=("account", "last4", "requirements"),
            told=("country", "created_at"), secret=("requirements",), **_OF_ACCOUNT),
    Holding(model="payouts.StripeEvent", fields=("account",), plain=("error", "subject"),
            **_BOOKS),
    Holding(model="payouts.PayoutHold", fields=("reason", "end_reason"),
            told=("began_at", "ended_at"), secret=("reason", "end_reason"), **_OF_ACCOUNT),
    Holding(model="payouts.Adjustment", fields=("text",), plain=("reason",),
            told=("amount_minor", "currency", "effective_at"), **_OF_ACCOUNT),
    Holding(model="payouts.AdjustmentProposal",
            fields=("text", "internal_text", "evidence", "evidence_name", "decision_text"),
            secret=("internal_text", "evidence", "evidence_name", "decision_text"),
            plain=("reason", "import_name"),
            told=("amount_minor", "currency", "status", "created_at"),
            told_of={"status": ProposalStatus.BOOKED}, **_OF_ACCOUNT),
    Holding(model="payouts.Commission", fields=(), plain=("reversal_reason",),
            told=("amount_minor", "approved_minor", "currency", "status", "accrued_at",
                  "hold_until"), **_OF_ACCOUNT),
    Holding(model="payouts.ProductFeed", whose=PEOPLE, fields=("token_hash",),
            purpose=words.TELLING, basis=Basis.CONTRACT, kept=words.WITH_ACCOUNT, end=End.DELETE,
            rule="affiliates.closed_accounts", account="affiliate", secret=("token_hash",),
            told=("made_at", "used_at", "revoked_at"), erased=OnErasure.DELETE),
    Holding(model="payouts.DebtorAccount", fields=("iban", "iban_last4"),
            plain=("name", "bic"), **{**_BOOKS, "whose": (Whose.OTHER,)}),
    Holding(model="payouts.Difference", fields=("note",), plain=("data",),
            **{**_BOOKS, "whose": PEOPLE}),
)  # fmt: skip

PRIVACY = Declared(
    holdings=_HOLDINGS,
    nothing={
        "payouts.Account": (),
        "payouts.Approval": ("content_hash",),
        "payouts.ApprovalLimit": (),
        "payouts.ApprovalRule": (),
        "payouts.Batch": ("note",),
        "payouts.Block": ("reason",),
        "payouts.ClosedMonth": ("report", "balances"),
        "payouts.CommissionLine": ("steps",),
        "payouts.InvoiceSeries": (),
        "payouts.ItemLine": (),
        "payouts.ItemReturn": ("reason",),
        "payouts.LedgerCheck": ("differences",),
        "payouts.Meter": (),
        "payouts.MinimumRule": (),
        "payouts.PayoutException": ("note",),
        "payouts.PayoutStop": ("reason", "end_reason"),
        "payouts.Reconciliation": ("compared", "problem"),
        "payouts.RefundRuling": (),
        "payouts.ShelfItem": (),
        "payouts.SimulatedAffiliate": (),
        "payouts.SimulatedOrder": (),
        "payouts.Simulation": ("name", "problem"),
        "payouts.TierReached": (),
        "payouts.Transfer": (),
    },
    rules=_RULES,
    obstacles=going.obstacles,
)

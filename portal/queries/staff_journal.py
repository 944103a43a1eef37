"""The audit trail of one thing, as a history that a person reads."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import AuditEntry
from portal.display import TimelineItem, Tone

LIMIT = 50

_VERBS: dict[str, tuple[Promise, str, Tone]] = {
    "application.submitted": (gettext_lazy("Application sent"), "send", "neutral"),
    "application.review_started": (gettext_lazy("Review started"), "eye", "info"),
    "application.approved": (gettext_lazy("Application accepted"), "circle-check", "success"),
    "application.rejected": (gettext_lazy("Application refused"), "circle-x", "danger"),
    "application.withdrawn": (gettext_lazy("Application withdrawn"), "undo-2", "neutral"),
    "affiliate.changed": (gettext_lazy("Account changed"), "pencil", "warning"),
    "affiliate.membership_added": (gettext_lazy("Person added"), "user", "warning"),
    "affiliate.membership_changed": (gettext_lazy("Person changed"), "user", "warning"),
    "affiliate.membership_removed": (gettext_lazy("Person removed"), "user", "warning"),
    "affiliate.property_added": (gettext_lazy("Site added"), "globe", "neutral"),
    "affiliate.property_changed": (gettext_lazy("Site changed"), "globe", "neutral"),
    "affiliate.property_removed": (gettext_lazy("Site removed"), "globe", "neutral"),
    "terms.added": (gettext_lazy("Terms added"), "file-text", "warning"),
    "terms.changed": (gettext_lazy("Terms changed"), "file-text", "warning"),
    "terms.published": (gettext_lazy("Terms published"), "send", "info"),
    "terms.ended": (gettext_lazy("Terms ended"), "x", "warning"),
    "terms.accepted": (gettext_lazy("Terms accepted"), "check", "success"),
    "terms.objected": (gettext_lazy("Objection to terms"), "message-square", "warning"),
    "terms_draft.created": (gettext_lazy("Draft begun"), "plus", "neutral"),
    "terms_draft.changed": (gettext_lazy("Draft changed"), "pencil", "neutral"),
    "terms_draft.offered": (gettext_lazy("Offered to the affiliate"), "send", "info"),
    "terms_draft.taken_back": (gettext_lazy("Offer withdrawn"), "undo-2", "neutral"),
    "terms_draft.accepted": (gettext_lazy("Offer accepted"), "circle-check", "success"),
    "terms_draft.declined": (gettext_lazy("Offer declined"), "circle-x", "warning"),
    "terms_draft.discarded": (gettext_lazy("Draft discarded"), "trash-2", "neutral"),
    "factor.set": (gettext_lazy("Measured factor set"), "chart-column", "info"),
    "factor.ended": (gettext_lazy("Measured factor ended"), "x", "neutral"),
    "programme.changed": (gettext_lazy("Settings changed"), "settings", "warning"),
    "affiliate.suspended": (gettext_lazy("Suspended"), "pause", "danger"),
    "affiliate.reactivated": (gettext_lazy("Reactivated"), "circle-check", "success"),
    "affiliate.move_announced": (gettext_lazy("Move to a group announced"), "users", "info"),
    "affiliate.moved": (gettext_lazy("Moved to another group"), "users", "neutral"),
    "affiliate.move_cancelled": (gettext_lazy("Move taken back"), "undo-2", "neutral"),
    "affiliate.closed": (gettext_lazy("Closed"), "lock", "neutral"),
    "payee.saved": (gettext_lazy("Payment details changed"), "landmark", "warning"),
    "payee.changed": (gettext_lazy("Payment details changed"), "landmark", "warning"),
    "code.created": (gettext_lazy("Promo code created"), "tag", "neutral"),
    "code.ended": (gettext_lazy("Promo code ended"), "tag", "neutral"),
    "code.revised": (gettext_lazy("Promo code changed"), "pencil", "neutral"),
    "code_request.made": (gettext_lazy("Promo code asked for"), "send", "neutral"),
    "code_request.withdrawn": (gettext_lazy("Request withdrawn"), "undo-2", "neutral"),
    "code_request.granted": (gettext_lazy("Request granted"), "circle-check", "success"),
    "code_request.refused": (gettext_lazy("Request refused"), "circle-x", "danger"),
    "group.utm_changed": (gettext_lazy("UTM template changed"), "pencil", "neutral"),
    "bands.published": (gettext_lazy("Margin bands published"), "send", "info"),
    "bandperiod.costs_viewed": (gettext_lazy("Effect of bands looked at"), "eye", "neutral"),
    "policy.published": (gettext_lazy("Policy published"), "send", "info"),
    "link.edited": (gettext_lazy("Link changed"), "pencil", "neutral"),
    "link.archived": (gettext_lazy("Link archived"), "archive", "neutral"),
    "link.restored": (gettext_lazy("Link back in use"), "undo-2", "neutral"),
    "order.costs_viewed": (gettext_lazy("Costs looked at"), "eye", "neutral"),
    "order.journey_viewed": (gettext_lazy("Journey looked at"), "eye", "neutral"),
    "case.confirmed": (gettext_lazy("Case confirmed"), "circle-x", "danger"),
    "case.dismissed": (gettext_lazy("Case dismissed"), "circle-check", "success"),
    "case.assigned": (gettext_lazy("Given to somebody"), "user", "neutral"),
    "case.snoozed": (gettext_lazy("Put off"), "clock", "neutral"),
    "case.woken": (gettext_lazy("Back in the queue"), "undo-2", "neutral"),
    "case.escalated": (gettext_lazy("Escalated"), "triangle-alert", "danger"),
    "case.asked": (gettext_lazy("Affiliate asked"), "circle-help", "info"),
    "case.answered": (gettext_lazy("Affiliate wrote"), "message-square", "neutral"),
    "case.noted": (gettext_lazy("Note for the team"), "pencil", "neutral"),
    "case.appealed": (gettext_lazy("Contested"), "message-square", "warning"),
    "sanction.proposed": (gettext_lazy("Ban proposed"), "users", "warning"),
    "sanction.in_force": (gettext_lazy("Sanction in force"), "ban", "danger"),
    "sanction.rejected": (gettext_lazy("Ban not agreed to"), "x", "neutral"),
    "sanction.replaced": (gettext_lazy("Replaced by a ban"), "ban", "warning"),
    "sanction.lifted": (gettext_lazy("Sanction lifted"), "undo-2", "success"),
    "signal.set": (gettext_lazy("Use of a signal changed"), "settings", "warning"),
    "signal.paused": (gettext_lazy("Signal paused"), "pause", "warning"),
    "signal.resumed": (gettext_lazy("Signal speaks again"), "circle-check", "neutral"),
    "watched_name.added": (gettext_lazy("Name added to the watch"), "plus", "neutral"),
    "watched_name.removed": (gettext_lazy("Name watched no more"), "x", "warning"),
    "lookalike.added": (gettext_lazy("Added to the watch"), "plus", "neutral"),
    "lookalike.look_asked": (gettext_lazy("Look asked for"), "eye", "neutral"),
    "lookalike.allowed": (gettext_lazy("Allowed"), "check", "success"),
    "lookalike.disallowed": (gettext_lazy("No longer allowed"), "undo-2", "warning"),
    "lookalike.ours": (gettext_lazy("Noted as ours"), "house", "success"),
    "lookalike.not_ours": (gettext_lazy("Noted as not ours"), "undo-2", "warning"),
    "affiliate.reopened": (gettext_lazy("Opened again"), "undo-2", "success"),
    "commission.held": (gettext_lazy("Commission held"), "pause", "warning"),
    "commission.block_released": (gettext_lazy("Block released"), "check", "success"),
    "commission.reversed": (gettext_lazy("Commission reversed"), "undo-2", "danger"),
    "commission.released_early": (gettext_lazy("Hold ended early"), "clock", "info"),
    "adjustment.proposed": (gettext_lazy("Adjustment proposed"), "plus", "info"),
    "adjustment.approved": (gettext_lazy("Adjustment approved"), "circle-check", "success"),
    "adjustment.declined": (gettext_lazy("Adjustment declined"), "circle-x", "danger"),
    "adjustment.evidence_viewed": (gettext_lazy("Evidence looked at"), "eye", "neutral"),
    "adjustment.withdrawn": (gettext_lazy("Adjustment withdrawn"), "undo-2", "neutral"),
    "claim.opened": (gettext_lazy("Claimed"), "message-square", "neutral"),
    "claim.asked": (gettext_lazy("Affiliate asked"), "circle-help", "info"),
    "claim.replied": (gettext_lazy("Affiliate answered"), "message-square", "neutral"),
    "claim.withdrawn": (gettext_lazy("Claim withdrawn"), "undo-2", "neutral"),
    "claim.assigned": (gettext_lazy("Given to somebody"), "user", "neutral"),
    "claim.proposed": (gettext_lazy("Amount proposed"), "users", "info"),
    "claim.granted": (gettext_lazy("Claim granted"), "circle-check", "success"),
    "claim.declined": (gettext_lazy("Claim declined"), "circle-x", "danger"),
    "claim.reopened": (gettext_lazy("Open again"), "undo-2", "warning"),
    "claim.overdue": (gettext_lazy("Late"), "clock", "warning"),
    "claim.reminded": (gettext_lazy("Affiliate reminded"), "mail", "info"),
    "claim.files_deleted": (gettext_lazy("Files deleted: kept long enough"), "trash-2", "neutral"),
    "batch.prepared": (gettext_lazy("Batch prepared"), "clipboard-check", "neutral"),
    "batch.item_excluded": (gettext_lazy("Payment left out"), "x", "warning"),
    "batch.recomputed": (gettext_lazy("Batch computed again"), "refresh-cw", "neutral"),
    "batch.submitted": (gettext_lazy("Submitted for approval"), "send", "info"),
    "batch.sent_back": (gettext_lazy("Sent back"), "undo-2", "warning"),
    "batch.approved": (gettext_lazy("Batch approved"), "circle-check", "success"),
    "batch.approval_given": (gettext_lazy("One of several approvals"), "check", "info"),
    "batch.approval_refused": (gettext_lazy("Approval refused"), "circle-x", "danger"),
    "batch.paused": (gettext_lazy("Paused"), "pause", "warning"),
    "batch.resumed": (gettext_lazy("Goes on"), "send", "info"),
    "payouts.stopped": (gettext_lazy("All payouts stopped"), "ban", "danger"),
    "payouts.resumed": (gettext_lazy("Payouts go on"), "circle-check", "success"),
    "approval_rules.proposed": (gettext_lazy("Approval rules proposed"), "plus", "info"),
    "approval_rules.confirmed": (gettext_lazy("Approval rules confirmed"), "check", "success"),
    "approval_rules.discarded": (gettext_lazy("Approval rules discarded"), "x", "neutral"),
    "approval_limit.proposed": (gettext_lazy("Daily limit proposed"), "plus", "info"),
    "approval_limit.confirmed": (gettext_lazy("Daily limit confirmed"), "check", "success"),
    "approval_limit.discarded": (gettext_lazy("Daily limit discarded"), "x", "neutral"),
    "payout_exception.minded": (gettext_lazy("Exception minded"), "user", "neutral"),
    "month.closed": (gettext_lazy("Month closed"), "lock", "success"),
    "month.downloaded": (gettext_lazy("Report downloaded"), "download", "neutral"),
    "difference.minded": (gettext_lazy("Difference minded"), "user", "neutral"),
    "difference.explained": (gettext_lazy("Difference explained"), "circle-check", "success"),
    "journal.exported": (gettext_lazy("Journal exported"), "download", "neutral"),
    "batch.cancelled": (gettext_lazy("Batch cancelled"), "ban", "danger"),
    "batch.file_made": (gettext_lazy("File made"), "file-text", "info"),
    "batch.file_refused": (gettext_lazy("File refused"), "ban", "danger"),
    "batch.file_downloaded": (gettext_lazy("File downloaded"), "download", "neutral"),
    "batch.sent": (gettext_lazy("Marked as sent"), "send", "success"),
    "batch.marked_sent": (gettext_lazy("Marked as sent"), "send", "success"),
    "batch.manual_begun": (gettext_lazy("Payments by hand begun"), "send", "info"),
    "batch.item_paid_by_hand": (gettext_lazy("Payment made by hand"), "check", "success"),
    "batch.item_given_up": (gettext_lazy("Payment given up"), "circle-x", "warning"),
    "item.account_viewed": (gettext_lazy("Account looked at"), "eye", "neutral"),
    "manual_proof.viewed": (gettext_lazy("Proof looked at"), "eye", "neutral"),
    "bank_file.received": (gettext_lazy("File taken"), "upload", "neutral"),
    "bank_file.matched": (gettext_lazy("More lines matched"), "check", "success"),
    "bank_entry.matched": (gettext_lazy("Matched by hand"), "check", "success"),
    "bank_entry.set_aside": (gettext_lazy("Set aside"), "x", "neutral"),
    "bank_entry.batch_returned": (gettext_lazy("All payouts returned"), "undo-2", "warning"),
    "listed_host.added": (gettext_lazy("Listed"), "plus", "neutral"),
    "listed_host.removed": (gettext_lazy("Taken off the list"), "x", "warning"),
    "vetting.read_again": (gettext_lazy("Sites read again"), "refresh-cw", "neutral"),
    "site_proof.verified": (gettext_lazy("Site proved"), "shield-check", "success"),
    "site_proof.lost": (gettext_lazy("Proof of a site gone"), "circle-x", "warning"),
    "site_proof.confirmed": (gettext_lazy("Code found in the profile"), "check", "success"),
    "site_proof.not_found": (gettext_lazy("Code not found in the profile"), "x", "warning"),
    "redirector.declared": (gettext_lazy("Redirector declared"), "link", "neutral"),
    "redirector.verified": (gettext_lazy("Redirector verified"), "shield-check", "success"),
    "redirector.lost": (gettext_lazy("Redirector leads elsewhere now"), "circle-x", "warning"),
    "redirector.removed": (gettext_lazy("Redirector removed"), "x", "neutral"),
    "inbound.replayed": (gettext_lazy("Delivery replayed"), "refresh-cw", "info"),
}


def verb_label(verb: str) -> str:
    """Return what was done in words; a verb that nobody named shows itself."""
    known = _VERBS.get(verb)
    return str(known[0]) if known else verb.replace(".", ": ").replace("_", " ")


def journal(subjects: Iterable[Model], *, limit: int = LIMIT) -> list[TimelineItem]:
    """Return the latest entries about any of ``subjects``, newest first, in one query."""
    wanted = Q(pk__in=())
    for subject in subjects:
        wanted |= Q(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    entries = AuditEntry.objects.filter(wanted).select_related("actor").order_by("-pk")[:limit]
    return [_item(entry) for entry in entries]


def _item(entry: AuditEntry) -> TimelineItem:
    known = _VERBS.get(entry.verb)
    return TimelineItem(
        title=verb_label(entry.verb),
        at=entry.at,
        actor=str(entry.actor) if entry.actor else _("System"),
        note=entry.reason,
        icon=known[1] if known else "clock",
        tone=known[2] if known else "neutral",
    )

"""The audit trail of one thing, as a history that a person reads."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import AuditEntry
from portal.display import TimelineItem, Tone
from portal.queries.creator_verbs import CREATOR_WORDS
from portal.queries.machine_verbs import MACHINE_WORDS
from portal.queries.money_verbs import MONEY_WORDS
from portal.queries.privacy_verbs import PRIVACY_WORDS
from portal.queries.service_verbs import SERVICE_WORDS
from portal.queries.team_verbs import TEAM_WORDS

LIMIT = 50

#: What each verb of the audit trail is called, its icon and its tone.
WORDS: dict[str, tuple[Promise, str, Tone]] = {
    **TEAM_WORDS,
    **MACHINE_WORDS,
    **PRIVACY_WORDS,
    **SERVICE_WORDS,
    **CREATOR_WORDS,
    **MONEY_WORDS,
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
    "programme.costs_viewed": (gettext_lazy("Costs looked at in a report"), "eye", "neutral"),
    "programme.report_downloaded": (gettext_lazy("Report downloaded"), "download", "neutral"),
    "programme.orders_downloaded": (gettext_lazy("Orders downloaded"), "download", "neutral"),
    "export.downloaded": (gettext_lazy("Export downloaded"), "download", "neutral"),
    "export.costs_viewed": (gettext_lazy("Export with costs downloaded"), "eye", "neutral"),
    "programme.changed": (gettext_lazy("Settings changed"), "settings", "warning"),
    "affiliate.suspended": (gettext_lazy("Suspended"), "pause", "danger"),
    "affiliate.reactivated": (gettext_lazy("Reactivated"), "circle-check", "success"),
    "affiliate.move_announced": (gettext_lazy("Move to a group announced"), "users", "info"),
    "affiliate.moved": (gettext_lazy("Moved to another group"), "users", "neutral"),
    "affiliate.move_cancelled": (gettext_lazy("Move taken back"), "undo-2", "neutral"),
    "affiliate.closed": (gettext_lazy("Closed"), "lock", "neutral"),
    "product_feed.made": (gettext_lazy("Product feed made"), "download", "neutral"),
    "product_feed.revoked": (gettext_lazy("Product feed revoked"), "ban", "neutral"),
    "code.created": (gettext_lazy("Promo code created"), "tag", "neutral"),
    "code.ended": (gettext_lazy("Promo code ended"), "tag", "neutral"),
    "code.revised": (gettext_lazy("Promo code changed"), "pencil", "neutral"),
    "code_request.made": (gettext_lazy("Promo code asked for"), "send", "neutral"),
    "code_request.withdrawn": (gettext_lazy("Request withdrawn"), "undo-2", "neutral"),
    "code_request.granted": (gettext_lazy("Request granted"), "circle-check", "success"),
    "code_request.refused": (gettext_lazy("Request refused"), "circle-x", "danger"),
    "group.utm_changed": (gettext_lazy("UTM template changed"), "pencil", "neutral"),
    "category.mapped": (gettext_lazy("Category of the shop named anew"), "pencil", "neutral"),
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
    "case.files_deleted": (gettext_lazy("Files deleted: kept long enough"), "trash-2", "neutral"),
    "thread.files_deleted": (gettext_lazy("Files deleted: kept long enough"), "trash-2", "neutral"),
    "case.decision_proposed": (gettext_lazy("Decision proposed"), "users", "info"),
    "case.decision_agreed": (gettext_lazy("Decision agreed to"), "check", "info"),
    "case.decision_declined": (gettext_lazy("Decision not agreed to"), "x", "warning"),
    "case.decision_withdrawn": (gettext_lazy("Proposed decision taken back"), "undo-2", "neutral"),
    "decision_limit.set": (gettext_lazy("Limit of decisions changed"), "settings", "warning"),
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
    "message.tried_again": (gettext_lazy("Tried again"), "refresh-cw", "neutral"),
    "journal.exported": (gettext_lazy("Journal exported"), "download", "neutral"),
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
    "inbound.replayed_all": (gettext_lazy("Deliveries replayed"), "refresh-cw", "info"),
    "inbound.dropped": (gettext_lazy("Failed deliveries deleted"), "trash-2", "warning"),
    "drop.read_again": (gettext_lazy("Dropped file read again"), "refresh-cw", "info"),
    "customer.erased": (gettext_lazy("Customer erased"), "x", "neutral"),
    "customer.disclosed": (gettext_lazy("Customer's data handed out"), "eye", "warning"),
    "experiment.planned": (gettext_lazy("Experiment planned"), "plus", "neutral"),
    "experiment.calendar_drawn": (gettext_lazy("Calendar drawn"), "calendar", "neutral"),
    "experiment.begun": (gettext_lazy("Experiment begun"), "send", "info"),
    "experiment.ended": (gettext_lazy("Experiment ended"), "lock", "neutral"),
    "experiment.discarded": (gettext_lazy("Experiment discarded"), "trash-2", "neutral"),
    "experiment.costs_viewed": (gettext_lazy("Costs looked at"), "eye", "neutral"),
    "group.added": (gettext_lazy("Group added"), "plus", "warning"),
    "group.changed": (gettext_lazy("Group changed"), "pencil", "warning"),
    "affiliates.synthesized": (gettext_lazy("Accounts of an import made"), "plus", "neutral"),
    "affiliate.added": (gettext_lazy("Account added"), "plus", "warning"),
    "costs.viewed": (gettext_lazy("Costs looked at"), "eye", "neutral"),
    "inbound.viewed": (gettext_lazy("Delivery looked at"), "eye", "neutral"),
    "product.costs_viewed": (gettext_lazy("Costs looked at"), "eye", "neutral"),
    "inboundevent.costs_viewed": (gettext_lazy("Delivery looked at"), "eye", "neutral"),
    "simulation.costs_viewed": (gettext_lazy("Costs looked at"), "eye", "neutral"),
    "api_key.issued": (gettext_lazy("API key made"), "lock", "warning"),
    "api_key.revoked": (gettext_lazy("API key revoked"), "lock", "warning"),
    "staff.added": (gettext_lazy("Member of staff added"), "user", "warning"),
    "staff.removed": (gettext_lazy("Member of staff removed"), "user", "warning"),
    "staff_code.added": (gettext_lazy("Staff discount code added"), "tag", "neutral"),
    "staff_code.ended": (gettext_lazy("Staff discount code ended"), "tag", "neutral"),
}


def verb_label(verb: str) -> str:
    """Return what was done in words; a verb that nobody named shows itself."""
    known = WORDS.get(verb)
    return str(known[0]) if known else verb.replace(".", ": ").replace("_", " ")


def journal(subjects: Iterable[Model], *, limit: int = LIMIT) -> list[TimelineItem]:
    """Return the latest entries about any of ``subjects``, newest first, in one query."""
    wanted = Q(pk__in=())
    for subject in subjects:
        wanted |= Q(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    entries = AuditEntry.objects.filter(wanted).select_related("actor").order_by("-pk")[:limit]
    return [_item(entry) for entry in entries]


def _item(entry: AuditEntry) -> TimelineItem:
    known = WORDS.get(entry.verb)
    return TimelineItem(
        title=verb_label(entry.verb),
        at=entry.at,
        actor=str(entry.actor) if entry.actor else _("System"),
        note=entry.reason,
        icon=known[1] if known else "clock",
        tone=known[2] if known else "neutral",
    )

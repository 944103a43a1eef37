"""Letters to the team: programme managers and finance."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.letter_kinds.kind import Audience, Category, Lock, kind

_WHO, _FINANCE = Audience.MANAGER, Audience.FINANCE
_LOOKS, _PROGRAMME, _SALES = Category.LOOKS, Category.PROGRAMME, Category.SALES

KINDS = (
    kind("campaign_replied", _("Campaign: an answer"),
         _("When a creator applies for a campaign of yours, accepts or declines."), _WHO, _LOOKS),
    kind("campaign_delivered", _("Campaign: delivered"),
         _("When something for a campaign of yours waits to be looked at."), _WHO, _LOOKS),
    kind("campaign_late", _("Campaign: late"),
         _("When something for a campaign of yours is late."), _WHO, _LOOKS),
    kind("parcel_asked", _("Product asked for"),
         _("When a creator asks for a product."), _WHO, _LOOKS),
    kind("contract_replied", _("Contract: an answer"),
         _("When a creator signs or refuses a contract that you offered."), _WHO, _LOOKS),
    kind("contract_needed", _("Contract needed"),
         _("When a creator comes near the amount from which a contract is a must."), _WHO, _LOOKS),
    kind("standing_contested", _("Standing contested"),
         _("When a creator contests their standing."), _WHO, _LOOKS),
    kind("claim_opened", _("New claim"), _("When an affiliate claims a sale."), _WHO, _SALES),
    kind("claim_replied", _("Claim: an answer"),
         _("When an affiliate answers the question about a claim."), _WHO, _SALES),
    kind("claim_assigned", _("Claim assigned"),
         _("When a claim is yours to decide."), _WHO, _SALES),
    kind("claims_overdue", _("Claims overdue"),
         _("Each day on which claims should have been answered."), _WHO, _SALES),
    kind("case_replied", _("Case: an answer"),
         _("When an affiliate answers a question about a case."), _WHO, _PROGRAMME),
    kind("case_appealed", _("Decision contested"),
         _("When an affiliate contests a decision: somebody else decides again."),
         _WHO, _PROGRAMME),
    kind("case_assigned", _("Case assigned"),
         _("When a case is yours to decide."), _WHO, _PROGRAMME),
    kind("cases_escalated", _("Cases that wait too long"),
         _("When cases hold sales for longer than they should."), _WHO, _PROGRAMME),
    kind("second_person_asked", _("Second person needed"),
         _("When a decision of a colleague waits for your agreement."), _WHO, _PROGRAMME),
    kind("second_person_declined", _("Second person does not agree"),
         _("When a colleague does not agree with what you proposed."), _WHO, _PROGRAMME),
    kind("terms_objected", _("Objection to terms"),
         _("When an affiliate objects to new terms."), _WHO, _PROGRAMME),
    kind("connection_silent", _("Shop silent"),
         _("When nothing comes from a shop any more: orders may be missing."), _WHO, _PROGRAMME),
    kind("deliveries_ending", _("Failed deliveries end"),
         _("A week before failed deliveries that nobody worked on are deleted."),
         _WHO, _PROGRAMME),
    kind("own_endpoint_failing", _("Webhook fails"),
         _("When an address of the programme does not take our events, and when we stop sending."),
         _WHO, _PROGRAMME),
    kind("message_to_team", _("Message of an affiliate"),
         _("When an affiliate writes to the team, or answers in a thread of yours."),
         _WHO, _PROGRAMME),
    kind("queue_digest", _("What waits for the team"),
         _("Each morning: how much waits for a manager, and since when."), _WHO, Category.DIGEST),
    kind("reconciliation_alert", _("Reconciliation"),
         _("When ledger, payments and bank do not say the same."),
         _FINANCE, Category.MONEY, Lock.MONEY),
    kind("declaration_due", _("Yearly declaration"),
         _("When last year's commissions are to be declared (DAS2)."),
         _FINANCE, Category.MONEY, Lock.MONEY),
)  # fmt: skip

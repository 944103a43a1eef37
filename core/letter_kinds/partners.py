"""Letters to whoever acts for an affiliate."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.letter_kinds.kind import Audience, Category, Lock, kind

_WHO = Audience.PARTNER
_MONEY, _SECURITY = Category.MONEY, Category.SECURITY
_SALES, _PROGRAMME = Category.SALES, Category.PROGRAMME

KINDS = (
    # Joining, and what was agreed on.
    kind("application_received", _("Application received"),
         _("When your application has arrived."), _WHO, _PROGRAMME, Lock.ANSWER),
    kind("application_approved", _("Application accepted"),
         _("When you are welcome."), _WHO, _PROGRAMME, Lock.ANSWER),
    kind("application_refused", _("Application refused"),
         _("When we cannot accept you, with the reason."), _WHO, _PROGRAMME, Lock.ANSWER),
    kind("terms_announced", _("New terms"),
         _("Before new terms apply to you."), _WHO, _PROGRAMME, Lock.TERMS),
    kind("terms_offered", _("Terms offered"),
         _("When terms of your own are offered to you."), _WHO, _PROGRAMME, Lock.TERMS),
    kind("terms_ended", _("Terms that end"),
         _("Before terms of yours end."), _WHO, _PROGRAMME, Lock.TERMS),
    kind("group_moved", _("Another group"),
         _("When you come to another group, and when that is called off."),
         _WHO, _PROGRAMME, Lock.TERMS),
    kind("factor_changed", _("Measured factor"),
         _("When a measurement changes what your sales earn."), _WHO, _PROGRAMME, Lock.TERMS),
    kind("bands_published", _("Margin bands"),
         _("When products change their margin band."), _WHO, _PROGRAMME, Lock.TERMS),
    kind("case_asked", _("Question about your sales"),
         _("When we look at sales of yours and ask you something."), _WHO, _PROGRAMME, Lock.TERMS),
    kind("case_decided", _("Decision about your sales"),
         _("When sales that were held are decided."), _WHO, _PROGRAMME, Lock.TERMS),
    kind("sanction_in_force", _("Account stopped"),
         _("When parts of your account are stopped."), _WHO, _PROGRAMME, Lock.TERMS),
    kind("sanction_lifted", _("Account works again"),
         _("When what was stopped goes on."), _WHO, _PROGRAMME, Lock.TERMS),
    kind("message_from_team", _("Message from the team"),
         _("When the team writes to you or answers."), _WHO, _PROGRAMME),
    kind("announcement", _("Announcement"),
         _("News of the programme, written by the team."), _WHO, _PROGRAMME),
    kind("endpoint_failing", _("Webhook fails"),
         _("When an address of yours does not take our events, and when we stop sending."),
         _WHO, _PROGRAMME),
    # Sales.
    kind("code_decided", _("Promo code"),
         _("When a promo code that you asked for is granted or refused."), _WHO, _SALES),
    kind("switchback_told", _("Measurement of your code"),
         _("When your promo code takes part in a measurement, and when that ends."), _WHO, _SALES),
    kind("claim_received", _("Claim received"),
         _("When a claim of yours has arrived."), _WHO, _SALES),
    kind("claim_asked", _("Question about a claim"),
         _("When we need something to go on with a claim, and once more before time is up."),
         _WHO, _SALES),
    kind("claim_decided", _("Claim answered"),
         _("When a claim is granted or not."), _WHO, _SALES),
    kind("first_click", _("First visitor"),
         _("When somebody comes through a link of yours for the first time."), _WHO, _SALES),
    kind("first_sale", _("First sale"),
         _("When somebody buys through you for the first time."), _WHO, _SALES),
    kind("tier_reached", _("Better rate"),
         _("When you reach the next step of your rates."), _WHO, _SALES),
    kind("sales_declined", _("Sales that do not count"),
         _("Once a day: which of your sales stopped counting, and why."), _WHO, _SALES),
    kind("month_summary", _("Your month"),
         _("At the beginning of a month: what the last one brought, beside the one before."),
         _WHO, Category.DIGEST),
    # Money.
    kind("bonus_awarded", _("Bonus"),
         _("When a bonus or a correction is added to your balance."), _WHO, _MONEY, Lock.MONEY),
    kind("payout_sent", _("Payout sent"),
         _("When a payment leaves, with its statement."), _WHO, _MONEY, Lock.MONEY),
    kind("payout_returned", _("Payout returned"),
         _("When a bank did not take a payment, or took it after all."),
         _WHO, _MONEY, Lock.MONEY),
    kind("stripe_bank_failed", _("Stripe could not pay out"),
         _("When your bank details at Stripe are refused."), _WHO, _MONEY, Lock.MONEY),
    kind("tax_details", _("Tax details"),
         _("When your VAT number or tax details have to be looked at."), _WHO, _MONEY, Lock.MONEY),
    # Security.
    kind("endpoint_changed", _("Webhook changed"),
         _("When somebody makes a webhook or postback, or changes its address; and when it is"
           " paused because whoever made it left."), _WHO, _SECURITY, Lock.SECURITY),
    kind("payee_changed", _("Payment details changed"),
         _("When the bank account that you are paid on, or its holder, changes."),
         _WHO, _SECURITY, Lock.SECURITY),
    kind("email_changed", _("E-mail address changed"),
         _("When somebody who acts for you signs in with another address."),
         _WHO, _SECURITY, Lock.SECURITY),
)  # fmt: skip

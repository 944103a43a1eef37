"""Every state says why it is so and what comes next, in the language of the moment."""

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from affiliates.models import AffiliateStatus, ApplicationStatus
from core.money import Money
from payouts.models import BatchStatus, ItemStatus, ReversalReason
from portal import status_language as language
from portal.icons import ICONS
from tracking.models import CodeRequestStatus

DAY = date(2026, 12, 3)
EVERY = [
    *(language.commission_status(code) for code in language.COMMISSION_CODES),
    *(language.payout_status(code) for code in language.PAYOUT_CODES),
    *(language.batch_status(code) for code in language.BATCH_CODES),
    *(language.application_status(code) for code in language.APPLICATION_CODES),
    *(language.affiliate_status(code) for code in language.AFFILIATE_CODES),
    *(language.link_status(code) for code in language.LINK_CODES),
    *(language.code_status(code) for code in language.CODE_CODES),
    *(language.request_status(code) for code in language.REQUEST_CODES),
]


@pytest.mark.parametrize("text", EVERY, ids=lambda text: f"{text.code}-{text.icon}")
def test_a_state_has_a_word_a_sign_and_a_whole_sentence_without_any_fact(text):
    assert str(text.label)
    assert text.icon in ICONS
    assert str(text.sentence).endswith(".")
    assert "{" not in str(text.sentence)


def test_the_codes_are_those_of_the_partner_facing_table():
    assert language.COMMISSION_CODES == (
        "tracked", "pending", "on_hold", "approved", "in_payout", "paid", "declined", "reversed",
        "clawed_back",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("choices", "codes"),
    [
        (ItemStatus, language.PAYOUT_CODES),
        (BatchStatus, language.BATCH_CODES),
        (ApplicationStatus, language.APPLICATION_CODES),
        (AffiliateStatus, language.AFFILIATE_CODES),
        (ReversalReason, language.DECLINE_REASONS),
        (CodeRequestStatus, language.REQUEST_CODES),
    ],
)
def test_every_state_and_reason_that_a_row_can_have_has_its_words(choices, codes):
    assert set(choices.values) <= set(codes)


@pytest.mark.parametrize(
    ("code", "facts", "sentence"),
    [
        ("tracked", {"at": DAY}, "Sale detected on 3 December 2026. We are waiting for the order"
         " to be confirmed."),
        ("pending", {"due": DAY, "days": 30}, "Validation expected on 3 December 2026 (return"
         " period of 30 days). Estimated amount."),
        ("pending", {"due": DAY, "days": 1}, "Validation expected on 3 December 2026 (return"
         " period of 1 day). Estimated amount."),
        ("on_hold", {"at": DAY, "days": 3}, "Quality check in progress since 3 December 2026."
         " Answer within 3 working days. You have nothing to do."),
        ("on_hold", {"request": "a screenshot of the post"}, "Quality check in progress. We need:"
         " a screenshot of the post"),
        ("approved", {"at": DAY, "due": date(2026, 12, 15), "minimum": Money(5000, "EUR")},
         "Validated on 3 December 2026. It joins the payment of 15 December 2026 if your balance"
         " reaches €50.00."),
        ("in_payout", {"reference": "P-7", "due": DAY}, "Included in payment P-7 of"
         " 3 December 2026."),
        ("paid", {"at": DAY, "method": "bank transfer", "last4": "4021"}, "Paid on"
         " 3 December 2026 by bank transfer •••• 4021."),
        ("declined", {"reason": "other_channel_won", "contest_until": DAY}, "Another channel was"
         " credited. You can contest until 3 December 2026."),
        ("declined", {"reason": "test_order", "contest_until": DAY}, "Test order. This decision"
         " follows the order itself and is final."),
        ("declined", {"reason": "other", "reason_detail": "The post was removed"}, "The post was"
         " removed."),
        ("reversed", {"at": DAY, "quantity": 1, "total": 3}, "Item returned on 3 December 2026."
         " 1 of 3 items."),
        ("clawed_back", {"at": DAY, "amount": Money(-719, "EUR")}, "The sale paid on"
         " 3 December 2026 was refunded. €7.19 deducted from your next payment."),
    ],
)  # fmt: skip
def test_facts_make_the_sentence_exact(code, facts, sentence):
    with override("en"):
        assert str(language.commission_status(code, **facts).sentence) == sentence


def test_a_moment_is_told_as_its_day_in_paris():
    late = datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
    with override("en"):
        assert "3 December 2026" in str(language.commission_status("tracked", at=late).sentence)


def test_the_sentence_follows_the_language_in_which_it_is_shown_not_made():
    with override("en"):
        text = language.commission_status("tracked", at=DAY)
    with override("fr"):
        assert "3 décembre 2026" in str(text.sentence)


def test_a_refused_applicant_reads_the_reason_and_when_to_come_back():
    text = language.application_status(
        "rejected", reason="Your site has no articles yet.", reapply_on=DAY
    )
    with override("en"):
        assert str(text.sentence) == (
            "We did not accept this application. Your site has no articles yet."
            " You can apply again from 3 December 2026."
        )


def test_an_unknown_code_is_a_bug():
    with pytest.raises(KeyError):
        language.commission_status("lost")
    with pytest.raises(KeyError):
        language.decline_reason("because")


def test_only_decisions_about_the_traffic_can_be_contested():
    final = {code for code, why in language.DECLINE_REASONS.items() if not why.contestable}
    assert final == {
        "cancelled", "returned", "returned_full", "returned_partial", "payment_failed",
        "out_of_stock", "test_order",
    }  # fmt: skip

"""Nothing a partner can open narrows a cost below its published band (design 4)."""

import re

import pytest

from core.money import Money
from payouts.models import Commission, CommissionLine
from portal.formats import format_money
from tests.builders import make_terms
from tests.payouts.stories import accrued
from tests.portal.partner_world import REAL_COST_MINOR, partner_addresses, text_of

STAFF_WORDS = (
    "unit_cost", "actual margin", "actual_margin", "cost_source", "real cost", "marge réelle",
    "order_before_click", "own_purchase", "fraud", "fraude", "suspicious", "catalogue cost",
    "cost_missing", "band_missing",
)  # fmt: skip


def real_numbers():
    """The real cost and the real margins of what Ada sold, as a page would write them."""
    margins = CommissionLine.objects.values_list("actual_margin_minor", "margin_minor")
    minors = {REAL_COST_MINOR, 5 * REAL_COST_MINOR}
    minors |= {actual for actual, public in margins if actual and actual != public}
    written = set()
    for minor in minors:
        written |= {f"{minor // 100}.{minor % 100:02}", f"{minor // 100},{minor % 100:02}"}
        written |= {str(minor), format_money(Money(minor, "EUR"))}
    return written


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_and_no_export_says_a_real_cost_or_a_word_of_staff(ada, world, language):
    numbers = real_numbers()
    assert len(numbers) > 6
    for name, address in partner_addresses(world).items():
        text = text_of(ada.get(address, headers={"accept-language": language}))
        visible = re.sub(
            r'(name="csrfmiddlewaretoken" value="|X-CSRFToken": "|name="acts_for" value=")[\w-]+',
            "",
            text,
        )
        for number in numbers:
            assert not re.search(rf"(?<!\d){re.escape(number)}(?!\d)", visible), (name, number)
        for word in STAFF_WORDS:
            assert word not in visible.lower(), (name, word)


def test_on_the_actual_basis_a_partner_sees_neither_cost_nor_margin(ada, world):
    make_terms(
        affiliate=world.ada,
        basis="actual",
        rate_bps=1_000,
        valid_from=world.own_terms.valid_to,
    )
    commission = accrued(world.ada, number="FR-2000")
    line = CommissionLine.objects.get(commission=commission)

    page = text_of(ada.get(f"/portal/sales/{commission.credit_id}/"))

    assert Commission.objects.get(pk=commission.pk).basis == "actual"
    assert format_money(Money(line.margin_minor, "EUR")) not in page
    assert format_money(Money(line.order_line.unit_cost_minor, "EUR")) not in page


def test_a_check_says_that_it_is_one_and_never_why(ada, world):
    page = text_of(ada.get(f"/portal/sales/{world.held.credit_id}/"))

    assert "Being checked" in page
    assert "You have nothing to do." in page
    assert "Odd" not in page


def test_orders_are_masked_everywhere(ada, world):
    for name, address in partner_addresses(world).items():
        assert "FR-100" not in text_of(ada.get(address)), name


def test_what_is_copied_for_a_question_is_not_masked_and_is_no_order_number(ada, world):
    credit_id = world.pending.credit_id
    page = text_of(ada.get(f"/portal/sales/{credit_id}/"))

    copied = re.search(r'id="order-reference" value="([^"]*)"', page)[1]
    assert copied == f"S-{credit_id}"


def test_payment_pages_show_the_last_four_of_the_iban_and_no_more(ada, world):
    for name, address in partner_addresses(world).items():
        assert world.ada.payee.iban[:-4] not in text_of(ada.get(address)), name
    assert "•••• 0189" in text_of(ada.get("/portal/payee/"))

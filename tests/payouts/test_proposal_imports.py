"""Adjustments from a file: rules A8 and A9 of docs/rules/adjustments.md."""

import pytest

from affiliates.models import Programme
from core.models import AuditEntry
from payouts.models import Adjustment, AdjustmentProposal, Transfer
from payouts.services import proposals
from payouts.services.proposal_files import UnreadableFile, read_file
from payouts.services.proposal_imports import Outcome, bring_in
from tests.builders import NOW, make_affiliate, make_user
from tests.payouts.stories import approved, assert_balances, euros

pytestmark = pytest.mark.django_db
HEAD = "key;affiliate;amount;reason;text;order;note\n"


@pytest.fixture
def sam():
    return make_user(roles=["manager"])


@pytest.fixture
def ada():
    return make_affiliate(user=make_user(email="ada@example.com"))


def brought(text, author, *, rehearsal=False, now=NOW):
    lines = read_file(HEAD + text, currency="EUR")
    return bring_in(
        lines, file_name="june.csv", author_id=author.pk, is_rehearsal=rehearsal, now=now
    )


def outcomes(result):
    return [str(one.outcome) for one in result.lines]


def why(result):
    return [str(one.refusal) for one in result.lines if one.refusal]


# --- A8: the file ---------------------------------------------------------------------


def test_a8_a_file_is_booked_line_by_line(sam, ada):
    nadia = make_affiliate(kind="employee", staff_number="E777")

    result = brought(
        "j1;ada@example.com;12,50;bonus;June;;thanks\n"
        "j2;E777;-3.00;correction;Counted twice;;\n"
        f"j3;{ada.public_id};1;goodwill;Sorry;;\n",
        sam,
    )

    assert (outcomes(result), result.is_done) == (["booked"] * 3, True)
    assert result.totals() == [(euros(1_350), euros(-300))]
    assert_balances(ada.pk, payable=1_350)
    assert_balances(nadia.pk, payable=-300)
    first = AdjustmentProposal.objects.get(source_key="csv:j1")
    assert (first.import_name, first.internal_text) == ("june.csv", "thanks")


def test_a8_a_rehearsal_says_the_same_and_leaves_nothing(sam, ada):
    result = brought("j1;ada@example.com;12.50;bonus;June;;\n", sam, rehearsal=True)

    assert (outcomes(result), result.is_done) == (["booked"], False)
    for model in (AdjustmentProposal, Adjustment, Transfer, AuditEntry):
        assert not model.objects.exists()


def test_a8_one_line_that_is_refused_stops_all_of_them(sam, ada):
    result = brought(
        "j1;ada@example.com;12.50;bonus;June;;\nj2;nobody@example.com;1;bonus;June;;\n", sam
    )

    assert (outcomes(result), result.is_done) == (["booked", "refused"], False)
    assert not AdjustmentProposal.objects.exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("j1;x@example.com;1;bonus;June;;", "No affiliate is found"),
        ("j1;ada@example.com;1.001;bonus;June;;", "to the cent"),
        ("j1;ada@example.com;one;bonus;June;;", "An amount is written"),
        ("j1;ada@example.com;NaN;bonus;June;;", "An amount is written"),
        ("j1;ada@example.com;0;bonus;June;;", "other than zero"),
        ("j1;ada@example.com;-1;bonus;June;;", "positive amount"),
        ("j1;ada@example.com;1;clawback;June;;", "negative amount"),
        ("j1;ada@example.com;1;return;June;;", "Choose a reason"),
        ("j1;ada@example.com;1;bonus;;;", "Fill in: text"),
        (";ada@example.com;1;bonus;June;;", "Fill in: key"),
        ("j1;ada@example.com;1;bonus;June;#404;", "no sale of order #404"),
        ("j1;ada@example.com;1;bonus;June;;;9", "more cells"),
        ("j1;ada@example.com;1;bonus;" + "x" * 501 + ";;", "at most 500 characters"),
    ],
)
def test_a8_what_ails_a_line_is_said(sam, ada, line, said):
    result = brought(line + "\n", sam)

    assert outcomes(result) == ["refused"]
    assert said in why(result)[0]


@pytest.mark.parametrize(
    "text",
    ["", "key;amount\n1;2\n", HEAD, "key;affiliate;amount;reason;text;colour\n1;2;3;4;5;6\n",
     HEAD + '"j1;ada@example.com;1;bonus;June;;', HEAD + "1;2;3;4;5;6;7\n" * 501],
)  # fmt: skip
def test_a8_a_file_that_cannot_be_read_is_refused(text):
    with pytest.raises(UnreadableFile):
        read_file(text, currency="EUR")


def test_a8_commas_and_tabs_and_quotes_are_read():
    text = 'key\taffiliate\tamount\treason\ttext\nj1\ta@b.c\t"1.50"\tbonus\t"Two\nlines"\n'

    (line,) = read_file(text, currency="EUR")

    assert (line.amount, line.cells["text"]) == (euros(150), "Two\nlines")


def test_a8_a_key_twice_in_a_file_is_refused(sam, ada):
    result = brought("j1;ada@example.com;1;bonus;A;;\nj1;ada@example.com;1;bonus;A;;\n", sam)

    assert outcomes(result) == ["booked", "refused"]
    assert not AdjustmentProposal.objects.exists()


def test_a8_what_was_brought_in_before_is_passed_over(sam, ada):
    brought("j1;ada@example.com;1;bonus;A;;\n", sam)

    result = brought("j1;ada@example.com;1;bonus;A;;\nj2;ada@example.com;2;bonus;B;;\n", sam)

    assert outcomes(result) == [Outcome.KNOWN, Outcome.BOOKED]
    assert result.totals() == [(euros(200), euros(0))]
    assert_balances(ada.pk, payable=300)


def test_a8_a_known_key_with_another_amount_stops_the_file(sam, ada):
    brought("j1;ada@example.com;1;bonus;A;;\n", sam)

    result = brought("j1;ada@example.com;2;bonus;A;;\nj2;ada@example.com;2;bonus;B;;\n", sam)

    assert outcomes(result) == ["refused", "booked"]
    assert "already used for another adjustment" in why(result)[0]
    assert_balances(ada.pk, payable=100)


def test_a8_lines_about_one_sale_count_each_other(sam):
    commission = approved()
    number, who = commission.credit.order.number, commission.affiliate.public_id

    result = brought(f"j1;{who};-6;clawback;A;{number};\nj2;{who};-6;clawback;B;{number};\n", sam)

    assert outcomes(result) == ["booked", "refused"]
    assert_balances(commission.affiliate_id, payable=1_000)


def test_a8_who_acts_for_an_affiliate_brings_nothing_in_for_it(ada):
    own = ada.memberships.get().user

    assert outcomes(brought("j1;ada@example.com;1;bonus;A;;\n", own)) == ["refused"]


# --- A9: four eyes over the whole file ------------------------------------------------


def test_a9_the_total_of_the_file_counts(sam):
    people = [make_affiliate() for _ in range(4)]

    def file(amount):
        return "".join(
            f"{amount}-{one.pk};{one.public_id};{amount};correction;A;;\n" for one in people
        )

    result = brought(file("-25.00"), sam)

    assert (outcomes(result), result.needs_second) == (["proposed"] * 4, True)
    assert not Adjustment.objects.exists()
    assert outcomes(brought(file("24.99"), sam)) == ["booked"] * 4


def test_a9_files_of_one_day_count_together(sam, ada):
    ines = make_affiliate()

    assert outcomes(brought("j1;ada@example.com;60;bonus;A;;\n", sam)) == ["booked"]
    assert outcomes(brought(f"j2;{ines.public_id};40;bonus;A;;\n", sam)) == ["proposed"]


def test_a9_what_was_booked_by_hand_for_the_affiliate_counts(sam, ada):
    proposals.propose(
        affiliate_id=ada.pk, amount=euros(9_000), reason="bonus", text="A", source_key="hand",
        author_id=sam.pk, now=NOW,
    )  # fmt: skip

    result = brought("j1;ada@example.com;10;bonus;A;;\n", sam)

    assert (outcomes(result), result.needs_second) == (["proposed"], True)


def test_a9_passed_over_lines_do_not_count(sam, ada):
    Programme.get()
    brought("j1;ada@example.com;99;bonus;A;;\n", sam)

    result = brought("j1;ada@example.com;99;bonus;A;;\n", sam)

    assert (outcomes(result), result.needs_second) == ([Outcome.KNOWN], False)

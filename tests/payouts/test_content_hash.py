"""The content hash: blind to order, and to nothing else (P12)."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts.domain.content_hash import FrozenBatch, FrozenItem, FrozenLine, content_hash
from payouts.domain.gates import Destination

ADA = FrozenItem(
    item_id=1,
    affiliate_id=7,
    amount_minor=3_000,
    destination=Destination(name="Ada", iban="FR76", country="FR", town="Lyon"),
    lines=(FrozenLine(11, 0, 5_000), FrozenLine(0, 3, -2_000)),
)
INES = replace(ADA, item_id=2, affiliate_id=8, lines=(FrozenLine(12, 0, 3_000),))
BATCH = FrozenBatch(
    reference="APB-2026-07-0001",
    rail="sepa",
    currency="EUR",
    execution_date=date(2026, 7, 20),
    debtor="d",
    items=(ADA, INES),
)


def test_the_hash_is_a_constant_of_the_content():
    assert content_hash(BATCH) == (
        "7ec55f76d66db342e660f03d30d9106c12277e97cdd88a558009b6d752f38f4f"
    )


def test_the_order_of_items_and_lines_does_not_count():
    shuffled = replace(BATCH, items=(INES, replace(ADA, lines=ADA.lines[::-1])))

    assert content_hash(shuffled) == content_hash(BATCH)


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "APB-2026-07-0002"},
        {"rail": "payroll"},
        {"currency": "GBP"},
        {"execution_date": date(2026, 7, 21)},
        {"debtor": "e"},
        {"items": (ADA,)},
    ],
)
def test_every_fact_of_the_batch_counts(change):
    assert content_hash(replace(BATCH, **change)) != content_hash(BATCH)


@pytest.mark.parametrize(
    "change",
    [
        {"item_id": 9},
        {"affiliate_id": 9},
        {"amount_minor": 3_001},
        {"lines": (FrozenLine(11, 0, 3_000),)},
        {"lines": (FrozenLine(11, 0, 5_000), FrozenLine(3, 0, -2_000))},
    ],
)
def test_every_fact_of_a_payout_counts(change):
    changed = replace(BATCH, items=(replace(ADA, **change), INES))

    assert content_hash(changed) != content_hash(BATCH)


@pytest.mark.parametrize("field", [field.name for field in fields(Destination)])
def test_every_fact_of_the_destination_counts(field):
    elsewhere = replace(ADA.destination, **{field: "other"})
    changed = replace(BATCH, items=(replace(ADA, destination=elsewhere), INES))

    assert content_hash(changed) != content_hash(BATCH)


@given(st.text(), st.text())
def test_no_text_slips_from_one_field_into_the_next(name, town):
    one = replace(ADA, destination=Destination(name=name, town=town))
    other = replace(ADA, destination=Destination(name=name + town))
    same = content_hash(replace(BATCH, items=(one,))) == content_hash(
        replace(BATCH, items=(other,))
    )

    assert same is (town == "")

"""Whatever comes to an entrance is read, or refused with what is declared, and nothing else.

Each input follows from a number: the same ones every time. ``benchmarks/fuzz/run`` goes on for as
long as it may, and what it finds becomes a seed.
"""

import os
from random import Random

import pytest

from tests.fuzz.entrances import EVERY
from tests.fuzz.mutation import changed

CHANGES = int(os.environ.get("FUZZ_CHANGES", "40"))


@pytest.mark.parametrize("name", EVERY)
def test_every_seed_is_read_or_refused(name):
    entrance = EVERY[name]
    for seed in entrance.seeds:
        entrance.take(seed)


@pytest.mark.parametrize("name", EVERY)
def test_what_a_few_changes_make_of_it_is_too(name):
    entrance, chance = EVERY[name], Random(name)
    for _ in range(CHANGES):
        body = changed(entrance, chance.choice(entrance.seeds), chance)
        try:
            entrance.take(body)
        except Exception as fault:
            raise AssertionError(f"{name} fell over {body[:2_000]!r}") from fault


def test_a_change_follows_from_its_number_alone():
    entrance = EVERY["journey body"]

    once, again = (changed(entrance, entrance.seeds[0], Random(7)) for _ in range(2))

    assert once == again != entrance.seeds[0]

"""Several workers and people who act on simulations at the same moment."""

import pytest

from payouts.models import SimulatedAffiliate, Simulation, SimulationStatus
from payouts.services import simulation_runs, simulations
from tests.builders import NOW, make_user
from tests.payouts.simulated_world import ask, make_season
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_each_simulation_is_run_by_one_of_several_workers():
    make_season(orders=8)
    author = make_user()
    asked = [ask(author) for _number in range(3)]

    answers = at_once(4, lambda _number: simulation_runs.run_next(clock=lambda: NOW))

    assert raised(answers) == []
    while simulation_runs.run_next(clock=lambda: NOW):
        pass
    results = []
    for simulation in asked:
        simulation.refresh_from_db()
        assert simulation.status == SimulationStatus.DONE
        rows = SimulatedAffiliate.objects.filter(simulation=simulation)
        results.append(sorted(rows.values_list("affiliate", "before_minor", "after_minor")))
    assert results[0]
    assert results[0] == results[1] == results[2]


def test_a_person_who_asks_many_times_at_once_gets_three():
    author = make_user()

    answers = at_once(6, lambda _number: ask(author))

    assert Simulation.objects.count() == 3
    refused = raised(answers)
    assert len(refused) == 3
    assert {type(one) for one in refused} == {simulations.TooManySimulations}


def test_stopping_and_finishing_at_once_leaves_one_of_the_two():
    make_season(orders=4)
    simulation = ask(make_user())
    simulations.claim_next(now=NOW)

    steps = (
        lambda: simulation_runs.run(simulation_id=simulation.pk, clock=lambda: NOW),
        lambda: simulations.cancel(simulation_id=simulation.pk, now=NOW),
    )
    at_once(2, lambda number: steps[number]())

    simulation.refresh_from_db()
    is_done = simulation.status == SimulationStatus.DONE
    assert is_done or simulation.status == SimulationStatus.CANCELLED
    assert simulation.affiliates.exists() == is_done

"""How often a network may have something kept by /j, minute by minute."""

import logging

import pytest

from tests.tracking.test_landing_rules import AT_US
from tracking.redirect import throttle as throttles
from tracking.redirect.throttle import MINUTE_US, Throttle, throttle

NOW_US = AT_US // MINUTE_US * MINUTE_US
ADDRESS = "81.2.69.160"


def test_a_network_has_its_calls_of_a_minute_and_then_those_of_the_next():
    own = Throttle(2)
    assert [own.allows(ADDRESS, NOW_US) for _ in range(3)] == [True, True, False]
    assert not own.allows(ADDRESS, NOW_US + MINUTE_US - 1)
    assert own.refused == 2
    assert own.allows(ADDRESS, NOW_US + MINUTE_US)
    assert own.refused == 0


@pytest.mark.parametrize(
    ("other", "is_neighbour"),
    [("81.2.69.1", True), ("::ffff:81.2.69.1", True), ("81.2.70.160", False), ("2a00::1", False)],
)
def test_neighbours_share_a_network(other, is_neighbour):
    own = Throttle(1)
    assert own.allows(ADDRESS, NOW_US)
    assert own.allows(other, NOW_US) is not is_neighbour


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "fd00::1", "", "nobody"])
def test_whom_a_proxy_hides_or_nobody_knows_is_not_held_up(address):
    own = Throttle(1)
    assert all(own.allows(address, NOW_US) for _ in range(5))


def test_zero_is_no_limit():
    own = Throttle(0)
    assert all(own.allows(ADDRESS, NOW_US) for _ in range(5))


def test_a_withdrawal_is_counted_by_itself():
    own = Throttle(1)
    assert [own.allows(ADDRESS, NOW_US) for _ in range(2)] == [True, False]
    assert [own.allows(ADDRESS, NOW_US, forgets=True) for _ in range(2)] == [True, False]


def test_the_networks_of_a_minute_are_bounded(monkeypatch):
    monkeypatch.setattr(throttles, "MOST_NETWORKS", 1)
    own = Throttle(1)
    assert own.allows(ADDRESS, NOW_US)
    assert all(own.allows("9.9.9.9", NOW_US) for _ in range(3))
    assert not own.allows(ADDRESS, NOW_US)


def test_a_flood_is_logged_once_and_then_with_its_number_and_no_address(caplog):
    own = Throttle(1)
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            own.allows(ADDRESS, NOW_US)
        own.allows("9.9.9.9", NOW_US + MINUTE_US)
    assert caplog.messages == [
        "Calls of /j are refused: a network made more than 1.",
        "3 calls of /j were refused in a minute.",
    ]


def test_a_process_has_one_throttle():
    assert throttle() is throttle()

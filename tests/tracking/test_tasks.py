"""The pulls as Celery runs them: in bounded batches, with or without a broker."""

import logging

import pytest
from celery import current_app
from django.db import transaction

from core.nudge import nudge
from fraud.models import Screening
from fraud.tasks import screen_pending
from tests.builders import NOW, make_code, make_order
from tracking.models import Attribution
from tracking.tasks import attribute_pending

NUDGED = [
    "fraud.tasks.screen_pending",
    "payouts.tasks.accrue_pending",
    "core.tasks.send_deliveries",
]


@pytest.fixture
def no_broker(settings):
    """A broker that nobody runs."""
    before = current_app.conf.broker_url
    current_app.conf.broker_url = "redis://localhost:1/0"
    yield
    current_app.conf.broker_url = before


@pytest.mark.django_db
def test_the_tasks_do_their_pull_and_can_be_run_again(time_machine):
    time_machine.move_to(NOW, tick=False)
    code = make_code()
    for _ in range(3):
        make_order(codes=[code.code])

    assert [attribute_pending(), attribute_pending()] == [3, 0]
    assert [screen_pending(), screen_pending()] == [3, 0]
    assert (Attribution.objects.count(), Screening.objects.count()) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_never_breaks_the_fact(no_broker, caplog, time_machine):
    time_machine.move_to(NOW, tick=False)
    make_order(codes=[make_code().code])

    with caplog.at_level(logging.WARNING):
        assert attribute_pending() == 1

    assert Attribution.objects.count() == 1
    assert "No nudge for fraud.tasks.screen_pending" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_wakes_nobody(no_broker, caplog):
    with caplog.at_level(logging.WARNING), transaction.atomic():
        nudge(screen_pending)
        transaction.set_rollback(True)
    assert "No nudge" not in caplog.text


@pytest.mark.parametrize("name", NUDGED)
def test_every_nudged_task_exists(name):
    current_app.loader.import_default_modules()
    assert name in current_app.tasks

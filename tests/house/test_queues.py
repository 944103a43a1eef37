"""What waits for strangers has a queue and a worker of its own: the ticks of money do not wait."""

from kombu import Connection

from config.celery import OUTSIDE, OUTSIDE_TASKS, PULLS, QUEUES, app
from config.run import _programs


def queue_of(task):
    return app.amqp.router.route({}, task)["queue"].name


def test_every_task_has_its_queue_and_money_never_waits_for_strangers():
    app.loader.import_default_modules()
    assert set(OUTSIDE_TASKS) <= set(app.tasks)
    for task in OUTSIDE_TASKS:
        assert queue_of(task) == OUTSIDE, task
    for entry in app.conf.beat_schedule.values():
        if entry["task"].startswith(("payouts.", "core.")):
            assert queue_of(entry["task"]) == PULLS, entry["task"]
    assert queue_of("shop.tasks.process_inbound") == PULLS


def test_a_message_goes_into_its_queue_alone():
    with Connection("memory://") as broker:
        channel = broker.default_channel
        for queue in app.amqp.queues.values():
            queue(channel).declare()
            channel.queue_purge(queue.name)
        for task, expected in (("portal.tasks.write_exports", (0, 1)),
                               ("payouts.tasks.approve_due", (1, 1))):  # fmt: skip
            app.send_task(task, producer=broker.Producer(auto_declare=False))
            assert tuple(channel._size(name) for name in QUEUES) == expected


def test_a_worker_that_is_told_nothing_reads_every_queue():
    """An operator who has not heard of the second queue loses nothing."""
    assert set(app.amqp.queues.consume_from) == set(QUEUES)


def test_the_workers_of_this_machine_read_every_queue_under_names_of_their_own(tmp_path):
    commands = [list(one.command) for one in _programs(8000, tmp_path, demo_shop=False)]
    workers = [command for command in commands if "worker" in command]
    for option, expected in (
        ("--queues", list(QUEUES)), ("--hostname", [f"{name}@%h" for name in QUEUES]),
    ):  # fmt: skip
        assert [one[one.index(option) + 1] for one in workers] == expected

from config.celery import app


def test_every_scheduled_task_exists_and_expires():
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["expires"] > 0


def test_a_tick_nobody_took_is_gone_before_the_next():
    for entry in app.conf.beat_schedule.values():
        if isinstance(entry["schedule"], float):
            assert entry["options"]["expires"] <= entry["schedule"]

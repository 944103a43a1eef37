"""/metrics: who may read it, that every number moves, and that no probe stops another."""

import json
import time
from datetime import timedelta

import pytest
import redis
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import DatabaseError
from prometheus_client.parser import text_string_to_metric_families

from affiliates.models import Endpoint, EventDelivery
from config import task_counts
from config.celery import app
from core import backup_marks
from core.models import Delivery
from fraud.models import Case
from payouts.models import Batch, LedgerCheck, PayoutHold, PayoutStop
from portal import requests
from portal.metrics import exposition, landings, work
from shop.models import Connection, InboundEvent
from tests.affiliates.hook_world import make_endpoint, told
from tests.builders import (
    NOW,
    make_affiliate,
    make_case,
    make_credit,
    make_link,
    make_order,
    make_screening,
    make_user,
)
from tests.tracking.spool_lines import click, dead
from tracking.models import SpoolHost, SpoolReject
from tracking.redirect import counting
from tracking.redirect.core import Core
from tracking.redirect.wsgi import Ahead
from tracking.snapshot import Snapshot
from tracking.spool import spool

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(tmp_path, settings, time_machine):
    time_machine.move_to(NOW, tick=False)
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.SPOOL_DIR.mkdir()
    settings.COUNTERS_DIR = tmp_path / "counters"
    settings.METRICS_TOKEN = "a-token-of-the-tests"


def read(now=NOW):
    """Every sample: ``{("name", "label=value,..."): number}``, read by Prometheus' own parser."""
    text = exposition.exposition(now).decode()
    return {
        (sample.name, ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_whoever_has_the_token_reads_it(client):
    answer = client.get("/metrics", HTTP_AUTHORIZATION="Bearer a-token-of-the-tests")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert b"apport_landing_seconds_bucket" in answer.content


@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer wrong", "Basic a-token-of-the-tests", "a-token-of-the-tests"]
)
def test_for_everybody_else_there_is_no_such_page(client, browse, said):
    headers = {"HTTP_AUTHORIZATION": said} if said else {}
    assert client.get("/metrics", **headers).status_code == 404
    assert browse(make_user(roles=["manager"])).get("/metrics", **headers).status_code == 404


def test_without_a_token_only_this_machine_reads_it_and_only_under_bin_run(client, settings):
    settings.METRICS_TOKEN = ""
    settings.ON_THIS_MACHINE = True
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="81.2.69.160").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="81.2.69.160").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404
    settings.ON_THIS_MACHINE = False
    assert client.get("/metrics").status_code == 404


def test_what_redirect_processes_count_is_a_histogram(settings):
    mine = counting.counting()
    mine.landed(302, 300_000)
    mine.landed(302, 40_000_000)
    mine.landed(503, 100_000)
    mine.lost(2)
    for status in (204, 429, 503, 404):
        mine.told(status)

    found = read()

    assert found["apport_landing_seconds_bucket", "le=0.00025"] == 1
    assert found["apport_landing_seconds_bucket", "le=0.0005"] == 2
    assert found["apport_landing_seconds_bucket", "le=0.05"] == 3
    assert found["apport_landing_seconds_count", ""] == 3
    assert found["apport_landing_seconds_sum", ""] == pytest.approx(0.0404)
    assert found["apport_landings_total", "answer=sent_on"] == 2
    assert found["apport_landings_total", "answer=prefetch"] == 1
    assert found["apport_landing_lines_lost_total", ""] == 2
    for result in ("kept", "refused", "unavailable", "other"):
        assert found["apport_journey_calls_total", f"result={result}"] == 1


def test_landings_of_the_server_are_counted():
    link = make_link()
    server = Ahead(None, Core(Snapshot.of(NOW, link.code), spool()))
    environ = {"QUERY_STRING": "", "REMOTE_ADDR": "127.0.0.1"}
    for method in ("GET", "HEAD"):
        asked = {**environ, "PATH_INFO": f"/c/{link.code}", "REQUEST_METHOD": method}
        server(asked, lambda *_args: None)
    spool().close()
    found = read()
    assert found["apport_landing_seconds_count", ""] == 2
    assert found["apport_landings_total", "answer=sent_on"] == 2
    assert found["apport_spool_files", ""] == 1


def test_the_spool_and_its_shippers_are_seen(settings):
    dead(settings.SPOOL_DIR, click(), click())
    SpoolHost.objects.create(
        name="edge1", watermark=NOW - timedelta(minutes=3), beat_at=NOW - timedelta(minutes=2),
        lost=4,
    )  # fmt: skip
    SpoolReject.objects.create(file="f", at_byte=0, text=b"?", reason="odd", noticed_at=NOW)
    found = read()
    assert found["apport_spool_waiting_bytes", ""] == len(click()) * 2
    assert found["apport_spool_files", ""] == 1
    assert found["apport_spool_oldest_seconds", ""] >= 0
    assert found["apport_spool_disk_free_bytes", ""] > 0
    assert found["apport_shipper_behind_seconds", "host=edge1"] == 180
    assert found["apport_shipper_silent_seconds", "host=edge1"] == 120
    assert found["apport_spool_records_lost_total", "host=edge1"] == 4
    assert found["apport_spool_rejects", ""] == 1

    call_command("ship_clicks", "--once")

    assert read()["apport_spool_waiting_bytes", ""] == 0


def test_requests_are_counted_by_area_and_result(client):
    client.get("/portal/sales/")
    client.get("/api/v1/nothing-there/")
    client.get("/healthz")
    requests.count("/portal/sales/", 500, 20_000_000)
    found = read()
    assert found["apport_requests_total", "area=portal,result=answered"] == 1
    assert found["apport_requests_total", "area=portal,result=failed"] == 1
    assert found["apport_requests_total", "area=api,result=refused"] == 1
    assert found["apport_requests_total", "area=other,result=answered"] == 0
    assert found["apport_request_seconds_count", "area=portal"] == 2


def test_tasks_and_queues_are_seen():
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    client.delete("celery", "outside", "unacked")
    app.loader.import_default_modules()
    task = app.tasks["core.tasks.send_digests"]
    try:
        app.send_task("core.tasks.send_deliveries")
        message = json.loads(client.lindex("celery", -1))
        message["headers"][task_counts.SENT_AT] = time.time() - 90
        client.lset("celery", -1, json.dumps(message))
        client.hset("unacked", "one", "x")
        task_counts.begin("id-1")
        task_counts.end("id-1", task, "SUCCESS")
        task_counts.end("id-2", task, "FAILURE")
        found = read()
    finally:
        client.delete("celery", "outside", "unacked")
        client.close()
    assert found["apport_queue_messages", "queue=celery"] == 1
    assert found["apport_queue_messages", "queue=outside"] == 0
    assert found["apport_queue_oldest_seconds", "queue=celery"] == pytest.approx(90, abs=1)
    assert found["apport_queue_unfinished", ""] == 1
    named = "task=core.tasks.send_digests"
    assert found["apport_task_runs_total", f"result=succeeded,{named}"] == 1
    assert found["apport_task_runs_total", f"result=failed,{named}"] == 1
    assert found["apport_task_seconds_total", named] > 0


def test_queues_and_header_are_called_what_celery_calls_them():
    assert set(work.QUEUES) == set(app.amqp.queues)
    assert work.SENT_AT == task_counts.SENT_AT
    assert work.TASKS == task_counts.KIND


def test_what_the_pulls_have_not_taken_is_seen():
    make_order(received_at=NOW - timedelta(hours=1), placed_at=NOW - timedelta(hours=1))
    make_credit(created_at=NOW - timedelta(minutes=30))
    make_screening(screened_at=NOW - timedelta(minutes=10))
    found = read()
    for stage in ("attribution", "screening", "accrual"):
        assert found["apport_pull_waiting", f"stage={stage}"] >= 1, stage
        assert found["apport_pull_oldest_seconds", f"stage={stage}"] >= 600, stage
    assert found["apport_pull_waiting", "stage=inbound"] == 0


def test_mails_and_webhooks_are_seen():
    for number, status in enumerate(("queued", "failed")):
        Delivery.objects.create(
            key=f"k{number}", recipient="a@b.example", subject="s", body="b", status=status,
            status_changed_at=NOW, next_attempt_at=NOW - timedelta(minutes=5),
        )  # fmt: skip
    endpoint = make_endpoint()
    told(endpoint)
    EventDelivery.objects.update(next_attempt_at=NOW - timedelta(minutes=4), first_due_at=NOW
                                 - timedelta(minutes=4))  # fmt: skip
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=3, failing_since=NOW)
    found = read()
    due = Delivery.objects.filter(status="queued").count()  # The webhook was mailed about, too.
    assert found["apport_mails_due", ""] == due >= 1
    assert found["apport_mails_due_oldest_seconds", ""] >= 300
    assert found["apport_mails_failed", ""] == 1
    assert found["apport_webhook_deliveries", "status=waiting"] == 1
    assert found["apport_webhooks_due", ""] == 1
    assert found["apport_webhooks_due_oldest_seconds", ""] == 240
    assert found["apport_webhook_endpoints_failing", ""] == 1
    Endpoint.objects.filter(pk=endpoint.pk).update(status="disabled", disabled_because="failures")
    assert read()["apport_webhook_endpoints_disabled", ""] == 1


def test_a_shop_that_is_silent_is_seen():
    order = make_order()
    connection = Connection.objects.create(
        shop=order.shop, code="main", connector="generic", name="Main", created_at=NOW
    )
    for number, status in enumerate(("failed", "new")):
        InboundEvent.objects.create(
            shop=order.shop, connection=connection, connector=connection.connector,
            topic="order", event_id=f"e{number}", received_at=NOW - timedelta(hours=5),
            body=b"{}", sha256="0" * 64, status=status, status_changed_at=NOW,
        )  # fmt: skip
    found = read()
    about = f"connection={connection.code}"
    assert found["apport_shop_silent_seconds", about] == 5 * 3600
    assert found["apport_shop_silence_allowed_seconds", about] == connection.silent_hours * 3600
    assert found["apport_inbound_failed", about] == 1
    assert found["apport_pull_waiting", "stage=inbound"] == 1
    assert found["apport_pull_oldest_seconds", "stage=inbound"] == 5 * 3600


def test_money_is_seen():
    before = read()
    assert before["apport_ledger_check_age_seconds", ""] == -1
    make_case(opened_at=NOW - timedelta(days=2))
    user = make_user()
    PayoutHold.objects.create(affiliate=make_affiliate(), reason="r", began_at=NOW, began_by=user)
    PayoutStop.objects.create(began_at=NOW, began_by=user, reason="r")
    LedgerCheck.objects.create(at=NOW - timedelta(hours=2), differences=[{"check": "c"}] * 3)
    Batch.objects.create(
        reference="B1", rail="manual", currency="EUR", cutoff_at=NOW, execution_date=NOW.date(),
        status_changed_at=NOW, created_at=NOW, created_by=user,
    )  # fmt: skip
    found = read()
    assert found["apport_cases_open", ""] == Case.objects.count() == 1
    assert found["apport_cases_oldest_seconds", ""] == 2 * 86_400
    assert found["apport_payout_holds", ""] == 1
    assert found["apport_payouts_stopped", ""] == 1
    assert found["apport_batches", "status=draft"] == 1
    assert found["apport_ledger_check_age_seconds", ""] == 7200
    assert found["apport_ledger_differences", ""] == 3
    assert found["apport_payouts", "status=unknown"] == 0
    assert found["apport_payouts_doubtful_oldest_seconds", ""] == 0
    assert found["apport_commissions_blocked", "kind=manual"] == 0


def test_the_database_and_its_backups_are_seen(settings, tmp_path):
    found = read()
    assert found["apport_database_bytes", ""] > 1_000_000
    assert found["apport_database_connections", ""] >= 1
    assert ("apport_backup_age_seconds", "") not in found
    settings.BACKUP_DIR = str(tmp_path / "backups")
    assert read()["apport_backup_age_seconds", ""] == -1
    directory = tmp_path / "backups" / backup_marks.BASES / "one"
    directory.mkdir(parents=True)
    backup_marks.write_mark(
        backup_marks.Base(directory, NOW - timedelta(hours=3), NOW - timedelta(hours=2), 18, "0")
    )
    assert read()["apport_backup_age_seconds", ""] == 7200


def test_a_probe_that_fails_says_so_and_the_others_answer(monkeypatch, caplog):
    def broken(_now):
        raise DatabaseError("relation of a@b.example is away")

    monkeypatch.setitem(exposition.OF_THE_DATABASE, "holds", broken)
    found = read()
    assert found["apport_probe_up", "probe=holds"] == 0
    assert found["apport_probe_up", "probe=ledger"] == 1
    assert found["apport_probe_up", "probe=queues"] == 1
    assert ("apport_cases_open", "") not in found
    assert "a@b.example" not in caplog.text


def test_without_a_broker_everything_else_answers(settings):
    settings.REDIS_URL = "unix:///nowhere/v.sock"
    found = read()
    assert found["apport_probe_up", "probe=queues"] == 0
    assert found["apport_probe_up", "probe=pulls"] == 1


def test_the_command_prints_and_writes_the_same(tmp_path, capsys):
    call_command("metrics")
    assert "apport_landing_seconds_bucket" in capsys.readouterr().out
    call_command("metrics", f"--textfile={tmp_path / 'apport.prom'}")
    assert "apport_probe_up" in (tmp_path / "apport.prom").read_text()
    assert [path.name for path in tmp_path.glob("*apport.prom*")] == ["apport.prom"]
    assert landings.NS == 1_000_000_000

"""Exports: asked for, written by a worker, fetched by their owner alone, and gone after a week."""

import io
import threading
import tracemalloc
from datetime import timedelta
from zipfile import ZipFile

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile

from core import exports
from core.models import AuditEntry, Delivery, Export, ExportStatus
from portal.exports import sources, writing
from portal.exports.letters import file_token
from portal.reports import engine
from tests.builders import NOW, make_affiliate, make_link
from tests.people import make_ada, make_mallory, make_sam, person_of
from tests.portal.report_world import sold

pytestmark = pytest.mark.django_db

LINKS = "by=link&m=orders,net&from=2026-05-20&to=2026-06-15"


@pytest.fixture
def ada(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        affiliate = make_ada()
        sold(affiliate, make_link(affiliate, label="=cmd|' /C calc'!A0"), [], NOW)
        yield affiliate


def asked(person, **overrides):
    fields = {"owner_id": person.pk, "scope": f"affiliate:{affiliate_of(person).public_id}",
              "page": "report", "title": "Report", "query": LINKS, "form": "csv", "language": "en",
              "now": NOW, **overrides}  # fmt: skip
    return exports.ask(**fields)


def affiliate_of(person):
    return person.memberships.get().affiliate


def write(at=NOW):
    return writing.write_next(clock=lambda: at)


def body_of(answer):
    return b"".join(answer.streaming_content)


def test_from_the_button_to_the_file_and_the_mail(browse, ada):
    browser = browse(person_of(ada))

    answer = browser.post("/portal/exports/new/", {"page": "report", "query": LINKS, "form": "csv"})
    assert answer["Location"] == "/portal/exports/"
    page = browser.get("/portal/exports/").content.decode()
    assert "Waiting" in page
    assert write()
    assert not write()

    export = Export.objects.get()
    assert (export.status, export.rows, export.total) == ("done", 2, 2)
    assert export.expires_at == NOW + timedelta(days=7)
    page = browser.get("/portal/exports/").content.decode()
    assert f"/portal/exports/{export.public_id}/file/" in page
    mail = Delivery.objects.get(subject__startswith="Ready")
    link = next(line for line in mail.body.split() if f"{export.public_id}/file/?t=" in line)
    file = browser.get(link.removeprefix("http://localhost:8000"))
    text = body_of(file).decode()
    assert "'=cmd" in text
    assert file["Content-Length"] == str(len(text.encode()))
    export.refresh_from_db()
    assert (export.downloads, export.last_downloaded_at) == (1, NOW)


def test_a_workbook_keeps_formulas_as_text(ada):
    asked(person_of(ada), form="xlsx")
    write()

    with Export.objects.get().file.open("rb") as file:
        sheet = ZipFile(io.BytesIO(file.read())).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=cmd" in sheet


def test_another_affiliates_file_is_not_found_nor_by_the_team_nor_without_signing_in(
    client, browse, ada
):
    export = asked(person_of(ada))
    write()
    export.refresh_from_db()
    mine = f"/portal/exports/{export.public_id}/file/"

    assert client.get(f"{mine}?t={file_token(export)}").status_code == 302
    mallory = browse(person_of(make_mallory()))
    assert mallory.get(mine).status_code == 404
    assert mallory.get(f"{mine}?t={file_token(export)}").status_code == 404
    assert mallory.post(f"/portal/exports/{export.public_id}/again/").status_code == 404
    assert str(export.public_id) not in mallory.get("/portal/exports/").content.decode()
    sam = browse(make_sam())
    assert sam.get(mine).status_code == 403
    assert sam.get(f"/manage/exports/{export.public_id}/file/").status_code == 404
    export.refresh_from_db()
    assert export.downloads == 0


def test_a_link_of_another_file_or_of_last_week_opens_nothing(browse, ada):
    person = person_of(ada)
    one, other = asked(person), asked(person)
    write()
    write()
    browser = browse(person)
    where = f"/portal/exports/{one.public_id}/file/?t="

    assert browser.get(f"{where}{file_token(other)}").status_code == 404
    assert browser.get(f"{where}forged").status_code == 404
    token = file_token(one)
    assert body_of(browser.get(f"{where}{token}"))
    with time_machine.travel(NOW + timedelta(days=7, minutes=1), tick=False):
        browser = browse(person)
        assert browser.get(f"{where}{token}").status_code == 404
        assert browser.get(where.removesuffix("?t=")).status_code == 404


def test_after_a_week_the_file_is_gone_and_can_be_had_again(browse, ada):
    person = person_of(ada)
    export = asked(person)
    write()
    export.refresh_from_db()
    name, storage = export.file.name, export.file.storage
    later = NOW + timedelta(days=7)

    assert exports.sweep(now=later - timedelta(seconds=1)) == 0
    assert exports.sweep(now=later) == 1
    assert exports.sweep(now=later) == 0
    export.refresh_from_db()
    assert (export.status, bool(export.file)) == ("expired", False)
    assert not storage.exists(name)
    browser = browse(person)
    assert "Expired" in browser.get("/portal/exports/").content.decode()
    browser.post(f"/portal/exports/{export.public_id}/again/")
    assert write(later)
    export.refresh_from_db()
    assert export.status == "done"


def test_more_than_three_at_once_are_refused(browse, ada):
    browser = browse(person_of(ada))
    for _ in range(4):
        answer = browser.post("/portal/exports/new/", {"page": "sales", "query": "", "form": "csv"},
                              follow=True)  # fmt: skip

    assert Export.objects.count() == 3
    assert "Wait until one is ready" in answer.content.decode()


def test_a_page_without_a_file_makes_none(browse, ada):
    browse(person_of(ada)).post("/portal/exports/new/", {"page": "payee", "form": "csv"})

    assert not Export.objects.exists()


def test_a_dead_workers_export_is_written_by_the_next_and_fails_the_third_time(ada):
    export = asked(person_of(ada))
    at = NOW
    for _attempt in range(exports.MOST_ATTEMPTS):
        assert exports.claim_next(now=at).pk == export.pk
        assert exports.claim_next(now=at) is None
        at += exports.SILENT_AFTER + timedelta(seconds=1)
        exports.take_back_silent(now=at)

    export.refresh_from_db()
    assert (export.status, export.problem) == ("failed", "worker_died")


def test_a_worker_that_comes_back_late_changes_nothing(ada):
    export = asked(person_of(ada))
    exports.claim_next(now=NOW)
    later = NOW + timedelta(hours=1)
    exports.take_back_silent(now=later)

    assert not exports.progress(export_id=export.pk, rows=9, now=later)
    kept = exports.finish(
        export_id=export.pk, file=ContentFile(b"x"), name="x.csv", rows=9, now=later
    )
    assert not kept
    assert not exports.fail(export_id=export.pk, problem="broke", now=later)
    export.refresh_from_db()
    assert (export.status, bool(export.file)) == ("queued", False)


def test_who_left_the_team_gets_no_file(ada):
    person = person_of(ada)
    export = asked(person)
    person.memberships.all().delete()
    write()

    export.refresh_from_db()
    assert (export.status, export.problem) == ("failed", "no_access")
    assert not Delivery.objects.exists()


def test_without_the_permission_by_then_there_are_no_costs_in_it(ada):
    sam = make_sam()
    asked_for = {"scope": "staff", "query": "m=margin"}
    export = exports.ask(owner_id=sam.pk, page="report", title="x", form="csv", language="en",
                         now=NOW, **asked_for)  # fmt: skip
    write()
    with export.__class__.objects.get().file.open("rb") as file:
        assert b"margin" not in file.read().lower()


def test_what_breaks_is_said_and_can_be_tried_again(ada, monkeypatch, caplog):
    export = asked(person_of(ada))

    def broken(*_arguments, **_options):
        raise RuntimeError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "stream", broken)
        write()
    export.refresh_from_db()
    assert (export.status, export.problem) == ("failed", "broke")
    assert "could not be written" in caplog.text
    exports.retry(export_id=export.pk, now=NOW)
    write()
    export.refresh_from_db()
    assert export.status == "done"


def test_who_of_the_team_took_a_file_is_kept(browse, ada):
    sam = make_sam()
    browser = browse(sam)
    browser.post("/manage/exports/new/", {"page": "report", "query": "by=affiliate", "form": "csv"})
    write()
    export = Export.objects.get()

    body_of(browser.get(f"/manage/exports/{export.public_id}/file/"))

    entry = AuditEntry.objects.get(verb="export.downloaded")
    assert (entry.actor, entry.subject_id) == (sam, str(export.pk))


@pytest.mark.parametrize("query", ["m=margin", "m=%20margin", "m=orders,%20left"])
def test_a_file_with_costs_is_for_who_may_see_them_still(browse, ada, query):
    sam = make_sam()
    permission = Permission.objects.get(codename="view_actual_margin")
    sam.user_permissions.add(permission)
    browser = browse(sam)
    browser.post("/manage/exports/new/", {"page": "report", "query": query, "form": "csv"})
    write()
    where = f"/manage/exports/{Export.objects.get().public_id}/file/"

    assert b"margin" in body_of(browser.get(where)).lower()
    assert AuditEntry.objects.filter(verb="export.costs_viewed").count() == 1
    sam.user_permissions.remove(permission)
    assert browser.get(where).status_code == 403
    # Of a file from before this was kept it is not known.
    Export.objects.update(reads_costs=None)
    assert browser.get(where).status_code == 403


def test_a_file_without_costs_asks_for_no_permission(browse, ada):
    browser = browse(make_sam())
    browser.post("/manage/exports/new/", {"page": "report", "query": "m=margin", "form": "csv"})
    write()

    answer = browser.get(f"/manage/exports/{Export.objects.get().public_id}/file/")

    assert b"margin" not in body_of(answer).lower()
    assert not AuditEntry.objects.filter(verb="export.costs_viewed").exists()


def test_what_is_too_long_to_wait_for_is_prepared(browse, ada, monkeypatch):
    monkeypatch.setattr("portal.views.reports.MOST_AT_ONCE", 0)
    monkeypatch.setattr("portal.views.sales.MOST_AT_ONCE", 0)
    browser = browse(person_of(ada))

    report = browser.get(f"/portal/reports/file/?{LINKS}", follow=True).content.decode()
    sales = browser.get("/portal/sales/?format=csv", follow=True).content.decode()

    for text in (report, sales):
        assert "too long to wait for" in text
        assert "Prepare CSV, mail me" in text
        assert "CSV, French" not in text


def test_memory_does_not_grow_with_the_rows_of_a_report(ada, monkeypatch):
    """Ten times the rows of a long report take the same memory to write."""
    peaks = []
    for rows in (2_000, 20_000):
        many = (
            engine.Row(f"mark-{number}", {"orders": number, "net": number})
            for number in range(rows)
        )
        monkeypatch.setattr(engine, "stream", lambda _question, some=many: some)
        export = asked(person_of(ada), query=LINKS.replace("by=link", "by=sub"))
        tracemalloc.start()
        write()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        export.refresh_from_db()
        assert export.rows == rows

    assert peaks[1] < peaks[0] + 1_000_000


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same(ada):
    export = asked(person_of(ada))
    taken, together = [], threading.Barrier(2)

    def take():
        from django.db import connection  # noqa: PLC0415

        together.wait()
        found = exports.claim_next(now=NOW)
        taken.append(found.pk if found else None)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, taken)) == sorted([str(export.pk), "None"])
    assert Export.objects.get().status == ExportStatus.RUNNING


def test_every_kind_of_page_has_its_source():
    assert set(sources._SOURCES) == {"report", "sales", "orders"}


def test_nobody_of_an_affiliate_that_closed_gets_a_file(ada):
    affiliate = make_affiliate()
    person = person_of(affiliate)
    export = asked(person)
    affiliate.status = "closed"
    affiliate.save()
    write()

    export.refresh_from_db()
    assert export.problem == "no_access"

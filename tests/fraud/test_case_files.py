"""Files sent about cases: judged by content, written anew (CA20), deleted in the end (CA21)."""

import io
from datetime import timedelta

import pytest
import time_machine
from PIL import Image

from affiliates.models import Programme
from core.models import AuditEntry
from core.tasks import purge_rule
from fraud.models import CaseFile
from fraud.services import appeals, case_messages, case_retention, cases
from fraud.services.case_files import (
    MOST_BYTES,
    MOST_FILES,
    MOST_IN_CASE,
    FileRefused,
    ReadFile,
    checked,
    content_type,
)
from tests.builders import NOW, make_affiliate, make_user
from tests.fraud.case_world import make_case_proposal, make_held_case
from tests.people import make_sam, person_of

DAY = timedelta(days=1)
PDF = b"%PDF-1.7 ..."


def picture(kind="PNG", size=(40, 30), mode="RGB", **options):
    drawn = io.BytesIO()
    Image.new(mode, size, "red").save(drawn, kind, **options)
    return drawn.getvalue()


def opened(body):
    return Image.open(io.BytesIO(body))


@pytest.mark.parametrize(
    ("name", "body", "kept", "kind"),
    [
        ("Mail of 3 May.PDF", PDF, "Mail of 3 May.pdf", "application/pdf"),
        ("shot.png", picture(), "shot.png", "image/png"),
        ("photo.JPEG", picture("JPEG"), "photo.jpeg", "image/jpeg"),
        ("photo.pdf", picture("JPEG"), "photo.jpg", "image/jpeg"),
        ("page.html", picture(), "page.png", "image/png"),
        ("sales.csv", b"day;n\n1;2\n", "sales.csv", "text/csv; charset=utf-8"),
        ("sales.exe", b"day,n\n1,2\n", "sales.csv", "text/csv; charset=utf-8"),
        ('C:\\x\\a";\r\nb.png', picture(), "a-b.png", "image/png"),
        ("../../.png", picture(), "png.png", "image/png"),
        ("", picture(), "file.png", "image/png"),
        (f"{'x' * 300}.png", picture(), f"{'x' * 100}.png", "image/png"),
    ],
)
def test_what_is_kept_has_a_safe_name_and_the_type_of_its_content(name, body, kept, kind):
    file = checked(name=name, body=body)
    assert file.name == kept
    assert content_type(file.body) == kind


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (picture() + b"0" * MOST_BYTES, "larger than 2 MB"),
        (b"<html>;<script>alert(1)</script>", "no PDF, PNG, JPEG or CSV"),
        (b"GIF89a\x01;", "no PDF, PNG, JPEG or CSV"),
        (b"PK\x03\x04;;", "no PDF, PNG, JPEG or CSV"),
        (b"MZ\x90\x00;", "no PDF, PNG, JPEG or CSV"),
        (b"just words", "no PDF, PNG, JPEG or CSV"),
        (b'a;b\n"x', "no PDF, PNG, JPEG or CSV"),
        (b";" * 101, "no PDF, PNG, JPEG or CSV"),
        (b"a;b\n" * 5_001, "at most 5000 lines"),
        (picture()[:60], "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 20, "cannot be read"),
        (b"\xff\xd8\xff\xe0" + b"0" * 20, "cannot be read"),
        (picture(size=(6_000, 5_000), mode="1"), "too many pixels"),
    ],
)
def test_other_files_are_refused_whatever_they_are_called(body, why):
    with pytest.raises(FileRefused, match=why):
        checked(name="proof.pdf", body=body)


def test_a_picture_is_drawn_anew_without_what_the_camera_says():
    exif = Image.Exif()
    exif[0x0112] = 6  # Turned by a quarter.
    exif[0x010F] = "Camera of Ada"
    turned = picture("JPEG", exif=exif, comment=b"Rue de la Paix 7")
    kept = checked(name="a.jpg", body=turned).body
    assert opened(kept).size == (30, 40)
    assert not opened(kept).getexif()
    assert b"Ada" not in kept
    assert b"Paix" not in kept


def test_what_hides_behind_a_picture_is_not_kept():
    kept = checked(name="a.png", body=picture() + b"<script>alert(1)</script>").body
    assert b"script" not in kept
    assert opened(kept).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_pictures_of_every_kind_of_colour_are_kept_and_large_ones_scaled(mode):
    kept = checked(name="a.png", body=picture(size=(4_000, 1_000), mode=mode)).body
    assert opened(kept).size == (3_000, 750)


def test_no_cell_of_a_table_is_a_formula():
    body = "Jour,Détail\n2026-05-01,=cmd|' /C calc'!A0\nx,\n".encode("cp1252")
    kept = checked(name="a.csv", body=body).body.decode("utf-8-sig")
    assert kept == '"Jour";"Détail"\r\n"2026-05-01";"\'=cmd|\' /C calc\'!A0"\r\n"x";""\r\n'


# --- with words about a case -----------------------------------------------------------


def file(body=PDF, name="a.pdf"):
    return ReadFile(name=name, body=body)


def say(case, *files, text="See here.", now=NOW):
    return case_messages.answer(
        case_id=case.pk, affiliate_id=case.affiliate_id, text=text, files=files, now=now,
        actor_id=person_of(case.affiliate).pk,
    )  # fmt: skip


def names(case):
    rows = CaseFile.objects.filter(message__case=case).order_by("pk")
    return [(row.name, row.body is not None) for row in rows]


@pytest.mark.django_db
def test_files_come_with_words_once():
    case = make_held_case()
    for _again in range(2):
        say(case, file(), file(), file(b"%PDF-2", "b.pdf"))
    assert names(case) == [("a.pdf", True), ("b.pdf", True)]
    assert case.messages.count() == 1

    say(case, file(b"%PDF-3", "c.pdf"))

    assert case.messages.count() == 2


@pytest.mark.django_db
def test_too_many_files_are_refused_and_nothing_is_said():
    case = make_held_case()
    with pytest.raises(FileRefused, match="at most 5 files"):
        say(case, *[file(b"%%PDF-%d" % number) for number in range(MOST_FILES + 1)])
    assert not case.messages.exists()

    message = say(case)
    CaseFile.objects.bulk_create(
        CaseFile(message=message, name="a.pdf", sha256=str(number), body=PDF)
        for number in range(MOST_IN_CASE)
    )
    with pytest.raises(FileRefused, match="in words"):
        say(case, file(), text="And this.")
    assert case.messages.count() == 1


def confirmed(case, now):
    return cases.confirm(case_id=case.pk, actor_id=make_sam().pk, reason="So.", now=now)


@pytest.mark.django_db
def test_files_that_contest_a_decision_are_with_the_new_case():
    case = make_held_case()
    confirmed(case, NOW)
    again = appeals.contest(
        case_id=case.pk, affiliate_id=case.affiliate_id, text="No.", files=[file()],
        actor_id=person_of(case.affiliate).pk, now=NOW,
    )  # fmt: skip
    assert names(again) == [("a.pdf", True)]


@pytest.mark.django_db
def test_files_of_decided_cases_are_deleted_when_they_were_kept_long_enough():
    Programme.objects.create(pk=1, proof_keep_days=30)
    old, young, waits = (make_held_case(make_affiliate()) for _number in range(3))
    for case in (old, young, waits):
        say(case, file())
    sam = make_sam()
    for case, at in ((old, NOW), (young, NOW + DAY)):
        cases.dismiss(case_id=case.pk, actor_id=sam.pk, reason="Fine.", now=at)
    assert case_retention.delete_files(now=NOW + 30 * DAY - timedelta(seconds=1)) == 0

    due = NOW + 30 * DAY
    assert [case_retention.delete_files(now=due) for _again in range(2)] == [1, 0]

    assert [names(case) for case in (old, young, waits)] == [
        [("a.pdf", False)], [("a.pdf", True)], [("a.pdf", True)],
    ]  # fmt: skip
    entry = AuditEntry.objects.get(verb="case.files_deleted")
    assert (entry.subject_id, entry.data) == (str(old.pk), {"files": 1})


@pytest.mark.django_db
def test_files_of_a_contested_decision_wait_for_the_end_of_it():
    Programme.objects.create(pk=1, proof_keep_days=30)
    case = make_held_case()
    say(case, file())
    confirmed(case, NOW)
    again = appeals.contest(
        case_id=case.pk, affiliate_id=case.affiliate_id, text="No.",
        actor_id=person_of(case.affiliate).pk, now=NOW + 29 * DAY,
    )  # fmt: skip
    assert case_retention.delete_files(now=NOW + 90 * DAY) == 0

    judge = make_affiliate().memberships.get().user
    cases.dismiss(case_id=again.pk, actor_id=judge.pk, reason="Fine.", now=NOW + 40 * DAY)

    assert case_retention.delete_files(now=NOW + 69 * DAY) == 0
    assert case_retention.delete_files(now=NOW + 70 * DAY) == 1


@pytest.mark.django_db
def test_words_of_proposals_go_with_those_of_their_case_and_the_answers_to_them_too():
    case = make_held_case()
    declined = make_case_proposal(case)
    declined.status, declined.answer = "declined", "It was not her."
    declined.decided_by = make_user()
    declined.save()
    taken_back = make_case_proposal(case)
    taken_back.status = "withdrawn"
    taken_back.save()
    confirmed(case, NOW)

    assert case_retention.empty_words(now=NOW + 5 * 366 * DAY) == 1

    gone = case_retention.EMPTIED
    for one, answer in ((declined, gone), (taken_back, "")):
        one.refresh_from_db()
        assert (one.reason, one.message, one.answer) == (gone, gone, answer)


@pytest.mark.django_db
def test_words_and_files_of_a_contested_decision_wait_five_years_from_the_end_of_it():
    case = make_held_case()
    say(case, file())
    confirmed(case, NOW)
    again = appeals.contest(
        case_id=case.pk, affiliate_id=case.affiliate_id, text="No.",
        actor_id=person_of(case.affiliate).pk, now=NOW + 29 * DAY,
    )  # fmt: skip
    years = 5 * 366 * DAY
    assert case_retention.empty_words(now=NOW + years) == 0
    assert names(case) == [("a.pdf", True)]

    judge = make_affiliate().memberships.get().user
    cases.dismiss(case_id=again.pk, actor_id=judge.pk, reason="Fine.", now=NOW + 40 * DAY)

    assert case_retention.empty_words(now=NOW + years) == 0
    assert case_retention.empty_words(now=NOW + years + 40 * DAY) == 2
    case.refresh_from_db()
    assert (case.reason, names(case)) == (case_retention.EMPTIED, [("a.pdf", False)])


@pytest.mark.django_db
def test_the_nightly_task_says_how_many(caplog):
    case = make_held_case()
    say(case, file())
    confirmed(case, NOW)
    with (
        caplog.at_level("INFO", logger="core.privacy.purging"),
        time_machine.travel(NOW + 365 * DAY, tick=False),
    ):
        assert purge_rule("fraud.case_files") == 1
    assert "fraud.case_files: 1 rows ended" in caplog.text

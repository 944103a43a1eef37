"""Closing months: what refuses, what is signed, and where late facts go (CL3 to CL9)."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from core.models import AuditEntry
from payouts.models import ClosedMonth, Difference, LedgerCheck, Transfer
from payouts.queries.as_of import balances_as_of
from payouts.services import closing, reconciliation
from payouts.services.closing import MonthNotClosable
from tests.builders import NOW, make_affiliate
from tests.payouts.closing_months import (
    IN_JUNE,
    IN_MAY,
    JULY_BEGINS,
    JUNE,
    JUNE_BEGINS,
    MAY,
    SIXTH_OF_JULY,
    SIXTH_OF_JUNE,
    close,
    earn,
)
from tests.payouts.paydays import finance
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db


def open_difference():
    return Difference.objects.create(
        key="reserved:1:EUR", kind="reserved", first_seen_at=NOW, last_seen_at=NOW
    )


def test_a_month_is_closed_with_its_balances_and_a_signed_report():
    accrued()
    actor = finance()

    closed = close(JUNE, now=SIXTH_OF_JULY, actor=actor)

    assert closed.closed_by == actor
    assert sorted(minor for _code, _currency, minor in closed.balances) == [-1_000, 1_000]
    text = PdfReader(io.BytesIO(bytes(closed.report))).pages[0].extract_text()
    for words in ("June 2026", "expense:commission", "accrued", "€10.00", str(actor)):
        assert words in text
    assert closing.verify(closed).holds
    assert AuditEntry.objects.filter(verb="month.closed", actor=actor).count() == 1


def test_a_month_closed_again_is_the_same_row_with_the_same_bytes():
    accrued()
    first = close(JUNE, now=SIXTH_OF_JULY)

    again = close(JUNE, now=SIXTH_OF_JULY)
    read = closing.read_report(month=JUNE, actor_id=finance().pk, now=SIXTH_OF_JULY)

    assert (again.pk, again.sha256) == (first.pk, first.sha256)
    assert bytes(read.report) == bytes(first.report)
    assert AuditEntry.objects.filter(verb="month.downloaded").count() == 1


@pytest.mark.parametrize(
    ("month", "now"), [(JUNE, IN_JUNE), (JUNE, JULY_BEGINS.replace(hour=21)), (MAY, IN_MAY)]
)
def test_a_month_that_is_not_over_stays_open(month, now):
    reconciliation.reconcile(now=now)

    with pytest.raises(MonthNotClosable, match="not over"):
        closing.close(month=month, actor_id=finance().pk, now=now)

    assert not ClosedMonth.objects.exists()


def test_months_are_closed_one_after_the_other():
    close(MAY, now=SIXTH_OF_JUNE)
    close(JUNE, now=SIXTH_OF_JULY)

    with pytest.raises(MonthNotClosable, match="later month"):
        close(MAY.replace(month=4), now=SIXTH_OF_JULY)
    with pytest.raises(MonthNotClosable, match="2026-07 first"):
        close(MAY.replace(month=8), now=SIXTH_OF_JULY.replace(month=11))


def test_it_is_refused_before_everything_was_compared_since_its_end():
    reconciliation.reconcile(now=IN_JUNE)

    with pytest.raises(MonthNotClosable, match="Compare"):
        closing.close(month=JUNE, actor_id=finance().pk, now=SIXTH_OF_JULY)


def test_it_is_refused_while_a_difference_is_open():
    reconciliation.reconcile(now=SIXTH_OF_JULY)
    open_difference()

    with pytest.raises(MonthNotClosable, match="Differences"):
        closing.close(month=JUNE, actor_id=finance().pk, now=SIXTH_OF_JULY)

    assert not ClosedMonth.objects.exists()


def test_it_is_refused_while_the_ledger_check_differs_and_the_check_is_kept():
    earn(make_affiliate(), 1_000, key="commission:0:accrued", effective_at=IN_JUNE)

    with pytest.raises(MonthNotClosable, match="check of the ledger"):
        close(JUNE, now=SIXTH_OF_JULY)

    assert not LedgerCheck.objects.latest().agrees
    assert "check of the ledger" in closing.why_not(JUNE, now=SIXTH_OF_JULY)


def test_a_late_fact_takes_effect_now_and_changes_no_closed_month():
    affiliate = make_affiliate()
    earn(affiliate, 1_000, key="a", effective_at=IN_MAY)
    ClosedMonth.objects.create(month=MAY, closed_at=SIXTH_OF_JUNE, closed_by=finance(),
                               balances=[], report=b"-", sha256="", signature="")  # fmt: skip
    before = balances_as_of(before=JUNE_BEGINS)

    earn(affiliate, 250, key="b", effective_at=IN_MAY, now=IN_JUNE)
    earn(affiliate, 250, key="b", effective_at=IN_MAY, now=SIXTH_OF_JULY)

    assert balances_as_of(before=JUNE_BEGINS) == before
    late = Transfer.objects.get(source_key="b")
    assert (late.kind, late.effective_at, late.recorded_at) == ("accrued", IN_JUNE, IN_JUNE)


def test_a_run_that_began_in_the_closed_month_posts_at_the_first_open_moment():
    ClosedMonth.objects.create(month=MAY, closed_at=JUNE_BEGINS, closed_by=finance(),
                               balances=[], report=b"-", sha256="", signature="")  # fmt: skip

    earn(make_affiliate(), 250, key="b", effective_at=IN_MAY, now=IN_MAY)

    assert Transfer.objects.get().effective_at == JUNE_BEGINS


def test_what_takes_effect_after_the_closed_month_keeps_its_time():
    close(MAY, now=SIXTH_OF_JUNE)

    earn(make_affiliate(), 250, key="b", effective_at=JUNE_BEGINS, now=IN_JUNE)

    assert Transfer.objects.get().effective_at == JUNE_BEGINS


@pytest.mark.parametrize("sql", ["UPDATE payouts_closedmonth SET sha256 = 'x'",
                                 "DELETE FROM payouts_closedmonth"])  # fmt: skip
def test_not_even_the_owner_changes_a_closed_month(sql, as_owner):
    close(JUNE, now=SIXTH_OF_JULY)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        as_owner() as cursor,
    ):
        cursor.execute(sql)


def verify_month(month):
    told = io.StringIO()
    call_command("verify_month", month, stdout=told)
    return told.getvalue()


def test_the_command_proves_a_month_and_gives_what_others_need():
    accrued()
    closed = close(JUNE, now=SIXTH_OF_JULY)

    told = verify_month("2026-06")

    assert told.count("as it was") == 3
    assert closed.sha256 in told
    assert closed.signature in told


BEHIND = (
    "INSERT INTO payouts_transfer (debit_id, credit_id, amount_minor, currency, kind, source_key,"
    " leg, effective_at, recorded_at) SELECT debit_id, credit_id, 1, currency, kind, 'behind', 1,"
    " %s, now() FROM payouts_transfer LIMIT 1"
)


@pytest.mark.parametrize("moment", [IN_MAY, IN_JUNE, JULY_BEGINS - timedelta(microseconds=1)])
def test_cl9_postgresql_refuses_a_transfer_into_a_closed_month(moment, as_owner):
    accrued()
    close(JUNE, now=SIXTH_OF_JULY)

    for connected in (connection.cursor, as_owner):
        with (
            pytest.raises(DatabaseError, match="the month is closed"),
            transaction.atomic(),
            connected() as cursor,
        ):
            cursor.execute(BEHIND, [moment])

    assert not Transfer.objects.filter(source_key="behind").exists()


def test_cl9_the_first_open_moment_takes_transfers():
    accrued()
    close(JUNE, now=SIXTH_OF_JULY)

    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [JULY_BEGINS])

    assert Transfer.objects.filter(source_key="behind").exists()


def test_the_command_finds_a_transfer_that_was_put_into_a_closed_month(as_superuser):
    commission = accrued()
    close(JUNE, now=SIXTH_OF_JULY)
    stored = Transfer.objects.get(source_key=f"commission:{commission.pk}:accrued")
    with as_superuser() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(BEHIND, [stored.effective_at])
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(SystemExit):
        verify_month("2026-06")

    LedgerCheck.objects.all()
    found = closing.checks.check()
    assert "closed month" in {difference.check for difference in found}


def test_the_command_finds_a_changed_report_and_a_signature_that_is_not_ours(as_superuser):
    closed = close(JUNE, now=SIXTH_OF_JULY)
    with as_superuser() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE payouts_closedmonth SET sha256 = repeat('0', 64)")

    closed.refresh_from_db()
    proof = closing.verify(closed)

    assert not proof.report_is_whole
    assert not proof.signature_is_ours


@pytest.mark.parametrize(("month", "why"), [("2026-06", "not closed"), ("June", "2026-10")])
def test_the_command_refuses_what_is_no_closed_month(month, why):
    with pytest.raises(CommandError, match=why):
        verify_month(month)


def test_a_closed_month_stays_provable_when_the_key_that_signed_it_is_replaced(settings):
    closed = close(JUNE, now=SIXTH_OF_JULY)
    signer = closing.verify(closed).public_key

    settings.SIGNING_KEY = "another"
    call_command("rotate_keys", "signing")

    assert closing.verify(closed).holds
    assert closing.verify(closed).public_key == signer


def test_cl7_a_month_stays_open_while_the_key_is_one_that_was_retired(settings):
    first = settings.SIGNING_KEY
    close(MAY, now=SIXTH_OF_JUNE)
    settings.SIGNING_KEY = "another"
    call_command("rotate_keys", "signing")
    settings.SIGNING_KEY = first

    with pytest.raises(MonthNotClosable, match="SIGNING_KEY"):
        close(JUNE, now=SIXTH_OF_JULY)
    assert "SIGNING_KEY" in closing.why_not(JUNE, now=SIXTH_OF_JULY)
    for asked in ([], ["--dry-run"]):
        with pytest.raises(CommandError, match="retired"):
            call_command("rotate_keys", "signing", *asked)
    assert ClosedMonth.objects.count() == 1

    settings.SIGNING_KEY = "another"
    assert closing.verify(close(JUNE, now=SIXTH_OF_JULY)).holds

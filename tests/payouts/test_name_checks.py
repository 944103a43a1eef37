"""Verification of Payee: the bank's answers, what they stop, and who accepts what (VP1 to VP7)."""

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from affiliates.models import Membership
from core.models import AuditEntry
from payouts.gateways.name_results import NameFileRefused, read_results
from payouts.models import NameCheck, NameCheckFile, NameVerdict
from payouts.queries.exceptions import exceptions
from payouts.queries.review import flagged_items
from payouts.queries.why_not_paid import why_not_paid
from payouts.services import batches
from payouts.services.items import FourEyesRefused, ReasonMissing
from payouts.services.name_checks import NotClose, accept, receive
from tests.builders import make_affiliate, make_payee
from tests.payouts.paydays import (
    LATER,
    NEXT_PAYDAY,
    OTHER_IBAN,
    approved_batch,
    finance,
    item_of,
    make_due,
    sent_batch,
    submitted,
)

pytestmark = pytest.mark.django_db
HEAD = "end_to_end_id;iban;name;result;name_at_bank;checked_on"
DAY = LATER.date().isoformat()


def answers(*lines, head=HEAD):
    return "\n".join([head, *lines]).encode()


def about(affiliate, result="NMTC", *, iban=None, name=None, at_bank="", day=DAY):
    payee = affiliate.payee
    return f";{iban or payee.iban};{name or payee.legal_name};{result};{at_bank};{day}"


def take(*lines, now=LATER, actor=None):
    return receive(name="vop.csv", body=answers(*lines), actor_id=(actor or finance()).pk, now=now)


def codes(affiliate, now=LATER):
    return [gate.code for gate in why_not_paid(affiliate.pk, now).gates]


@pytest.mark.parametrize(
    ("result", "gates"),
    [
        ("MTCH", []), ("match", []), ("CMTC", []), ("close_match", []), ("RVMC", []),
        ("NOAP", []), ("RVNA", []), ("NMTC", ["name_mismatch"]), ("No match", ["name_mismatch"]),
        ("RVNM", ["name_mismatch"]),
    ],
)  # fmt: skip
def test_only_no_match_stops_the_payment(result, gates):
    ada = make_due()

    take(about(ada, result))

    assert codes(ada) == gates


def test_a_payee_whose_account_is_anothers_is_in_no_batch_and_among_the_exceptions():
    ada, ines = make_due(units=3), make_due()
    take(about(ada))

    batch = submitted()

    assert [item.affiliate for item in batch.items.all()] == [ines]
    [one] = exceptions(LATER)
    assert (one.kind, one.affiliate, one.amount.minor) == ("name", ada, 3_000)


def test_an_answer_of_after_the_approval_leaves_the_payment_out():
    ada, _ines = make_due(), make_due()
    batch = approved_batch()
    take(f"{item_of(batch, ada).reference};;;NMTC;;{DAY}")

    batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=LATER)

    assert item_of(batch, ada).status == "released"


def test_the_newest_answer_about_the_present_account_and_name_counts():
    ada = make_due()
    take(about(ada, "NMTC", day="2026-07-01"))
    assert codes(ada) == ["name_mismatch"]

    take(about(ada, "MTCH", day="2026-07-02"))
    assert codes(ada) == []

    take(about(ada, "NMTC", day="2026-06-01"))
    assert codes(ada) == []


@pytest.mark.parametrize("change", [{"legal_name": "Ada L."}, {"iban_hash": "other"}])
def test_an_answer_about_the_details_of_before_says_nothing_any_more(change):
    ada = make_due()
    take(about(ada))
    type(ada.payee).objects.filter(affiliate=ada).update(**change)

    assert codes(ada) == []


def test_a_line_names_the_payment_or_the_account_with_its_name():
    ada, ines, mallory = make_due(), make_due(), make_due()
    batch = sent_batch()
    reference = item_of(batch, ada).reference
    payee = make_payee(make_affiliate(name="Édith Œuf"), iban=OTHER_IBAN)

    taken = take(
        f"{reference};;;MTCH;;{DAY}",
        f";{payee.iban};EDITH OEUF;CMTC;Edith Oeuf-Martin;{DAY}",
        f"{item_of(batch, ines).reference};{OTHER_IBAN};;NMTC;;{DAY}",
        about(mallory, name="Somebody else"),
        f"AP9999999999;;;NMTC;;{DAY}",
    )

    assert (taken.about_payees, taken.about_nobody) == (2, 3)
    found = dict(NameCheck.objects.values_list("affiliate", "verdict"))
    assert found == {ada.pk: NameVerdict.MATCH, payee.affiliate_id: NameVerdict.CLOSE}
    assert NameCheck.objects.get(verdict="close").name_at_bank == "Edith Oeuf-Martin"


def test_a_close_match_is_flagged_until_somebody_accepts_it_for_a_reason():
    ada = make_due()
    sent_batch()
    make_due(affiliate=ada)
    type(ada.payee).objects.filter(affiliate=ada).update(changed_at=LATER.replace(year=2025))
    take(about(ada, "CMTC", at_bank="Ada Lovelace SARL"))
    batch = submitted(now=NEXT_PAYDAY, execution_date=date(2026, 8, 20))
    assert flagged_items(batch, NEXT_PAYDAY) == {batch.items.get().pk}

    check, person = NameCheck.objects.get(), finance()
    accept(check_id=check.pk, reason="Its invoice says so", actor_id=person.pk, now=NEXT_PAYDAY)
    accept(check_id=check.pk, reason="Again", actor_id=finance().pk, now=NEXT_PAYDAY)

    assert flagged_items(batch, NEXT_PAYDAY) == set()
    check.refresh_from_db()
    assert (check.accepted_by, check.accept_reason) == (person, "Its invoice says so")
    assert AuditEntry.objects.filter(verb="name_check.accepted").count() == 1


def test_no_match_is_never_accepted_nor_a_close_one_by_whose_details_they_are():
    ada, ines = make_due(), make_due()
    own, entered = finance(), finance()
    Membership.objects.create(affiliate=ada, user=own)
    type(ada.payee).objects.filter(affiliate=ada).update(changed_by=entered)
    take(about(ada, "CMTC"))
    take(about(ines, "NMTC"))
    close, none = NameCheck.objects.get(affiliate=ada), NameCheck.objects.get(affiliate=ines)

    for actor in (own, entered):
        with pytest.raises(FourEyesRefused):
            accept(check_id=close.pk, reason="Me", actor_id=actor.pk, now=LATER)
    with pytest.raises(NotClose):
        accept(check_id=none.pk, reason="Sure", actor_id=finance().pk, now=LATER)
    with pytest.raises(ReasonMissing):
        accept(check_id=close.pk, reason=" ", actor_id=finance().pk, now=LATER)
    assert not NameCheck.objects.filter(accepted_at__isnull=False).exists()


def test_the_same_file_twice_changes_nothing():
    ada = make_due()
    first = take(about(ada))
    again = take(about(ada))

    assert (first.is_new, again.is_new, again.file) == (True, False, first.file)
    assert (NameCheckFile.objects.count(), NameCheck.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"a;b\n1;2", answers(), b"\xff\xfe", answers(";;;MTCH;;2026-07-17"),
        answers(f";{OTHER_IBAN};Ada;PERHAPS;;2026-07-17"),
        answers(f";{OTHER_IBAN};Ada;MTCH;;17/07/2026"),
        answers(f";{OTHER_IBAN[:-1]}1;Ada;MTCH;;2026-07-17"),
        answers(f";{OTHER_IBAN};;MTCH;;2026-07-17"),
        answers(f";{OTHER_IBAN};Ada;MTCH;;2026-07-17;more"),
        answers(f';{OTHER_IBAN};"Ada;MTCH;;2026-07-17'),
        answers(f";{OTHER_IBAN};A\0da;MTCH;;2026-07-17"),
        answers(f";{OTHER_IBAN};Ada;MTCH;;2027-07-17"),
        b"x" * (2 * 1024 * 1024 + 1),
    ],
)  # fmt: skip
def test_a_file_is_taken_whole_or_not_at_all(body):
    with pytest.raises(NameFileRefused):
        receive(name="vop.csv", body=body, actor_id=finance().pk, now=LATER)

    assert not NameCheckFile.objects.exists()


def test_commas_any_order_of_columns_and_a_byte_order_mark_are_read():
    body = f"\ufeffchecked_on,name,iban,result\r\n2026-07-17,Ada,{OTHER_IBAN},MTCH\r\n".encode()

    [one] = read_results(body)

    assert (one.line, one.verdict, one.iban) == (2, "match", OTHER_IBAN)


def test_what_the_bank_said_is_encrypted_and_never_changes():
    ada = make_due()
    take(about(ada, "CMTC", at_bank="Ada Lovelace"))
    rows = NameCheck.objects.all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name_at_bank FROM payouts_namecheck")
        assert "Lovelace" not in cursor.fetchone()[0]

    for change in ({"verdict": "match"}, {"name": "Other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        NameCheckFile.objects.update(name="Other")

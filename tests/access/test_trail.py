"""The audit trail proves itself, says why and what changed, and keeps who looked."""

import ast
import json
from io import StringIO

import pytest
from django.core.management import call_command

from core import audit
from core.models import AuditEntry
from tests.builders import NOW, make_user
from tests.portal_staff.test_journal_words import calls, modules, verbs_of

#: What is done to somebody: they, or whoever comes after, will ask why.
SAY_WHY = {
    "affiliate.suspended", "affiliate.closed", "application.rejected", "commission.held",
    "commission.reversed", "batch.sent_back", "item.excluded", "case.confirmed",
    "case.dismissed", "adjustment.declined", "contract.ended",
}  # fmt: skip
#: Whole account numbers: a module of the portal that reads one keeps that it did.
IBAN_READERS = {"portal.views.finance_manual", "portal.demo.joining", "portal.demo.company"}


def make_entries(number):
    person = make_user()
    for one in range(number):
        audit.record(
            actor=person, verb="user.signed_in", subject=person, at=NOW, data={"number": one}
        )


def verify(*options):
    said = StringIO()
    try:
        call_command("verify_audit", *options, stdout=said)
    except SystemExit as left:
        return said.getvalue(), left.code
    return said.getvalue(), 0


@pytest.mark.django_db
def test_a_whole_chain_holds_and_names_its_last_hash():
    make_entries(3)

    said, status = verify()

    assert status == 0
    assert "3 entries." in said
    assert AuditEntry.objects.latest("pk").hash in said
    assert "The chain holds." in said


@pytest.mark.django_db
def test_an_empty_trail_holds():
    assert verify() == ("0 entries.\nThe chain holds.\n", 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE core_auditentry SET reason = 'other' WHERE id = %s",
        "UPDATE core_auditentry SET data = '{}' WHERE id = %s",
        "UPDATE core_auditentry SET at = at + interval '1 second' WHERE id = %s",
        "DELETE FROM core_auditentry WHERE id = %s",
    ],
)
def test_what_was_done_behind_its_back_is_found(as_superuser, change):
    make_entries(3)
    middle = AuditEntry.objects.order_by("pk")[1].pk
    with as_superuser() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(change, [middle])

    said, status = verify("--json")

    found = json.loads(said)
    assert status == 1
    assert found["broken"]
    assert "does NOT hold" in verify()[0]


def recorded():
    """Each verb that is written, with the call that writes it."""
    for module, function, call in [*calls()["record"], *calls()["record_look"]]:
        said = {one.arg: one.value for one in call.keywords}
        if module != "core.audit" and "verb" in said:
            for verb in verbs_of(said["verb"], module, function):
                yield verb, module, said


def test_what_is_done_to_somebody_says_why():
    known = {verb for verb, _, _ in recorded()}
    silent = {
        f"{verb} in {module}"
        for verb, module, said in recorded()
        if verb in SAY_WHY and not {"reason", "data"} & set(said)
    }

    assert silent == set()
    assert len(SAY_WHY & known) > 6


def test_whoever_changes_something_keeps_what_it_became():
    silent = {
        f"{verb} in {module}"
        for verb, module, said in recorded()
        if verb.rpartition(".")[2] in {"changed", "set", "revised"} and "data" not in said
    }

    assert silent == set()


def test_whole_account_numbers_are_read_where_it_is_kept():
    found = {
        name
        for name, tree in modules().items()
        if name.startswith("portal.")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "iban"
    }

    assert found <= IBAN_READERS

"""Who counts as an owner at approvals, who does not approve, who looks at exceptions."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from core.models import AuditEntry
from payouts.domain.approval_rules import Rule
from payouts.models import PayoutException
from payouts.queries.approval_rules import owner_ids, owners, wants_owner
from payouts.services import approval_rules, exceptions
from payouts.services.exceptions import ExceptionRefused
from payouts.services.items import FourEyesRefused
from payouts.services.owners import NotAnOwner, NotOfFinance, end_owner, name_owner
from tests.builders import make_user
from tests.payouts.invoice_stories import make_profile
from tests.payouts.paydays import LATER, PAYDAY, approve, finance, make_due, submitted

pytestmark = pytest.mark.django_db


def with_owner_rule(*, confirmed=True):
    rule = Rule(above_minor=1_000, people=1, needs_owner=True)
    begins = approval_rules.propose_rules(
        currency="EUR", rules=[rule], valid_from=PAYDAY, actor_id=finance().pk, now=PAYDAY
    )
    if confirmed:
        approval_rules.confirm_rules(
            currency="EUR", valid_from=begins, actor_id=finance().pk, now=PAYDAY
        )


def test_p60_a_person_of_finance_becomes_an_owner_once_and_ceases_to_be():
    fin = finance()

    for _time in range(2):
        name_owner(email=f" {fin.email.upper()} ", actor=None, now=PAYDAY)

    assert (owners(), owner_ids([fin.pk])) == ([fin], {fin.pk})
    added = AuditEntry.objects.get(verb="staff.added")
    assert (added.data, added.subject_id) == ({"role": "owner"}, str(fin.pk))
    end_owner(email=fin.email, actor=None, now=LATER)
    assert owners() == []
    assert AuditEntry.objects.get(verb="staff.removed").data == {"role": "owner"}
    with pytest.raises(NotAnOwner):
        end_owner(email=fin.email, actor=None, now=LATER)


def test_p60_nobody_else_becomes_one():
    for person in (make_user(), make_user(roles=["manager"])):
        with pytest.raises(NotOfFinance):
            name_owner(email=person.email, actor=None, now=PAYDAY)
    with pytest.raises(NotOfFinance):
        name_owner(email="nobody@example.com", actor=None, now=PAYDAY)
    assert owners() == []


def test_p60_an_owners_yes_is_what_a_large_batch_wants():
    make_due()
    with_owner_rule()
    batch, plain, chief = submitted(), finance(), finance()
    name_owner(email=chief.email, actor=None, now=PAYDAY)

    assert approve(batch, plain, now=LATER).status == "in_review"
    assert approve(batch, chief, now=LATER).status == "approved"


def test_p10_who_declared_the_taxes_of_a_payee_does_not_approve():
    ada, once_of_ada = make_due(), finance()
    make_profile(ada, declared_by=once_of_ada)
    batch = submitted()

    with pytest.raises(FourEyesRefused, match="taxes"):
        approve(batch, once_of_ada, now=LATER)

    assert approve(batch, finance(), now=LATER).status == "approved"


@pytest.mark.parametrize("confirmed", [True, False])
def test_p60_the_page_says_when_a_rule_needs_an_owner_and_there_is_none(client, confirmed):
    fin = finance()
    client.force_login(fin)
    english = {"accept-language": "en"}
    address = reverse("portal:control")
    assert not wants_owner("EUR", LATER)
    assert not client.get(address, headers=english).context["lacks_owner"]

    with_owner_rule(confirmed=confirmed)

    assert "bin/manage owners add" in client.get(address, headers=english).content.decode()
    name_owner(email=fin.email, actor=None, now=PAYDAY)
    page = client.get(address, headers=english)
    assert not page.context["lacks_owner"]
    assert str(fin) in page.context["owners"]


def test_p60_the_command_names_lists_and_ends(capsys):
    fin = finance()
    call_command("owners", "list")
    call_command("owners", "add", fin.email)
    call_command("owners", "list")
    call_command("owners", "remove", fin.email)

    told = capsys.readouterr().out
    assert "Nobody is an owner." in told
    assert f"{fin.email} is an owner." in told
    assert f"{fin.email} is no owner any more." in told
    with pytest.raises(CommandError):
        call_command("owners", "add", "nobody@example.com")


def test_p48_only_people_of_finance_look_at_an_exception():
    given = {"key": "item:1", "note": "", "snoozed_until": None, "now": PAYDAY}
    with pytest.raises(ExceptionRefused):
        exceptions.mind(owner_id=make_user().pk, actor_id=finance().pk, **given)
    assert not PayoutException.objects.exists()

    person = finance()
    later = {**given, "note": "Asked.", "snoozed_until": PAYDAY + timedelta(days=1)}
    assert exceptions.mind(owner_id=person.pk, actor_id=person.pk, **later).owner == person

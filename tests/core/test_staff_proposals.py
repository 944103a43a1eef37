"""Roles that take two people (docs/rules/staff.md, ST5 to ST8)."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from core import staff, staff_invitations, staff_proposals, staff_team
from core.domain.staff_rules import TOO_NEW, is_too_new, needs_second
from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery, ProposalStatus, StaffProposal
from core.staff_proposals import NotYours, ProposalOver
from core.staff_team import NobodyToConfirm, NotOfStaff, StaffRefused
from tests.builders import NOW, make_user
from tests.core.staff_world import (
    WHY,
    accept,
    confirm,
    confirmed,
    finance,
    invite,
    manager,
    propose,
    roles_of,
)

pytestmark = pytest.mark.django_db
RULES = Path(__file__).parents[2] / "docs" / "rules" / "staff.md"


@pytest.fixture
def sam():
    return manager(name="Sam", email="sam@example.com")


@pytest.fixture
def max_():
    return manager(name="Max", email="max@example.com")


@pytest.fixture
def fin():
    return finance(name="Fin", email="fin@example.com")


def decline(proposal, actor, *, reason="Not yet.", now=NOW):
    return staff_proposals.decline(
        proposal_id=proposal.pk, reason=reason, actor_id=actor.pk, now=now
    )


def withdraw(proposal, actor, *, now=NOW):
    return staff_proposals.withdraw(proposal_id=proposal.pk, actor_id=actor.pk, now=now)


def test_the_table_of_the_rules_is_what_decides():
    rows = re.findall(r"^\| ([a-z ]+) \| (\w[\w ]*) \| (\w[\w ]*) \| (\w[\w ]*) \|$",
                      RULES.read_text(), re.MULTILINE)  # fmt: skip
    table = [row for row in rows if row[1] in ("alone", "two people")]
    assert len(table) == 3
    for who, *answers in table:
        held = set(who.split(" and "))
        for role, answer in zip(("manager", "finance", "owner"), answers, strict=True):
            assert needs_second([role], held) == (answer == "two people"), (who, role)
    assert needs_second(["manager", "finance"], {"manager"})


def test_somebody_is_new_for_seven_days():
    assert not is_too_new(None, NOW)
    assert is_too_new(NOW, NOW + TOO_NEW - timedelta(seconds=1))
    assert not is_too_new(NOW, NOW + TOO_NEW)


def test_a_manager_makes_finance_a_manager_alone(sam, fin):
    assert propose(sam, fin, role="manager") is None

    assert roles_of(fin) == {"finance", "manager"}
    entry = AuditEntry.objects.get(verb="staff.added")
    assert (entry.actor, entry.reason, entry.data) == (sam, WHY, {"role": "manager"})
    assert set(Delivery.objects.values_list("recipient", flat=True)) == {sam.email, fin.email}


def test_finance_is_proposed_by_one_and_given_by_another(sam, max_, fin):
    for _twice in range(2):
        proposal = propose(sam, max_)

    assert roles_of(max_) == {"manager"}
    assert StaffProposal.objects.count() == 1
    asked = Delivery.objects.get(kind="staff_proposed")
    assert (asked.recipient, WHY in asked.body) == (fin.email, True)
    for _twice in range(2):
        confirm(proposal, fin)
    assert roles_of(max_) == {"manager", "finance"}
    trail = AuditEntry.objects.filter(verb__in=["staff.proposed", "staff.proposal_confirmed"])
    assert [(one.actor, one.reason, one.data) for one in trail.order_by("pk")] == [
        (person, WHY, {"role": "finance", "proposed_by": sam.pk}) for person in (sam, fin)
    ]


def test_neither_who_proposed_nor_whom_it_is_about_nor_a_stranger_agrees(sam, max_, fin):
    proposal, gone = propose(sam, max_), manager(is_active=False)

    for person in (sam, max_, gone, make_user()):
        with pytest.raises(NotYours):
            confirm(proposal, person)
        with pytest.raises(NotYours):
            decline(proposal, person)
    assert roles_of(max_) == {"manager"}
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.PROPOSED


def test_whom_the_proposer_let_in_this_week_is_no_second_person(sam, max_):
    invitation = invite(sam)
    new = accept(invitation, confirmed(email="new@example.com"))
    with pytest.raises(NobodyToConfirm):
        propose(sam, max_)

    later = NOW + TOO_NEW
    proposal = propose(sam, max_, now=later)
    confirm(proposal, new, now=later)
    assert roles_of(max_) == {"manager", "finance"}


def test_accounts_that_let_each_other_in_are_no_second_person(sam, max_, fin):
    """Sam's second puppet was let in by the first, and not by Sam."""
    first = accept(invite(sam, email="s1@example.com"), confirmed(email="s1@example.com"))
    second = accept(invite(first, email="s2@example.com"), confirmed(email="s2@example.com"))
    proposal = propose(sam, max_)

    assert staff_team.who_can_confirm(sam.pk, person_id=max_.pk, email="", now=NOW) == [fin]
    for puppet in (first, second):
        for act in (confirm, decline):
            with pytest.raises(NotYours):
                act(proposal, puppet)
    assert roles_of(max_) == {"manager"}


def test_who_sends_an_invitation_again_makes_nobody_a_second_person(sam, max_, fin):
    invitation = invite(sam)
    staff_invitations.send_again(invitation_id=invitation.pk, actor_id=max_.pk, now=NOW)
    invitation.refresh_from_db()
    new = accept(invitation, confirmed(email="new@example.com"))
    with pytest.raises(NotYours):
        confirm(propose(sam, max_), new)


def test_who_is_new_proposes_nothing_that_takes_two(sam, max_, fin):
    """Otherwise a puppet proposes, and who let it in agrees."""
    new = accept(invite(sam), confirmed(email="new@example.com"))
    with pytest.raises(StaffRefused, match="within the last seven days"):
        propose(new, max_)
    with pytest.raises(StaffRefused, match="within the last seven days"):
        invite(new, email="fin@else.example", roles=["finance"], reason=WHY)
    assert not StaffProposal.objects.exists()
    propose(new, fin, role="manager")
    assert "manager" in roles_of(fin)

    confirm(propose(new, max_, now=NOW + TOO_NEW), sam, now=NOW + TOO_NEW)
    assert roles_of(max_) == {"manager", "finance"}


def test_whom_the_server_let_in_is_a_second_person_at_once(sam, max_):
    fin = staff.add(email="fin@example.com", role="finance", name="Fin", actor=None, now=NOW)
    confirm(propose(sam, max_), fin)
    assert roles_of(max_) == {"manager", "finance"}


def test_somebody_invited_agrees_to_no_invitation_of_their_own_address(sam, fin):
    twin = manager(email="twin@example.com")
    twin.emailaddress_set.create(email="new@example.com", verified=False)
    proposal = invite(sam, roles=["finance"], reason=WHY).proposal
    with pytest.raises(NotYours):
        confirm(proposal, twin)
    confirm(proposal, fin)


def test_an_owner_is_somebody_of_finance(sam, max_, fin):
    with pytest.raises(StaffRefused, match="not of finance"):
        propose(sam, max_, role="owner")
    confirm(propose(sam, fin, role="owner"), max_)
    assert roles_of(fin) == {"finance", "owner"}


def test_an_owner_who_left_finance_meanwhile_becomes_none(sam, max_, fin):
    proposal = propose(sam, fin, role="owner")
    staff.give(user_id=fin.pk, role="manager", actor=None, now=NOW)
    staff.take(email=fin.email, role="finance", actor=None, now=NOW)
    with pytest.raises(StaffRefused):
        confirm(proposal, max_)
    assert roles_of(fin) == {"manager"}
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.PROPOSED


@pytest.mark.parametrize(
    ("role", "reason", "sentence"),
    [("boss", WHY, "no such role"), ("finance", "  ", "reason"), ("manager", WHY, "already")],
)
def test_what_cannot_be_given_is_refused(sam, max_, fin, role, reason, sentence):
    with pytest.raises(StaffRefused, match=sentence):
        propose(sam, max_, role=role, reason=reason)
    assert not StaffProposal.objects.exists()
    assert not AuditEntry.objects.exists()


def test_nobody_gives_themselves_a_role_nor_one_to_a_stranger(sam, fin):
    with pytest.raises(StaffRefused, match="themselves"):
        propose(sam, sam)
    with pytest.raises(StaffRefused, match="invite them"):
        propose(sam, make_user())
    with pytest.raises(NotOfStaff):
        propose(make_user(), sam)


def test_one_alone_is_told_who_else_gives_the_role(sam):
    max_ = manager()
    with pytest.raises(NobodyToConfirm, match="bin/manage staff"):
        propose(sam, max_)  # Max is whom it is about: nobody is left.
    assert not StaffProposal.objects.exists()


def test_a_proposal_runs_out_after_seven_days(sam, max_, fin):
    proposal, after = propose(sam, max_), NOW + timedelta(days=7)
    with pytest.raises(ProposalOver):
        confirm(proposal, fin, now=after)
    assert staff_proposals.lapse_due(now=after - timedelta(seconds=1)) == 0
    assert [staff_proposals.lapse_due(now=after) for _twice in range(2)] == [1, 0]
    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by) == (ProposalStatus.LAPSED, None)
    assert AuditEntry.objects.get(verb="staff.proposal_lapsed").actor is None
    assert propose(sam, max_, now=after).pk != proposal.pk


def test_it_is_declined_with_a_reason_that_its_proposer_reads(sam, max_, fin):
    proposal = propose(sam, max_)
    with pytest.raises(StaffRefused):
        decline(proposal, fin, reason=" ")
    decline(proposal, fin)

    assert "Not yet." in Delivery.objects.get(kind="staff_changed", recipient=sam.email).body
    assert AuditEntry.objects.get(verb="staff.proposal_declined").reason == "Not yet."
    for act in (confirm, decline):
        with pytest.raises(ProposalOver):
            act(proposal, fin)
    assert roles_of(max_) == {"manager"}


def test_only_its_proposer_takes_it_back(sam, max_, fin):
    proposal = propose(sam, max_)
    with pytest.raises(NotYours):
        withdraw(proposal, fin)
    for _twice in range(2):
        withdraw(proposal, sam)
    assert AuditEntry.objects.filter(verb="staff.proposal_withdrawn").count() == 1
    with pytest.raises(ProposalOver):
        confirm(proposal, fin)


@pytest.mark.parametrize("end", [decline, lambda one, _fin: withdraw(one, one.proposed_by)])
def test_an_invitation_that_nobody_agrees_to_is_never_sent(sam, fin, end):
    invitation = invite(sam, roles=["finance"], reason=WHY)
    end(invitation.proposal, fin)
    invitation.refresh_from_db()
    assert (invitation.revoked_at, invitation.sent_at) == (NOW, None)
    assert not Delivery.objects.filter(recipient="new@example.com").exists()


def test_what_somebody_proposed_who_left_is_nobodys(sam, max_, fin):
    proposal = propose(sam, max_)
    staff.remove(email=sam.email, role="manager", actor=None, now=NOW)
    with pytest.raises(ProposalOver, match="left the team"):
        confirm(proposal, fin)


@pytest.mark.parametrize("old", ProposalStatus)
@pytest.mark.parametrize("new", ProposalStatus)
def test_every_pair_of_states_is_either_an_arrow_or_refused(old, new):
    proposal = StaffProposal(status=old)
    if new in StaffProposal.ARROWS[old]:
        proposal.move_to(new, at=NOW)
        assert proposal.status == new
    else:
        with pytest.raises(InvalidTransition):
            proposal.move_to(new, at=NOW)


def test_the_database_wants_two_people(sam, max_, fin):
    proposal = propose(sam, max_)
    for person in (sam, max_, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffProposal.objects.filter(pk=proposal.pk).update(
                status=ProposalStatus.CONFIRMED, decided_by=person
            )


def test_what_keeps_one_person_from_agreeing_is_what_keeps_them_off_the_list(sam, max_, fin):
    invitation = invite(sam)
    new = accept(invitation, confirmed(email="new@example.com"))
    twin = manager(email="twin@example.com")
    twin.emailaddress_set.create(email="Asked@example.com", verified=False)
    for person_id, email in ((max_.pk, ""), (None, "asked@example.com"), (fin.pk, "")):
        for proposer in (sam, max_, fin, new):
            able = staff_team.who_can_confirm(
                proposer.pk, person_id=person_id, email=email, now=NOW
            )
            for one in (sam, max_, fin, new, twin):
                is_barred = staff_team.barred(one, NOW).from_deciding(proposer.pk, person_id, email)
                assert is_barred == (one not in able)


def test_the_last_of_a_role_is_known(sam, fin):
    assert staff_team.last_of(sam, ["manager", "finance"]) == ["manager"]
    manager(is_active=False)
    assert staff_team.last_of(sam, ["manager"]) == ["manager"]
    manager()
    assert staff_team.last_of(sam, ["manager"]) == []
    staff.give(user_id=fin.pk, role="owner", actor=None, now=NOW)
    assert staff_team.last_of(fin, ["finance", "owner"]) == ["finance", "owner"]
    staff.give(user_id=finance().pk, role="owner", actor=None, now=NOW)
    assert staff_team.last_of(fin, ["finance", "owner"]) == []

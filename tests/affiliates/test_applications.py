from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from affiliates.models import Affiliate, Application, ApplicationStatus, Membership
from affiliates.services import applications
from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from tests.builders import LONG_AGO, NOW, make_affiliate, make_group, make_user
from tests.people import make_sam

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def sam():
    return make_sam()


def submit(user=None, **overrides):
    fields = {
        "name": "Le Carnet d'Ada",
        "kind": "content",
        "legal_form": "sole_trader",
        "country": "FR",
        "sites": ["https://ada.example", " https://ada.example ", "https://social.example/ada"],
        "channels": ["blog"],
        "methods": ["reviews"],
        "pitch": " I write. ",
        "now": NOW,
    }
    return applications.submit(user_id=(user or make_user()).pk, **{**fields, **overrides})


def approve(application, reviewer, group, **overrides):
    return applications.approve(
        application_id=application.pk,
        reviewer_id=reviewer.pk,
        group_id=group.pk,
        **{"now": LATER, **overrides},
    )


def reject(application, reviewer, reason="No site of your own.", now=LATER):
    return applications.reject(
        application_id=application.pk, reviewer_id=reviewer.pk, reason=reason, now=now
    )


def start_review(application, reviewer):
    return applications.start_review(
        application_id=application.pk, reviewer_id=reviewer.pk, now=NOW
    )


def withdraw(application):
    return applications.withdraw(
        application_id=application.pk, user_id=application.user_id, now=NOW
    )


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


# --- applying ------------------------------------------------------------------------


def test_an_application_keeps_what_was_said_and_the_terms_of_the_day(group):
    user = make_user()

    application = submit(user)

    application.refresh_from_db()
    assert (application.user, application.status) == (user, "submitted")
    assert application.sites == ["https://ada.example", "https://social.example/ada"]
    assert application.pitch == "I write."
    assert application.terms == group.terms.get()
    assert application.submitted_at == application.status_changed_at == NOW
    assert verbs() == ["application.submitted"]
    assert Delivery.objects.get().recipient == user.email


@pytest.mark.parametrize(
    ("language", "name"), [("en", "We have received your application"), ("fr", "")]
)
def test_the_mail_speaks_the_language_of_the_applicant(group, language, name):
    submit(make_user(language=language, name="Ada Blanchet"))
    mail = Delivery.objects.get()
    assert "Ada" in mail.body
    assert "/apply/status/" in mail.body
    if name:
        assert mail.subject == name


def test_the_same_application_again_is_the_same_row(group):
    user = make_user()
    assert submit(user) == submit(user, now=LATER)
    assert Delivery.objects.count() == 1


def test_another_application_while_one_is_open_is_refused(group):
    user = make_user()
    first = submit(user)
    with pytest.raises(applications.AlreadyApplied):
        submit(user, pitch="Something else")
    assert Application.objects.get() == first


def test_one_person_sends_five_applications_within_a_day(group):
    person = make_user()
    for number in range(applications.MOST_IN_A_DAY):
        withdraw(submit(person, name=f"Blog {number}"))

    with pytest.raises(applications.TooManyApplications):
        submit(person, name="Blog")

    assert Application.objects.count() == applications.MOST_IN_A_DAY
    assert submit(person, name="Blog", now=NOW + timedelta(days=1)).status == "submitted"
    assert submit(make_user(), name="Blog").status == "submitted"


def test_after_a_refusal_one_may_apply_again(group, sam):
    user = make_user()
    reject(submit(user), sam)
    assert submit(user).status == "submitted"


def test_who_has_an_account_has_nothing_to_apply_for(group):
    user = make_user()
    make_affiliate(user=user, status="suspended")
    with pytest.raises(applications.AlreadyApplied):
        submit(user)
    assert not Application.objects.exists()


def test_who_had_an_account_may_apply_again(group):
    user = make_user()
    make_affiliate(user=user, status="closed")
    assert submit(user).status == "submitted"


def test_an_incomplete_application_is_refused_with_what_to_do(group):
    with pytest.raises(applications.IncompleteApplication, match="at least one site"):
        submit(sites=[])
    assert not Application.objects.exists()


def test_without_terms_nobody_can_join():
    make_group(terms={"valid_to": LONG_AGO + timedelta(days=1)})
    with pytest.raises(applications.NoTerms):
        submit()
    assert not Application.objects.exists()


def test_only_employees_keep_a_store(group):
    blogger = submit(store="Lyon", staff_number="412")
    employee = submit(kind="employee", store=" Lyon ", staff_number=" 412 ", sites=[])
    assert (blogger.store, blogger.staff_number) == ("", "")
    assert (employee.store, employee.staff_number) == ("Lyon", "412")


def test_the_database_refuses_a_second_open_application(group):
    application = submit()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(
            user=application.user,
            terms=application.terms,
            kind="content",
            submitted_at=NOW,
            status_changed_at=NOW,
        )


# --- deciding ------------------------------------------------------------------------


def test_approving_makes_an_affiliate_of_the_applicant(group, sam):
    application = submit()

    affiliate = approve(application, sam, group, message="Lovely blog.")

    affiliate.refresh_from_db()
    assert (affiliate.name, affiliate.kind, affiliate.group) == (
        "Le Carnet d'Ada",
        "content",
        group,
    )
    assert (affiliate.status, affiliate.joined_at) == ("active", LATER)
    assert Membership.objects.get().user == application.user
    assert set(affiliate.properties.values_list("url", flat=True)) == set(application.sites)
    application.refresh_from_db()
    assert (application.status, application.reviewer) == ("approved", sam)
    assert (application.affiliate, application.status_changed_at) == (affiliate, LATER)
    assert verbs() == [
        "application.submitted",
        "application.review_started",
        "application.approved",
    ]
    mail = Delivery.objects.get(key__endswith=":approved")
    assert "Lovely blog." in mail.body


def test_approving_again_gives_the_same_affiliate(group, sam):
    application = submit()
    assert approve(application, sam, group) == approve(application, sam, group, now=NOW)
    assert Affiliate.objects.count() == 1
    assert Delivery.objects.filter(key__endswith=":approved").count() == 1


@pytest.mark.parametrize("other", ["manager", "group"])
def test_another_approval_of_an_approved_application_is_refused(group, sam, other):
    application = submit()
    approve(application, sam, group)
    who = make_user() if other == "manager" else sam
    where = make_group(slug="vip") if other == "group" else group
    with pytest.raises(InvalidTransition):
        approve(application, who, where)
    assert Affiliate.objects.get().group == group


def test_an_employee_is_approved_with_their_staff_number_once(group, sam):
    employee = {"kind": "employee", "store": "Lyon", "staff_number": "412", "sites": []}
    approve(submit(**employee), sam, group)
    second = submit(**employee)

    with pytest.raises(applications.StaffNumberTaken, match="412"):
        approve(second, sam, group)

    second.refresh_from_db()
    assert (second.status, Affiliate.objects.count()) == ("submitted", 1)


def test_nobody_joins_a_group_without_terms(group, sam):
    empty = make_group(slug="empty", terms={"valid_to": LONG_AGO + timedelta(days=1)})
    application = submit()
    with pytest.raises(applications.NoTerms, match="Empty"):
        approve(application, sam, empty)
    application.refresh_from_db()
    assert (application.status, Affiliate.objects.exists()) == ("submitted", False)


def test_refusing_says_why(group, sam):
    application = submit()

    reject(application, sam, " No site of your own. ")

    application.refresh_from_db()
    assert (application.status, application.reviewer) == ("rejected", sam)
    assert application.reason == "No site of your own."
    assert not Affiliate.objects.exists()
    assert "No site of your own." in Delivery.objects.get(key__endswith=":refused").body


def test_refusing_again_for_the_same_reason_changes_nothing(group, sam):
    application = submit()
    reject(application, sam)
    before = verbs()
    assert reject(application, sam, now=NOW).status_changed_at == LATER
    assert verbs() == before
    with pytest.raises(InvalidTransition):
        reject(application, sam, "Another reason.")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_refusal_without_a_reason_is_refused(group, sam, reason):
    application = submit()
    with pytest.raises(applications.ReasonMissing):
        reject(application, sam, reason)
    application.refresh_from_db()
    assert application.status == "submitted"


def test_starting_a_review_shows_who_reads(group, sam):
    application = submit()
    for _ in range(2):
        start_review(application, sam)
    application.refresh_from_db()
    assert (application.status, application.reviewer) == ("under_review", sam)
    assert verbs().count("application.review_started") == 1
    with pytest.raises(InvalidTransition):
        start_review(application, make_user())


@pytest.mark.parametrize("open_as", ["submitted", "under_review"])
def test_nobody_decides_on_their_own_application(group, sam, open_as):
    application = submit(sam)
    Application.objects.update(status=open_as)
    with pytest.raises(applications.OwnApplication):
        approve(application, sam, group)
    with pytest.raises(applications.OwnApplication):
        reject(application, sam)
    application.refresh_from_db()
    assert application.status == open_as


def test_withdrawing_is_for_the_applicant_and_can_be_repeated(group):
    application = submit()
    with pytest.raises(Application.DoesNotExist):
        applications.withdraw(application_id=application.pk, user_id=make_user().pk, now=NOW)
    for _ in range(2):
        assert withdraw(application).status == "withdrawn"
    assert verbs().count("application.withdrawn") == 1


# --- states --------------------------------------------------------------------------


def application_in(status, sam):
    """An open application as it is; a decided one as its decision left it."""
    application = submit()
    if status == "under_review":
        start_review(application, sam)
    elif status == "approved":
        approve(application, sam, make_group())
    elif status == "rejected":
        reject(application, sam)
    elif status == "withdrawn":
        withdraw(application)
    application.refresh_from_db()
    return application


@pytest.mark.parametrize("old", ApplicationStatus.values)
@pytest.mark.parametrize("new", ApplicationStatus.values)
def test_every_pair_of_states_is_either_an_arrow_or_refused(group, sam, old, new):
    application = application_in(old, sam)

    if new in Application.ARROWS[old]:
        application.move_to(new, at=LATER)
        assert (application.status, application.status_changed_at) == (new, LATER)
    else:
        with pytest.raises(InvalidTransition):
            application.move_to(new, at=LATER)
        assert application.status == old


MOVES = {
    "start_review": lambda application: start_review(application, make_user()),
    "approve": lambda application: approve(application, make_user(), make_group()),
    "reject": lambda application: reject(application, make_user()),
    "withdraw": withdraw,
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_a_decided_application_never_moves(group, sam, status, move):
    application = application_in(status, sam)
    before = verbs()
    with pytest.raises(InvalidTransition):
        MOVES[move](application)
    application.refresh_from_db()
    assert (application.status, verbs()) == (status, before)


@pytest.mark.parametrize("move", ["start_review", "approve", "reject"])
def test_a_withdrawn_application_never_moves(group, sam, move):
    application = application_in("withdrawn", sam)
    with pytest.raises(InvalidTransition):
        MOVES[move](application)
    application.refresh_from_db()
    assert application.status == "withdrawn"

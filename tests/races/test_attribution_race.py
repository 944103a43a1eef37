"""Attribution, screening and approval against themselves: each fact has one effect."""

import pytest

from affiliates.models import Affiliate, Application, Group, Membership
from affiliates.services import applications
from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from fraud.models import Screening
from fraud.services.screening import screen_pending
from tests.builders import NOW, make_click, make_code, make_group, make_link, make_order, make_user
from tests.races.threads import at_once, raised
from tracking.models import Attribution, ClickCount, CouponCode, Credit, Touchpoint
from tracking.services import clicks, codes, links
from tracking.services.attributions import attribute_pending

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def until_nothing_is_left(pull) -> int:
    """Run a pull in steps of two, so that runs meet often; return how much this one did."""
    done, quiet = 0, 0
    while quiet < 3:
        step = pull(now=NOW, limit=2)
        done, quiet = done + step, 0 if step else quiet + 1
    return done


def test_twenty_runs_at_once_decide_each_order_once():
    code, click = make_code(), make_click()
    for _ in range(50):
        make_order(lines=[], codes=[code.code], click_tokens=[click.reference])

    answers = at_once(20, lambda _number: until_nothing_is_left(attribute_pending))

    assert raised(answers) == []
    assert sum(answers) == 50
    assert Attribution.objects.count() == 50
    assert Credit.objects.count() == 50
    assert Touchpoint.objects.count() == 100


def test_twenty_runs_at_once_screen_each_credit_once():
    code = make_code()
    for _ in range(50):
        make_order(lines=[], codes=[code.code])
    attribute_pending(now=NOW)

    answers = at_once(20, lambda _number: until_nothing_is_left(screen_pending))

    assert raised(answers) == []
    assert sum(answers) == 50
    assert Screening.objects.count() == 50


def apply(user):
    return applications.submit(
        user_id=user.pk,
        name="Le Carnet d'Ada",
        kind="content",
        legal_form="sole_trader",
        country="FR",
        sites=["https://ada.example"],
        channels=["blog"],
        methods=["reviews"],
        pitch="",
        now=NOW,
    )


def test_an_application_sent_twenty_times_at_once_is_one():
    make_group()
    user = make_user()

    answers = at_once(20, lambda _number: apply(user).pk)

    assert raised(answers) == []
    assert set(answers) == {Application.objects.get().pk}
    assert Delivery.objects.count() == 1


def test_of_two_managers_who_approve_at_once_one_does():
    make_group()
    application = apply(make_user())
    managers = [make_user(roles=["manager"]) for _ in range(2)]

    answers = at_once(
        2,
        lambda number: applications.approve(
            application_id=application.pk,
            reviewer_id=managers[number].pk,
            group_id=Group.objects.get().pk,
            now=NOW,
        ),
    )

    assert [type(error) for error in raised(answers)] == [InvalidTransition]
    assert (Affiliate.objects.count(), Membership.objects.count()) == (1, 1)
    application.refresh_from_db()
    assert application.affiliate in answers
    assert AuditEntry.objects.filter(verb="application.approved").count() == 1


def test_clicks_without_consent_at_once_are_all_counted():
    link = make_link()

    answers = at_once(
        20,
        lambda _number: clicks.record(
            link=link, consent=False, navigation="typed", referrer_host="", now=NOW
        ),
    )

    assert raised(answers) == []
    assert ClickCount.objects.get().count == 20


def test_equal_requests_at_once_make_one_link_and_one_first_code():
    link = make_link()
    affiliate, shop = link.affiliate_id, link.shop_id

    def both(_number):
        links.create(
            affiliate_id=affiliate, shop_id=shop, destination_url="https://shop.example/", now=NOW
        )
        codes.issue_first(affiliate_id=affiliate, shop_id=shop, now=NOW)

    assert raised(at_once(10, both)) == []
    assert link.affiliate.links.exclude(pk=link.pk).count() == 1
    assert CouponCode.objects.count() == 1

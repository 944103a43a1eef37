"""The benefit on landing: who lands with it, who without, and who hears of it when (rule X5)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from experiments.domain.assignment import is_control
from experiments.models import Design
from experiments.services import experiments
from experiments.services.keys import assignment_key
from tests.builders import make_affiliate, make_click, make_link, make_shop, make_user
from tests.tracking.test_landing_rules import LINK
from tests.tracking.test_redirect_servers import ask, core  # noqa: F401 - fixtures
from tests.tracking.test_snapshot import following, path, until  # noqa: F401 - a fixture
from tracking.domain.benefit import Benefit, landing_of
from tracking.domain.landing import LandingLink
from tracking.domain.navigation import Fact
from tracking.domain.references import new_reference
from tracking.landing_links import read_benefits
from tracking.services.exposing import expose_visitors, subject_of
from tracking.snapshot import Snapshot

DAY = timedelta(days=1)
RUNNING = Benefit("4d6f", LINK.shop_id, 5_000, "discount=ANNA10&utm_term=a+b")
WITH = "https://shop.example/a?afsrc=1&discount=ANNA10&utm_term=a+b#top"
WITHOUT = "https://shop.example/a?afsrc=1#top"


def visitor_of(arm, benefit=RUNNING):
    """A reference that is in the arm without (True), or in the other one (False)."""
    while True:
        reference = new_reference()
        if is_control(assignment_key(), benefit.experiment, reference, 5_000) is arm:
            return reference


def make_running(affiliate, *, shop=None, now=None, parameters=None):
    person, now = make_user().pk, now or timezone.now()
    experiment = experiments.plan(
        name="Anna's discount", question="Does it bring anybody?", design=Design.BENEFIT,
        subject=subject_of(affiliate.pk), shop_id=(shop or make_shop()).pk, control_bps=5_000,
        parameters=parameters or {"discount": "ANNA10", "utm_term": "a b"},
        planned_units=1_000, effect_bps=2_000, actor_id=person, now=now,
    )  # fmt: skip
    return experiments.begin(
        experiment_id=experiment.pk, ends_at=now + 60 * DAY, actor_id=person, now=now
    )


def address(link: LandingLink) -> str:
    return link.head + link.tail


@pytest.mark.parametrize(("arm", "landed"), [(True, WITHOUT), (False, WITH)])
def test_only_the_arm_without_lands_without(arm, landed):
    key = assignment_key()
    assert address(landing_of(LINK, RUNNING, visitor_of(arm), key)) == landed
    assert address(landing_of(LINK, RUNNING, "", key)) == WITH


def test_a_link_that_has_the_parameters_already_has_them_once_or_not_at_all():
    own = LINK.__class__(
        **{name: getattr(LINK, name) for name in LINK.__slots__}
        | {"head": "https://shop.example/a?discount=OLD&size=m&afsrc=1"}
    )
    key = assignment_key()
    without = landing_of(own, RUNNING, visitor_of(True), key)
    treated = landing_of(own, RUNNING, visitor_of(False), key)
    assert address(without) == "https://shop.example/a?size=m&afsrc=1#top"
    assert treated.head.endswith("?size=m&afsrc=1&discount=ANNA10&utm_term=a+b")


def test_links_to_another_shop_are_in_no_experiment():
    other = RUNNING._replace(shop_id=LINK.shop_id + 1)
    assert landing_of(LINK, other, visitor_of(False), assignment_key()) is LINK


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "landed"),
    [
        ("ap_consent=1; ap_ref={control}", WITHOUT),
        ("ap_consent=1; ap_ref={treated}", WITH),
        ("ap_consent=0; ap_ref={control}", WITH),
    ],
)
def test_both_servers_add_it_before_the_fragment(ask, core, cookie, landed):  # noqa: F811
    core.snapshot.benefits = {LINK.affiliate_id: RUNNING}
    arms = {"control": visitor_of(True), "treated": visitor_of(False)}
    answer = ask("/c/abc", cookie=cookie.format(**arms))
    assert answer["location"] == landed
    core.snapshot.benefits = {}
    assert ask("/c/abc", cookie=cookie.format(**arms))["location"] == WITHOUT


@pytest.mark.django_db
def test_a_visitor_without_consent_lands_with_it_and_with_the_capsule(ask, core):  # noqa: F811
    core.snapshot.benefits = {LINK.affiliate_id: RUNNING}
    location = ask("/c/abc", cookie="")["location"]
    assert location.startswith(WITH.removesuffix("#top") + "&ap_c=")


@pytest.mark.django_db
@pytest.mark.parametrize("arm", [True, False])
def test_the_plain_view_does_the_same(client, arm):
    link = make_link(destination_url="https://shop.example/a#top")
    experiment = make_running(link.affiliate, shop=link.shop)
    benefit = RUNNING._replace(experiment=str(experiment.public_id))
    client.cookies["ap_consent"], client.cookies["ap_ref"] = "1", visitor_of(arm, benefit)
    answer = client.get(f"/c/{link.code}", headers={
        "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document", "sec-fetch-user": "?1",
    })  # fmt: skip
    landed = answer["location"].replace(f"&ap_ref={client.cookies['ap_ref'].value}", "")
    assert landed == (WITHOUT if arm else WITH)


@pytest.mark.django_db
def test_only_running_benefits_are_read():
    running, ended, draft = make_affiliate(), make_affiliate(), make_affiliate()
    experiment = make_running(running)
    over = make_running(ended)
    person, now = make_user().pk, timezone.now()
    experiments.end(experiment_id=over.pk, actor_id=person, reason="Enough.", now=now + DAY)
    experiments.plan(
        name="A draft", question="Does it?", design=Design.BENEFIT,
        subject=subject_of(draft.pk), shop_id=make_shop().pk, control_bps=1_000,
        parameters={"x": "1"}, planned_units=10, effect_bps=1_000, actor_id=person, now=now,
    )  # fmt: skip
    found = read_benefits(now)
    assert found == {
        running.pk: Benefit(
            str(experiment.public_id), experiment.shop_id, 5_000, "discount=ANNA10&utm_term=a+b"
        )
    }
    assert read_benefits(now, [ended.pk]) == {}
    assert read_benefits(now + 60 * DAY) == {}


@pytest.mark.django_db
def test_who_agreed_only_after_the_landing_is_in_no_arm():
    link = make_link()
    now = timezone.now()
    experiment = make_running(link.affiliate, shop=link.shop, now=now - DAY)
    make_click(link, clicked_at=now - timedelta(hours=3), facts=int(Fact.EXCHANGED))
    counted = make_click(link, clicked_at=now - timedelta(hours=2))
    assert expose_visitors(now=now) == 1
    assert experiment.exposures.get().first_seen_at == counted.clicked_at


@pytest.mark.django_db
def test_the_last_clicks_of_an_experiment_are_logged_after_its_end():
    link = make_link()
    now = timezone.now()
    experiment = make_running(link.affiliate, shop=link.shop, now=now - DAY)
    end = now - timedelta(hours=2)
    experiments.end(experiment_id=experiment.pk, actor_id=None, reason="", now=end)
    make_click(link, clicked_at=end - timedelta(minutes=1))
    make_click(link, clicked_at=end + timedelta(minutes=1))
    assert expose_visitors(now=now) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_beginning_and_an_end_are_right_within_two_seconds_and_survive_a_restart(path):  # noqa: F811
    link = make_link()
    with following(path) as links:
        experiment = make_running(link.affiliate, shop=link.shop)
        until(lambda: link.affiliate_id in links.benefits)
        links.save()
        restarted = Snapshot(path)
        restarted.load_saved()
        assert restarted.benefits == links.benefits
        experiments.end(
            experiment_id=experiment.pk, actor_id=None, reason="", now=timezone.now() + DAY
        )
        until(lambda: not links.benefits)

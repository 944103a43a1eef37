"""A look-alike that is typed: held with evidence, then proved by the domain watch, then refused."""

import time
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from demo.shop import messages
from fraud.models import Case, CaseCredit, Decision, Lookalike, LookalikeStatus, Screening
from fraud.services import probing, watch
from fraud.services.screening import screen_pending
from payouts.models import Commission
from payouts.tasks import accrue_pending
from portal.demo import shop_file
from shop.models import Shop
from shop.services import secrets
from shop.tasks import process_inbound
from tests.browser.shop_stage import LINK, LOOKALIKE, SHOP
from tests.builders import make_user
from tests.fraud.lookalikes.internet import internet
from tests.fraud.visits_world import traffic
from tests.people import make_sam
from tracking.models import Credit, Link
from tracking.services import partitions, shipping
from tracking.spool import host_name
from tracking.tasks import attribute_pending

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HOST = urlsplit(LOOKALIKE).hostname


@pytest.fixture
def programme(stage):
    """The shop may sign its orders, and its squatter has been busy for weeks."""
    shop = Shop.objects.get()
    partitions.make_ahead(timezone.now())
    secrets.issue(shop_id=shop.pk, actor=make_user(), now=timezone.now())
    shop_file.write(stage.shop.state, shop)
    for days in range(2, 8):
        traffic(
            Link.objects.get().affiliate, day=(timezone.now() - timedelta(days=days)).date(),
            clicks=20, visitors=20, typed_bare=18, redirect_known=18, redirect_hidden=17,
            home_landings=19, hours=[20] + [0] * 23,
        )  # fmt: skip
    return stage


@pytest.fixture
def net(programme, tmp_path):
    """The internet as the domain watch sees it: the same look-alike, and nobody else."""
    with internet(tmp_path, (HOST,)) as net:
        net.site(HOST, programme.sites[HOST])
        yield net


@pytest.fixture
def manager():
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_sam())
    return client


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def buy(stage):
    """Type the look-alike, say yes to the banner, buy; return how the sale was screened."""
    for left in stage.context.pages:
        left.close()  # An open page still knows what its visitor agreed to.
    stage.context.clear_cookies()
    page = stage.open(LOOKALIKE)
    assert page.url.startswith(SHOP)
    stage.answer(page, "Accepter")
    stage.buy(page)
    assert messages.deliver_due(stage.shop, at=time.time()) == 1
    process_inbound()
    shipping.ship(stage.spool_dir, host=host_name(), now=timezone.now())
    attribute_pending()
    screen_pending(now=timezone.now())
    accrue_pending()
    return Screening.objects.get(credit=Credit.objects.latest("pk"))


def test_a_typed_look_alike_is_held_then_proved_then_refused(programme, net, manager, settings):
    affiliate = Link.objects.get().affiliate

    held = buy(programme)

    assert held.decision == Decision.HOLD
    evidence = held.signals.get(family="domain")
    assert (evidence.code, evidence.severity) == ("hidden_redirector", "hold")
    case = Case.objects.get(family="domain")
    assert (case.affiliate, CaseCredit.objects.get(case=case).credit) == (affiliate, held.credit)
    assert "redirect" in read(manager, f"/manage/reviews/{case.public_id}/")

    watch.take_over_shops(now=timezone.now())
    assert manager.post("/manage/domains/add/", {"host": HOST}).status_code == 302
    settings.DOMAIN_WATCH, settings.LOOKALIKES_PER_NAME = True, 3
    now = timezone.now()
    watch.gather(now=now)
    assert probing.look_due(now=now, most=10, using=net.prober, clock=time.monotonic) > 3

    proved = Lookalike.objects.get(host=HOST)
    assert (proved.status, proved.affiliate) == (LookalikeStatus.LEADS_TO_LINK, affiliate)
    page = read(manager, f"/manage/domains/{proved.pk}/")
    assert f"{SHOP}/c/{LINK}" in page
    assert f"The link of {affiliate.name}" in page
    case.refresh_from_db()
    assert case.holds_account
    free = Lookalike.objects.filter(status=LookalikeStatus.UNREGISTERED).order_by("-priority")
    assert free.first().host in read(manager, "/manage/domains/register/")

    refused = buy(programme)

    assert refused.decision == Decision.REFUSE
    proof = refused.signals.get(code="proven_chain")
    assert (proof.severity, proof.evidence["host"]) == ("refuse", HOST)
    assert Commission.objects.get(credit=refused.credit).status == "reversed"
    assert Commission.objects.get(credit=held.credit).status == "pending"

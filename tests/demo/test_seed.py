"""The demo that bin/run seeds: there once, complete, and telling one story with the ledger."""

import json
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from affiliates.models import (
    Affiliate,
    AffiliateProfile,
    AnnouncementReader,
    Application,
    EventDelivery,
    Incident,
    Resource,
    Thread,
)
from affiliates.queries import terms_for
from core.models import AuditEntry, Delivery, Notification, User
from fraud.models import Case, Signal
from influencers.models import Look, LookComment, LookCount, LookVersion
from influencers.queries import placements
from payouts.models import (
    Adjustment,
    AdjustmentProposal,
    Batch,
    Block,
    Claim,
    Commission,
    CommissionLine,
    Simulation,
    Statement,
    TierReached,
    Transfer,
)
from payouts.services import checks
from portal.demo import cast
from portal.demo.people import PEOPLE
from shop.models import (
    InboundEvent,
    Order,
    OrderLine,
    Product,
    Return,
    ReturnLine,
    Shop,
    WebhookSecret,
)
from shop.services import inbound
from tracking.models import Attribution, Click, ClickCount, Credit, Link, Touchpoint

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TABLES = [
    Adjustment, Affiliate, Application, Attribution, AuditEntry, Batch, Block, Click, ClickCount,
    Commission, Credit, Delivery, EmailAddress, Link, Order, OrderLine, Product, Return,
    ReturnLine, Shop, Signal, Statement, Transfer, User, WebhookSecret,
]  # fmt: skip


@pytest.fixture
def data_directory(settings, tmp_path):
    settings.ON_THIS_MACHINE, settings.DATA_DIR = True, tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PAYOUTS_NEED_MANDATE = True  # As where it runs: its payees have their papers.
    return tmp_path


def seed(url="http://localhost:8001"):
    out = StringIO()
    call_command("seed_demo", shop_url=url, stdout=out)
    return out.getvalue()


def rows():
    return {table.__name__: table.objects.count() for table in TABLES}


def test_the_demo_is_complete_agrees_with_the_ledger_and_is_seeded_once(data_directory):
    assert "The demo is ready" in seed()

    assert checks.check() == []
    the_people_can_be_signed_in_as()
    every_kind_of_affiliate_is_there()
    there_is_something_to_decide_and_something_was_refused()
    one_batch_waits_and_others_are_paid()
    terms_tell_their_story()
    looks_tell_theirs()
    claims_and_adjustments_tell_theirs()
    people_and_machines_were_told()
    the_shop_can_sign(data_directory)
    the_shops_delivery_changes_nothing()
    before = rows()
    assert "Already seeded." in seed()
    assert rows() == before
    the_shop_moves_with_its_port()


def the_people_can_be_signed_in_as():
    for person in PEOPLE:
        user = User.objects.get(email=person.email)
        assert not user.has_usable_password()
        assert EmailAddress.objects.filter(user=user, verified=True, primary=True).exists()


def every_kind_of_affiliate_is_there():
    found = set(Affiliate.objects.values_list("kind", "status"))
    assert found >= {
        ("content", "active"),
        ("content", "suspended"),
        ("content", "closed"),
        ("comparison", "active"),
        ("influencer", "active"),
        ("employee", "active"),
    }
    assert set(Application.objects.values_list("status", flat=True)) == {
        "approved", "rejected", "under_review",
    }  # fmt: skip
    assert Application.objects.get(status="rejected").reason
    assert all(Affiliate.objects.exclude(status="active").values_list("status_reason", flat=True))


def there_is_something_to_decide_and_something_was_refused():
    assert Case.objects.get().status == "open"
    assert set(Block.objects.values_list("kind", flat=True)) >= {"cost_missing", "fraud_case"}
    reasons = set(Commission.objects.values_list("reversal_reason", flat=True))
    assert reasons >= {
        "returned", "cancelled", "self_purchase", "invalid_traffic", "test_order",
    }  # fmt: skip
    outcomes = set(Attribution.objects.values_list("outcome", flat=True))
    assert outcomes == {"attributed", "nobody"}
    assert set(Touchpoint.objects.filter(won=False).values_list("reason", flat=True)) >= {
        "superseded", "after_order",
    }  # fmt: skip
    assert Adjustment.objects.filter(is_payable=True, amount_minor__lt=0).exists()
    assert Return.objects.filter(order__isnull=True).exists()
    orders = Order.objects.order_by("placed_at")
    assert (orders.last().placed_at - orders.first().placed_at).days >= 88


def one_batch_waits_and_others_are_paid():
    batches = set(Batch.objects.values_list("rail", "status"))
    assert batches == {("sepa", "in_review"), ("sepa", "done"), ("payroll", "done")}
    waiting = Batch.objects.get(status="in_review")
    assert waiting.total_minor >= 5_000
    assert waiting.submitted_by.email == "fiona@maison-lutece.example"
    paid = Batch.objects.filter(status="done").values("pk")
    assert Statement.objects.filter(item__batch__in=paid).count() == sum(
        batch.item_count for batch in Batch.objects.filter(status="done")
    )


def looks_tell_theirs():
    published = Look.objects.filter(status="published")
    assert set(published.values_list("affiliate__name", flat=True)) == {
        cast.INES.name, cast.NADIA.name,
    }  # fmt: skip
    assert published.count() == 5
    assert set(
        LookVersion.objects.exclude(look__in=published).values_list("status", flat=True)
    ) == {"submitted", "changes"}
    assert LookComment.objects.get().x is not None
    assert LookCount.objects.filter(act="tap", surface="pdp").exists()
    shop = Shop.objects.get()
    for sku in ("MV01-CAM", "RB01-BOR", "CT01-CIE", "MV02-CAM", "SA04-CAM"):
        assert placements.for_product(shop, sku, most=3, now=timezone.now(), base=""), sku
    tapped = CommissionLine.objects.filter(commission__credit__surface__endswith=":pdp")
    assert set(tapped.filter(rule="fiches").values_list("commission__affiliate__name", "rate")) == {
        (cast.INES.name, 1_000), (cast.NADIA.name, 600),
    }  # fmt: skip
    page = Client().get("/looks/by/ines-moreau/").content.decode()
    assert "maker__cover" in page
    assert page.index("La robe Odéon") < page.index("Un lundi en bleu")


def terms_tell_their_story():
    ines, ada, compares = (Affiliate.objects.get(name=role.name)
                           for role in (cast.INES, cast.ADA, cast.COMPARISON))  # fmt: skip
    held = terms_for(ines.pk, timezone.now())
    assert held.version == 2
    paid_by = set(CommissionLine.objects.filter(commission__terms=held).values_list("rule", "pays"))
    assert paid_by >= {("nouvelles", "margin"), ("robes", "margin"), ("", "margin")}
    assert TierReached.objects.filter(affiliate=ines, terms=held).exists()
    assert ada.own_terms.get().valid_from > timezone.now() > ada.own_terms.get().published_at
    assert ada.terms_notices.get().accepted_at is None
    assert compares.drafts.get().status == "offered"
    simulation = Simulation.objects.get()
    assert (simulation.status, simulation.problem) == ("done", "")
    assert simulation.affiliates.exists()


def people_and_machines_were_told():
    assert set(Thread.objects.values_list("affiliate__name", "status")) == {
        (cast.ADA.name, "waiting"), (cast.INES.name, "open"),
    }  # fmt: skip
    assert AnnouncementReader.objects.exists()
    assert Notification.objects.filter(kind="announcement").exists()
    assert {one.kind for one in Resource.objects.all()} == {"banner", "rules"}
    assert EventDelivery.objects.filter(status="taken").exists()
    assert not EventDelivery.objects.exclude(status="taken").exists()
    assert Incident.objects.get().ended_at is not None
    assert AffiliateProfile.objects.get().affiliate.name == cast.ADA.name


def claims_and_adjustments_tell_theirs():
    assert set(Claim.objects.values_list("affiliate__name", "status")) == {
        (cast.ADA.name, "granted"), (cast.INES.name, "open"),
    }  # fmt: skip
    assert set(Adjustment.objects.filter(commission=None).values_list("reason", flat=True)) >= {
        "bonus", "clawback", "claim",
    }  # fmt: skip
    assert AdjustmentProposal.objects.get(status="proposed").amount_minor == 15_000


def the_shop_can_sign(directory):
    path = directory / "state" / "demo-shop.json"
    said = json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert said["shop_code"] == Shop.objects.get().code
    assert said["secret"] == WebhookSecret.objects.get().secret
    assert said["discounts"]["ADA10"] == 1_000


def the_shops_delivery_changes_nothing():
    before = rows()
    assert InboundEvent.objects.get().status == "new"

    assert inbound.process_pending(now=timezone.now()) == 1

    event = InboundEvent.objects.get()
    assert (event.status, event.error) == ("done", "")
    assert rows() == before


def the_shop_moves_with_its_port():
    before = rows()

    assert "moved to http://localhost:9101" in seed("http://localhost:9101")

    shop = Shop.objects.get()
    assert shop.home_url == "http://localhost:9101/"
    assert "localhost:9101" in shop.link_hosts
    for destination in Link.objects.values_list("destination_url", flat=True):
        assert destination.startswith("http://localhost:9101/")
    assert not Product.objects.exclude(url__startswith="http://localhost:9101/").exists()
    assert rows() == before


def test_where_real_people_work_nothing_is_seeded(settings, tmp_path):
    settings.ON_THIS_MACHINE, settings.DATA_DIR = False, tmp_path

    with pytest.raises(CommandError, match="embedded"):
        seed()

    assert not Shop.objects.exists()
    assert list(tmp_path.iterdir()) == []

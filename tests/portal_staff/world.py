"""A little of everything that staff look at."""

from datetime import timedelta

from affiliates.services import applications
from core.attachments import Attachment
from core.models import AuditEntry
from core.money import Money
from experiments.models import Design
from experiments.services import experiments
from fraud.models import (
    Decision,
    Lookalike,
    Probe,
    Sanction,
    SanctionStatus,
    Signal,
    WatchedName,
)
from payouts.models import Difference
from payouts.services import blocks, proposals
from shop.models import InboundEvent, InboundStatus
from tests.affiliates.message_world import begin as begin_thread
from tests.builders import (
    NOW,
    make_affiliate,
    make_attribution,
    make_case,
    make_code,
    make_credit,
    make_group,
    make_order,
    make_screening,
    make_shop,
    make_user,
)
from tests.payouts.claim_stories import claimed
from tests.payouts.invoice_stories import invoiced
from tests.payouts.paydays import make_due, prepared
from tests.payouts.stories import accrued
from tests.portal_staff.bank_world import make_bank_line, make_by_hand
from tests.portal_staff.vetting_world import make_listed, make_vetted
from tracking.models import CodeRequest
from tracking.services.exposing import subject_of


def make_application(**overrides):
    """An open application for the default group's terms."""
    make_group()
    user = overrides.pop("user", None) or make_user()
    fields = {
        "name": "Le Carnet",
        "kind": "content",
        "legal_form": "company",
        "country": "FR",
        "sites": ["https://carnet.example/"],
        "channels": ["site"],
        "methods": ["content"],
        "pitch": "I write about linen.",
        "now": NOW,
        **overrides,
    }
    return applications.submit(user_id=user.pk, **fields)


def make_open_case(affiliate=None):
    """A held commission of EUR 10.00 with its case and one signal."""
    commission = accrued(affiliate, decision=Decision.HOLD)
    screening = commission.credit.screening
    Signal.objects.create(
        screening=screening,
        code="own_purchase",
        version=2,
        family="identity",
        severity="hold",
        evidence={"matched": "customer account"},
    )
    return make_case(screening)


def make_sanction(affiliate=None):
    """A suspension of links that is in force."""
    author = make_user(roles=["manager"])
    return Sanction.objects.create(
        affiliate=affiliate or make_affiliate(),
        measures=["links"],
        families=["identity", "session"],
        status=SanctionStatus.IN_FORCE,
        status_changed_at=NOW,
        proposed_by=author,
        proposed_at=NOW,
        decided_by=author,
        reason="Own orders.",
        message="Your links brought our own visitors.",
    )


def make_failed_event(**overrides):
    """A delivery that could not be worked on."""
    number = InboundEvent.objects.count() + 1
    fields = {
        "shop": make_shop(),
        "connector": "generic",
        "topic": "apport.order.v1",
        "event_id": f"evt-{number}",
        "received_at": NOW,
        "body": b"{}",
        "sha256": "0" * 64,
        "status": InboundStatus.FAILED,
        "status_changed_at": NOW,
        "error": "The order came before with other lines.",
        **overrides,
    }
    return InboundEvent.objects.create(**fields)


def make_held(affiliate=None, actor=None):
    """A commission held by hand."""
    commission = accrued(affiliate)
    return blocks.hold(
        commission_id=commission.pk,
        actor_id=(actor or make_user()).pk,
        reason="Ask the shop first.",
        now=NOW,
    )


def make_code_request(affiliate=None):
    """An open request for a promo code."""
    return CodeRequest.objects.create(
        affiliate=affiliate or make_affiliate(),
        shop=make_shop(),
        wanted="ADA20",
        purpose="Mon anniversaire",
        created_at=NOW,
    )


def make_proposal(affiliate=None):
    """An adjustment with a file that waits for a second person."""
    return proposals.propose(
        affiliate_id=(affiliate or make_affiliate()).pk,
        amount=Money(25_000, "EUR"),
        reason="goodwill",
        text="For the delay.",
        source_key="waiting",
        author_id=make_user(roles=["manager"]).pk,
        internal_text="Ticket 88",
        evidence=proposals.Evidence(name="mail.txt", body=b"Dear team"),
        now=NOW,
    )


def make_domain(affiliate=None, *, host="ccvmod.fr", status="leads_to_link"):
    """A look-alike of the shop's name that was seen to forward to a link of ``affiliate``."""
    affiliate = affiliate or make_affiliate()
    name, _new = WatchedName.objects.get_or_create(name="CCV Mode", defaults={"created_at": NOW})
    domain = Lookalike.objects.create(
        host=host, name=name, level="L3", way="omission", priority=250, status=status,
        affiliate=affiliate, first_seen_at=NOW, probed_at=NOW, probe_at=NOW + timedelta(days=1),
    )  # fmt: skip
    hops = [
        {"url": f"http://{host}/", "status": 302, "way": "http", "error": ""},
        {"url": "https://shop.example/c/abc", "status": 0, "way": "", "error": ""},
    ]
    for client, referrer in (("chrome", ""), ("search", "https://www.google.com/")):
        Probe.objects.create(
            lookalike=domain, at=NOW, client=client, referrer=referrer, hops=hops,
            addresses=["192.0.2.1"], status=status, link_code="abc", affiliate=affiliate,
        )  # fmt: skip
    return domain


def make_draft_experiment(affiliate):
    """A switchback that does not run yet."""
    return experiments.plan(
        name="On and off", question="What does it add?", design=Design.SWITCHBACK,
        subject=subject_of(affiliate.pk), shop_id=make_shop().pk, control_bps=5_000,
        planned_units=0, effect_bps=2_000, actor_id=make_user().pk, now=NOW,
    )  # fmt: skip


def make_difference():
    """A transfer that somebody made in Stripe itself."""
    return Difference.objects.create(
        key="stripe:tr_hand", kind="stripe_by_hand", amount_minor=4_200, currency="EUR",
        data={"transfer": "tr_hand"}, first_seen_at=NOW, last_seen_at=NOW,
    )  # fmt: skip


def make_world():
    """Return one of each thing that has a page."""
    application, invoice = make_application(), invoiced()
    affiliate = make_due()
    credit = make_credit(make_affiliate(), make_order(placed_at=NOW - timedelta(days=2)))
    make_screening(credit)
    make_attribution()
    case, event, block = make_open_case(), make_failed_event(), make_held()
    batch = prepared()
    snapshot, proof, _redirector = make_vetted(affiliate)
    return {
        "snapshot": snapshot,
        "proof": proof,
        "listed": make_listed(),
        "application": application,
        "affiliate": affiliate,
        "order": block.commission.credit.order,
        "block": block,
        "case": case,
        "domain": make_domain(affiliate),
        "experiment": make_draft_experiment(affiliate),
        "sanction": make_sanction(),
        "difference": make_difference(),
        "event": event,
        "batch": batch,
        "bank_line": make_bank_line(),
        "by_hand": make_by_hand(),
        "item": batch.items.get(),
        "invoice": invoice,
        "code": make_code(affiliate),
        "asked": make_code_request(affiliate),
        "proposal": make_proposal(affiliate),
        "claim": claimed(affiliate, proof=Attachment(name="mail.pdf", body=b"%PDF-1.7 a mail")),
        "thread": begin_thread(affiliate),
    }


def costs_viewed(order):
    """The entries that say who looked at the costs of ``order``."""
    return AuditEntry.objects.filter(verb="order.costs_viewed", subject_id=str(order.pk))

"""A partner with a little of everything, and whoever else may knock at her doors."""

from dataclasses import dataclass

from affiliates.models import Affiliate, Terms, Thread, ThreadMessage
from core.attachments import Attachment
from core.models import User
from fraud.models import Case
from payouts.models import Claim, Commission, Item
from payouts.services import blocks, returns
from tests.affiliates.message_world import begin
from tests.builders import (
    LONG_AGO,
    make_case,
    make_click,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_payee,
    make_product,
    make_return,
    make_terms,
    make_user,
)
from tests.payouts.claim_stories import claimed
from tests.payouts.paydays import PAYDAY, item_of, sent_batch
from tests.payouts.stories import AFTER_HOLD, accrued, approved
from tests.people import make_ada, make_fin, make_ines, make_mallory, make_sam, person_of
from tracking.models import CodeRequest, CouponCode, Credit, Link

#: Of one unit, in minor units: a number that nothing else on a page comes to.
REAL_COST_MINOR = 4_137
PRODUCT_URL = "https://shop.example/linen-dress"


@dataclass
class World:
    """Ada's things, by what became of them."""

    ada: Affiliate
    mallory: Affiliate
    link: Link
    code: CouponCode
    asked: CodeRequest
    claim: Claim
    thread: Thread
    said: ThreadMessage
    case: Case
    tracked: Credit
    pending: Commission
    held: Commission
    returned: Commission
    declined: Commission
    approved: Commission
    paid: Commission
    payout: Item
    own_terms: Terms
    people: dict[str, User]


def make_world():
    """Ada in the middle of a payday. One unit of anything earns her EUR 10.00."""
    ada, mallory = make_ada(), make_mallory()
    make_payee(ada)
    link = make_link(ada, label="Spring letter", sub_id="letter-5")
    make_click(link, clicked_at=PAYDAY, referrer_host="blog.example")
    sold = {
        "product": make_product(cost_minor=REAL_COST_MINOR, name="Linen dress", url=PRODUCT_URL)
    }
    paid = approved(ada, lines=[{**sold, "quantity": 5}], number="FR-1005")
    payout = item_of(sent_batch(), ada)
    returned = accrued(ada, lines=[sold], number="FR-1003")
    make_return(returned.credit.order)
    returns.apply_pending(now=PAYDAY)
    held = accrued(ada, lines=[sold], number="FR-1002")
    blocks.hold(commission_id=held.pk, actor_id=make_user().pk, reason="Odd", now=PAYDAY)
    declined = accrued(ada, lines=[sold], decision="refuse", number="FR-1006")
    thread = begin(ada, at=PAYDAY)
    return World(
        ada=ada,
        thread=thread,
        said=thread.messages.get(),
        mallory=mallory,
        link=link,
        code=make_code(ada, code="ADA10", discount_bps=1_000, valid_from=LONG_AGO),
        asked=CodeRequest.objects.create(
            affiliate=ada,
            shop=link.shop,
            wanted="ADA20",
            purpose="Spring letter",
            created_at=PAYDAY,
        ),
        claim=claimed(
            ada,
            kind="declined",
            order_number=f"S-{declined.credit_id}",
            credit_id=declined.credit_id,
            ordered_on=declined.credit.order.placed_at.date(),
            text="It was a reader of mine",
            proof=Attachment(name="mail.pdf", body=b"%PDF-1.7 a mail"),
            now=PAYDAY,
        ),
        case=_decided_case(declined),
        tracked=make_credit(ada, make_order(number="FR-1000", placed_at=PAYDAY, lines=[sold])),
        pending=accrued(ada, lines=[sold], number="FR-1001"),
        held=held,
        returned=returned,
        declined=declined,
        approved=_approved(ada, sold),
        paid=paid,
        payout=payout,
        own_terms=make_terms(
            affiliate=ada, valid_from=LONG_AGO, valid_to=LONG_AGO.replace(hour=23)
        ),
        people=_people(ada, mallory),
    )


def _people(ada, mallory):
    return {
        "ada": person_of(ada),
        "ines": person_of(make_ines()),
        "mallory": person_of(mallory),
        "sam": make_sam(),
        "fin": make_fin(),
    }


def _decided_case(commission):
    return make_case(
        commission.credit.screening,
        status="confirmed",
        decided_by=make_user(),
        reason="Own order.",
        message="This sale does not count.",
    )


def _approved(ada, sold):
    """Approved on its own, so that what is pending beside it stays so."""
    commission = accrued(ada, lines=[sold], number="FR-1004")
    Commission.objects.filter(pk=commission.pk).update(
        status="approved", approved_minor=commission.amount_minor, status_changed_at=AFTER_HOLD
    )
    return commission


def partner_addresses(world):
    """Every page of a partner that shows something, by its name."""
    return {
        "home": "/portal/",
        "figures": "/portal/figures/?versus=year",
        "link-test": "/portal/links/test/",
        "my-products": "/portal/products/?q=linen",
        "link-list": "/portal/links/",
        "link-archived": "/portal/links/?state=archived",
        "link-expired": "/portal/links/?state=expired",
        "link-rows": "/portal/links/?view=rows&sort=-earned",
        "link-csv": "/portal/links/?format=csv",
        "link-new": "/portal/links/new/",
        "link-new-product": f"/portal/links/new/?to={PRODUCT_URL}&q=linen",
        "link-preview": f"/portal/links/new/preview/?destination_url={PRODUCT_URL}&slug=linen",
        "link-slug": "/portal/links/new/slug/?slug=linen",
        "link-products": "/portal/links/new/products/?q=linen",
        "link-import": "/portal/links/import/",
        "link-detail": f"/portal/links/{world.link.pk}/",
        **{
            f"link-{tab}": f"/portal/links/{world.link.pk}/?tab={tab}&range=12m&metric=earned"
            for tab in ("countries", "devices", "hours", "products", "sub_ids", "events")
        },
        "link-edit": f"/portal/links/{world.link.pk}/edit/",
        "link-pages": f"/portal/links/{world.link.pk}/pages/?pages=/sale",
        "link-qr": f"/portal/links/{world.link.pk}/qr/",
        "code-list": "/portal/codes/",
        "code-request": "/portal/codes/request/",
        "my-terms": "/portal/terms/",
        "my-terms-version": f"/portal/terms/{world.own_terms.pk}/",
        "sale-list": "/portal/sales/?range=12m",
        "sale-csv": "/portal/sales/?range=12m&format=csv",
        **{
            f"sale-{name}": f"/portal/sales/{credit_id}/"
            for name, credit_id in sale_ids(world).items()
        },
        "adjustments": "/portal/adjustments/",
        "adjustments-csv": "/portal/adjustments/?format=csv",
        **_message_addresses(world),
        "notification-list": "/portal/notifications/",
        "letter-choices": "/portal/settings/notifications/",
        "claim-list": "/portal/claims/",
        "claim-new": f"/portal/claims/new/?sale={world.held.credit_id}",
        "claim-import": "/portal/claims/import/",
        "claim-detail": f"/portal/claims/{world.claim.public_id}/",
        "site-list": "/portal/sites/",
        "case-list": "/portal/cases/",
        "case-detail": f"/portal/cases/{world.case.public_id}/",
        "payout-list": "/portal/payouts/",
        "payout-detail": f"/portal/payouts/{world.payout.public_id}/",
        "api-keys": "/portal/api/",
        "payee": "/portal/payee/",
        "payee-tax": "/portal/payee/tax/",
        "payee-mandate": "/portal/payee/mandate/",
        "my-contracts": "/portal/contracts/",
        "my-briefs": "/portal/briefs/",
        "my-brief-calendar": "/portal/briefs/calendar/",
    }


def _message_addresses(world):
    thread = f"/portal/messages/{world.thread.public_id}/"
    return {
        "message-list": "/portal/messages/",
        "message-new": "/portal/messages/new/",
        "message-thread": thread,
        "message-file": f"{thread}files/{world.said.pk}/",
    }


def sale_ids(world):
    """The credit of each state."""
    names = ("pending", "held", "returned", "declined", "approved", "paid")
    return {"tracked": world.tracked.pk} | {name: getattr(world, name).credit_id for name in names}


def text_of(response):
    """The whole answer as text, streamed or not."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()

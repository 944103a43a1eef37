"""Every type of the API, by its name.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from apport_client.types.affiliates import Affiliate, AffiliateDetail, AffiliateStatus
from apport_client.types.applications import Application, ApplicationStatus
from apport_client.types.batches import Batch, BatchItem, BatchItemStatus, BatchRail, BatchStatus
from apport_client.types.cases import Case, CaseFamily, CaseSeverity, CaseStatus
from apport_client.types.claims import Claim, ClaimDetail, ClaimInput, ClaimKind, ClaimStatus
from apport_client.types.clicks import Clicks, ClicksGroupBy
from apport_client.types.codes import PromoCode
from apport_client.types.key import Key
from apport_client.types.links import Link, LinkInput, LinkPatchInput, LinkState, UtmInput
from apport_client.types.looks import Look, LookDetail, LookProduct, LookState, Surface
from apport_client.types.orders import (
    Order,
    OrderCredit,
    OrderDetail,
    OrderHas,
    OrderLine,
    OrderLineKind,
    OrderOutcome,
)
from apport_client.types.payouts import Payout, PayoutLine
from apport_client.types.products import Band, Product
from apport_client.types.sales import (
    Change,
    Commission,
    CommissionLine,
    Line,
    Sale,
    SaleDetail,
    SaleState,
)
from apport_client.types.shared import AffiliateKind, Named, Status
from apport_client.types.terms import Bonus, Rule, Said, Terms, TermsDetail, TermsState
from apport_client.types.webhooks import (
    Delivery,
    DeliveryStatus,
    Secret,
    Webhook,
    WebhookEvent,
    WebhookInput,
    WebhookKind,
    WebhookMethod,
    WebhookPatchInput,
)

__all__ = [
    "Affiliate",
    "AffiliateDetail",
    "AffiliateKind",
    "AffiliateStatus",
    "Application",
    "ApplicationStatus",
    "Band",
    "Batch",
    "BatchItem",
    "BatchItemStatus",
    "BatchRail",
    "BatchStatus",
    "Bonus",
    "Case",
    "CaseFamily",
    "CaseSeverity",
    "CaseStatus",
    "Change",
    "Claim",
    "ClaimDetail",
    "ClaimInput",
    "ClaimKind",
    "ClaimStatus",
    "Clicks",
    "ClicksGroupBy",
    "Commission",
    "CommissionLine",
    "Delivery",
    "DeliveryStatus",
    "Key",
    "Line",
    "Link",
    "LinkInput",
    "LinkPatchInput",
    "LinkState",
    "Look",
    "LookDetail",
    "LookProduct",
    "LookState",
    "Named",
    "Order",
    "OrderCredit",
    "OrderDetail",
    "OrderHas",
    "OrderLine",
    "OrderLineKind",
    "OrderOutcome",
    "Payout",
    "PayoutLine",
    "Product",
    "PromoCode",
    "Rule",
    "Said",
    "Sale",
    "SaleDetail",
    "SaleState",
    "Secret",
    "Status",
    "Surface",
    "Terms",
    "TermsDetail",
    "TermsState",
    "UtmInput",
    "Webhook",
    "WebhookEvent",
    "WebhookInput",
    "WebhookKind",
    "WebhookMethod",
    "WebhookPatchInput",
]

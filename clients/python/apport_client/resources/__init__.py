"""What a client can do.

Written by `bin/manage api_client` from the schema of the API; not to be edited.
"""

from __future__ import annotations

from apport_client.resources.affiliates import AffiliatesResource
from apport_client.resources.applications import ApplicationsResource
from apport_client.resources.batches import BatchesResource
from apport_client.resources.cases import CasesResource
from apport_client.resources.claims import ClaimsResource
from apport_client.resources.clicks import ClicksResource
from apport_client.resources.codes import CodesResource
from apport_client.resources.key import KeyResource
from apport_client.resources.links import LinksResource
from apport_client.resources.looks import LooksResource
from apport_client.resources.orders import OrdersResource
from apport_client.resources.payouts import PayoutsResource
from apport_client.resources.products import ProductsResource
from apport_client.resources.sales import SalesResource
from apport_client.resources.terms import TermsResource
from apport_client.resources.webhooks import WebhooksResource
from apport_client.transport import Transport


class Resources:
    """Everything that the API knows, by what it is about."""

    def __init__(self, transport: Transport) -> None:
        self.affiliates = AffiliatesResource(transport)
        self.applications = ApplicationsResource(transport)
        self.batches = BatchesResource(transport)
        self.cases = CasesResource(transport)
        self.claims = ClaimsResource(transport)
        self.clicks = ClicksResource(transport)
        self.codes = CodesResource(transport)
        self.key = KeyResource(transport)
        self.links = LinksResource(transport)
        self.looks = LooksResource(transport)
        self.orders = OrdersResource(transport)
        self.payouts = PayoutsResource(transport)
        self.products = ProductsResource(transport)
        self.sales = SalesResource(transport)
        self.terms = TermsResource(transport)
        self.webhooks = WebhooksResource(transport)

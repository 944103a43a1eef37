"""What shops tell of buyers: keyed hashes alone, and the bytes in which they were told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.privacy import words
from core.privacy.declaring import (
    Basis,
    Declared,
    End,
    Holding,
    Rule,
    Whose,
    oldest_of,
    rule_of_rows,
)
from shop.models import CustomerRequest, InboundEvent, Order, RequestKind
from shop.services import customer_requests, dead_letters, erasures, inbound, people

_RULES = (
    Rule(
        key="shop.bodies",
        text=_("Bodies of deliveries are emptied 30 days after they came; those that failed, after"
               " FAILED_BODY_DAYS and a warning."),
        due=lambda now: inbound.over(now=now).count() + dead_letters.over(now).count(),
        run=lambda now: inbound.purge_all(now=now),
        oldest=lambda: oldest_of(InboundEvent.objects.exclude(body=b""), "received_at"),
    ),
    rule_of_rows(
        key="shop.buyer_keys",
        text=_("Orders lose the keyed hashes of e-mail, phone and address after BUYER_KEY_DAYS."),
        held=lambda: Order.objects.filter(people.KNOWN),
        moment="placed_at",
        due=people.over,
        run=lambda now: people.forget(now=now),
    ),
    rule_of_rows(
        key="shop.click_tokens",
        text=_("Orders lose the references of the clicks before them after 13 months."),
        held=lambda: Order.objects.exclude(click_tokens=[]),
        moment="placed_at",
        due=people.with_old_tokens,
        run=lambda now: people.forget_tokens(now=now),
    ),
    rule_of_rows(
        key="shop.customers",
        text=_("Orders lose their customer three years after that customer's last order."),
        held=lambda: Order.objects.exclude(customer_ref=""),
        moment="placed_at",
        due=people.of_gone_customers,
        run=lambda now: people.forget_customers(now=now),
    ),
    rule_of_rows(
        key="shop.customer_requests",
        text=_("What a platform's customers ask to be erased is erased, every hour."),
        held=lambda: CustomerRequest.objects.exclude(customer_ref="", order_external_ids=[]),
        moment="received_at",
        due=lambda _now: CustomerRequest.objects.filter(
            kind=RequestKind.ERASURE, done_at__isnull=True
        ),
        run=lambda now: customer_requests.erase_pending(now=now),
    ),
)  # fmt: skip

_HOLDINGS = (
    Holding(model="shop.Order", whose=(Whose.BUYER,),
            fields=("customer_ref", "email_key", "phone_key", "address_key", "click_tokens",
                    "has_disposable_email", "is_new_customer"),
            purpose=words.ATTRIBUTION, basis=Basis.INTEREST,
            kept=_("Keys 400 days, clicks 13 months, the customer three years after the last"
                   " order."),
            end=End.CUT, rule="shop.customers", plain=("content_hash",),
            stays=_("Of buyers (PV7): amounts and lines stay, cut from the person.")),
    Holding(model="shop.InboundEvent", whose=(Whose.BUYER,), fields=("body", "headers"),
            purpose=words.ORDERS, basis=Basis.CONTRACT,
            kept=_("30 days; a failed one FAILED_BODY_DAYS."), end=End.EMPTY, rule="shop.bodies",
            plain=("error", "reasons", "subject"),
            stays=_("Of buyers (PV7): emptied with the order that it told.")),
    Holding(model="shop.CustomerRequest", whose=(Whose.BUYER,),
            fields=("customer_ref", "order_external_ids"), purpose=words.RIGHTS, basis=Basis.LAW,
            kept=_("Until it is done; the row stays as proof."), end=End.EMPTY,
            rule="shop.customer_requests",
            stays=_("Of buyers (PV7): the proof, without saying of whom.")),
    Holding(model="shop.Connection", whose=(Whose.STAFF,), fields=("credentials",),
            purpose=words.ORDERS, basis=Basis.CONTRACT, kept=_("As long as the connection."),
            end=End.KEEP, plain=("name", "address", "check_error"),
            stays=_("Of the shop, not of a person.")),
)  # fmt: skip

PRIVACY = Declared(
    holdings=_HOLDINGS,
    nothing={
        "shop.Product": ("name", "url", "image_url"),
        "shop.ProductCost": (),
        "shop.BandPeriod": ("name",),
        "shop.MarginBand": (),
        "shop.BandAssignment": (),
        "shop.CategoryName": (),
        "shop.CostCorrection": (),
        "shop.SyncRun": ("error", "reasons"),
        "shop.SyncSeen": (),
        "shop.Difference": ("explanation",),
        "shop.DroppedFile": ("name", "error", "refused"),
        "shop.OrderLine": (),
        "shop.Return": ("reason", "content_hash"),
        "shop.ReturnLine": (),
        "shop.Shop": ("name", "home_url"),
        "shop.WebhookSecret": ("secret",),
    },
    rules=_RULES,
    repeats={"buyers": lambda now: erasures.repeat(now=now)},
)

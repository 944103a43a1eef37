"""Every operation that reads, with addresses at which Ada, Sam or Fin have something to read."""

from __future__ import annotations

from django.utils import timezone

from affiliates.models import Endpoint
from core.models import Scope
from tests.builders import make_case, make_screening
from tests.portal.webhook_doors import made_before, make_told
from tests.portal_staff.world import make_application

NEW_HOOK = {"name": "New", "url": "https://hooks.example/", "events": ["sale.approved"]}


def partner_reads(world):
    """Scope, address and whether another affiliate has nothing there, by operation."""
    sale, payout = f"S-{world.paid.credit_id}", world.payout.public_id
    endpoint = make_told(world.ada)[0]
    Endpoint.objects.filter(pk=endpoint.pk).update(created_at=timezone.now())  # Still read.
    hook = f"webhooks/{endpoint.public_id}"
    return {
        "list_links": (Scope.READ_LINKS, "links", False),
        "get_link": (Scope.READ_LINKS, f"links/{world.link.code}", True),
        "list_codes": (Scope.READ_CODES, "codes", False),
        "sum_clicks": (Scope.READ_CLICKS, "clicks", False),
        "list_sales": (Scope.READ_SALES, "sales", False),
        "get_sale": (Scope.READ_SALES, f"sales/{sale}", True),
        "get_commission": (Scope.READ_SALES, f"sales/{sale}/commission", True),
        "list_payouts": (Scope.READ_PAYOUTS, "payouts", False),
        "get_payout": (Scope.READ_PAYOUTS, f"payouts/{payout}", True),
        "list_payout_lines": (Scope.READ_PAYOUTS, f"payouts/{payout}/lines", True),
        "get_statement": (Scope.READ_PAYOUTS, f"payouts/{payout}/statement.pdf", True),
        "list_products": (Scope.READ_PRODUCTS, "products", False),
        "list_looks": (Scope.READ_LOOKS, "looks", False),
        "list_terms": (Scope.READ_TERMS, "terms", False),
        "get_terms": (Scope.READ_TERMS, f"terms/{world.own_terms.pk}", True),
        "list_claims": (Scope.READ_CLAIMS, "claims", False),
        "get_claim": (Scope.READ_CLAIMS, f"claims/{world.claim.public_id}", True),
        "list_webhooks": (Scope.READ_WEBHOOKS, "webhooks", False),
        "get_webhook": (Scope.READ_WEBHOOKS, hook, True),
        "list_webhook_deliveries": (Scope.READ_WEBHOOKS, f"{hook}/deliveries", True),
        "get_webhook_secret": (Scope.WRITE_WEBHOOKS, f"{hook}/secret", True),
    }


def partner_writes(world):
    """Scope, method, address, body, and whether another affiliate finds nothing there."""
    claim = {"kind": "missing", "order_number": "FR-77", "ordered_on": "2026-06-01"}
    page = {"destination_url": "https://shop.example/new"}
    link = f"links/{world.link.code}"
    hook = f"webhooks/{make_told(world.ada)[0].public_id}"
    gone = f"webhooks/{made_before(world.ada, 'Gone').public_id}"
    return {
        "create_link": (Scope.WRITE_LINKS, "post", "links", page, False),
        "update_link": (Scope.WRITE_LINKS, "patch", link, {"label": "Summer"}, True),
        "archive_link": (Scope.WRITE_LINKS, "post", f"{link}/archive", None, True),
        "restore_link": (Scope.WRITE_LINKS, "post", f"{link}/restore", None, True),
        "create_claim": (Scope.WRITE_CLAIMS, "post", "claims", claim, False),
        "create_webhook": (Scope.WRITE_WEBHOOKS, "post", "webhooks", NEW_HOOK, False),
        "update_webhook": (Scope.WRITE_WEBHOOKS, "patch", hook, {"name": "Two"}, True),
        "test_webhook": (Scope.WRITE_WEBHOOKS, "post", f"{hook}/test", None, True),
        "rotate_webhook_secret": (Scope.WRITE_WEBHOOKS, "post", f"{hook}/rotate", None, True),
        "pause_webhook": (Scope.WRITE_WEBHOOKS, "post", f"{hook}/pause", None, True),
        "resume_webhook": (Scope.WRITE_WEBHOOKS, "post", f"{hook}/resume", None, True),
        "delete_webhook": (Scope.WRITE_WEBHOOKS, "post", f"{gone}/delete", None, True),
    }


def staff_reads(world):
    """Scope, address and whose key may read there, by operation."""
    application, order = make_application().public_id, world.paid.credit.order_id
    case = make_case(make_screening()).public_id
    batch = world.payout.batch.public_id
    return {
        "list_applications": (Scope.READ_APPLICATIONS, "applications", "sam"),
        "get_application": (Scope.READ_APPLICATIONS, f"applications/{application}", "sam"),
        "list_affiliates": (Scope.READ_AFFILIATES, "affiliates", "sam"),
        "get_affiliate": (Scope.READ_AFFILIATES, f"affiliates/{world.ada.public_id}", "sam"),
        "list_orders": (Scope.READ_ORDERS, "orders", "fin"),
        "get_order": (Scope.READ_ORDERS, f"orders/{order}", "sam"),
        "list_cases": (Scope.READ_CASES, "cases", "sam"),
        "get_case": (Scope.READ_CASES, f"cases/{case}", "sam"),
        "list_batches": (Scope.READ_BATCHES, "batches", "fin"),
        "get_batch": (Scope.READ_BATCHES, f"batches/{batch}", "fin"),
        "list_batch_payouts": (Scope.READ_BATCHES, f"batches/{batch}/payouts", "fin"),
    }

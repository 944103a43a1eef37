"""Every address of staff, with its things, asked by both roles. Others ask in tests/access."""

import pytest
from django.urls import reverse

from portal import (
    access_table,
    adjustment_urls,
    contract_urls,
    notification_urls,
    report_urls,
    simulation_urls,
    staff_team_urls,
    staff_urls,
)
from portal.audiences import Audience
from tests.affiliates.message_world import make_announcement
from tests.affiliates.tax_world import make_text
from tests.builders import make_staff_code, make_user
from tests.fraud.case_world import make_case_file, make_case_proposal, make_held_case
from tests.influencers.contract_world import give, make_influencer, signed
from tests.influencers.moderation_world import door_arguments
from tests.payouts.simulated_world import ask as ask_for_simulation
from tests.people import make_fin, make_sam
from tests.portal import report_places
from tests.portal.resource_world import RESOURCE_FORMS, RESOURCE_POSTS, resource_arguments
from tests.portal.team_doors import JOURNAL, VIEW_FORMS
from tests.portal.webhook_doors import (
    OWN_WEBHOOK_FORMS,
    OWN_WEBHOOK_POSTS,
    webhook_arguments,
)
from tests.portal_staff import hold_world
from tests.portal_staff.bank_world import bank_arguments
from tests.portal_staff.campaign_doors import CAMPAIGN_FORMS, CAMPAIGN_POSTS, campaign_arguments
from tests.portal_staff.connection_world import (
    CONNECTION_FORMS,
    CONNECTION_POSTS,
    connection_arguments,
)
from tests.portal_staff.creator_doors import CREATOR_FORMS, CREATOR_POSTS, creator_arguments
from tests.portal_staff.privacy_doors import PRIVACY_FORMS, PRIVACY_POSTS, privacy_arguments
from tests.portal_staff.service_places import SERVICE_FORMS, SERVICE_POSTS, service_arguments
from tests.portal_staff.staff_team_doors import (
    COLLEAGUE_FORMS,
    COLLEAGUE_POSTS,
    colleague_arguments,
)
from tests.portal_staff.terms_pages import terms_arguments
from tests.portal_staff.world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ADJUSTMENTS = {route.name for route in adjustment_urls.staff}
SHARED = {
    *JOURNAL,
    "commission-hold", "staff-api-keys", "staff-api-key-revoke",
    *(route.name for route in staff_team_urls.staff),
    "order-list", "order-detail", "refund-list", "band-list", "band-new", "band-publish",
    *(route.name for route in simulation_urls.shared), *ADJUSTMENTS,
    *(route.name for route in report_urls.manage),
    "staff-claim-list", "staff-claim-detail", "staff-claim-proof",
    *(route.name for route in contract_urls.shared),
    *(route.name for route in notification_urls.staff),
}  # fmt: skip
POSTS = {
    "staff-api-key-revoke",
    "adjustment-approve", "adjustment-decline", "adjustment-withdraw",
    "application-read-again", "affiliate-read-again", "site-proof-confirm", "listed-host-remove",
    "application-review", "application-approve", "application-reject", "affiliate-suspend",
    "affiliate-reactivate", "affiliate-close", "affiliate-move-cancel", "block-release",
    "commission-hold",
    "review-confirm", "review-dismiss", "review-ask", "review-note", "review-assign",
    "review-snooze", "review-wake", "review-pause", "sanction-agree", "sanction-reject",
    "sanction-lift", "signal-change", "signal-try",
    "proposal-agree", "proposal-decline", "proposal-withdraw",
    "inbound-replay", "batch-recompute", "batch-submit", "batch-send-back", "batch-approve",
    "batch-pause", "batch-resume", "control-stop", "control-resume", "control-rules-confirm",
    "control-rules-discard", "control-limit-confirm", "control-limit-discard", "exception-mind",
    "control-minimum-confirm", "control-minimum-discard",
    "batch-cancel", "batch-file-make", "batch-file-refused", "batch-mark-sent", "item-exclude",
    "item-include", "checks-run", "promo-create", "promo-revise", "promo-end", "request-grant",
    "request-refuse", "group-utm", "staff-claim-decide", "staff-claim-assign",
    "band-publish", "factor-set", "factor-end", "version-end",
    "draft-new", "rule-move", "rule-remove", "bonus-remove", "draft-publish", "draft-offer",
    "draft-take-back", "draft-discard", "simulation-cancel", "simulation-repeat",
    "experiment-calendar", "experiment-begin", "experiment-look", "experiment-end",
    "experiment-discard", "experiment-use",
    "invoices-issue", "invoice-send-again",
    "domain-add", "domain-name-add", "domain-name-remove", "domain-look", "domain-allow",
    "domain-disallow", "domain-ours",
    "bank-file-again", "bank-line-match", "bank-line-set-aside", "bank-line-return-all",
    "bank-line-unmatch", "bank-line-unmatch-agree", "bank-line-let-stand",
    "manual-begin", "manual-give-up", "stripe-start", "stripe-decide",
    "reconciliation-run", "difference-mind", "difference-explain", "month-close",
    "batch-comment", "batch-attach", "difference-together", "hold-release", "payee-name-accept",
    "exception-write-off", "difference-match", "difference-read", "message-again",
    "moderation-approve", "moderation-ask", "moderation-refuse", "moderation-remark",
    "moderation-resolve", "moderation-pause", "moderation-resume", "moderation-remove",
    "moderation-complete", "moderation-product", "moderation-drop", "invite-end", "photo-erase",
    "photo-erase-all",
    "contract-offer", "contract-withdraw", "contract-end", "gift-take-back", *CREATOR_POSTS,
    *CAMPAIGN_POSTS,
    "discount-add", "discount-end", "staff-notification-read",
    "announcement-schedule", "announcement-call-back", "announcement-try", "announcement-keep",
    "announcement-end", "canned-remove", "thread-note", "thread-assign", "thread-close",
    "mail-test", *COLLEAGUE_POSTS,
    *PRIVACY_POSTS, *CONNECTION_POSTS, *(report_places.REPORT_POSTS - report_places.OWN),
    *OWN_WEBHOOK_POSTS, *SERVICE_POSTS, *RESOURCE_POSTS,
}  # fmt: skip
#: Pages with a form of their own.
FORMS = {
    *VIEW_FORMS,
    "staff-api-keys",
    "batch-new", "policy-new", "draft-edit", "draft-rule-new", "draft-bonus-new", "rule-edit",
    "bonus-edit", "programme-settings", "simulation-new", "adjustment-new", "adjustment-import",
    "control-rules-new", "control-limit-new", "control-minimum-new", "bank-file-new", "manual-item",
    "affiliate-move", "sanction-new", "listed-host-new", "listed-host-import", "experiment-new",
    "mandate-text-new", "contract-new", "contract-edit", "gift-new", "review-limit", "invite-new",
    "batch-leave-out", "contract-text-new", "moderation-licence-end",
    "hold-payee", "hold-payment", "payee-name-file-new", "staff-letter-choices",
    "announcement-new", "announcement-edit", "canned-list", "thread-detail", "affiliate-message",
    *PRIVACY_FORMS, *CREATOR_FORMS, *CAMPAIGN_FORMS, *CONNECTION_FORMS, *OWN_WEBHOOK_FORMS,
    *COLLEAGUE_FORMS,
    *SERVICE_FORMS, *RESOURCE_FORMS,
}  # fmt: skip
#: Pages whose address names nothing.
WITHOUT = [
    *JOURNAL,
    "staff-api-keys", "staff-api-key-revoke",
    "invoices-issue", "das2", "das2-export", "difference-together",
    "vat", "vat-export", "invoice-year-archive",
    "manage-home", "finance-home", "inbound-list", "batch-new", "checks", "checks-run",
    "promo-new", "adjustment-new", "adjustment-import", "promo-create", "policy-new", "band-new",
    "band-publish", "draft-new", "programme-settings", "simulation-progress", "simulation-new",
    "simulation-compare", "experiment-new", "experiment-power", "mandate-text-new",
    "contract-new", "contract-text-new", "gift-new", "discount-add",
    "review-limit", "payee-name-file-new", *report_places.REPORT_WITHOUT,
]  # fmt: skip
#: There is no file before somebody made one.
MISSING = {"batch-file", "batch-attachment", "manual-proof", "month-report"}
#: Of one person alone: tried in tests/portal/test_notification_pages.py.
PERSONS = {"staff-notification"}
NAMES = [
    route.name for route in staff_urls.urlpatterns if route.name not in report_places.OWN | PERSONS
]
MANAGER = {route.name for route in staff_urls.manage}
ROWS = {row.name.removeprefix("portal:"): row for row in access_table.pages()}


@pytest.fixture
def addresses():
    return addresses_of(make_world())


def addresses_of(world):
    contract = signed(make_influencer())
    moderated, moderated_by_name = door_arguments()
    creators, creators_by_name = creator_arguments()
    campaigns, campaigns_by_name = campaign_arguments()
    connection, connections_by_name = connection_arguments()
    args = {
        "application": [world["application"].public_id],
        "affiliate": [world["affiliate"].public_id],
        "order": [world["order"].pk],
        "review": [world["case"].public_id],
        "proposal": [make_case_proposal(make_held_case()).public_id],
        "sanction": [world["sanction"].public_id],
        "signal": ["own_purchase"],
        "batch": [world["batch"].public_id],
        "item": [world["batch"].public_id, world["item"].public_id],
        "ledger": [world["affiliate"].public_id],
        "stripe": [world["batch"].public_id],
        "invoice": [world["invoice"].public_id],
        "difference": [world["difference"].pk],
        "hold": [hold_world.make_hold().pk],
        "payee": [hold_world.make_close().pk],
        "month": ["2026-05"],
        "tax": [world["affiliate"].public_id],
        "mandate": [make_text().number],
        "adjustment": [world["proposal"].pk],
        "promo": [world["code"].pk],
        "request": [world["asked"].pk],
        "group": [world["affiliate"].group.slug],
        "policy": [1],
        "domain": [world["domain"].pk],
        "staff": [world["claim"].public_id],
        "simulation": [ask_for_simulation(make_user()).pk],
        "experiment": [world["experiment"].public_id],
        "listed": [world["listed"].pk],
        "snapshot": [world["snapshot"].pk],
        "site": [world["proof"].pk],
        "contract": [contract.public_id],
        "discount": [make_staff_code().pk],
        "connection": connection,
        "thread": [world["thread"].public_id],
        "announcement": [make_announcement().public_id],
        "canned": [1],
        "mail": ["first_sale"],
        "gift": [give(contract.affiliate, 10).pk],
        **creators,
        **campaigns,
        **moderated,
    }
    args["contract-text"] = [contract.text.number]
    special = _special(world, args) | moderated_by_name | creators_by_name | campaigns_by_name
    special |= privacy_arguments() | connections_by_name | webhook_arguments() | service_arguments()
    special |= resource_arguments(world["affiliate"])
    special |= colleague_arguments()
    found = {}
    for name in NAMES:
        default = [] if name.endswith("-list") else args.get(name.split("-")[0], [])
        found[name] = reverse(f"portal:{name}", args=special.get(name, default))
    return found


def _special(world, args):
    return {
        **terms_arguments(world["affiliate"]),
        "staff-claim-proof": [world["claim"].public_id, 0],
        "sanction-new": [world["affiliate"].public_id],
        "review-file": [world["case"].public_id, make_case_file(world["case"]).pk],
        **dict.fromkeys(
            [
                "domain-add",
                "domain-register",
                "domain-export",
                "domain-names",
                "domain-name-add",
                "listed-host-new",
                "listed-host-import",
            ],
            [],
        ),
        "domain-name-remove": [world["domain"].name_id],
        "contract-text-detail": args["contract-text"],
        "block-release": [world["order"].pk, world["block"].pk],
        "commission-hold": [world["order"].pk, world["block"].commission_id],
        "inbound-replay": [world["event"].pk],
        "inbound-detail": [world["event"].pk],
        "announcement-new": [],
        **dict.fromkeys(["staff-notification-read", "staff-letter-choices"], []),
        "thread-file": [world["thread"].public_id, world["thread"].messages.get().pk],
        "batch-item": args["item"],
        "hold-payee": args["affiliate"],
        "hold-payment": [world["item"].public_id],
        "stripe-decide": args["item"],
        "message-again": ["mail", 1],
        "batch-attachment": [*args["batch"], 1],
        "exception-write-off": args["affiliate"],
        **bank_arguments(world["bank_line"], world["by_hand"]),
        **dict.fromkeys(["control-limit-confirm", "control-limit-discard"], [1]),
        **dict.fromkeys(["control-minimum-confirm", "control-minimum-discard"], [1]),
        **dict.fromkeys(WITHOUT, []),
    }


def ask(client, name, address):
    return client.post(address) if name in POSTS else client.get(address)


def test_a_manager_enters_what_is_the_managers_and_no_more(client, addresses):
    client.force_login(make_sam())

    for name, address in addresses.items():
        expected = {200, 302, 422} if name in MANAGER else {403}
        assert ask(client, name, address).status_code in expected, name


def test_finance_enters_what_is_finances_and_the_orders(client, addresses):
    client.force_login(make_fin())

    for name, address in addresses.items():
        allowed = name not in MANAGER or name in SHARED
        expected = {200, 302, 422} if allowed else {403}
        expected = {404} if name in MISSING else expected
        assert ask(client, name, address).status_code in expected, name


def test_all_of_it_is_for_the_team_alone():
    """Whom that refuses, and how, is asked of every address in tests/access."""
    others = {ROWS[name].audience for name in NAMES} - {Audience.MANAGER, Audience.FINANCE}

    assert others <= {Audience.TEAM}


def test_what_changes_something_takes_post_only_and_what_shows_takes_none():
    """So every other method is refused: tests/access asks."""
    for name in NAMES:
        shows = ("GET", "POST") if name in FORMS else ("GET",)
        assert ROWS[name].methods == (("POST",) if name in POSTS else shows), name


def test_a_stranger_row_is_not_found(client):
    client.force_login(make_sam())
    nobody = "00000000-0000-4000-8000-000000000000"

    for name in ("application-detail", "affiliate-detail", "review-detail"):
        assert client.get(reverse(f"portal:{name}", args=[nobody])).status_code == 404, name
    assert client.get(reverse("portal:order-detail", args=[0])).status_code == 404

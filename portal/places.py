"""The places of the portal, for whom, and in which part of the rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.display import Text

#: Key, label, address, icon.
Place = tuple[str, Text, str, str]
#: Key, label (empty: the first part needs none), places.
Places = tuple[str, Text, tuple[Place, ...]]

PLACES: dict[str, tuple[Text, tuple[Places, ...]]] = {
    "partner": (
        _("Partner"),
        (
            (
                "start",
                "",
                (
                    ("home", _("Home"), "/portal/", "house"),
                    ("links", _("Links"), "/portal/links/", "link"),
                    ("products", _("Products"), "/portal/products/", "tag"),
                    ("codes", _("Codes"), "/portal/codes/", "tag"),
                    ("resources", _("Resources"), "/portal/resources/", "download"),
                ),
            ),
            (
                "creation",
                _("Looks and campaigns"),
                (
                    ("looks", _("Looks"), "/portal/looks/", "users"),
                    ("my-page", _("My page"), "/portal/creator/page/", "user"),
                    ("standing", _("Standing"), "/portal/creator/standing/", "chart-column"),
                    ("briefs", _("Briefs"), "/portal/briefs/", "send"),
                    ("contracts", _("Contracts"), "/portal/contracts/", "clipboard-check"),
                ),
            ),
            (
                "earnings",
                _("Earnings"),
                (
                    ("sales", _("Sales"), "/portal/sales/", "shopping-bag"),
                    ("my-reports", _("Reports"), "/portal/reports/", "chart-column"),
                    ("claims", _("Claims"), "/portal/claims/", "message-square"),
                    ("payouts", _("Payouts"), "/portal/payouts/", "banknote"),
                    ("terms", _("My terms"), "/portal/terms/", "file-text"),
                    ("payee", _("Payment details"), "/portal/payee/", "landmark"),
                ),
            ),
            (
                "account",
                _("Account"),
                (
                    ("messages", _("Messages"), "/portal/messages/", "mail"),
                    ("profile", _("Profile"), "/portal/profile/", "user"),
                    ("sites", _("Sites"), "/portal/sites/", "globe"),
                    ("cases", _("Checks"), "/portal/cases/", "shield-check"),
                    ("team", _("Team"), "/portal/team/", "users"),
                    ("webhooks", _("Webhooks"), "/portal/webhooks/", "send"),
                    ("api", _("API"), "/portal/api/", "lock"),
                ),
            ),
        ),
    ),
    "manager": (
        _("Programme"),
        (
            (
                "start",
                "",
                (
                    ("dashboard", _("Dashboard"), "/manage/", "chart-column"),
                    ("reports", _("Reports"), "/manage/reports/", "chart-column"),
                ),
            ),
            (
                "people",
                _("People"),
                (
                    ("applications", _("Applications"), "/manage/applications/", "inbox"),
                    ("affiliates", _("Affiliates"), "/manage/affiliates/", "users"),
                    ("creators", _("Creators"), "/manage/creators/", "users"),
                    ("groups", _("Groups"), "/manage/groups/", "users"),
                    ("threads", _("Messages"), "/manage/messages/", "mail"),
                    ("announcements", _("Announcements"), "/manage/announcements/", "send"),
                    ("staff-resources", _("Resources"), "/manage/resources/", "upload"),
                ),
            ),
            (
                "content",
                _("Looks and campaigns"),
                (
                    ("moderation", _("Looks"), "/manage/looks/", "eye"),
                    ("editorial", _("Editorial calendar"), "/manage/editorial/", "calendar"),
                    ("campaigns", _("Campaigns"), "/manage/campaigns/", "send"),
                    ("shipments", _("Products to send"), "/manage/shipments/", "package"),
                    ("contracts", _("Contracts"), "/manage/contracts/", "file-text"),
                ),
            ),
            (
                "sales",
                _("Sales"),
                (
                    ("orders", _("Orders"), "/manage/orders/", "package"),
                    ("staff-claims", _("Claims"), "/manage/claims/", "message-square"),
                    ("adjustments", _("Adjustments"), "/manage/adjustments/", "receipt"),
                    ("promo-codes", _("Promo codes"), "/manage/codes/", "tag"),
                ),
            ),
            (
                "rules",
                _("Terms and attribution"),
                (
                    ("terms", _("Terms"), "/manage/terms/", "file-text"),
                    ("bands", _("Margin bands"), "/manage/bands/", "chart-column"),
                    ("policies", _("Attribution"), "/manage/policies/", "funnel"),
                    ("simulations", _("Simulations"), "/manage/simulations/", "chart-column"),
                ),
            ),
            (
                "trust",
                _("Trust"),
                (
                    ("reviews", _("Reviews"), "/manage/reviews/", "shield-check"),
                    ("signals", _("Signals"), "/manage/signals/", "funnel"),
                    ("quality", _("Quality"), "/manage/quality/", "chart-column"),
                    ("policy-lists", _("Policy lists"), "/manage/policy-lists/", "globe"),
                    ("domains", _("Domain watch"), "/manage/domains/", "globe"),
                    ("experiments", _("Experiments"), "/manage/experiments/", "chart-column"),
                ),
            ),
            (
                "systems",
                _("Shop and systems"),
                (
                    ("catalogue", _("Catalogue"), "/manage/catalogue/", "tag"),
                    ("connections", _("Connections"), "/manage/connections/", "link"),
                    ("deliveries", _("Deliveries"), "/manage/inbound/", "download"),
                    ("tracking", _("Tracking"), "/manage/tracking/", "eye"),
                    ("incidents", _("Incidents"), "/manage/incidents/", "triangle-alert"),
                    ("own-webhooks", _("Webhooks"), "/manage/webhooks/", "send"),
                    ("staff-api", _("API"), "/manage/api/", "lock"),
                ),
            ),
            (
                "house",
                _("Settings"),
                (
                    ("programme", _("Programme settings"), "/manage/programme/", "settings"),
                    ("privacy", _("Personal data"), "/manage/privacy/", "shield-check"),
                    ("colleagues", _("Team"), "/manage/team/", "users"),
                    ("mails", _("Mails"), "/manage/mails/", "mail"),
                    ("audit", _("Audit journal"), "/manage/journal/", "lock"),
                ),
            ),
        ),
    ),
    "finance": (
        _("Finance"),
        (
            (
                "start",
                "",
                (
                    ("overview", _("Overview"), "/finance/", "wallet"),
                    ("reports", _("Reports"), "/manage/reports/", "chart-column"),
                ),
            ),
            (
                "payments",
                _("Payments"),
                (
                    ("batches", _("Batches"), "/finance/batches/", "clipboard-check"),
                    ("bank", _("Bank"), "/finance/bank/", "landmark"),
                    ("exceptions", _("Exceptions"), "/finance/exceptions/", "triangle-alert"),
                    ("holds", _("Held payouts"), "/finance/holds/", "pause"),
                    ("control", _("Rules of payouts"), "/finance/control/", "shield-check"),
                ),
            ),
            (
                "books",
                _("Books"),
                (
                    ("ledger", _("Payees' ledger"), "/finance/ledger/", "receipt"),
                    ("invoices", _("Invoices"), "/finance/invoices/", "file-text"),
                    ("taxes", _("Taxes"), "/finance/tax/", "landmark"),
                    (
                        "reconciliation",
                        _("Reconciliation"),
                        "/finance/reconciliation/",
                        "shield-check",
                    ),
                    ("months", _("Months"), "/finance/months/", "calendar"),
                    ("journal", _("Accounting journal"), "/finance/journal/", "file-text"),
                    ("checks", _("Checks"), "/finance/checks/", "circle-check"),
                ),
            ),
            (
                "shared",
                _("With the programme"),
                (
                    ("staff-claims", _("Claims"), "/manage/claims/", "message-square"),
                    ("adjustments", _("Adjustments"), "/manage/adjustments/", "wallet"),
                    ("bands", _("Margin bands"), "/manage/bands/", "chart-column"),
                    ("simulations", _("Simulations"), "/manage/simulations/", "chart-column"),
                    ("colleagues", _("Team"), "/manage/team/", "users"),
                    ("audit", _("Audit journal"), "/manage/journal/", "lock"),
                    ("staff-api", _("API"), "/manage/api/", "lock"),
                ),
            ),
        ),
    ),
}

"""``/styleguide/``: every component in every state, from plain data."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money import Money
from portal import status_language as states
from portal.achievements import Achievement
from portal.display import ChecklistItem, StatusText, Step, TimelineItem
from portal.formats import format_bps, format_money
from portal.icons import ICONS
from portal.navigation import bottom_bar, sections_for

NOW = datetime(2026, 11, 21, 13, 32, 5, tzinfo=UTC)
CLICKS = (41, 38, 52, 47, 60, 71, 66, 44, 49, 58, 63, 72, 90, 84, 51, 55, 61, 70, 75, 97, 88, 59,
          64, 68, 77, 82, 103, 95, 62, 70)  # fmt: skip
SHELLS = {
    "partner": gettext_lazy("Partner"),
    "staff": gettext_lazy("Team"),
    "public": gettext_lazy("Public"),
}
ICON_NAMES = tuple(sorted(ICONS))


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(
        label=gettext_lazy("Legal name"), help_text=gettext_lazy("As on your bank account.")
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=[("FR", "France"), ("BE", "Belgique")]
    )
    amount = forms.DecimalField(label=gettext_lazy("Amount"), decimal_places=2)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("You are"),
        widget=forms.RadioSelect,
        choices=[("site", gettext_lazy("A site")), ("creator", gettext_lazy("A creator"))],
    )
    methods = forms.MultipleChoiceField(
        label=gettext_lazy("How you promote"),
        help_text=gettext_lazy("Several are possible."),
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("content", gettext_lazy("Articles")),
            ("social", gettext_lazy("Social networks")),
            ("newsletter", gettext_lazy("Newsletter")),
        ],
    )
    proof = forms.FileField(label=gettext_lazy("Proof"), required=False)
    terms = forms.BooleanField(label=gettext_lazy("I accept the terms of the programme"))


def styleguide(request: HttpRequest, shell: str = "partner") -> HttpResponse:
    """Show the library inside one of the three shells, as someone who holds every role.

    :raises Http404: there is no such shell.
    """
    if shell not in SHELLS:
        raise Http404
    sections = sections_for(partner=True, manager=True, finance=True, path="/portal/sales/")
    frame = {
        "shell_template": f"{shell}/base.html",
        "sections": sections,
        "bottom_bar": bottom_bar(sections),
        "tab_items": [
            (label, reverse("portal:styleguide-shell", args=[name]), name == shell)
            for name, label in SHELLS.items()
        ],
    }
    return render(
        request, "styleguide.html", {**frame, **_words(), **_tables(), **_figures(), **_forms()}
    )


def _words() -> dict[str, Any]:
    day = NOW.date()
    facts: dict[str, states.CommissionFacts] = {
        "tracked": {"at": day},
        "pending": {"due": day + timedelta(days=12), "days": 30},
        "on_hold": {"at": day, "days": 3},
        "approved": {"at": day, "due": day + timedelta(days=9), "minimum": Money(5000, "EUR")},
        "in_payout": {"reference": "P-2026-11", "due": day},
        "paid": {"at": day, "method": _("bank transfer"), "last4": "4021"},
        "declined": {"reason": "other_channel_won", "contest_until": day + timedelta(days=30)},
        "reversed": {"at": day, "quantity": 1, "total": 3},
        "clawed_back": {"at": day, "amount": Money(-719, "EUR")},
    }
    return {
        "commission_states": [states.commission_status(code, **facts[code]) for code in facts],
        "payout_states": _all(states.payout_status, states.PAYOUT_CODES),
        "batch_states": _all(states.batch_status, states.BATCH_CODES),
        "application_states": _all(states.application_status, states.APPLICATION_CODES),
        "affiliate_states": _all(states.affiliate_status, states.AFFILIATE_CODES),
        "link_states": _all(states.link_status, states.LINK_CODES),
        "code_states": _all(states.code_status, states.CODE_CODES),
        "reasons": states.DECLINE_REASONS.values(),
        "tones": ("neutral", "info", "success", "warning", "danger", "accent"),
        "icons": ICON_NAMES,
        "breadcrumbs": [(_("Sales"), "#sales"), (_("November 2026"), "#november")],
        "sample_tabs": [
            (_("All"), "?", True, 128),
            (_("To approve"), "?tab=approve", False, 4),
            (_("History"), "?tab=history", False),
        ],
        "stepper_items": [
            (_("You"), "done"),
            (_("Your channels"), "current"),
            (_("Terms"), "future"),
        ],
        "filter_options": [("pending", _("Pending"), 12), ("paid", _("Paid"), 1042)],
    }


def _all(build: Any, codes: tuple[str, ...]) -> list[StatusText]:
    return [build(code) for code in codes]


def _tables() -> dict[str, Any]:
    reasons = {"declined": "self_purchase"}
    rows: list[dict[str, Any]] = [
        {
            "id": f"row-{number}",
            "reference": f"CMD-{48213 + number * 17}",
            "at": NOW - timedelta(hours=7 * number),
            "product": product,
            "status": states.commission_status(code, reason=reasons.get(code, "other")),
            "net": Money(net, "EUR"),
            "commission": Money(commission, "EUR"),
        }
        for number, (product, code, net, commission) in enumerate(
            (
                (_("Wool coat, camel"), "pending", 18_900, 756),
                (_("Pleated skirt and belt"), "approved", 8_990, 719),
                (_("Linen shirt"), "paid", 4_550, 364),
                (_("Leather boots"), "declined", 12_900, 0),
                (_("Cashmere jumper"), "clawed_back", 11_000, -880),
            )
        )
    ]
    total = Money(sum(row["commission"].minor for row in rows), "EUR")
    return {"rows": rows, "total": total, "page_obj": Paginator(range(128), 5).page(2)}


def _figures() -> dict[str, Any]:
    start = date(2026, 10, 23)
    days = [start + timedelta(days=offset) for offset in range(len(CLICKS))]
    earnings = [clicks * 31 - (900 if index == 14 else 0) for index, clicks in enumerate(CLICKS)]
    earnings[20] = -1240
    return {
        "clicks": list(zip(days, CLICKS, strict=True)),
        "earnings": list(zip(days, earnings, strict=True)),
        "earlier": [clicks * 8 // 10 + 6 for clicks in reversed(CLICKS)],
        "spark": CLICKS[-14:],
        "earned": Money(128_450, "EUR"),
        "debt": Money(-1_240, "EUR"),
        "parts": [(_("Links"), 81_200), (_("Codes"), 32_150), (_("Looks"), 15_100)],
        "achievements": [
            Achievement(
                label=_("Your rate for new orders: %(rate)s") % {"rate": format_bps(2000)},
                text=_("%(left)s more this month and it is %(rate)s.")
                % {"left": _euros(17_900), "rate": format_bps(2500)},
                value=32_100,
                maximum=50_000,
            ),
            Achievement(label=_("First sale"), text=_euros(500), is_done=True),
            Achievement(label=_("Spring campaign"), text=_euros(2_500)),
        ],
        "timeline": _timeline(),
        "steps": [
            Step(_("Price paid, excluding VAT"), _euros(7492), _("Pleated skirt, quantity 1.")),
            Step(_("Reference cost of its margin band"), _euros(-3746)),
            Step(_("Share of order costs"), _euros(-210)),
            Step(_("Gift card"), _euros(3000), _("Gift cards earn nothing."), kind="excluded"),
            Step(
                _("Commission, {rate} of {margin}").format(
                    rate=format_bps(2000), margin=_euros(3536)
                ),
                _euros(707),
                kind="total",
            ),
        ],
        "pairs": [
            (_("Affiliate"), "Atelier Nord"),
            (_("Reference"), "P-2026-11-0042", _("Give it to your bank when you ask about it.")),
            ("IBAN", "FR76 •••• •••• 4021"),
        ],
        "checklist": [
            ChecklistItem(_("Confirm your e-mail address"), done=True),
            ChecklistItem(
                _("Give your payment details"),
                _("Without an IBAN nothing can leave."),
                "#",
                minutes=3,
            ),
            ChecklistItem(
                _("Create your first link"), _("Paste a page of the shop."), "#", minutes=1
            ),
        ],
        "link": "https://shop.example/c/7Kd2mQ?s=newsletter",
    }


def _euros(minor: int) -> str:
    return format_money(Money(minor, "EUR"))


def _timeline() -> list[TimelineItem]:
    return [
        TimelineItem(_("Sale detected"), at=NOW - timedelta(days=3), actor=_("System")),
        TimelineItem(
            _("Quality check passed"),
            at=NOW - timedelta(days=2),
            actor=_("Team"),
            icon="shield-check",
            tone="success",
        ),
        TimelineItem(
            _("Pending"),
            "current",
            NOW,
            note=str(states.commission_status("pending", due=date(2026, 12, 3), days=30).sentence),
            icon="hourglass",
        ),
        TimelineItem(_("Validated"), "future", date(2026, 12, 3)),
        TimelineItem(_("Paid"), "future", date(2026, 12, 15)),
    ]


def _forms() -> dict[str, Any]:
    refused = SampleForm({"name": "", "country": "XX", "amount": "0.001", "note": ""})
    refused.add_error(None, _("This IBAN is already used by another account."))
    return {"blank": SampleForm(prefix="blank"), "refused": refused}

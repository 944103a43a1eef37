"""The answers of the tag debugger: what is so, what is missing, and what the shop must do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.money import BPS, ratio
from portal.click_language import duration, step_name
from portal.display import StatusText
from portal.formats import format_bps, format_count, format_moment
from portal.queries.staff_tracking_order import Carried, OrderPath
from portal.queries.staff_tracking_shops import ShopFacts, newest_of_each
from portal.staff_language import attribution_reason
from tracking.domain.journey import Kind
from tracking.models import Outcome

State = Literal["ok", "warning", "missing", "info"]

_STATES: dict[State, StatusText] = {
    "ok": StatusText("ok", gettext_lazy("In order"), "success", "circle-check"),
    "warning": StatusText("warning", gettext_lazy("Needs a look"), "warning", "triangle-alert"),
    "missing": StatusText("missing", gettext_lazy("Not yet"), "neutral", "circle-dashed"),
    "info": StatusText("info", gettext_lazy("For information"), "info", "info"),
}
_STEPS = (
    Kind.SESSION_STARTED,
    Kind.LANDING,
    Kind.PAGE_VIEW,
    Kind.BASKET_CHANGED,
    Kind.CHECKOUT_OPENED,
)


@dataclass(frozen=True, slots=True)
class Check:
    """One question, its answer in a sentence, and what to do about it."""

    state: State
    title: str
    text: str
    fix: str = ""

    @property
    def status(self) -> StatusText:
        return _STATES[self.state]


# --- one order ---------------------------------------------------------------------


def order_checks(path: OrderPath) -> list[Check]:
    """Return how an order came to us, question by question."""
    checks = [_message(path), _reference(path)]
    if path.carried == Carried.KNOWN:
        checks += [_clicks(path), _journey(path)]
    return [*checks, _codes(path), _decision(path)]


def _message(path: OrderPath) -> Check:
    order, message = path.order, path.message
    title = _("The shop's message")
    if message is None:
        text = _(
            "The order was stored on %(at)s. No signed delivery is on record for it: it was"
            " imported, or came another way."
        ) % {"at": format_moment(order.received_at)}
        return Check("info", title, text)
    waited = message.received_at - order.placed_at
    text = _(
        "Received on %(at)s, %(time)s after the order was placed. Its signature was right."
    ) % {
        "at": format_moment(message.received_at),
        "time": duration(max(waited, waited * 0)),
    }
    if message.among > 1:
        text += " " + ngettext(
            "It is one of %(n)s delivery worked on at that moment.",
            "It is one of %(n)s deliveries worked on at that moment.",
            message.among,
        ) % {"n": format_count(message.among)}
    return Check("ok", title, text)


def _reference(path: OrderPath) -> Check:
    title = _("The visitor's reference (ap_ref)")
    sample = ngettext(
        "Of the last %(all)s order of this shop %(with)s carried one.",
        "Of the last %(all)s orders of this shop %(with)s carried one.",
        path.sampled,
    ) % {"all": format_count(path.sampled), "with": format_count(path.with_reference)}
    if path.carried == Carried.NOTHING:
        fix = (
            _("Other orders carry one, so the shop passes it on: nothing needs to be done.")
            if path.with_reference
            else _(
                "No order carries one: let the checkout send the value of the cookie ap_ref, or"
                " of ap.ref(), in the order's field ap_ref."
            )
        )
        text = _(
            "The order carried no ap_ref: the visitor had not agreed, or the shop does not pass"
            " it on."
        )
        return Check("info" if path.with_reference else "warning", title, f"{text} {sample}", fix)
    if path.carried == Carried.FOREIGN:
        return Check(
            "warning", title,
            _("The order carried something that is no reference of ours."),
            _("The shop has to pass the value of ap_ref on as it is: 22 characters, unchanged."),
        )  # fmt: skip
    if path.carried == Carried.UNKNOWN:
        return Check(
            "warning", title,
            _("The order carried a reference under which nothing is recorded.") + " " + sample,
            _(
                "The visitor took the consent back, or the reference is too old. If it happens"
                " often, the shop keeps references longer than it may, or copies them from one"
                " customer to another."
            ),
        )  # fmt: skip
    text = _("The order carried a reference that we know, so the visitor had agreed.")
    if path.visitors > 1:
        text += " " + _("It carried several: all of them are shown here.")
    return Check("ok", title, text)


def _clicks(path: OrderPath) -> Check:
    title = _("Links followed")
    before = [click for click in path.clicks if click.clicked_at <= path.order.placed_at]
    if not before:
        return Check(
            "info", title,
            _("The visitor followed no affiliate's link before the order, as far as we know."),
            _(
                "If an affiliate says otherwise: a link followed before the consent counts only"
                " when ap.js is on the landing page."
            ),
        )  # fmt: skip
    text = ngettext(
        "The visitor followed %(n)s link before the order, the last one on %(at)s.",
        "The visitor followed links %(n)s times before the order, the last time on %(at)s.",
        len(before),
    ) % {"n": format_count(len(before)), "at": format_moment(before[-1].clicked_at)}
    return Check("ok", title, text)


def _journey(path: OrderPath) -> Check:
    title = _("Journey in the shop")
    if not path.kinds:
        return Check(
            "warning", title, _("The shop's pages told nothing of this visitor."),
            _("Put ap.js on every page of the shop, from the shop's own address."),
        )  # fmt: skip
    asked = {
        Kind.LANDING: _("the landing page"),
        Kind.BASKET_CHANGED: _("the basket"),
        Kind.CHECKOUT_OPENED: _("the checkout"),
    }
    absent = [str(label) for kind, label in asked.items() if kind not in path.kinds]
    if not absent:
        return Check("ok", title, _("Landing page, basket and checkout were all seen."))
    return Check(
        "info", title,
        _("Steps were seen, but not: %(what)s.") % {"what": ", ".join(absent)},
        _(
            "If that is so for every order, call ap.basket() when the basket changes and"
            " ap.checkout() when the checkout opens."
        ),
    )  # fmt: skip


def _codes(path: OrderPath) -> Check:
    title = _("Promo codes")
    if not path.codes:
        return Check("info", title, _("No promo code was used."))
    owned = [f"{code} ({owner})" for code, owner in path.codes if owner]
    others = [code for code, owner in path.codes if not owner]
    sentences = []
    if owned:
        sentences.append(_("Codes of affiliates: %(codes)s.") % {"codes": ", ".join(owned)})
    if others:
        sentences.append(
            _("Codes that belong to nobody: %(codes)s.") % {"codes": ", ".join(others)}
        )
    return Check("ok" if owned else "info", title, " ".join(sentences))


def _decision(path: OrderPath) -> Check:
    title, attribution = _("Decision"), path.attribution
    if attribution is None:
        return Check(
            "missing", title, _("Nobody has decided about this order yet."),
            _("It waits until every landing up to its time is known: seconds, as a rule."),
        )  # fmt: skip
    reason = attribution_reason(attribution.reason)
    if attribution.outcome == Outcome.ATTRIBUTED:
        names = ", ".join(credit.affiliate.name for credit in path.credits)
        return Check("ok", title, _("Credited to %(names)s.") % {"names": names} + f" {reason}")
    return Check("info", title, _("It is nobody's.") + f" {reason}")


# --- the installation of one shop ----------------------------------------------------


def shop_checks(facts: ShopFacts) -> list[Check]:
    """Return what works in a shop's installation, by what came in the last 24 hours."""
    checks = [_origin(facts), _script(facts), _consent(facts), _carries(facts)]
    return [*checks, _references_known(facts), _deliveries(facts), _signatures(facts)]


def _origin(facts: ShopFacts) -> Check:
    title = _("/c/ on the shop's own origin")
    if not facts.shop.link_origin:
        return Check(
            "missing", title,
            _("Links carry our own address. They work, but prove less about how visitors came."),
            _("Let the shop's proxy send /c/, /j and /ap.js to us, then enter its origin."),
        )  # fmt: skip
    proofs = max(facts.own_origin, facts.redirects_seen)
    if proofs:
        text = ngettext(
            "%(n)s landing proved it: its cookies or its redirect were seen.",
            "%(n)s landings proved it: their cookies or redirects were seen.",
            proofs,
        ) % {"n": format_count(proofs)}
        return Check("ok", title, text)
    if not facts.clicks:
        return Check("missing", title, _no_landing(), _follow())
    return Check(
        "warning", title,
        _("Landings came, but none brought our cookies back or saw the redirect."),
        _("Check that the proxy passes on the cookies ap_consent, ap_ref and __Host-ap_st, both"
          " ways, and the Host header."),
    )  # fmt: skip


def _no_landing() -> str:
    return _("No landing with consent came in 24 hours.")


def _follow() -> str:
    return _("Follow a test visit: it shows within seconds what arrives.")


def _script(facts: ShopFacts) -> Check:
    title = _("ap.js reports landings")
    seen = facts.steps.get(Kind.LANDING)
    if seen:
        text = ngettext("%(n)s landing page told.", "%(n)s landing pages told.", seen[0]) % {
            "n": format_count(seen[0])
        }
        return Check("ok", title, text)
    if facts.steps:
        return Check(
            "warning", title, _("Pages tell, but no landing page did."),
            _("Put ap.js on the pages that links lead to, too."),
        )  # fmt: skip
    if facts.clicks:
        return Check(
            "warning", title, _("Visitors landed with consent, but no page told anything."),
            _('Put <script src="/ap.js" async></script> on every page of the shop.'),
        )  # fmt: skip
    return Check("missing", title, _no_landing(), _follow())


def _consent(facts: ShopFacts) -> Check:
    title, landed = _("Consent is seen"), facts.landings
    if not landed.visits:
        return Check("missing", title, _("Nobody landed in 24 hours."), _follow())
    share = format_bps(landed.consented_bps or 0)
    text = ngettext(
        "%(share)s of %(n)s visit came with consent.",
        "%(share)s of %(n)s visits came with consent.",
        landed.visits,
    ) % {"share": share, "n": format_count(landed.visits)}
    return _judged(
        bool(landed.consented), title, text,
        _("Let the banner write the cookie ap_consent=1 on the shop's origin, or call"
          " ap.consent(true)."),
    )  # fmt: skip


def _judged(is_well: bool, title: str, text: str, fix: str) -> Check:
    return Check("ok", title, text) if is_well else Check("warning", title, text, fix)


def _share(part: int, whole: int) -> str:
    return format_bps(ratio(part * 100, whole) * (BPS // 100))


def _carries(facts: ShopFacts) -> Check:
    title = _("Orders carry ap_ref")
    if not facts.orders:
        return Check("missing", title, _("No order came in 24 hours."))
    text = ngettext(
        "%(share)s of %(n)s order carried one.",
        "%(share)s of %(n)s orders carried one.",
        facts.orders,
    ) % {
        "share": _share(facts.with_reference, facts.orders),
        "n": format_count(facts.orders),
    }
    return _judged(
        bool(facts.with_reference), title, text,
        _("Let the checkout send the value of the cookie ap_ref, or of ap.ref(), in the order's"
          " field ap_ref."),
    )  # fmt: skip


def _references_known(facts: ShopFacts) -> Check:
    title = _("References of orders are known")
    if not facts.with_reference:
        return Check("missing", title, _("No order with a reference came in 24 hours."))
    text = ngettext(
        "%(share)s of %(n)s reference is ours and known.",
        "%(share)s of %(n)s references are ours and known.",
        facts.with_reference,
    ) % {
        "share": _share(facts.with_known, facts.with_reference),
        "n": format_count(facts.with_reference),
    }
    return _judged(
        facts.with_known * 10 >= facts.with_reference * 9, title, text,
        _("The shop has to pass ap_ref on unchanged, and to forget it when a visitor withdraws."),
    )  # fmt: skip


def _deliveries(facts: ShopFacts) -> Check:
    title = _("Deliveries are worked on")
    if not facts.deliveries:
        return Check(
            "missing", title, _("No delivery came in 24 hours."),
            _("Check in the shop that its webhooks are switched on."),
        )  # fmt: skip
    if not facts.failed:
        text = ngettext(
            "%(n)s delivery came, and none failed.", "%(n)s deliveries came, and none failed.",
            facts.deliveries,
        )  # fmt: skip
        return Check("ok", title, text % {"n": format_count(facts.deliveries)})
    text = ngettext(
        "%(n)s delivery could not be worked on.", "%(n)s deliveries could not be worked on.",
        facts.failed,
    )  # fmt: skip
    return Check(
        "warning", title, text % {"n": format_count(facts.failed)},
        _("Look at why under rejects, correct the cause, then replay."),
    )  # fmt: skip


def _signatures(facts: ShopFacts) -> Check:
    title, refused = _("Signatures are right"), sum(facts.refused.values())
    if refused:
        text = ngettext(
            "%(n)s delivery was refused for its signature or headers.",
            "%(n)s deliveries were refused for their signatures or headers.",
            refused,
        ) % {"n": format_count(refused)}
        return Check(
            "warning", title, text,
            _("Check the shop's secret and clock: each attempt is signed anew, with the secret"
              " that is active here."),
        )  # fmt: skip
    if facts.deliveries:
        return Check("ok", title, _("No delivery was refused."))
    return Check("missing", title, _("No delivery came in 24 hours."))


def newest(facts: ShopFacts) -> Iterator[tuple[str, datetime | None]]:
    """Yield each kind of thing with the moment of the newest."""
    moments = newest_of_each(facts)
    yield _("Landing with consent"), moments["click"]
    for kind in _STEPS:
        yield step_name(kind), moments[kind]
    yield _("Order"), moments["order"]
    yield _("Delivery"), moments["delivery"]

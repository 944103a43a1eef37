"""Which rule of terms takes each line of an order, why the others do not, and what it earns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from affiliates.domain.rule_choice import LineFacts, RuleVerdict, judge
from affiliates.domain.terms import TermsRules
from affiliates.domain.terms_content import TermsContent
from affiliates.models import Affiliate, Basis, Programme
from affiliates.services import terms_words
from core.money import BPS, Money
from payouts.bands import band_at
from payouts.domain.commission import PRODUCT, Deal, Earned, Line
from payouts.domain.order_commission import earn_order
from payouts.explanation import all_sentences
from payouts.pricing import Agreed, CreditFacts, price_credits, with_standing
from portal.display import StatusText
from portal.reckoning import hidden_pay
from shop.domain.margin import order_cost, share_order_cost
from shop.models import LineKind, Order, Product, ProductCost
from tracking.models import Credit


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Terms that are tried. ``terms_id`` 0: a draft. ``holder``: whose own terms they are."""

    content: TermsContent
    terms_id: int
    version: int
    holder: Affiliate | None

    @property
    def agreed(self) -> Agreed:
        """What the terms say of pay."""
        return Agreed(
            terms_id=self.terms_id,
            version=self.version,
            basis=self.content.basis,
            rate_bps=self.content.rate_bps,
            hold_days=self.content.hold_days,
            rules=self.content.rules,
            currency=self.content.currency,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """A line that somebody thinks of. Amounts in minor units of the terms' currency, without VAT.

    ``net_minor`` and ``product``: as far as they are known.
    """

    facts: LineFacts
    product: Product | None
    net_minor: int | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule and what became of it."""

    name: str
    status: StatusText
    why: str


@dataclass(frozen=True, slots=True)
class TriedLine:
    """One line, what pays it, the verdict on every rule, and what it earns, step by step.

    Without an amount it cannot be told, or the viewer may not see it.
    """

    title: str
    pays: str
    winner: str
    verdicts: list[Verdict]
    amount: Money | None
    steps: list[str]


@dataclass(frozen=True, slots=True)
class Tried:
    """Every line, their sum, and what the sum leaves out."""

    lines: list[TriedLine]
    total: Money | None
    hold_until: datetime | None
    left_out: list[str]


def tried_order(order: Order, trial: Trial, *, shows_amounts: bool) -> Tried:
    """Return what a real order would earn, as the commission engine reckons it.

    Affiliate, part, share and surface are those of the holder's credit, or of the first credit; an
    order that nobody is credited with is tried as that of somebody of whom nothing is known.
    """
    credits = Credit.objects.filter(order=order).select_related("affiliate").order_by("pk")
    if trial.holder is not None:
        credits = credits.filter(affiliate=trial.holder)
    credit = credits.first()
    affiliate = trial.holder or (credit.affiliate if credit else None)
    facts = CreditFacts(
        order=order,
        affiliate=affiliate or Affiliate(),
        agreed=trial.agreed,
        share_bps=credit.share_bps if credit else BPS,
        role=credit.role if credit else "",
        surface=credit.surface if credit else "",
    )
    (draft,) = price_credits(with_standing([facts]) if affiliate else [facts])
    rules = trial.agreed.rules_in(order.currency)
    lines = [
        _tried(one.order_line.title, one.line, one.earned, trial, rules, order.currency)
        for one in draft.lines
        if one.order_line.kind == LineKind.PRODUCT
    ]
    return _shown(
        Tried(
            lines,
            Money(draft.amount_minor, order.currency),
            draft.hold_until,
            _left_out(trial, rules, order.currency, affiliate),
        ),
        shows_amounts=shows_amounts,
    )


def tried_line(typed: TypedLine, trial: Trial, *, shows_amounts: bool) -> Tried:
    """Return what the rules say of a typed line, and what it earns if product and price are known.

    It is the whole of its credit. Its band, and on the actual basis its cost, are those of its day;
    the costs of the order are shared with what else the order is worth.
    """
    currency = trial.content.currency
    line = _line(typed, trial)
    rules = trial.content.rules
    earned = None
    if typed.product is not None and typed.net_minor is not None:
        (earned,) = earn_order([line], _deal(trial), currency=currency)
    shown = _tried(_("A line with these facts"), line, earned, trial, rules, currency)
    left_out = _left_out(trial, rules, currency, None) if earned else []
    return _shown(Tried([shown], shown.amount, None, left_out), shows_amounts=shows_amounts)


def found_order(number: str) -> Order | None:
    """Return the newest order with this number, with its shop."""
    rows = Order.objects.select_related("shop").filter(number=number.strip())
    return rows.order_by("-placed_at", "-pk").first()


def found_product(sku: str) -> Product | None:
    """Return the product with this SKU, with its shop."""
    return Product.objects.select_related("shop").filter(sku=sku.strip()).order_by("shop").first()


def _line(typed: TypedLine, trial: Trial) -> Line:
    product, net = typed.product, typed.net_minor or 0
    facts = replace(typed.facts, order_minor=max(typed.facts.order_minor, net))
    if product is None:
        return Line(
            kind=PRODUCT, quantity=typed.quantity, net_minor=net, order_cost_minor=0,
            unit_cost_minor=None, band=None, facts=facts,
        )  # fmt: skip
    facts = replace(
        facts,
        category=facts.category or product.category,
        brand=facts.brand or product.brand,
        collections=facts.collections or frozenset(product.collections),
    )
    moment = _noon(facts.placed_on)
    cost = None
    if trial.content.basis == Basis.ACTUAL:
        costs = ProductCost.objects.at(moment).filter(product=product)
        cost = costs.values_list("unit_cost_minor", flat=True).first()
    whole = order_cost(
        facts.order_minor,
        fixed_minor=product.shop.order_cost_minor,
        bps=product.shop.order_cost_bps,
        currency=trial.content.currency,
    )
    return Line(
        kind=PRODUCT,
        quantity=typed.quantity,
        net_minor=net,
        order_cost_minor=share_order_cost(whole, [net, facts.order_minor - net])[0],
        unit_cost_minor=cost,
        band=band_at(product.bands.select_related("band"), moment),
        facts=facts,
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=Programme.get().zone)


def _deal(trial: Trial) -> Deal:
    return Deal(
        basis=trial.content.basis,
        rate_bps=trial.content.rate_bps,
        share_bps=BPS,
        terms_id=trial.terms_id,
        terms_version=trial.version,
        rules=trial.content.rules,
    )


def _tried(
    title: str,
    line: Line,
    earned: Earned | None,
    trial: Trial,
    rules: TermsRules,
    currency: str,
) -> TriedLine:
    verdicts = judge(rules, line.facts)
    won = next((one.rule for one in verdicts if one.wins), None)
    needed = "cost" if trial.content.basis == Basis.ACTUAL else "band"
    is_known = earned is not None and needed not in earned.missing
    return TriedLine(
        title=title,
        pays=terms_words.pays(won, currency) if won else _base(trial.content),
        winner=won.name if won else _("No rule takes it: the base rate"),
        verdicts=[_verdict(one) for one in verdicts],
        amount=Money(earned.amount_minor, currency) if earned and is_known else None,
        steps=all_sentences(earned.steps, currency) if earned else [],
    )


def _shown(tried: Tried, *, shows_amounts: bool) -> Tried:
    if shows_amounts:
        return tried
    lines = [replace(line, pays=hidden_pay(), amount=None, steps=[]) for line in tried.lines]
    return replace(tried, lines=lines, total=None, left_out=[])


def _left_out(
    trial: Trial, rules: TermsRules, currency: str, affiliate: Affiliate | None
) -> list[str]:
    """Say what depends on more than this order: steps, factor, caps of a month, returns."""
    budget = Programme.get().month_budget_minor
    found = []
    if rules.tiers and (affiliate is None or not trial.terms_id):
        found.append(_("Steps of the base rate: here none is reached."))
    if affiliate is None and rules.is_scaled:
        found.append(_("The measured factor of an affiliate: here it changes nothing."))
    if rules.month_cap_minor is not None:
        found.append(
            _("The most for one month, %(amount)s: other orders take of it.")
            % {"amount": terms_words.amount(rules.month_cap_minor, currency)}
        )
    if budget is not None:
        found.append(
            _("The programme's budget for a month, %(amount)s: other orders take of it.")
            % {"amount": terms_words.amount(budget, currency)}
        )
    return [*found, _("What is returned later.")]


def _base(content: TermsContent) -> str:
    said = _("%(rate)s of the margin") % {"rate": terms_words.percent(content.rate_bps)}
    if content.rules.is_base_scaled:
        said = _("%(pays)s, times the measured factor") % {"pays": said}
    return said


def _verdict(verdict: RuleVerdict) -> Verdict:
    if verdict.wins:
        status = StatusText("wins", _("Takes the line"), "success", "circle-check")
        return Verdict(verdict.rule.name, status, _("The first whose conditions all hold."))
    if verdict.is_beaten:
        status = StatusText("beaten", _("Comes later"), "warning", "clock")
        return Verdict(
            verdict.rule.name, status, _("It would take the line, but a rule before it does.")
        )
    failed = ", ".join(str(terms_words.CONDITIONS[name]) for name in verdict.failed)
    status = StatusText("failed", _("Does not apply"), "neutral", "circle-x")
    return Verdict(
        verdict.rule.name, status, _("Does not hold: %(conditions)s.") % {"conditions": failed}
    )

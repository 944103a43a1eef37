"""Which rule of terms takes each line of an order, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from affiliates.domain.rule_choice import LineFacts, RuleVerdict, judge
from affiliates.domain.terms import CONTRACTED
from affiliates.domain.terms_content import TermsContent
from affiliates.models import Affiliate
from affiliates.services import terms_words
from payouts.line_facts import line_facts
from portal.display import StatusText
from shop.models import LineKind, Order, OrderLine
from tracking.models import Credit


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule and what became of it."""

    name: str
    status: StatusText
    why: str


@dataclass(frozen=True, slots=True)
class TriedLine:
    """One line, what it would pay, and the verdict on every rule."""

    title: str
    pays: str
    winner: str
    verdicts: list[Verdict]


def tried(title: str, facts: LineFacts, content: TermsContent) -> TriedLine:
    """Return what the rules say of one line."""
    verdicts = judge(content.rules, facts)
    won = next((one.rule for one in verdicts if one.wins), None)
    return TriedLine(
        title=title,
        pays=terms_words.pays(won, content.currency) if won else _base(content),
        winner=won.name if won else _("No rule takes it: the base rate"),
        verdicts=[_verdict(one) for one in verdicts],
    )


def tried_order(order: Order, content: TermsContent, holder: Affiliate | None) -> list[TriedLine]:
    """Return what the rules say of the product lines of a real order.

    Class, part and surface are those of ``holder``'s credit, or of the first credit.
    """
    lines = list(OrderLine.objects.filter(order=order, kind=LineKind.PRODUCT).order_by("pk"))
    facts = line_facts({order.pk: lines}, [order])
    credits = Credit.objects.filter(order=order).select_related("affiliate").order_by("pk")
    if holder is not None:
        credits = credits.filter(affiliate=holder)
    credit = credits.first()
    return [tried(line.title, _with_credit(facts[line.pk], credit), content) for line in lines]


def found_order(number: str) -> Order | None:
    """Return the newest order with this number."""
    return Order.objects.filter(number=number.strip()).order_by("-placed_at", "-pk").first()


def _with_credit(facts: LineFacts, credit: Credit | None) -> LineFacts:
    if credit is None:
        return facts
    classes = {credit.affiliate.kind} | ({CONTRACTED} if credit.affiliate.is_contracted else set())
    return replace(facts, classes=frozenset(classes), role=credit.role, surface=credit.surface)


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

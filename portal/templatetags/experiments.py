"""``{% load experiments %}``: figures of experiments as text."""

from __future__ import annotations

from django import template

from experiments.models import Experiment
from portal.experiment_language import benefit_of, rate_text

register = template.Library()


@register.filter
def a_day(value: float, is_spread: bool = False) -> str:
    """A number a day with one decimal; ``is_spread``: up and down."""
    text = rate_text(value, per=1)
    return f"± {text}" if is_spread else text


@register.filter
def benefit(experiment: Experiment) -> str:
    """What is added on landing, as it is written in an address."""
    return benefit_of(experiment)

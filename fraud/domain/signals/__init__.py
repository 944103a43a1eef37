"""Every signal that a credit passes. A new one is a file here and a line in the tuple."""

from __future__ import annotations

from fraud.domain.evidence import Signal
from fraud.domain.signals.order_before_click import order_before_click
from fraud.domain.signals.own_purchase import own_purchase

SIGNALS: tuple[Signal, ...] = (order_before_click, own_purchase)

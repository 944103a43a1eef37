"""Every signal. A new one is a file here, a line below and a row in docs/rules/screening.md."""

from __future__ import annotations

from fraud.domain.signal import AffiliateSignal, CreditSignal
from fraud.domain.signals import order_before_click, own_purchase

CREDIT_SIGNALS: tuple[CreditSignal, ...] = (order_before_click.SIGNAL, own_purchase.SIGNAL)
AFFILIATE_SIGNALS: tuple[AffiliateSignal, ...] = ()
SIGNALS = {signal.code: signal for signal in (*CREDIT_SIGNALS, *AFFILIATE_SIGNALS)}

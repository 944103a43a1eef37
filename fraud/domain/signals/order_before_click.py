from __future__ import annotations

from datetime import timedelta

from fraud.domain.evidence import Evidence, Finding, Level

CODE, VERSION = "order_before_click", 1
#: The shop's clock and ours may differ: servers that keep time by NTP are far below a minute.
TOLERANCE = timedelta(seconds=60)


def order_before_click(evidence: Evidence) -> Finding | None:
    """Refuse when a click that came with the order was made after it (S1).

    A visitor cannot follow a link after buying and have bought because of it: the click was
    planted on the way to, or on, the confirmation page. A sale by promo code has no click.
    """
    latest = max(evidence.click_ats, default=evidence.ordered_at)
    if latest - evidence.ordered_at <= TOLERANCE:
        return None
    return Finding(
        code=CODE,
        version=VERSION,
        level=Level.REFUSE,
        facts={
            "ordered_at": evidence.ordered_at.isoformat(),
            "clicked_at": latest.isoformat(),
            "seconds_before": (latest - evidence.ordered_at) // timedelta(seconds=1),
        },
    )

"""Of an account that is stopped nothing is shown; what customers made is of no account."""

from __future__ import annotations

from django.db.models import Q

from affiliates.models import AffiliateStatus


def not_stopped(look: str = "") -> Q:
    """Return the condition for looks of no stopped account; ``look``: the way to them, if any."""
    affiliate = f"{look}__affiliate" if look else "affiliate"
    return Q(**{f"{affiliate}__isnull": True}) | Q(
        **{f"{affiliate}__status": AffiliateStatus.ACTIVE}
    )

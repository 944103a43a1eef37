"""Bonuses that nobody proposed, against the terms that promise them."""

from __future__ import annotations

from collections.abc import Iterator

from affiliates.domain.terms_document import read_rules
from affiliates.models import Terms
from payouts.models import Adjustment, AdjustmentReason
from payouts.services.checks.difference import Difference

#: What the service of bonuses begins its keys with: then affiliate, bonus and period.
AWARDED = "bonus:"
CHUNK = 2_000


def differences() -> Iterator[Difference]:
    """Yield every awarded bonus whose name and amount no terms have."""
    promised = {
        (bonus.key, bonus.minor, terms.currency)
        for terms in Terms.objects.filter(rules__has_key="bonuses")
        for bonus in read_rules(terms.rules).bonuses
    }
    awarded = Adjustment.objects.filter(
        reason=AdjustmentReason.BONUS, author__isnull=True, source_key__startswith=AWARDED
    )
    rows = awarded.order_by("pk").values_list("pk", "source_key", "amount_minor", "currency")
    for pk, source_key, minor, currency in rows.iterator(chunk_size=CHUNK):
        key = source_key.split(":", 2)[2].rpartition(":")[0]
        if (key, minor, currency) not in promised:
            yield Difference(check="bonus without terms", subject=f"adjustment {pk}",
                             expected="in the terms", found=f"{key}: {minor}")  # fmt: skip

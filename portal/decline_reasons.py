"""Why a commission was declined or reversed: the public text, and whether it can be contested."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.display import Text


@dataclass(frozen=True, slots=True)
class DeclineReason:
    """A reason as its partner reads it. ``needs_detail``: staff must write what happened."""

    code: str
    label: Text
    contestable: bool
    bulk_default: bool = False
    needs_detail: bool = False

    def text(self, detail: str = "") -> str:
        """The label, with what staff or the computation adds to it."""
        label = str(self.label)
        if not detail:
            return label
        return (
            detail
            if self.needs_detail
            else _("{reason} ({detail})").format(reason=label, detail=detail)
        )


DECLINE_REASONS = {
    reason.code: reason
    for reason in (
        DeclineReason("cancelled", gettext_lazy("Order cancelled"), False, bulk_default=True),
        DeclineReason("returned", gettext_lazy("Returned"), False),
        DeclineReason("returned_full", gettext_lazy("All items returned"), False),
        DeclineReason("returned_partial", gettext_lazy("Some items returned"), False),
        DeclineReason("payment_failed", gettext_lazy("Payment refused"), False),
        DeclineReason("out_of_stock", gettext_lazy("Item unavailable"), False),
        DeclineReason("duplicate", gettext_lazy("Sale already attributed"), True),
        DeclineReason("self_purchase", gettext_lazy("Purchase for your own account"), True),
        DeclineReason(
            "code_not_yours", gettext_lazy("Promo code not assigned to your account"), True
        ),
        DeclineReason("excluded_product", gettext_lazy("Excluded product or category"), True),
        DeclineReason("other_channel_won", gettext_lazy("Another channel was credited"), True),
        DeclineReason("outside_window", gettext_lazy("Outside the attribution window"), True),
        DeclineReason("terms_breach", gettext_lazy("Breach of the programme terms"), True),
        DeclineReason("invalid_traffic", gettext_lazy("Invalid traffic"), True),
        DeclineReason("test_order", gettext_lazy("Test order"), False),
        DeclineReason("other", gettext_lazy("Other reason"), True, needs_detail=True),
    )
}


def decline_reason(code: str) -> DeclineReason:
    """The reason behind ``code``.

    :raises KeyError: unknown ``code``.
    """
    return DECLINE_REASONS[code]

"""Signals that compare people by keyed hashes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.signal_texts.words import Words

IDENTITY = {
    "own_purchase": Words(
        name=_("Own purchase"),
        seen=_(
            "The order is of a person who acts for this affiliate (by %(matched)s). A customer"
            " account may serve a household: there a person decides."
        ),
        told=_("The order was placed with your own details."),
        clears=_("If you ordered for somebody else, tell us for whom."),
    ),
    "household": Words(
        name=_("Own address"),
        seen=_(
            "The order goes to the address of a person who acts for this affiliate. Family and"
            " flatmates live there too."
        ),
        told=_("The order is delivered to your address."),
        clears=_("Tell us who ordered: family may, where your terms say so."),
    ),
    "shared_identity": Words(
        name=_("Shared with other accounts"),
        seen=_("Other accounts have the same: %(kinds)s."),
        told=_("Several accounts have the same details: %(kinds)s."),
        clears=_("An agency that pays several creators tells us so, and is admitted."),
    ),
    "customer_cluster": Words(
        name=_("Orders of the same people"),
        seen=_("%(linked)s of %(orders)s orders share an address, a contact or an account."),
        told=_("%(linked)s of your %(orders)s orders belong together."),
        clears=_("Tell us why: an office, a shared parcel address, a group that orders together."),
    ),
    "disposable_email": Words(
        name=_("Throw-away e-mail address"),
        seen=_("The customer used a throw-away e-mail address. Counted, and held against nobody."),
    ),
}

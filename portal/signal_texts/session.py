"""Signals that read what the visitor did in the shop before the click."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.signal_texts.words import Words

SESSION = {
    "checkout_before_click": Words(
        name=_("Checkout open before the click"),
        seen=_(
            "The visitor had opened the checkout %(checkout_before_s)s before the click. Of this"
            " account's %(visits_known)s known visits, %(visits_at_checkout)s were at checkout."
        ),
        told=_(
            "The visitor had already opened the checkout %(checkout_before_s)s before the click."
        ),
        clears=_("If you sent the visitor a code or a mail at that moment, tell us which."),
    ),
    "basket_before_click": Words(
        name=_("Basket filled before the click"),
        seen=_(
            "The basket was changed %(basket_before_s)s before the click and held %(items)s items."
            " Of this account's %(visits_known)s known visits, %(visits_with_basket)s had one."
        ),
        told=_("The basket already held %(items)s items %(basket_before_s)s before the click."),
        clears=_(
            "Readers come back with an old basket: tell us what they read with you before buying."
        ),
    ),
    "session_open": Words(
        name=_("Already in the shop"),
        seen=_("The visitor had looked at a page of the shop %(page_before_s)s before the click."),
        told=_("The visitor was already in the shop."),
        clears=_("Nothing to do by itself: comparing in two tabs is honest."),
    ),
    "two_arrivals": Words(
        name=_("Two arrivals at once"),
        seen=_(
            "Another paid visit (%(channel)s) began %(seconds)s seconds from the click: only one of"
            " them can have brought the visitor."
        ),
        told=_(
            "Two paid origins within %(seconds)s seconds: only one of them can have brought the"
            " visitor."
        ),
        clears=_("Tell us how visitors come to your links."),
    ),
    "stand_down": Words(
        name=_("Another partner came first"),
        seen=_(
            "Another affiliate had brought the visitor %(other_before_s)s before, in the same"
            " visit; this kind of account has to stand down."
        ),
        told=_("Another partner had already brought this visitor during the same visit."),
        clears=_("Nothing: your terms leave such sales to the first partner."),
    ),
    "open_sessions": Words(
        name=_("Visitors who are here already"),
        seen=_(
            "Of %(known)s known visits, %(share_bps)s (surely %(lower_bps)s) came to visitors who"
            " were in the shop already; %(basket)s with a basket, %(checkout)s at checkout. Usual"
            " for this kind: %(usual_bps)s."
        ),
        told=_(
            "Of your %(known)s known visits, %(share_bps)s come to visitors who are in the shop"
            " already (partners of your kind: %(usual_bps)s)."
        ),
        clears=_("Tell us where your links stand and how visitors come to them."),
    ),
    "existing_customer": Words(
        name=_("Known customer"),
        seen=_("The customer has ordered before. It is counted, and held against nobody."),
    ),
}

"""Signals that read what a request and its landing page prove."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.signal_texts.words import Words

NAVIGATION = {
    "embedded_click": Words(
        name=_("Link called inside a page"),
        seen=_("The link was called as an image, script, request or frame: nobody visited a page."),
        told=_(
            "Your link was called as an image, script, request or frame, without a visit of the"
            " page. Such calls are no clicks."
        ),
        clears=_(
            "If it stands in a frame of your page, let it open in the whole window (target=_top)"
            " and tell us where it stands."
        ),
    ),
    "embedded_calls": Words(
        name=_("Many calls inside pages"),
        seen=_(
            "%(embedded)s calls as an image, script or frame came beside %(visits)s visits: at"
            " least %(lower_bps)s of all."
        ),
        told=_(
            "Your links are often called inside pages (%(embedded)s times) instead of being"
            " followed (%(visits)s visits)."
        ),
        clears=_("Tell us where your links stand in frames, images or scripts, and remove them."),
    ),
    "prefetches_unfollowed": Words(
        name=_("Fetched ahead, never followed"),
        seen=_("%(prefetches)s landings were fetched ahead and %(visits)s visits followed."),
        told=_(
            "Browsers fetched your links ahead %(prefetches)s times, and only %(visits)s visits"
            " followed."
        ),
        clears=_("Take prefetching of our links out of your pages."),
    ),
    "own_site_click": Words(
        name=_("Click from our own pages"),
        seen=_(
            "The click began in a page of the shop: no page of ours has affiliate links, so"
            " software put it there."
        ),
        told=_("The link was called from a page of our own site, where none of your links stand."),
        clears=_("Tell us by which software or tool your link gets into the shop's pages."),
    ),
    "strict_contradiction": Words(
        name=_("Origin that contradicts itself"),
        seen=_(
            "The browser said it came from another site, and sent a cookie that only our own pages"
            " let it send: the click began in our page or in software."
        ),
        told=_(
            "The visitor was in our shop when the link was called by software or through an"
            " intermediate page."
        ),
        clears=_("Tell us by which tool or page the link was opened."),
    ),
    "strict_contradictions": Words(
        name=_("Many origins that contradict themselves"),
        seen=_(
            "%(hits)s of %(clicks)s clicks say that they come from elsewhere and from here at once:"
            " at least %(lower_bps)s."
        ),
        told=_(
            "%(hits)s of your %(clicks)s clicks were made by software or began in our own pages."
        ),
        clears=_("Tell us by which tool or pages your links are opened."),
    ),
    "extension_call": Words(
        name=_("Call by a browser extension"),
        seen=_("The request can only come from a browser extension: no page can make it."),
        told=_("The link was called by a browser extension, not by a visitor."),
        clears=_("If an extension is part of your service, tell us which: it needs an agreement."),
    ),
    "forged_referrer": Words(
        name=_("Origin rewritten by software"),
        seen=_(
            "The request names %(claimed_host)s as where it came from; the page itself knows of no"
            " such place."
        ),
        told=_("The origin of the visit was written by software; the browser does not know it."),
        clears=_("Show us the page that the visit came from."),
    ),
    "other_method": Words(
        name=_("Submitted by a form"),
        seen=_("The link was called by a form that submitted itself, not by a click."),
        told=_("Automatic submission of a form, not a click."),
        clears=_("Use plain links instead of forms, and tell us where they stand."),
    ),
    "opened_by_program": Words(
        name=_("Opened by a program"),
        seen=_(
            "The tab was opened without a gesture of the visitor. Apps and restored sessions do"
            " that too."
        ),
        told=_("Tabs were opened by a program, without a gesture of the visitor."),
        clears=_("Tell us which app or program opens your links."),
    ),
    "hidden_forward": Words(
        name=_("Forwarded out of sight"),
        seen=_("An intermediate page forwarded the visitor by itself and hid its address."),
        told=_("An intermediate page sent the visitor on by itself and hid its address."),
        clears=_("Declare the page: we look at it."),
    ),
    "hidden_forwards": Words(
        name=_("Many forwarded out of sight"),
        seen=_(
            "%(hits)s of %(known)s known visits were forwarded by a page that hides its address: at"
            " least %(lower_bps)s."
        ),
        told=_(
            "An intermediate page sends you traffic without a gesture of the visitor and hides its"
            " address: %(hits)s of %(known)s known visits."
        ),
        clears=_("Declare the page among your redirectors: we look at it and free what is held."),
    ),
    "unseen_landing": Words(
        name=_("Page never looked at"),
        seen=_("The landing page was opened in the background and never looked at."),
        told=_("The page was opened in the background and never looked at."),
        clears=_("Tell us how your links are opened."),
    ),
    "unseen_landings": Words(
        name=_("Pages that are never looked at"),
        seen=_(
            "%(unseen)s of %(told)s landing pages that told were never seen: at least"
            " %(lower_bps)s."
        ),
        told=_("%(unseen)s of %(told)s pages were opened in the background and never looked at."),
        clears=_("Tell us how your links are opened."),
    ),
    "datacentre": Words(
        name=_("From a data centre"),
        seen=_(
            "The click came from a network of servers. Offices and private networks go through them"
            " too: it decides nothing alone."
        ),
        told=_("The click came from a network of servers."),
        clears=_("Nothing to do by itself: a person looks at it."),
    ),
}

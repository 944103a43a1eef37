"""Signals that read where visits come from: names that imitate, lists, redirectors, search."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.signal_texts.words import Words

_DECLARE = _("Declare the address: we look at it and free what is held.")
_TOO = _("At the time of the visit it was known already.")
_EXPLAIN = _("Tell us whose the domain is and what it is for. A written permission ends it.")

DOMAIN = {
    "lookalike_referrer": Words(
        name=_("From a look-alike domain"),
        seen=_("The click came from %(host)s, which imitates %(imitates)s (%(nearness)s)."),
        told=_("Traffic from %(host)s, which imitates %(imitates)s."),
        clears=_EXPLAIN,
        seen_then=_(
            "At the time of the visit the site that it came from (%(host)s) was known to imitate"
            " the shop's name; nothing says so now."
        ),
        told_then=_(
            "When the visit came, its site (%(host)s) was known to imitate the name of the shop."
        ),
        too=_TOO,
    ),
    "lookalike_site": Words(
        name=_("Look-alike among the declared sites"),
        seen=_("The declared site %(host)s is near to %(imitates)s (%(nearness)s)."),
        told=_("Your domain %(host)s resembles %(imitates)s: explain what it is for."),
        clears=_EXPLAIN,
    ),
    "proven_chain": Words(
        name=_("Look-alike that leads to the link"),
        seen=_(
            "%(host)s, which imitates %(imitates)s, forwarded to this account's link in %(hops)s"
            " steps when we asked it on %(seen_at)s."
        ),
        told=_("%(host)s leads to your link in %(hops)s steps, seen on %(seen_at)s."),
        clears=_(
            "If somebody else points this domain at your link, tell us: we look at who owns it."
        ),
        seen_then=_(
            "At the time of the visit the site that it came from (%(host)s) was known to forward to"
            " a partner's link; nothing says now that it forwards to this account's."
        ),
        told_then=_(
            "When the visit came, its site (%(host)s) was known to forward to a partner's link."
        ),
        too=_TOO,
    ),
    "proven_chains": Words(
        name=_("Look-alikes that lead to its links"),
        seen=_(
            "%(hosts)s look-alike domains forward to this account's links, such as %(host)s"
            " (imitates %(imitates)s), seen on %(seen_at)s."
        ),
        told=_("%(host)s, which imitates %(imitates)s, leads to your links, seen on %(seen_at)s."),
        clears=_(
            "If somebody else points this domain at your links, tell us: we look at who owns it."
        ),
    ),
    "hidden_redirector": Words(
        name=_("Through a hidden redirector"),
        seen=_(
            "A typed visit through a redirector, as %(hidden)s of %(known)s such visits of this"
            " account of which it is known (surely %(lower_bps)s); %(home_landings)s landings on"
            " the home page, %(typed)s typed visits."
        ),
        told=_(
            "The visit passed through a redirector that you have not declared, as %(hidden)s of"
            " %(known)s known direct visits do."
        ),
        clears=_DECLARE,
    ),
    "hidden_redirectors": Words(
        name=_("Hidden redirectors"),
        seen=_(
            "%(hidden)s of %(known)s direct visits of which it is known passed through a redirector"
            " that hides (surely %(lower_bps)s); %(home_landings)s landings on the home page."
            " Redirectors declared: %(declared)s."
        ),
        told=_(
            "%(hidden)s of %(known)s known direct visits pass through a redirector that you have"
            " not declared."
        ),
        clears=_DECLARE,
    ),
    "typed_name": Words(
        name=_("Audience of people who type our name"),
        seen=_(
            "%(typed_bps)s of %(clicks)s visits are typed, %(home_bps)s lead to the home page and"
            " %(returning_bps)s of the visitors are known (usual: %(usual_returning_bps)s), evenly"
            " over %(days)s days."
        ),
        told=_("Your audience has the profile of visitors who type our address."),
        clears=_("Tell us which campaign or printed address brings these visitors."),
    ),
    "undeclared_site": Words(
        name=_("Undeclared site"),
        seen=_(
            "%(host_clicks)s of %(clicks)s clicks came from %(host)s, which is not declared"
            " (%(hosts)s such hosts)."
        ),
        told=_("%(host_clicks)s clicks came from %(host)s, which you have not declared."),
        clears=_DECLARE,
    ),
    "listed_referrer": Words(
        name=_("From a listed site"),
        seen=_("The click came from %(host)s, listed as: %(listed)s."),
        told=_("The click came from %(host)s. This kind of site is not admitted by your terms."),
        clears=_("If somebody else published your link there, tell us where it came from."),
        seen_then=_(
            "At the time of the visit the site that it came from (%(host)s) was on the policy"
            " lists; no list says anything of it now."
        ),
        told_then=_(
            "When the visit came, its site (%(host)s) was on the list of sites that are not"
            " admitted by your terms."
        ),
        too=_TOO,
    ),
    "listed_site": Words(
        name=_("Listed site among its traffic"),
        seen=_(
            "%(listed_clicks)s of %(clicks)s clicks came from listed sites, such as %(host)s"
            " (%(listed)s)."
        ),
        told=_(
            "%(listed_clicks)s of your %(clicks)s clicks came from sites that are not admitted,"
            " such as %(host)s."
        ),
        clears=_("Take your links off these sites, or ask for terms that admit them."),
    ),
    "search_click": Words(
        name=_("Search result or advertisement"),
        seen=_("A search engine or an advertisement led straight to the link (%(host)s)."),
        told=_("An advertisement or a search result leads straight to your link."),
        clears=_("Show us the advertisement: its words and when it ran."),
    ),
    "brand_bidding": Words(
        name=_("Advertising on the brand's name"),
        seen=_(
            "Of %(clicks)s clicks, %(search)s came from search engines and %(paid_ids)s from"
            " advertisements; %(home_landings)s led to the home page, %(from_declared_sites)s came"
            " from declared sites."
        ),
        told=_("Advertisements on the name of the brand lead straight to your links."),
        clears=_("Show us the words and account of your advertisements."),
    ),
    "unnamed_publisher": Words(
        name=_("Sub-network without publisher"),
        seen=_(
            "The click came through %(host)s, a network of others, without naming the publisher."
        ),
        told=_("The click came through a network that does not name its publisher."),
        clears=_("Name the real publisher in the sub id of the link."),
    ),
    "sub_network": Words(
        name=_("Network that hides its publishers"),
        seen=_(
            "Of %(clicks)s clicks through networks, %(unnamed)s name no publisher. Publishers whose"
            " visitors are here already: %(sub_ids)s."
        ),
        told=_("Of %(clicks)s clicks through networks, %(unnamed)s name no publisher."),
        clears=_("Name the real publisher in the sub id of every link."),
    ),
}

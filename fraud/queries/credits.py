"""The facts about credits: the click that won, the hour before it, the buyer and the people."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_

from fraud.domain.evidence import Evidence
from fraud.queries.chains import chains_of
from fraud.queries.hosts import HostIndex
from fraud.queries.people import people_of
from fraud.queries.records import records_of
from fraud.queries.redirectors import Redirectors, redirectors_of
from fraud.queries.sites import sites_of
from fraud.queries.visits import Visit, clicks_with_orders, visits_of
from tracking.domain.navigation import Fact
from tracking.models import Credit


def evidence_for(credits: Collection[Credit]) -> dict[int, Evidence]:
    """Return the facts about each credit, by credit id: fourteen queries for any number of them.

    The credits come with their ``order`` and ``affiliate``.
    """
    affiliate_ids = {credit.affiliate_id for credit in credits}
    clicks = clicks_with_orders({credit.order_id for credit in credits})
    visits = visits_of(credits, clicks)
    people = people_of(affiliate_ids, {credit.order.customer_ref for credit in credits} - {""})
    chains = chains_of(affiliate_ids)
    records = records_of(credits)
    redirectors = redirectors_of(affiliate_ids)
    hosts = HostIndex.load()
    sites = sites_of(affiliate_ids, hosts)
    found = {}
    for credit in credits:
        order, visit = credit.order, visits.get(credit.pk, Visit())
        theirs = people[credit.affiliate_id]
        own = [one for one in clicks.get(order.pk, ()) if one.affiliate_id == credit.affiliate_id]
        referrer = visit.click.referrer_host if visit.click else ""
        host = hosts.seen(referrer)
        told = redirectors.get(credit.affiliate_id, Redirectors())
        found[credit.pk] = Evidence(
            ordered_at=order.placed_at,
            affiliate_kind=credit.affiliate.kind,
            click_ats=tuple(click.at for click in own if not click.is_tap),
            own_facts=reduce(or_, (Fact(click.facts) for click in own), Fact(0)),
            record=records[credit.pk],
            click=visit.click,
            session=visit.session,
            order_email_key=order.email_key,
            order_phone_key=order.phone_key,
            order_address_key=order.address_key,
            order_customer_ref=order.customer_ref,
            is_new_customer=order.is_new_customer,
            has_disposable_email=order.has_disposable_email,
            member_email_keys=theirs.email_keys,
            member_phone_keys=theirs.phone_keys,
            member_address_keys=theirs.address_keys,
            member_customer_refs=theirs.customer_refs,
            referrer_list=host.listed,
            referrer_imitates=host.imitates,
            referrer_level=host.level,
            is_referrer_declared=sites.is_of(
                credit.affiliate_id, referrer, visit.click.at if visit.click else order.placed_at
            ),
            redirectors_declared=told.declared,
            redirectors_verified=told.verified,
            chains=tuple(chains.get(credit.affiliate_id, ())),
        )
    return found

"""Which hosts the redirect marks: the policy lists, look-alikes and proven redirectors."""

import pytest

from fraud.models import HostKind, ListedHost, Lookalike, LookalikeStatus, Probe, WatchedName
from fraud.queries.marked_hosts import marked_hosts
from tests.builders import NOW, make_affiliate, make_link, make_user
from tracking.domain.navigation import Fact
from tracking.snapshot import Snapshot

pytestmark = pytest.mark.django_db


def listed(pattern, kind, **fields):
    return ListedHost.objects.create(
        pattern=pattern, kind=kind, source="Test", created_at=NOW, **fields
    )


def lookalike(host, level="L1", **fields):
    name, _made = WatchedName.objects.get_or_create(
        name="CCV Mode", defaults={"created_at": NOW, "author": make_user()}
    )
    return Lookalike.objects.create(
        host=host, name=name, level=level, way="omission", priority=1, first_seen_at=NOW, **fields
    )


@pytest.fixture(autouse=True)
def no_seeds():
    ListedHost.objects.all().delete()


def test_listed_sites_are_marked_but_for_paths_and_what_a_referer_does_not_tell():
    listed("Coupons.example", HostKind.COUPON)
    listed("cash.example", HostKind.CASHBACK)
    listed("network.example", HostKind.SUB_NETWORK)
    listed("codepromo.*", HostKind.COUPON)
    listed("*.many.example", HostKind.COUPON)
    listed("paper.example/codes", HostKind.COUPON)
    listed("t.example", HostKind.SHIM)
    listed("mail.example", HostKind.DISPOSABLE)
    listed("gone.example", HostKind.COUPON, removed_at=NOW)
    bits = int(Fact.LISTED_SITE)
    assert marked_hosts() == dict.fromkeys(
        ["coupons.example", "cash.example", "network.example", "codepromo.*"], bits
    )


def test_look_alikes_are_marked_when_near_and_redirectors_when_proven():
    affiliate = make_affiliate()
    lookalike("ccvmode.fr")
    lookalike("ccvmodes.fr", "L3")
    lookalike("ccv-mode.com", status=LookalikeStatus.OURS)
    lookalike("allowed.fr")
    listed("allowed.fr", HostKind.ALLOWED)
    for host, level in (("proven.fr", "L1"), ("far.fr", "L4")):
        Probe.objects.create(
            lookalike=lookalike(host, level), at=NOW, client="chrome", affiliate=affiliate,
            status=LookalikeStatus.LEADS_TO_LINK, hops=[],
        )  # fmt: skip
    near, proven = int(Fact.LOOKALIKE_SITE), int(Fact.KNOWN_REDIRECTOR)
    assert marked_hosts() == {
        "ccvmode.fr": near, "allowed.fr": 0, "proven.fr": near | proven, "far.fr": proven,
    }  # fmt: skip


def test_it_takes_three_queries(django_assert_num_queries):
    with django_assert_num_queries(3):
        marked_hosts()


def test_landings_know_them_once_everything_is_read():
    make_link()
    listed("coupons.example", HostKind.COUPON)
    links = Snapshot()
    links.load()
    assert links.marks == {"coupons.example": int(Fact.LISTED_SITE)}

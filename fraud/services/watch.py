"""The names of the shop, the domains that imitate them, and what the team says (W1, W10-W12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import User
from core.nudge import nudge
from fraud.domain.candidates import Candidate, generated
from fraud.domain.folding import unicode_host
from fraud.domain.hosts import host_of
from fraud.domain.lookalikes import match, names_of, site_of
from fraud.models import HostKind, ListedHost, Lookalike, LookalikeStatus, WatchedName
from fraud.queries.hosts import HostIndex
from shop.models import Shop
from tracking.models import ClickReferrer

REASON_LENGTH = 1_000
NOTE_LENGTH = 300
NAME_LENGTH = 80
LEAST_LETTERS = 3
#: How domains came to us that nobody generated.
SEEN_WAY, ADDED_WAY = "seen", "added"
#: Before everything that was generated: visitors came from there.
SEEN_PRIORITY, ADDED_PRIORITY = 1_000, 900
SEEN_FOR = timedelta(days=3)
_SOURCE = "domain watch"


class NameRefused(DomainError):
    """A name that cannot be watched, or a host that is none."""

    code = "name_refused"


class ReasonMissing(DomainError):
    """A look-alike was to be allowed, or a name given up, without saying why."""

    code = "reason_missing"


@transaction.atomic
def add_name(*, name: str, actor_id: int, now: datetime) -> WatchedName:
    """Watch a name of the shop, or one of its domains. Safe to repeat.

    :raises NameRefused: when it is no name, too short or too long.
    """
    said = _name(name)
    row, created = WatchedName.objects.get_or_create(
        name=said,
        defaults={"is_domain": "." in said, "created_at": now, "author_id": actor_id},
    )
    if not created and row.removed_at is None:
        return row
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    _record("watched_name.added", row, actor_id, now)
    nudge("fraud.tasks.gather_lookalikes")
    return row


@transaction.atomic
def remove_name(*, name_id: int, actor_id: int, reason: str, now: datetime) -> WatchedName:
    """Watch a name no more; what was seen of its look-alikes is kept. Safe to repeat.

    :raises ReasonMissing: without a reason.
    """
    why = _reason(reason)
    row = WatchedName.objects.select_for_update(no_key=True).get(pk=name_id)
    if row.removed_at is None:
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _record("watched_name.removed", row, actor_id, now, why)
    return row


@transaction.atomic
def take_over_shops(*, now: datetime) -> int:
    """Watch the names and domains of the shops; return how many are new.

    What somebody has removed stays removed. Machines without a public name are left out.
    """
    wanted: dict[str, None] = {}
    for shop in Shop.objects.order_by("pk"):
        hosts = [urlsplit(shop.home_url).hostname or "", *shop.link_hosts]
        own = dict.fromkeys(site_of(host) for host in hosts if _is_domain(host))
        wanted |= own
        if own and len("".join(shop.name.split())) >= LEAST_LETTERS:
            wanted[shop.name.strip()[:NAME_LENGTH]] = None
    known = set(WatchedName.objects.values_list("name", flat=True))
    rows = [
        WatchedName(name=name, is_domain="." in name, created_at=now)
        for name in wanted
        if name not in known
    ]
    return len(WatchedName.objects.bulk_create(rows, ignore_conflicts=True))


@transaction.atomic
def gather(*, now: datetime) -> int:
    """Keep the likeliest look-alikes of every name, and those that visitors came from.

    At most ``LOOKALIKES_PER_NAME`` generated ones of each name. Returns how many are new.
    Safe to repeat and to run in parallel.
    """
    names = list(WatchedName.objects.filter(removed_at__isnull=True).order_by("pk"))
    if not names:
        return 0
    before = Lookalike.objects.count()
    by_text = {row.name: row for row in names}
    rows = [
        _row(found, by_text[found.name], now)
        for found in [*_seen(now), *_likeliest([row.name for row in names])]
    ]
    Lookalike.objects.bulk_create(rows, ignore_conflicts=True)
    if settings.DOMAIN_WATCH:
        waiting = Lookalike.objects.filter(
            probe_at__isnull=True, name__removed_at__isnull=True
        ).exclude(status=LookalikeStatus.OURS)
        waiting.update(probe_at=now)
    return Lookalike.objects.count() - before


@transaction.atomic
def add_host(*, host: str, actor_id: int, now: datetime) -> Lookalike:
    """Watch a domain that somebody has come across, and look at it soon. Safe to repeat.

    :raises NameRefused: when it is no domain, one of ours, or imitates no watched name.
    """
    bare = host_of(host if "//" in host else f"//{host}").strip()
    if not _is_domain(bare):
        raise NameRefused(_("Write a domain, such as ccvmod.fr."))
    bare = _ascii(bare)
    index = HostIndex.load()
    site = index.site(bare)
    near = match(site, index.names, index.shared)
    if near is None or index.is_own(site):
        raise NameRefused(
            _("%(host)s is near none of the watched names. Add the name that it imitates first.")
            % {"host": site}
        )
    found = Candidate(site, near.name, near.level, ADDED_WAY, ADDED_PRIORITY)
    name = WatchedName.objects.get(name=near.name)
    row, created = Lookalike.objects.get_or_create(
        host=site, defaults=_fields(found, name, now) | {"probe_at": now}
    )
    if created:
        _record("lookalike.added", row, actor_id, now)
        nudge("fraud.tasks.watch_domains")
    return row


@transaction.atomic
def look_soon(*, lookalike_id: int, actor_id: int, now: datetime) -> Lookalike:
    """Have a domain looked at within a minute, whether or not the watch is on. Safe to repeat."""
    row = Lookalike.objects.select_for_update(no_key=True).get(pk=lookalike_id)
    if row.probe_at is None or row.probe_at > now:
        row.probe_at = now
        row.save(update_fields=["probe_at"])
        _record("lookalike.look_asked", row, actor_id, now)
    nudge("fraud.tasks.watch_domains")
    return row


@transaction.atomic
def allow(*, lookalike_id: int, actor_id: int, reason: str, now: datetime) -> ListedHost:
    """Let a look-alike be: no signal minds it from now on. Safe to repeat.

    It stays on the policy list of allowed look-alikes until somebody takes it off.

    :raises ReasonMissing: without a reason.
    """
    why = _reason(reason)
    row = Lookalike.objects.select_for_update(no_key=True).get(pk=lookalike_id)
    listed, created = ListedHost.objects.get_or_create(
        pattern=row.host,
        kind=HostKind.ALLOWED,
        removed_at=None,
        defaults={
            "source": _SOURCE,
            "note": why[:NOTE_LENGTH],
            "created_at": now,
            "author_id": actor_id,
        },
    )
    if created:
        _record("lookalike.allowed", row, actor_id, now, why)
    return listed


@transaction.atomic
def disallow(*, lookalike_id: int, actor_id: int, reason: str, now: datetime) -> Lookalike:
    """Mind a look-alike again that was allowed. Safe to repeat.

    :raises ReasonMissing: without a reason.
    """
    why = _reason(reason)
    row = Lookalike.objects.select_for_update(no_key=True).get(pk=lookalike_id)
    removed = ListedHost.objects.filter(
        pattern=row.host, kind=HostKind.ALLOWED, removed_at__isnull=True
    ).update(removed_at=now, removed_by=actor_id)
    if removed:
        _record("lookalike.disallowed", row, actor_id, now, why)
    return row


@transaction.atomic
def mark_ours(*, lookalike_id: int, is_ours: bool, actor_id: int, now: datetime) -> Lookalike:
    """Note that the shop has registered a domain, or has it no more. Safe to repeat.

    A domain of ours is looked at no more; one that is not ours any more, soon.
    """
    row = Lookalike.objects.select_for_update(no_key=True).get(pk=lookalike_id)
    if (row.status == LookalikeStatus.OURS) == is_ours:
        return row
    row.status = LookalikeStatus.OURS if is_ours else LookalikeStatus.GENERATED
    row.probe_at = None if is_ours else now
    row.save(update_fields=["status", "probe_at"])
    _record("lookalike.ours" if is_ours else "lookalike.not_ours", row, actor_id, now)
    return row


def _likeliest(texts: list[str]) -> Iterable[Candidate]:
    """Yield the most of each name by priority, the highest first, hosts in a stable order."""
    taken: Counter[str] = Counter()
    for found in sorted(generated(texts), key=lambda one: (-one.priority, one.host)):
        if taken[found.name] < settings.LOOKALIKES_PER_NAME:
            taken[found.name] += 1
            yield found


def _seen(now: datetime) -> Iterable[Candidate]:
    """Yield the look-alikes from which visitors came lately."""
    index = HostIndex.load()
    rows = ClickReferrer.objects.filter(day__gte=(now - SEEN_FOR).date()).exclude(referrer_host="")
    for host in rows.values_list("referrer_host", flat=True).distinct():
        seen = index.seen(host)
        if seen.imitates:
            site = index.site(host)
            yield Candidate(site, seen.imitates, seen.level, SEEN_WAY, SEEN_PRIORITY)


def _row(found: Candidate, name: WatchedName, now: datetime) -> Lookalike:
    return Lookalike(host=found.host, **_fields(found, name, now))


def _fields(found: Candidate, name: WatchedName, now: datetime) -> dict[str, object]:
    return {
        "name": name,
        "level": found.level,
        "way": found.way,
        "priority": found.priority,
        "first_seen_at": now,
    }


def _name(text: str) -> str:
    said = " ".join(text.replace("\0", "").split())
    if "." in said and " " not in said:
        said = unicode_host(host_of(said if "//" in said else f"//{said}"))
        if not _is_domain(said):
            raise NameRefused(_("Write a name, or a domain such as ccv-mode.fr."))
    letters = sum(len(word) for name in names_of([said]) for word in name.parts)
    if letters < LEAST_LETTERS or len(said) > NAME_LENGTH:
        raise NameRefused(
            _("A name has from %(least)s letters to %(most)s: shorter ones are near everything.")
            % {"least": LEAST_LETTERS, "most": NAME_LENGTH}
        )
    return said


def _is_domain(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        labels = host.split(".")
        is_name = len(host) <= 253 and all(0 < len(label) <= 63 for label in labels)
        return len(labels) > 1 and is_name and not set(host) & set("/@: \\")
    return False


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise NameRefused(_("Write a domain, such as ccvmod.fr.")) from error


def _reason(text: str) -> str:
    why = text.replace("\0", "").strip()[:REASON_LENGTH]
    if not why:
        raise ReasonMissing(_("Say why: it is kept with the domain."))
    return why


def _record(
    verb: str, row: WatchedName | Lookalike, actor_id: int, now: datetime, reason: str = ""
) -> None:
    actor = User.objects.get(pk=actor_id)
    audit.record(actor=actor, verb=verb, subject=row, at=now, reason=reason, data={"of": str(row)})

"""The queue of applications, and one application with everything that resembles it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from affiliates.models import (
    Affiliate,
    AffiliateKind,
    Application,
    ApplicationStatus,
    Group,
    Property,
    Terms,
)

#: We promise an answer within a working week.
ANSWER_WITHIN = timedelta(days=7)
OPEN = "open"
MOST_ALIKE = 10

#: Addresses there say nothing about who owns a site.
PUBLIC_MAIL = frozenset({
    "aol.com", "bbox.fr", "free.fr", "gmail.com", "gmx.com", "gmx.fr", "hotmail.com",
    "hotmail.fr", "icloud.com", "laposte.net", "live.com", "live.fr", "mail.com", "me.com",
    "msn.com", "neuf.fr", "orange.fr", "outlook.com", "outlook.fr", "proton.me",
    "protonmail.com", "sfr.fr", "wanadoo.fr", "yahoo.com", "yahoo.fr", "ymail.com",
})  # fmt: skip

Chips = list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody who shares something with the applicant."""

    name: str
    what: str
    public_id: str
    is_affiliate: bool


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group with the terms that hold there now."""

    group: Group
    terms: Terms | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to."""

    status: str = OPEN
    kind: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One application, who resembles it, and where to go next."""

    application: Application
    alike: list[Alike] = field(default_factory=list)
    following: Application | None = None


def queue(filters: Filters) -> QuerySet[Application]:
    """Return the applications that match, the longest waiting first."""
    rows = _of_kind(filters).select_related("reviewer")
    rows = rows.filter(_in_status(filters.status)) if filters.status else rows
    order = "submitted_at" if filters.status == OPEN else "-submitted_at"
    return rows.order_by(order, "pk")


def status_chips(filters: Filters) -> Chips:
    """Return how many applications stand in each state, in one query."""
    counts = dict(_of_kind(filters).values_list("status").annotate(Count("pk")).order_by())
    waiting = sum(counts.get(status, 0) for status in Application.OPEN)
    return [
        (OPEN, _("To decide"), waiting),
        (ApplicationStatus.APPROVED, _("Accepted"), counts.get(ApplicationStatus.APPROVED, 0)),
        (ApplicationStatus.REJECTED, _("Refused"), counts.get(ApplicationStatus.REJECTED, 0)),
        (ApplicationStatus.WITHDRAWN, _("Withdrawn"), counts.get(ApplicationStatus.WITHDRAWN, 0)),
    ]


def kind_chips(filters: Filters) -> Chips:
    """Return how many applications of each kind the chosen state holds, in one query."""
    rows = _of_kind(Filters(search=filters.search))
    rows = rows.filter(_in_status(filters.status)) if filters.status else rows
    counts = dict(rows.values_list("kind").annotate(Count("pk")).order_by())
    return [(kind, str(kind.label), counts[kind]) for kind in AffiliateKind if counts.get(kind)]


def _of_kind(filters: Filters) -> QuerySet[Application]:
    rows = Application.objects.all()
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.search:
        rows = rows.filter(
            Q(name__icontains=filters.search) | Q(user__email__icontains=filters.search)
        )
    return rows


def _in_status(status: str) -> Q:
    return Q(status__in=Application.OPEN) if status == OPEN else Q(status=status)


def is_late(application: Application, now: datetime) -> bool:
    """Tell whether an open application has waited longer than we promise."""
    waiting = application.status in Application.OPEN
    return waiting and now - application.submitted_at > ANSWER_WITHIN


def last_answer() -> datetime | None:
    """Return when somebody last accepted or refused an application."""
    decided = Application.objects.filter(
        status__in=[ApplicationStatus.APPROVED, ApplicationStatus.REJECTED]
    )
    return (
        decided.order_by("-status_changed_at").values_list("status_changed_at", flat=True).first()
    )


def next_open(application: Application) -> Application | None:
    """Return the open application that waited longest, after this one; else the first of all."""
    waiting = (
        Application.objects.filter(status__in=Application.OPEN)
        .exclude(pk=application.pk)
        .order_by("submitted_at", "pk")
    )
    later = Q(submitted_at__gt=application.submitted_at) | Q(
        submitted_at=application.submitted_at, pk__gt=application.pk
    )
    return waiting.filter(later).first() or waiting.first()


def dossier(application: Application) -> Dossier:
    """Return an application with its neighbours, in a fixed number of queries."""
    return Dossier(
        application=application,
        alike=_same_mail_domain(application) + _same_sites(application),
        following=next_open(application),
    )


def group_choices(now: datetime) -> list[GroupChoice]:
    """Return every group with its live terms, the default group first, in two queries."""
    terms = {row.group_id: row for row in Terms.objects.at(now).filter(group__isnull=False)}
    groups = Group.objects.order_by("-is_default", "name")
    return [GroupChoice(group, terms.get(group.pk)) for group in groups]


def _same_mail_domain(application: Application) -> list[Alike]:
    domain = application.user.email.rpartition("@")[2].lower()
    if domain in PUBLIC_MAIL:
        return []
    what = _("Same e-mail domain: %(domain)s") % {"domain": domain}
    affiliates = Affiliate.objects.filter(memberships__user__email__iendswith=f"@{domain}").exclude(
        application=application
    )
    others = Application.objects.filter(user__email__iendswith=f"@{domain}").exclude(
        pk=application.pk
    )
    return _alike(affiliates, others, what)


def _same_sites(application: Application) -> list[Alike]:
    hosts = {host_of(site) for site in application.sites} - {""}
    if not hosts:
        return []
    at_property, at_application = Q(), Q()
    for host in hosts:
        at_property |= Q(url__icontains=host)
        at_application |= Q(sites_text__icontains=host)
    found = (
        Property.objects.filter(at_property)
        .exclude(affiliate__application=application)
        .select_related("affiliate")[: MOST_ALIKE * 5]
    )
    alike = {
        row.affiliate_id: Alike(
            row.affiliate.name,
            _("Same site: %(host)s") % {"host": host_of(row.url)},
            str(row.affiliate.public_id),
            True,
        )
        for row in found
        if host_of(row.url) in hosts
    }
    others = (
        Application.objects.annotate(sites_text=Cast("sites", TextField()))
        .filter(at_application, affiliate__isnull=True)
        .exclude(pk=application.pk)[: MOST_ALIKE * 5]
    )
    return [*alike.values(), *_applications_at(others, hosts)][:MOST_ALIKE]


def _applications_at(others: QuerySet[Application], hosts: set[str]) -> list[Alike]:
    found = []
    for other in others:
        shared = sorted(hosts & {host_of(site) for site in other.sites})
        if shared:
            what = _("Same site: %(host)s") % {"host": ", ".join(shared)}
            found.append(Alike(other.name, what, str(other.public_id), False))
    return found


def _alike(
    affiliates: QuerySet[Affiliate], others: QuerySet[Application], what: str
) -> list[Alike]:
    known = [
        Alike(row.name, what, str(row.public_id), True)
        for row in affiliates.distinct().order_by("name")[:MOST_ALIKE]
    ]
    applied = [
        Alike(row.name, what, str(row.public_id), False)
        for row in others.filter(affiliate__isnull=True).order_by("-pk")[:MOST_ALIKE]
    ]
    return known + applied


def host_of(url: str) -> str:
    """Return the host of ``url`` in lower case without "www."; empty when it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")

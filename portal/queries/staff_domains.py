"""Look-alike domains as managers look at them: filtered, in order of what they do, with looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Case as CaseOf
from django.db.models import Count, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse

from fraud.domain.folding import unicode_host
from fraud.models import (
    Case,
    CaseStatus,
    Family,
    Lookalike,
    LookalikeStatus,
    Probe,
    Redirector,
    WatchedName,
)
from fraud.queries.chains import is_allowed
from portal.display import StatusText
from portal.domain_language import (
    domain_status,
    level_label,
    step_sentence,
    visitor_label,
    way_label,
)

LOOKS_SHOWN = 8
_ORDER = (
    LookalikeStatus.LEADS_TO_LINK, LookalikeStatus.LEADS_TO_US, LookalikeStatus.LEADS_ELSEWHERE,
    LookalikeStatus.PAGE, LookalikeStatus.SILENT, LookalikeStatus.GENERATED,
    LookalikeStatus.UNREGISTERED, LookalikeStatus.OURS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DomainFilters:
    """What of the watch is shown. ``allowed``: only what managers let be."""

    status: str = ""
    level: str = ""
    name: str = ""
    search: str = ""
    allowed: bool = False


@dataclass(frozen=True, slots=True)
class DomainRow:
    """A domain with its words."""

    domain: Lookalike
    is_allowed: bool

    @property
    def href(self) -> str:
        """Where its looks are."""
        return reverse("portal:domain-detail", args=[self.domain.pk])

    @property
    def shown(self) -> str:
        """Return the domain as a browser may show it."""
        return unicode_host(self.domain.host)

    @property
    def status(self) -> StatusText:
        """Return what it does with visitors."""
        return domain_status(self.domain.status)

    @property
    def level(self) -> str:
        """Return how near it comes."""
        return level_label(self.domain.level)

    @property
    def way(self) -> str:
        """Return how it differs."""
        return way_label(self.domain.way)


@dataclass(frozen=True, slots=True)
class StepSeen:
    """One address of a visit and what it answered."""

    url: str
    sentence: str


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """One visit of a look."""

    visitor: str
    status: StatusText
    steps: list[StepSeen]
    error: str


@dataclass(frozen=True, slots=True)
class Look:
    """All visits of one moment."""

    at: datetime
    addresses: list[str]
    visits: list[VisitSeen]


def domains(filters: DomainFilters) -> QuerySet[Lookalike]:
    """Return the domains that a filter leaves, what they do heaviest first, then by priority."""
    rows = _live(is_let_be=filters.allowed)
    if filters.status in LookalikeStatus.values:
        rows = rows.filter(status=filters.status)
    if filters.level:
        rows = rows.filter(level=filters.level)
    if filters.name.isdecimal():
        rows = rows.filter(name=int(filters.name[:9]))
    if filters.search:
        rows = rows.filter(host__icontains=filters.search.lower())
    whens = [When(status=status, then=Value(place)) for place, status in enumerate(_ORDER)]
    weight = CaseOf(*whens, default=Value(len(_ORDER)), output_field=IntegerField())
    return rows.alias(weight=weight).order_by("weight", "-priority", "host")


def to_register() -> QuerySet[Lookalike]:
    """Return the domains that nobody has, those to register first at the top."""
    rows = _live(is_let_be=False).filter(status=LookalikeStatus.UNREGISTERED)
    return rows.order_by("-priority", "host")


def domain_rows(domains: Iterable[Lookalike]) -> list[DomainRow]:
    """Return domains with their words."""
    return [DomainRow(domain, getattr(domain, "is_let_be", False)) for domain in domains]


def domain_of(pk: int) -> Lookalike | None:
    """Return one domain of the watch, of a name that is given up too."""
    return _all().filter(pk=pk).first()


def status_counts() -> dict[str, int]:
    """Return how many domains that are not let be stand in each state."""
    rows = _live(is_let_be=False).order_by().values_list("status")
    return dict(rows.annotate(Count("pk")))


def looks_of(domain: Lookalike) -> list[Look]:
    """Return the latest looks at a domain, newest first, every visit with its steps."""
    moments = domain.probes.order_by("-at").values_list("at", flat=True).distinct()[:LOOKS_SHOWN]
    probes = (
        domain.probes.filter(at__in=list(moments)).select_related("affiliate").order_by("-at", "pk")
    )
    found = []
    for at, of_look in groupby(probes, key=lambda probe: probe.at):
        visits = list(of_look)
        found.append(Look(at, visits[0].addresses, [_visit(probe) for probe in visits]))
    return found


def case_of(domain: Lookalike) -> Case | None:
    """Return the latest case about the domains of the affiliate to whose link a domain led."""
    if domain.affiliate_id is None:
        return None
    cases = Case.objects.filter(affiliate=domain.affiliate_id, family=Family.DOMAIN)
    is_open = Q(status=CaseStatus.OPEN)
    return cases.filter(is_open).first() or cases.order_by("-opened_at").first()


def declared_by(domain: Lookalike) -> Redirector | None:
    """Return the redirector that an affiliate declared under a domain, if one did."""
    rows = Redirector.objects.filter(host=domain.host, removed_at__isnull=True)
    return rows.select_related("affiliate").order_by("-verified_at", "pk").first()


def names() -> QuerySet[WatchedName]:
    """Return the watched names, each with ``watched``, ``leading`` and ``free`` domains."""
    return (
        WatchedName.objects.filter(removed_at__isnull=True)
        .annotate(
            watched=Count("lookalikes"),
            leading=Count("lookalikes", filter=Q(lookalikes__status=LookalikeStatus.LEADS_TO_LINK)),
            free=Count("lookalikes", filter=Q(lookalikes__status=LookalikeStatus.UNREGISTERED)),
        )
        .order_by("-is_domain", "name")
    )


def _all() -> QuerySet[Lookalike]:
    rows = Lookalike.objects.select_related("name", "affiliate")
    return rows.annotate(is_let_be=is_allowed("host"))


def _live(*, is_let_be: bool) -> QuerySet[Lookalike]:
    rows = _all().filter(name__removed_at__isnull=True)
    allowed = is_allowed("host")
    return rows.filter(allowed) if is_let_be else rows.exclude(allowed)


def _visit(probe: Probe) -> VisitSeen:
    last = len(probe.hops) - 1
    partner = probe.affiliate.name if probe.affiliate else ""
    return VisitSeen(
        visitor=visitor_label(probe.client),
        status=domain_status(probe.status),
        steps=[
            StepSeen(
                hop.get("url", ""),
                step_sentence(hop, is_link=bool(partner) and place == last, partner=partner),
            )
            for place, hop in enumerate(probe.hops)
        ],
        error=probe.error,
    )

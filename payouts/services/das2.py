"""The yearly declaration of commissions paid to others (DAS2, CGI 240).

The rules are numbered IV18, IV19 and IV28 in ``docs/rules/invoices.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.models import Affiliate, TaxProfile
from core import audit, staff
from core.csv_export import FRENCH, Cell, CsvForm, csv_bytes
from core.domain.paris import PARIS
from core.letters import saying, send
from core.models import AuditEntry, Delivery, User
from core.money import Money
from payouts.domain.currency import CURRENCY
from payouts.domain.months import year_start
from payouts.models import Item
from payouts.queries.paid_in_year import last_paid_to, paid_in_year

#: Above so much to one payee in a year, VAT included, payments are declared; by first year.
THRESHOLDS_MINOR: tuple[tuple[int, int], ...] = ((2000, 120_000), (2024, 240_000))
TAKEN = "das2.exported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One payee of the declaration. ``profile`` is the newest, or None where there is none.

    Who has none is named as the newest payout of the year: that stays when an account is erased.
    """

    affiliate: Affiliate
    profile: TaxProfile | None
    name: str
    town: str
    country: str
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A year whose declaration nobody took along yet: its payees, and how many lack taxes."""

    year: int
    payees: int
    without_profile: int


def threshold(year: int) -> Money:
    """Return above which total, VAT included, a payee is declared for ``year`` (IV18)."""
    known = [minor for first, minor in THRESHOLDS_MINOR if first <= year]
    return Money(known[-1] if known else THRESHOLDS_MINOR[0][1], CURRENCY)


def declaration(year: int) -> list[Declared]:
    """Return whoever was paid more than the threshold in ``year``, the most paid first (IV18).

    It is counted as everywhere (P57): less what came back, without wages.
    """
    least = threshold(year).minor
    paid = paid_in_year(year)
    totals = {pk: one.gross for pk, one in paid.items() if one.gross.minor > least}
    people = Affiliate.objects.in_bulk(totals)
    declared = TaxProfile.objects.filter(affiliate__in=totals)
    profiles = {profile.affiliate_id: profile for profile in declared.newest_of_each()}
    payouts = last_paid_to(year, totals.keys() - profiles.keys())
    rows = [
        _declared(people[pk], profiles.get(pk), payouts.get(pk), total)
        for pk, total in totals.items()
    ]
    return sorted(rows, key=lambda row: (-row.total.minor, row.affiliate.pk))


def _declared(
    affiliate: Affiliate, profile: TaxProfile | None, payout: Item | None, total: Money
) -> Declared:
    name, town, country = affiliate.name, "", ""
    if profile is not None:
        name, town, country = profile.legal_name, profile.town, profile.country
    elif payout is not None:
        name, town, country = payout.payee_name, payout.town, payout.country
    return Declared(
        affiliate=affiliate, profile=profile, name=name, town=town, country=country, total=total
    )


def declaration_csv(year: int, *, form: CsvForm = FRENCH) -> bytes:
    """Return the declaration as a file for a spreadsheet, in the active language (IV19)."""
    header = [
        _("SIRET"), _("SIREN"), _("Name"), _("Address"), _("Postcode"), _("Town"), _("Country"),
        _("Total incl. VAT"), _("Currency"),
    ]  # fmt: skip
    return csv_bytes(header, [_cells(row) for row in declaration(year)], form=form)


def export(*, year: int, actor_id: int, now: datetime, form: CsvForm = FRENCH) -> bytes:
    """Return the declaration as a file, and keep who took it along, and which bytes."""
    body = declaration_csv(year, form=form)
    actor = User.objects.get(pk=actor_id)
    audit.record(
        actor=actor,
        verb=TAKEN,
        subject=actor,
        at=now,
        data={"year": year, "sha256": hashlib.sha256(body).hexdigest()},
    )
    return body


def due(now: datetime) -> Due | None:
    """Return the declaration of last year while nobody took it since; None when nothing is due."""
    year = now.astimezone(PARIS).year - 1
    ended = year_start(year + 1)
    if AuditEntry.objects.filter(verb=TAKEN, data__year=year, at__gte=ended).exists():
        return None
    rows = declaration(year)
    if not rows:
        return None
    missing = sum(row.profile is None for row in rows)
    return Due(year=year, payees=len(rows), without_profile=missing)


def remind(*, now: datetime) -> int:
    """Mail finance once a year that last year's declaration is due; return to how many."""
    found = due(now)
    if found is None or Delivery.objects.filter(key__startswith=f"das2:{found.year}:").exists():
        return 0
    people = list(staff.of_role("finance"))
    write_to(people, found, now=now)
    return len(people)


def write_to(people: Sequence[User], found: Due, *, now: datetime) -> None:
    """Tell people of finance what is to be declared."""
    send(
        people,
        f"das2:{found.year}",
        saying(
            lambda: _("Commissions of %(year)s are to be declared") % {"year": found.year},
            lambda: _said(found),
        ),
        now,
        kind="declaration_due",
    )


def _said(found: Due) -> list[str]:
    said = [
        ngettext(
            "%(n)s payee was paid more than the threshold of the yearly declaration (DAS2).",
            "%(n)s payees were paid more than the threshold of the yearly declaration (DAS2).",
            found.payees,
        )
        % {"n": found.payees}
    ]
    if found.without_profile:
        said.append(
            ngettext(
                "%(n)s of them has declared no tax details yet.",
                "%(n)s of them have declared no tax details yet.",
                found.without_profile,
            )
            % {"n": found.without_profile}
        )
    return [*said, f"{settings.PUBLIC_URL}/finance/das2/?year={found.year}"]


def years(today: date) -> list[int]:
    """Return the years that can be declared, this one first: since the first payout."""
    first = Item.objects.filter(status__in=Item.LEFT).order_by("batch__execution_date").first()
    since = first.batch.execution_date.year if first else today.year
    return list(range(today.year, min(since, today.year) - 1, -1))


def _cells(row: Declared) -> list[Cell]:
    siret, siren, address, postcode = "", "", "", ""
    if (profile := row.profile) is not None:
        siret, siren = profile.siret, profile.siren
        address, postcode = profile.address, profile.postcode
    return [
        siret, siren, row.name, address, postcode, row.town, row.country, row.total, CURRENCY,
    ]  # fmt: skip

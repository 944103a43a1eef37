"""Publishing margin bands, and telling whom they concern what they do to its commissions.

Rule M10 of docs/rules/margin.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.models import Affiliate, AffiliateStatus, Basis, Membership, Programme
from affiliates.queries import TermsIndex
from affiliates.services import terms_words
from core.letters import Addressed, Letter, paragraphs, send_each
from core.models import User
from payouts.queries.moved_bands import LOOK_BACK, Effect, effects_by_affiliate
from shop.domain.margin import BandEdges
from shop.models import BandAssignment, BandPeriod
from shop.services import bands


@transaction.atomic
def publish(
    *, name: str, edges: Sequence[int], valid_from: datetime, actor_id: int, now: datetime
) -> BandPeriod:
    """Publish the bands between ``edges`` (basis points), and tell everybody paid by them.

    They begin after the programme's days of notice, whether they are better or worse. The mails
    are written in the same transaction. Safe to repeat: nobody is told twice.

    :raises BandsRefused, BandsTooSoon, BandsOutOfOrder: see ``shop.services.bands.publish``.
    """
    period = bands.publish(
        name=name,
        edges=edges,
        valid_from=valid_from,
        actor_id=actor_id,
        now=now,
        notice=timedelta(days=Programme.get().notice_days),
    )
    _tell(period, now)
    return period


def concerned(moment: datetime) -> list[int]:
    """Return the open accounts that are paid on reference margin at ``moment``, by id."""
    open_ones = Affiliate.objects.exclude(status=AffiliateStatus.CLOSED)
    found = list(open_ones.order_by("pk").values_list("pk", flat=True))
    index = TermsIndex(found)
    return [
        pk
        for pk in found
        if (terms := index.at(pk, moment)) is not None and terms.basis == Basis.REFERENCE
    ]


def words(
    edges: Sequence[BandEdges], *, valid_from: datetime, effects: Collection[Effect]
) -> tuple[str, list[str]]:
    """Return subject and paragraphs of the mail in the active language.

    ``effects``: what the affiliate's sold items of the last 90 days would have earned.
    """
    day = terms_words.day(valid_from.astimezone(Programme.get().zone).date())
    listed = ", ".join(
        f"{terms_words.percent(one.lower_bps)} – {terms_words.percent(one.upper_bps)}"
        for one in edges
    )
    return _("New margin bands from %(day)s") % {"day": day}, [
        _("From %(day)s on, these margin bands hold: %(bands)s.") % {"day": day, "bands": listed},
        _("The lower edge of a product's band decides what is left of its price to share. Orders"
          " placed before keep the bands of their day."),
        *([_effect(one) for one in effects] or [_("You sold nothing in the last 90 days on which"
          " they could be tried.")]),
        _("Read the bands here: %(address)s")
        % {"address": f"{settings.PUBLIC_URL}/portal/terms/"},
    ]  # fmt: skip


def _effect(effect: Effect) -> str:
    currency = effect.paid.currency
    facts = {
        "count": effect.lines,
        "paid": terms_words.amount(effect.paid.minor, currency),
        "would_be": terms_words.amount(effect.would_be.minor, currency),
        "difference": terms_words.amount(abs(effect.difference.minor), currency),
    }
    sold = ngettext(
        "Tried on %(count)s line of your orders of the last 90 days, before caps and returns:",
        "Tried on %(count)s lines of your orders of the last 90 days, before caps and returns:",
        effect.lines,
    )
    if effect.difference.minor < 0:
        said = _("%(would_be)s instead of %(paid)s, %(difference)s less.")
    elif effect.difference.minor > 0:
        said = _("%(would_be)s instead of %(paid)s, %(difference)s more.")
    else:
        said = _("%(paid)s, the same as before.")
    return f"{sold % facts} {said % facts}"


def _tell(period: BandPeriod, now: datetime) -> None:
    affiliates = concerned(period.valid_from)
    places = {
        product: (price, lower)
        for product, price, lower in BandAssignment.objects.filter(band__period=period)
        .values_list("product_id", "list_price_minor", "band__lower_bps")
        .iterator(chunk_size=5_000)
    }
    effects = effects_by_affiliate(places, since=now - LOOK_BACK, until=now)
    edges = [BandEdges(band.lower_bps, band.upper_bps) for band in period.bands.all()]

    def letter(person: User, affiliate_id: int) -> Letter:
        subject, said = words(
            edges, valid_from=period.valid_from, effects=effects.get(affiliate_id, [])
        )
        return Letter(subject, paragraphs(person.get_short_name(), said))

    send_each(
        [
            Addressed(
                person=person,
                address=person.email,
                key=f"bands:{period.pk}:{affiliate_id}:{person.pk}",
                write=partial(letter, affiliate_id=affiliate_id),
            )
            for affiliate_id, people in _people(affiliates).items()
            for person in people
        ],
        now,
        kind="bands_published",
    )


def _people(affiliate_ids: Collection[int]) -> dict[int, list[User]]:
    found: dict[int, list[User]] = defaultdict(list)
    members = Membership.objects.filter(affiliate__in=affiliate_ids, user__is_active=True)
    for member in members.select_related("user").order_by("affiliate", "pk"):
        found[member.affiliate_id].append(member.user)
    return found

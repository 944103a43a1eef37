"""The first sale of an affiliate: told once, with what it earns. Nothing is told of later ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from affiliates.queries import people_of
from core.letters import Letter, paragraphs, send
from core.models import Notification, User
from core.money import Money
from core.money_words import money_words
from payouts.models import Commission, CommissionStatus

#: For how long an untold first sale is still news.
LOOK_BACK = timedelta(days=3)


def tell(*, now: datetime, limit: int = 500) -> int:
    """Tell affiliates of their first sale since it was accrued; return of how many. Repeatable."""
    earlier = Commission.objects.filter(
        affiliate=OuterRef("affiliate"), accrued_at__lt=now - LOOK_BACK
    )
    fresh = (
        Commission.objects.filter(accrued_at__gte=now - LOOK_BACK)
        .exclude(status=CommissionStatus.REVERSED)
        .filter(~Exists(earlier))
        .order_by("affiliate", "accrued_at", "pk")
        .distinct("affiliate")
    )
    known = _known(now)
    waiting = [one for one in fresh if str(one.affiliate_id) not in known]
    return sum(tell_one(one, now=now) for one in waiting[:limit])


def _known(now: datetime) -> set[str]:
    """Return the numbers of the affiliates that were told lately."""
    rows = Notification.objects.filter(kind="first_sale", at__gte=now - 2 * LOOK_BACK)
    return {key.split(":")[1] for key in rows.values_list("key", flat=True)}


def tell_one(commission: Commission, *, now: datetime) -> int:
    """Tell the people of an affiliate of its first sale; return 1, or 0 when there is nobody."""

    def write(person: User) -> Letter:
        amount = money_words(Money(commission.amount_minor, commission.currency), person.language)
        said = [
            _("Somebody bought through you for the first time. You earn %(amount)s with it.")
            % {"amount": amount},
            _("It is paid once the days in which it can come back are over. Its state, and how the"
              " amount came about: %(address)s")
            % {"address": f"{settings.PUBLIC_URL}/portal/sales/{commission.credit_id}/"},
            _("Of later sales we do not write one by one: you find them in the portal."),
        ]  # fmt: skip
        return Letter(_("Your first sale"), paragraphs(person.get_short_name(), said))

    people = people_of(commission.affiliate_id)
    send(people, f"first-sale:{commission.affiliate_id}", write, now, kind="first_sale")
    return int(bool(people))

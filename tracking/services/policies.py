"""Publishing attribution policies: versions that begin in the future and are never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, locks
from core.errors import DomainError
from tracking.domain.policy import Policy
from tracking.models import AttributionPolicy

NAME_LENGTH = 80
PUBLISHED = "policy.published"
_PUBLISH_LOCK = 0x504F4C49


class PolicyNotInFuture(DomainError):
    """A policy was to begin at a time whose orders may be decided already."""

    code = "policy_not_in_future"


class PolicyUnnamed(DomainError):
    """A policy without a name, or with one that is too long."""

    code = "policy_unnamed"


class PolicyTimeTaken(DomainError):
    """Another policy begins at the same moment."""

    code = "policy_time_taken"


class PolicyChangesNothing(DomainError):
    """A policy says what the one before it says."""

    code = "policy_changes_nothing"


@transaction.atomic
def publish(
    *, rules: Mapping[str, Any], name: str, valid_from: datetime, actor_id: int, now: datetime
) -> AttributionPolicy:
    """Publish the next policy. Orders placed from ``valid_from`` on are decided under it.

    It holds until the next one begins, and no published policy is ever changed: orders that were
    decided keep what they have.

    :raises PolicyRefused: for rules that cannot be read.
    :raises PolicyUnnamed: without a name of 1 to 80 signs.
    :raises PolicyNotInFuture: when it would begin now or before.
    :raises PolicyTimeTaken: when another policy begins at that moment.
    :raises PolicyChangesNothing: when it says what the policy before it says.
    """
    policy = Policy.from_rules(rules)
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise PolicyUnnamed(_("Give the policy a name of at most 80 signs."))
    if valid_from <= now:
        raise PolicyNotInFuture(
            _("A policy begins in the future: orders that were placed keep the rules of their day.")
        )
    _one_at_a_time()
    before = in_force(valid_from)
    if before.valid_from == valid_from:
        raise PolicyTimeTaken(
            _("Policy %(number)s begins at that moment already.") % {"number": before.number}
        )
    if Policy.from_rules(before.rules) == policy:
        raise PolicyChangesNothing(
            _("This is what policy %(number)s says already.") % {"number": before.number}
        )
    published = AttributionPolicy.objects.create(
        number=AttributionPolicy.objects.order_by("-number").values_list("number", flat=True)[0]
        + 1,
        name=name,
        valid_from=valid_from,
        rules=policy.to_rules(),
        created_at=now,
    )
    audit.record(
        actor=actor_id,
        verb=PUBLISHED,
        subject=published,
        at=now,
        data={
            "number": published.number,
            "valid_from": valid_from.isoformat(),
            "rules": published.rules,
            "before": before.number,
        },
    )
    return published


def in_force(moment: datetime) -> AttributionPolicy:
    """Return the policy of orders placed at ``moment``: the last one that began."""
    return AttributionPolicy.objects.filter(valid_from__lte=moment).order_by("-valid_from")[0]


def _one_at_a_time() -> None:
    """Wait until nobody else is publishing. The table grants no lock of its own."""
    locks.hold(_PUBLISH_LOCK)

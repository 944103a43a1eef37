"""Sign-ups that nobody confirmed are forgotten (ST15): an address may be typed by anybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Cast

from core.models import AuditEntry, User

BATCH = 500


def forgotten(*, now: datetime) -> QuerySet[User]:
    """Return who signed up long ago, never confirmed an address, and is named by no row of ours.

    Whoever a fact names stays: any row of any app that points at a person, and the audit trail.
    Only what a sign-up itself makes does not count.
    """
    since = now - timedelta(days=settings.UNCONFIRMED_SIGN_UPS_DAYS)
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    known = AuditEntry.objects.filter(
        subject_type=User._meta.label_lower,
        subject_id=Cast(OuterRef("pk"), models.CharField()),
    )
    rows = User.objects.filter(
        ~Exists(confirmed),
        ~Exists(known),
        date_joined__lte=since,
        last_login__isnull=True,
        is_superuser=False,
        is_staff=False,
    )
    for facts in _facts():
        rows = rows.filter(~Exists(facts))
    return rows.order_by("pk")


def purge(*, now: datetime) -> int:
    """Delete such sign-ups, up to a batch, each in a transaction of its own; return how many.

    Who confirms at the same moment stays: their row is locked and looked at once more.
    """
    deleted = 0
    for pk in list(forgotten(now=now).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            User.objects.select_for_update().filter(pk=pk).first()
            person = forgotten(now=now).filter(pk=pk).first()
            if person is not None:
                person.delete()
                deleted += 1
    return deleted


def _facts() -> list[QuerySet[models.Model]]:
    """Return for each model that points at people its rows of the person that is looked at."""
    found = []
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        model = relation.related_model
        if not isinstance(model, type) or model is EmailAddress:
            continue
        if relation.one_to_many or relation.one_to_one:
            name = relation.field.name
            found.append(model._base_manager.filter(**{name: OuterRef("pk")}))
    return found

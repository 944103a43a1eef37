"""What creators want everybody to read, and the team has to read first: new names, new texts."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Least

from affiliates.models import Affiliate
from affiliates.services import profiles
from influencers.services import bios


def waiting() -> QuerySet[Affiliate]:
    """Return the open accounts of which something waits, with ``wished_at``: since when."""
    rows = Affiliate.objects.filter(
        Q(profile_told__in=profiles.waiting_names()) | Q(influencer__in=bios.waiting())
    )
    # The one that is not there is no moment: PostgreSQL leaves it out.
    return rows.annotate(
        wished_at=Least("profile_told__name_wished_at", "influencer__bio_wished_at")
    )

"""What experiments know of people: keyed hashes of visitors who came with consent, for a while."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.data_requests import months_later
from core.privacy import words
from core.privacy.declaring import Basis, Declared, End, Holding, Whose, rule_of_rows
from experiments.models import Exposure

#: As long as clicks are kept.
KEPT_MONTHS = -13


def _old(now: datetime) -> QuerySet[Exposure]:
    """Return what is older than clicks are kept. The figures of an experiment stay."""
    return Exposure.objects.filter(first_seen_at__lt=months_later(now, KEPT_MONTHS))


PRIVACY = Declared(
    holdings=(
        Holding(
            model="experiments.Exposure",
            whose=(Whose.VISITOR,),
            fields=("unit",),
            purpose=words.MEASURING,
            basis=Basis.CONSENT,
            kept=_("13 months; at once when consent is taken back."),
            end=End.DELETE,
            rule="experiments.exposures",
            stays=_("Of visitors: found by their reference alone (PV8)."),
        ),
    ),
    nothing={
        "experiments.Analysis": ("figures",),
        "experiments.Experiment": ("name", "question", "subject"),
        "experiments.Block": (),
    },
    rules=(
        rule_of_rows(
            key="experiments.exposures",
            text=_("Who could have been treated in an experiment is deleted after 13 months."),
            held=Exposure.objects.all,
            moment="first_seen_at",
            due=_old,
            run=lambda now: _old(now).delete()[0],
        ),
    ),
)

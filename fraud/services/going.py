"""A suspicion has to be decided before the person it is about is erased."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.privacy.declaring import Person
from fraud.models import Case, CaseStatus


def obstacles(person: Person) -> list[str]:
    """Say that a case is open: erasing would be the way out of it."""
    waiting = Case.objects.filter(affiliate__in=person.accounts, status=CaseStatus.OPEN)
    return [_("A check of the account is open: decide it first.")] * waiting.exists()

"""Which end of a link's address is free."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _

from core.errors import DomainError
from tracking.domain import slugs
from tracking.domain.slugs import SlugProblem
from tracking.models import Link

SUGGESTIONS = 3
#: How many candidates are looked up at once; more would only be ever longer numbers.
LOOKED_AT = 40


class InvalidSlug(DomainError):
    """A slug with other signs, another length, or a word that is not for this."""

    code = "invalid_slug"


class SlugTaken(DomainError):
    """A slug that leads somewhere already, with ``suggestions`` that are free."""

    code = "slug_taken"

    def __init__(self, message: str, suggestions: list[str]) -> None:
        super().__init__(message)
        self.suggestions = suggestions


def normalized(slug: str) -> str:
    """Return the slug as it is kept: without blanks around it, in small letters."""
    return slug.strip().lower()


def require_possible(slug: str) -> None:
    """Refuse what can never be a slug.

    :raises InvalidSlug: with what is wrong.
    """
    found = slugs.problem(slug)
    if found is None:
        return
    raise InvalidSlug(
        {
            SlugProblem.LENGTH: _("The end of the address has 3 to 40 characters."),
            SlugProblem.SIGNS: _(
                "The end of the address has small letters, digits and single dashes between them."
            ),
            SlugProblem.RESERVED: _("This word is kept for the programme. Choose another."),
            SlugProblem.RUDE: _("This word could offend somebody. Choose another."),
        }[found]
    )


def require_free(slug: str, *, affiliate_name: str, now: datetime) -> None:
    """Refuse what cannot be the end of a new link's address.

    :raises InvalidSlug: for what can never be one.
    :raises SlugTaken: with three that are free.
    """
    require_possible(slug)
    if Link.objects.filter(code=slug).exists():
        raise taken(slug, affiliate_name=affiliate_name, now=now)


def taken(slug: str, *, affiliate_name: str, now: datetime) -> SlugTaken:
    """Return the refusal of a slug in use, with three that are free."""
    likely = islice(slugs.candidates(slug, year=now.year, name=affiliate_name), LOOKED_AT)
    possible = [one for one in dict.fromkeys(likely) if slugs.problem(one) is None]
    used = set(Link.objects.filter(code__in=possible).values_list("code", flat=True))
    free = [one for one in possible if one not in used][:SUGGESTIONS]
    return SlugTaken(
        _("“%(slug)s” is taken. Free: %(free)s.") % {"slug": slug, "free": ", ".join(free)}, free
    )

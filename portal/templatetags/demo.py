"""``{% load demo %}``: who can be signed in as, on a machine that runs everything itself."""

from django import template
from django.conf import settings

from core.models import User
from portal.demo.people import PEOPLE, DemoPerson

register = template.Library()


@register.simple_tag
def demo_people() -> list[DemoPerson]:
    """Return the demo people that exist here; nobody outside the embedded default."""
    if not settings.EMBEDDED:
        return []
    emails = [person.email for person in PEOPLE]
    present = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    return [person for person in PEOPLE if person.email in present]


@register.simple_tag
def is_embedded() -> bool:
    """Return whether everything runs on this machine, with mails kept in the outbox."""
    return bool(settings.EMBEDDED)

"""``{% load demo %}``: who can be signed in as, on a machine that runs everything itself."""

from django import template
from django.conf import settings
from django.template import Context

from core.models import User
from portal.access import is_on_this_machine
from portal.demo.people import PEOPLE, DemoPerson

register = template.Library()


@register.simple_tag(takes_context=True)
def demo_people(context: Context) -> list[DemoPerson]:
    """Return the demo people that exist here; nobody for a visitor from elsewhere."""
    if not _asked_here(context):
        return []
    emails = [person.email for person in PEOPLE]
    present = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    return [person for person in PEOPLE if person.email in present]


@register.simple_tag(takes_context=True)
def is_embedded(context: Context) -> bool:
    """Return whether everything runs on this machine, with mails kept in the outbox."""
    return bool(settings.HAS_OUTBOX and _asked_here(context))


def _asked_here(context: Context) -> bool:
    request = getattr(context, "request", None)
    return request is not None and is_on_this_machine(request)

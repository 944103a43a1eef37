"""``{% load devices %}``: where somebody is signed in."""

from django import template

from portal import devices

register = template.Library()


@register.filter
def device(user_agent: str) -> devices.Device:
    """Name the browser that says ``user_agent`` of itself."""
    return devices.device_of(user_agent)

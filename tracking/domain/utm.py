"""Campaign parameters of links: a group's template, what a link fills in, where they end up."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from tracking.domain.slugs import slug_of

PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
PLACEHOLDERS = frozenset({"affiliate", "campaign", "sub_id"})
VALUE_LENGTH = 80
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def unknown_placeholders(value: str) -> list[str]:
    """Return what stands in braces in ``value`` and is no placeholder; a lone brace too."""
    names = [name for name in _PLACEHOLDER.findall(value) if name not in PLACEHOLDERS]
    lone = "{" in (rest := _PLACEHOLDER.sub("", value)) or "}" in rest
    return [*names, *(["{"] if lone else [])]


def is_value(value: str) -> bool:
    """Tell whether ``value`` may be that of a parameter: printable and not too long."""
    return len(value) <= VALUE_LENGTH and value.isprintable()


def filled(
    template: Mapping[str, str], *, affiliate: str, campaign: str, sub_id: str
) -> dict[str, str]:
    """Return the parameters of one link by ``template``. What comes out empty is left out.

    The affiliate's name is written as a slug, so that it survives every report.
    """
    values = {"affiliate": slug_of(affiliate), "campaign": campaign.strip(), "sub_id": sub_id}
    made = {
        name: _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), template[name]).strip("-_ ")
        for name in PARAMETERS
        if template.get(name)
    }
    return {name: value[:VALUE_LENGTH] for name, value in made.items() if value}


def with_parameters(url: str, utm: Mapping[str, str]) -> str:
    """Return ``url`` with the parameters of ``utm``, which replace those of the same name."""
    if not utm:
        return url
    parts = urlsplit(url)
    kept = [field for field in parts.query.split("&") if field and _name(field) not in utm]
    added = [f"{name}={quote(utm[name], safe='')}" for name in _ordered(utm)]
    return urlunsplit(parts._replace(query="&".join([*kept, *added])))


def _name(field: str) -> str:
    return field.partition("=")[0].lower()


def _ordered(utm: Collection[str]) -> list[str]:
    return [name for name in PARAMETERS if name in utm]

"""The people of the demo, whom the login page offers while everything runs on one machine."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as. ``next_url`` is where their day begins; the label is to translate."""

    key: str
    email: str
    name: str
    role_label: str
    next_url: str


PEOPLE = (
    DemoPerson(
        "ada", "ada@carnet-ada.example", "Ada Lemoine", _("Affiliate, writes a blog"), "/portal/"
    ),
    DemoPerson("ines", "ines@inesmoreau.example", "Inès Moreau", _("Influencer"), "/portal/"),
    DemoPerson(
        "nadia", "nadia@maison-lutece.example", "Nadia Benali", _("Works in a store"), "/portal/"
    ),
    DemoPerson("sam", "sam@maison-lutece.example", "Sam Petit", _("Programme manager"), "/manage/"),
    DemoPerson(
        "fiona",
        "fiona@maison-lutece.example",
        "Fiona Lambert",
        _("Finance, prepares payouts"),
        "/finance/",
    ),
    DemoPerson(
        "hugo",
        "hugo@maison-lutece.example",
        "Hugo Garnier",
        _("Finance, approves payouts"),
        "/finance/",
    ),
)


def person(key: str) -> DemoPerson | None:
    """Return the person called ``key``, if there is one."""
    return next((someone for someone in PEOPLE if someone.key == key), None)

"""Every address there is, and what each role may do there: the table docs/access.csv.

It is made of what the code itself asks: the guard before a view, the scope of an operation of the
API, the permissions of the admin. A test asks every address as every role and compares.
"""

from __future__ import annotations

import csv
import inspect
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from affiliates.domain.abilities import TeamRole, gives
from core.models import Scope
from portal.access import Role
from portal.api.access import PARTNER_SCOPES, STAFF_SCOPES
from portal.api.docs import document
from portal.audiences import Audience, audience_of

SEES, ACTS = "see", "act"
SIGN_IN, APPLICATION, CLOSED = "sign in", "application", "-"
TEAM = [f"partner: {role}" for role in TeamRole]
PEOPLE = ["visitor", "newcomer", "applicant", *TEAM, "manager", "finance", "superuser"]
HEADER = ["address", "name", "for", "methods", "whose", *PEOPLE]
READS = ("GET",)
_STAFF = {
    "manager": frozenset({Role.MANAGER}),
    "finance": frozenset({Role.FINANCE}),
    "superuser": frozenset({Role.MANAGER, Role.FINANCE}),
}
_ASKED = {
    Audience.MANAGER: frozenset({Role.MANAGER}),
    Audience.FINANCE: frozenset({Role.FINANCE}),
    Audience.TEAM: frozenset({Role.MANAGER, Role.FINANCE}),
}
#: For whom nothing is asked of a role: the view itself looks at a secret, or at the machine.
_WITHOUT_ROLES = {Audience.EVERYBODY, Audience.HOLDER, Audience.MACHINE}
#: The programme's own things, which it shows to every affiliate for whom they are.
_OFFERED = frozenset({
    "portal:my-product-link", "portal:announcement", "portal:announcement-dismiss",
    "portal:my-brief", "portal:my-brief-apply",
    "portal:resource", "portal:resource-file", "portal:resource-image",
})  # fmt: skip
_LOOKS = ("view", "add", "change", "delete")


@dataclass(frozen=True, slots=True)
class Row:
    """One address: for whom it is, how it is asked, and what each of ``PEOPLE`` may do there.

    ``whose``: own: another account's thing is not found there; offered: it is the programme's, for
    those to whom it shows it. ``may`` holds what each may do:
    ``see``, ``act``, both, or why not.
    """

    address: str
    name: str
    audience: str
    methods: tuple[str, ...]
    whose: str
    may: tuple[str, ...]

    def allows(self, person: str) -> str:
        """Return what one of ``PEOPLE`` may do here."""
        return self.may[PEOPLE.index(person)]


def rows() -> list[Row]:
    """Return every row of the table: pages, operations of the API, pages of the admin."""
    return [*pages(), *operations(), *admin_pages()]


def pages() -> list[Row]:
    """Return what people open and machines call, but for the API's operations and the admin."""
    return [
        _page(address, name, route)
        for address, name, route in _routes(get_resolver(), "/", "")
        if audience_of(name, route.callback) not in {Audience.SUPERUSER, Audience.KEY}
    ]


def operations() -> list[Row]:
    """Return what a key of each role may call, while the key has the scope."""
    found = []
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            scope = Scope(scopes[0]) if (scopes := said["security"][0]["key"]) else None
            is_own = scope in PARTNER_SCOPES and "{" in path
            found.append(
                Row(
                    path,
                    said["operationId"],
                    f"key: {scope.value if scope else 'any scope'}",
                    (method.upper(),),
                    "own" if is_own else "",
                    tuple(_by_key(scope, person, method) for person in PEOPLE),
                )
            )
    return sorted(found, key=lambda row: (row.address, row.methods))


def admin_pages() -> list[Row]:
    """Return the tables of the admin, and what a superuser may do with each; nobody else may."""
    request = RequestFactory().get("/admin/")
    request.user = get_user_model()(is_superuser=True, is_staff=True, is_active=True)
    found = []
    for model, its_admin in admin.site._registry.items():
        told = _told(its_admin, request)
        found.append(
            Row(
                f"/admin/{model._meta.app_label}/{model._meta.model_name}/",
                "admin",
                Audience.SUPERUSER,
                ("GET", "POST"),
                "",
                tuple(_in_admin(person, told) for person in PEOPLE),
            )
        )
    return sorted(found, key=lambda row: row.address)


def as_csv(table: list[Row]) -> str:
    """Return the table as a file of comma-separated values."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(HEADER)
    for row in table:
        lines.writerow(
            [row.address, row.name, row.audience, " ".join(row.methods), row.whose, *row.may]
        )
    return written.getvalue()


def methods_of(view: Any) -> tuple[str, ...]:
    """Return by which of GET and POST a view is asked; of one that does not say: by both."""
    its_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if its_class is not None:
        return tuple(one for one in ("GET", "POST") if hasattr(its_class, one.lower()))
    while view is not None:
        if isinstance(view, partial):
            view = view.func
            continue
        said = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if said is not None:
            return tuple(one for one in ("GET", "POST") if one in said)
        view = getattr(view, "__wrapped__", None)
    return ("GET", "POST")


def _routes(
    resolver: URLResolver, before: str, space: str
) -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _routes(pattern, address, inner)
        else:
            yield address, f"{space}{pattern.name}", pattern


def _page(address: str, name: str, route: URLPattern) -> Row:
    audience, methods = audience_of(name, route.callback), methods_of(route.callback)
    names_a_thing = audience == Audience.PARTNER and "<" in address
    return Row(
        address,
        name,
        audience or "nobody",
        methods,
        ("offered" if name in _OFFERED else "own") if names_a_thing else "",
        tuple(_on_page(route.callback, audience, person, methods) for person in PEOPLE),
    )


def _on_page(view: Any, audience: Audience | None, person: str, methods: tuple[str, ...]) -> str:
    if audience is None:
        return CLOSED
    if audience in _WITHOUT_ROLES:
        return _said(methods, sees=True, acts=True)
    if person == "visitor":
        return SIGN_IN
    if audience == Audience.SIGNED_IN:
        return _said(methods, sees=True, acts=True)
    if audience == Audience.PARTNER:
        if person == "applicant":
            return APPLICATION
        if person not in TEAM:
            return CLOSED
        role = person.removeprefix("partner: ")
        see, act = view.abilities
        return _said(methods, sees=gives(role, see), acts=gives(role, act))
    is_let_in = bool(_ASKED[audience] & _STAFF.get(person, frozenset()))
    return _said(methods, sees=is_let_in, acts=is_let_in)


def _by_key(scope: Scope | None, person: str, method: str) -> str:
    if person in TEAM:
        role = person.removeprefix("partner: ")
        may = scope is None or (scope in PARTNER_SCOPES and gives(role, PARTNER_SCOPES[scope]))
    elif person in _STAFF:
        may = scope is None or bool(STAFF_SCOPES.get(scope, frozenset()) & _STAFF[person])
    else:
        may = False
    return (SEES if method == "get" else ACTS) if may else CLOSED


def _in_admin(person: str, told: str) -> str:
    if person == "visitor":
        return SIGN_IN
    return told if person == "superuser" else CLOSED


def _told(its_admin: ModelAdmin[Any], request: Any) -> str:
    can = [one for one in _LOOKS if getattr(its_admin, f"has_{one}_permission")(request)]
    acts = [name for name in its_admin.get_actions(request) if name != "delete_selected"]
    return "; ".join([", ".join(can), *([f"does: {', '.join(acts)}"] if acts else [])])


def _said(methods: tuple[str, ...], *, sees: bool, acts: bool) -> str:
    can = []
    if sees and "GET" in methods:
        can.append(SEES)
    if acts and "POST" in methods:
        can.append(ACTS)
    return " ".join(can) or CLOSED

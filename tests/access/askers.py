"""One person of each kind, the world that they ask, and what became of a question."""

from dataclasses import dataclass, field

from django.db import transaction
from django.http.cookie import SimpleCookie
from django.test import Client
from django.urls import Resolver404, resolve

from portal.access_table import ACTS, APPLICATION, CLOSED, SEES, SIGN_IN
from tests.browser.places import addresses
from tests.builders import make_user

ENTERS, REFUSED, NOWHERE = "enters", CLOSED, "nowhere"
NO_METHOD, BROKEN = "no such method", "broken"
NOBODYS = {
    "int": "0", "uuid": "00000000-0000-4000-8000-000000000000", "slug": "nobody", "str": "nobody",
    "path": "nobody",
}  # fmt: skip


def _client():
    return Client(HTTP_HOST="localhost", raise_request_exception=False)


@dataclass
class Asker:
    """A browser, and which column of the table its person is in."""

    name: str
    column: str
    client: Client = field(default_factory=lambda: _client())
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def ask(self, method, address):
        """Ask, put everything back as it was, and return what the answer was."""
        self.client.cookies = SimpleCookie(self.cookies.output(header="", sep=";"))
        with transaction.atomic():
            answer = getattr(self.client, method.lower())(address)
            outcome = outcome_of(answer)
            transaction.set_rollback(True)
        return outcome


def outcome_of(answer):
    """Say what an answer means for who asked."""
    if answer.status_code == 403:
        return REFUSED
    if answer.status_code == 404:
        return NOWHERE
    if answer.status_code == 405:
        return NO_METHOD
    if answer.status_code == 500:
        return BROKEN
    where = answer.get("Location", "")
    if where.startswith(("/account/login/?next=", "/account/signup/?next=")):
        return SIGN_IN
    if where == "/apply/status/":
        return APPLICATION
    return ENTERS


def make_askers(everything):
    """Return one of each kind: of Ada's team, of other accounts, of the team, and strangers."""
    people, ada = everything.people, everything.people["partner"].memberships.get().affiliate
    boss = make_user(email="boss@example.com", is_staff=True, is_superuser=True)
    found = [
        _signed_in("visitor", "visitor", None),
        _signed_in("newcomer", "newcomer", people["newcomer"]),
        _signed_in("applicant", "applicant", people["applicant"]),
        _signed_in("Ada", "partner: owner", people["partner"]),
    ]
    for role in ("manager", "accountant", "reader"):
        member = make_user()
        ada.memberships.create(user=member, role=role)
        found.append(_signed_in(f"Ada's {role}", f"partner: {role}", member))
    return [
        *found,
        _signed_in("Ines", "partner: owner", people["influencer"]),
        _signed_in("employee", "partner: owner", people["employee"]),
        _signed_in("manager", "manager", people["manager"]),
        _signed_in("finance", "finance", people["finance"]),
        _signed_in("superuser", "superuser", boss),
    ]


def _signed_in(name, column, user):
    asker = Asker(name, column)
    if user is not None:
        asker.client.force_login(user)
        asker.cookies = asker.client.cookies
    return asker


def with_nobodys(route):
    """Return an address of the route in which nobody's thing stands."""
    parts = []
    for part in route.split("<"):
        kind, found, rest = part.partition(">")
        parts.append(NOBODYS[kind.partition(":")[0]] + rest if found else part)
    return "".join(parts)


def with_things(row, things):
    """Return an address of the row in which things stand, or None when there is none to fill in."""
    for address in addresses(row.address.lstrip("/"), things):
        try:
            match = resolve(address.partition("?")[0])
        except Resolver404:
            continue
        if match.view_name == row.name:
            return address
    return None


def expected(row, column, method):
    """Return the outcome that the table promises to a column, for things that are nobody's."""
    if method not in row.methods:
        return NO_METHOD
    said = row.allows(column)
    if said in (SIGN_IN, APPLICATION):
        return said
    return ENTERS if (SEES if method == "GET" else ACTS) in said.split() else REFUSED

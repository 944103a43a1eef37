"""Every address of a partner, asked as every role, by every method (teams.md, E1 and E2)."""

import re
from uuid import uuid4

import pytest
from django.urls import URLPattern

from affiliates.domain.abilities import Ability, TeamRole
from portal import staff_urls, urls
from portal.access import partner_may, partner_required
from tests.affiliates.team_rules import abilities_table
from tests.builders import make_user
from tests.portal.test_partner_doors import addresses

pytestmark = pytest.mark.slow

ASKED = b"Your role in the team"
STAFF = {route.name for route in staff_urls.urlpatterns}
ROUTES = {
    route.name: route
    for route in urls.urlpatterns
    if isinstance(route, URLPattern) and route.name not in STAFF
}
#: Whoever is signed in may have these, and visitors some: they are no partner's own.
NOT_PARTNERS = {
    "event-schema", "product-feed", "program", "start", "apply", "apply-status", "apply-withdraw",
    "apply-proof-ask", "apply-proof-check", "apply-proof-watch", "demo-sign-in", "dev-outbox",
    "dev-outbox-html", "preferences", "notifications", "notification-count",
    "letter-choices-lead", "letters-stop", "session-end", "styleguide", "styleguide-shell",
    "stripe-webhook", "photo-send", "photo-sent", "photo-withdraw", "team-switch", "team-join",
    "security-log", "account-view-stop", "schedule-stop", "search", "search-found", "columns",
    "status", "banner", "my-data", "my-data-copy", "my-data-erase", "my-data-withdraw",
    "my-data-file", "colleague-join",
}  # fmt: skip
FILLED = {"int": "1", "uuid": str(uuid4()), "slug": "some", "str": "some", "path": "some"}


def address_of(route):
    """The address of a route with nobody's things in it."""
    pattern = str(route.pattern)
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: FILLED[found[1] or "str"], pattern)


def partners():
    return {name: route for name, route in ROUTES.items() if name not in NOT_PARTNERS}


def test_every_page_of_a_partner_names_what_it_asks():
    without = [
        name for name, route in partners().items() if not hasattr(route.callback, "abilities")
    ]
    assert without == []


def test_no_other_page_asks_for_a_role():
    for name in NOT_PARTNERS & set(ROUTES):
        assert not hasattr(ROUTES[name].callback, "abilities"), name


def test_a_page_that_names_nothing_is_the_owners():
    assert partner_required(lambda _request: None).abilities == (Ability.MANAGE_TEAM,) * 2
    assert partner_may(Ability.SEE_WORK)(lambda _request: None).abilities[1] == Ability.SEE_WORK


@pytest.mark.parametrize("role", [one for one in TeamRole if one != TeamRole.OWNER])
def test_pages_with_something_on_them_are_drawn_for_every_role(sign_in, world, role):
    table, member = abilities_table(), make_user()
    pages = addresses(world)
    member.memberships.create(affiliate=world.ada, role=role)
    browser = sign_in(member)
    by_path = {}
    for address in pages.values():
        answer = browser.get(address)
        see = answer.resolver_match.func.abilities[0]
        by_path[address] = answer.status_code
        assert answer.status_code == (200 if role in table[see] else 403), address
    assert set(by_path.values()) <= {200, 403}


def test_a_refusal_says_the_role_and_who_can_give_another(sign_in, world):
    reader = make_user()
    reader.memberships.create(affiliate=world.ada, role="reader")

    page = sign_in(reader).get("/portal/links/new/")

    said = page.content.decode()
    assert page.status_code == 403
    assert "Your role in the team of Le Carnet d&#x27;Ada is: Reader." in said
    assert "It takes: Owner or Manager." in said
    assert "An owner can give you another role: Ada Blanchet." in said


def test_controls_of_what_a_role_may_not_do_say_so(sign_in, world):
    reader = make_user()
    reader.memberships.create(affiliate=world.ada, role="reader")
    browser = sign_in(reader)

    links, home = browser.get("/portal/links/").content.decode(), browser.get("/portal/")

    assert "You can read this page and change nothing on it." in links
    assert 'href="/portal/links/new/"' not in links
    assert "Your role does not allow it. It takes: Owner or Manager." in links
    assert 'href="/portal/payee/"' not in home.content.decode()
    assert f"/portal/links/{world.link.pk}/archive/" not in links


def test_an_owner_sees_every_control(ada, world):
    links = ada.get("/portal/links/").content.decode()
    assert "Your role does not allow it" not in links
    assert 'href="/portal/links/new/"' in links

"""Every address, asked as every role by every method, compared with the table docs/access.csv."""

from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache

from portal import access_table
from portal.access_table import APPLICATION, PEOPLE, SIGN_IN
from portal.audiences import LISTED, Audience, audience_of
from tests.access.askers import (
    ENTERS,
    NO_METHOD,
    NOWHERE,
    REFUSED,
    expected,
    make_askers,
    with_nobodys,
    with_things,
)
from tests.browser.places import make_everything
from tests.payouts.paydays import PAYDAY

pytestmark = pytest.mark.slow
TABLE = Path(__file__).parents[2] / "docs" / "access.csv"
#: Of these the world has nothing in the one state in which they do something: whoever asks finds
#: nothing. Whose they are is tried where their story is told.
NEVER_ENTERED = {
    "portal:look-comment-resolve", "portal:my-export-file", "portal:my-page-first",
    "portal:sanction-contest", "portal:my-offer-accept", "portal:my-offer-decline",
}  # fmt: skip


def test_the_table_in_the_docs_is_what_the_code_asks():
    """After a change: ``bin/manage access_table --write``, and read what became different."""
    assert TABLE.read_text() == access_table.as_csv(access_table.rows())


def test_nothing_is_for_nobody_by_oversight():
    without = [row.name for row in access_table.pages() if row.audience == "nobody"]

    assert without == [], "Say in portal/audiences.py for whom these are."


def test_nothing_is_listed_that_is_not_there():
    named = {row.name for row in access_table.pages()}

    assert set(LISTED) - named == set()


@pytest.fixture
def everything(db, settings):
    settings.ROOT_URLCONF = "tests.access.plain_urls"
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.ACCOUNT_RATE_LIMITS = False
    cache.clear()
    with time_machine.travel(PAYDAY, tick=False):
        yield make_everything()


def test_every_address_lets_in_whom_the_table_says(everything):
    wrong, pages = [], access_table.pages()
    for asker in make_askers(everything):
        for row in pages:
            for method in row.methods:
                found = asker.ask(method, with_nobodys_of(row))
                if found not in allowed(row, asker.column, method):
                    wrong.append(f"{asker.name}: {method} {row.address} ({row.name}): {found}")
    assert wrong == [], "\n".join(wrong)


def test_every_address_refuses_the_methods_that_the_table_does_not_name(everything):
    askers, wrong = make_askers(everything), []
    for row in access_table.pages():
        for method in {"GET", "POST"} - set(row.methods):
            inside = (one for one in askers if expected(row, one.column, row.methods[0]) == ENTERS)
            found = next(inside).ask(method, with_nobodys_of(row))
            if found not in (NO_METHOD, NOWHERE):
                wrong.append(f"{method} {row.address} ({row.name}): {found}")
    assert wrong == [], "\n".join(wrong)


def with_nobodys_of(row):
    if "(?P<" in row.address:
        return "/account/password/reset/key/1-nobody/"
    return with_nobodys(row.address)


def allowed(row, column, method):
    """Return the outcomes that agree with the table, whatever the view itself then decides."""
    promised = expected(row, column, method)
    if promised != ENTERS:
        return {promised}
    outcomes = {ENTERS, NOWHERE}
    if row.audience in {Audience.SIGNED_IN, Audience.EVERYBODY, Audience.HOLDER, Audience.MACHINE}:
        # Who asks may still be sent elsewhere by what the page is about.
        outcomes |= {REFUSED, SIGN_IN, APPLICATION, NO_METHOD}
    return outcomes


def test_own_things_are_found_and_those_of_others_are_not(everything):
    rows = [row for row in access_table.pages() if row.whose == "own"]
    askers = {asker.name: asker for asker in make_askers(everything)}
    wrong, never = [], []
    for row in rows:
        address = with_things(row, everything.things)
        for method in row.methods:
            found = {name: askers[name].ask(method, address) for name in ("Ada", "Ines")}
            if ENTERS not in found.values() and row.name not in NEVER_ENTERED:
                never.append(f"{method} {row.name}")
            if list(found.values()).count(ENTERS) > 1:
                wrong.append(f"{method} {row.name}: both enter {address}")
            if askers["employee"].ask(method, address) != NOWHERE:
                wrong.append(f"{method} {row.name}: a stranger enters {address}")
    assert wrong == [], "\n".join(wrong)
    assert never == [], "\n".join(never)


@pytest.mark.parametrize("column", PEOPLE)
def test_every_role_has_something_in_the_table_that_it_may_not(column):
    assert any(row.allows(column) in (REFUSED, SIGN_IN) for row in access_table.pages())


def test_a_view_that_says_nothing_is_closed_to_everybody(client, settings, db):
    settings.ROOT_URLCONF = "tests.access.forgotten_urls"

    assert client.get("/forgotten/").status_code == 403
    assert audience_of("forgotten", lambda _request: None) is None

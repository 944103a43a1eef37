"""No cache keeps what partners and staff see."""

import pytest

from tests.people import make_ada, make_fin, make_sam, person_of

pytestmark = pytest.mark.django_db

PAGES = [
    ("partner", "/portal/"),
    ("partner", "/portal/sales/"),
    ("partner", "/portal/sales/?format=csv"),
    ("partner", "/portal/payee/"),
    ("manager", "/manage/"),
    ("manager", "/manage/orders/"),
    ("finance", "/finance/"),
    ("finance", "/finance/batches/"),
]


@pytest.mark.parametrize(("role", "address"), PAGES)
def test_pages_and_files_are_not_stored(client, role, address):
    people = {
        "partner": lambda: person_of(make_ada()),
        "manager": make_sam,
        "finance": make_fin,
    }
    client.force_login(people[role]())
    response = client.get(address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_nor_is_what_finance_exports(client):
    affiliate = make_ada()
    client.force_login(make_fin())
    response = client.get(f"/finance/ledger/{affiliate.public_id}/export.csv?column=payable")
    assert response["Content-Type"].startswith("text/csv")
    assert "no-store" in response["Cache-Control"]

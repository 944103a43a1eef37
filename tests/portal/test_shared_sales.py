"""What a partner reads of a sale that several partners share."""

import pytest
from django.urls import reverse

from tests.builders import make_affiliate
from tests.payouts.test_shared_orders import make_shared
from tests.people import make_ada, person_of
from tracking.models import Credit

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    made = make_ada()
    client.force_login(person_of(made))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return made


def page_of(client, order, affiliate):
    credit = Credit.objects.get(order=order, affiliate=affiliate)
    return client.get(reverse("portal:sale-detail", args=[credit.pk])).content.decode()


@pytest.mark.parametrize(
    ("place", "sentence", "share"),
    [
        (0, "yours was the first: your part is 33.33", "33.33"),
        (1, "yours was on the way: your part is 16.67", "16.67"),
        (2, "yours was the last: your part is 50", "50"),
    ],
)
def test_the_page_says_which_part_is_theirs(client, ada, place, sentence, share):
    others = [make_affiliate(name="Rival One"), make_affiliate(name="Rival Two")]
    order, _ids = make_shared([*others[:place], ada, *others[place:]])

    page = page_of(client, order, ada)

    assert sentence in page
    assert f"Share of the order: {share}" in page
    assert "<dt>Your part</dt>" in page
    assert "Rival" not in page


def test_the_sale_of_another_part_is_not_theirs(client, ada):
    order, ids = make_shared([ada, make_affiliate(), make_affiliate()])
    other = Credit.objects.get(order=order, affiliate=ids[1])

    assert client.get(reverse("portal:sale-detail", args=[other.pk])).status_code == 404

import pytest
from django.urls import reverse

from affiliates.models import AffiliateStatus
from tests.builders import make_affiliate, make_payee
from tests.payouts.stories import approved
from tests.people import make_sam

pytestmark = pytest.mark.django_db
TABS = ("overview", "terms", "links", "orders", "payouts", "journal")


@pytest.fixture
def manager(client):
    client.force_login(make_sam())
    return client


def act(client, verb, affiliate, **fields):
    return client.post(reverse(f"portal:affiliate-{verb}", args=[affiliate.public_id]), fields)


def test_the_directory_finds_by_name_mail_and_code(manager):
    ada, other = make_affiliate(name="Ada"), make_affiliate(name="Other")
    ada.codes.create(shop=approved(ada).credit.order.shop, code="ADA10", valid_from=ada.joined_at)

    for search in ("ada", "ADA10", ada.memberships.get().user.email):
        page = manager.get(reverse("portal:affiliate-list"), {"q": search}).content.decode()
        assert ada.name in page, search
        assert other.name not in page, search


def test_every_side_of_an_affiliate_opens(manager):
    affiliate = make_affiliate()
    approved(affiliate)

    for tab in TABS:
        url = reverse("portal:affiliate-detail", args=[affiliate.public_id])
        assert manager.get(url, {"tab": tab}).status_code == 200, tab


def test_the_iban_is_masked_and_twins_are_named(manager):
    affiliate, twin = make_affiliate(), make_affiliate(name="Twin")
    iban = make_payee(affiliate).iban
    make_payee(twin)

    page = manager.get(
        reverse("portal:affiliate-detail", args=[affiliate.public_id])
    ).content.decode()

    assert iban not in page
    assert f"•••• {iban[-4:]}" in page
    assert "Twin" in page


def test_suspending_needs_a_reason_that_the_affiliate_reads(manager):
    affiliate = make_affiliate()

    act(manager, "suspend", affiliate, reason="")
    affiliate.refresh_from_db()
    assert affiliate.status == AffiliateStatus.ACTIVE

    act(manager, "suspend", affiliate, reason="Please call us.")
    affiliate.refresh_from_db()
    assert (affiliate.status, affiliate.status_reason) == ("suspended", "Please call us.")


def test_reactivating_and_closing(manager):
    affiliate = make_affiliate(status=AffiliateStatus.SUSPENDED)

    act(manager, "reactivate", affiliate, reason="Settled.")
    affiliate.refresh_from_db()
    assert affiliate.status == AffiliateStatus.ACTIVE

    act(manager, "close", affiliate, reason="As agreed.")
    affiliate.refresh_from_db()
    assert affiliate.status == AffiliateStatus.CLOSED


def test_a_closed_account_is_not_opened_again_and_the_page_says_so(manager):
    affiliate = make_affiliate(status=AffiliateStatus.CLOSED)

    answer = act(manager, "reactivate", affiliate, reason="Please.")
    page = manager.get(answer["Location"])

    assert [str(message) for message in page.context["messages"]]
    affiliate.refresh_from_db()
    assert affiliate.status == AffiliateStatus.CLOSED

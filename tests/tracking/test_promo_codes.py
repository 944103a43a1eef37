from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus, Membership
from core.models import AuditEntry
from tests.builders import NOW, make_affiliate, make_code, make_shop
from tests.people import make_sam
from tracking.models import CouponCode
from tracking.services import code_batches, codes
from tracking.services.links import AccountNotActive

pytestmark = pytest.mark.django_db

SPAN = timedelta(days=30)
SOON = NOW + SPAN


@pytest.fixture
def sam():
    return make_sam()


def create(sam, affiliate, code="ada10", **overrides):
    fields = {"discount_bps": 1_000, "valid_from": NOW, "valid_to": SOON, **overrides}
    return codes.create(
        affiliate_id=affiliate.pk,
        shop_id=make_shop().pk,
        code=code,
        actor_id=sam.pk,
        now=NOW,
        **fields,
    )


def test_a_code_is_kept_in_capitals_and_audited(sam):
    code = create(sam, make_affiliate(), " ada10 ")

    code.refresh_from_db()
    assert (code.code, code.discount_bps, code.valid_to) == ("ADA10", 1_000, SOON)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb, entry.data["code"]) == (sam, "code.created", "ADA10")


def test_the_same_code_again_is_the_same_row(sam):
    affiliate = make_affiliate()
    assert create(sam, affiliate) == create(sam, affiliate, "Ada10")
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("change", [{"discount_bps": 500}, {"valid_to": None}])
def test_the_same_code_with_other_content_is_refused(sam, change):
    affiliate = make_affiliate()
    first = create(sam, affiliate)
    with pytest.raises(codes.CodeTaken, match="ADA10"):
        create(sam, affiliate, **change)
    assert CouponCode.objects.get() == first


def test_the_code_of_another_is_taken_whatever_its_case(sam):
    make_code(code="Ada10")
    with pytest.raises(codes.CodeTaken):
        create(sam, make_affiliate(), "ADA10")
    assert CouponCode.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"code": "AB"},
        {"code": "ÉTÉ26"},
        {"code": "A B C"},
        {"discount_bps": -1},
        {"discount_bps": 10_001},
        {"valid_to": NOW},
    ],
)
def test_an_impossible_code_is_refused(sam, change):
    with pytest.raises(codes.InvalidCode):
        create(sam, make_affiliate(), **change)
    assert not CouponCode.objects.exists()


def test_an_account_that_is_not_active_gets_no_code(sam):
    affiliate = make_affiliate(status=AffiliateStatus.SUSPENDED)
    with pytest.raises(AccountNotActive):
        create(sam, affiliate)
    with pytest.raises(AccountNotActive):
        codes.issue_first(affiliate_id=affiliate.pk, shop_id=make_shop().pk, now=NOW)
    assert not CouponCode.objects.exists()


def issue_first(affiliate):
    return codes.issue_first(affiliate_id=affiliate.pk, shop_id=make_shop().pk, now=NOW)


def test_the_first_code_is_the_name_and_two_digits_and_is_given_once():
    affiliate = make_affiliate(name="Inès Moreau")

    code = issue_first(affiliate)

    assert code.code[:4] == "INES"
    assert len(code.code) == 6
    assert set(code.code[4:]) <= set("23456789")
    assert (code.valid_from, code.valid_to) == (NOW, None)
    assert issue_first(affiliate) == code


def test_namesakes_get_codes_of_their_own_even_when_the_short_ones_are_taken():
    for tens in "23456789":
        for units in "23456789":
            make_code(code=f"Ines{tens}{units}")

    code = issue_first(make_affiliate(name="Ines"))

    assert len(code.code) == 7


def test_nobody_makes_or_changes_a_code_of_an_account_they_act_for(sam):
    affiliate = make_affiliate()
    code = make_code(affiliate, usage_limit=1)
    Membership.objects.create(affiliate=affiliate, user=sam)
    terms = {"valid_to": None, "actor_id": sam.pk, "now": NOW, "policy": "", "usage_limit": None}
    given = {**terms, "prefix": "", "discount_bps": 0, "valid_from": NOW, "shop_id": code.shop_id}

    with pytest.raises(codes.OwnCode):
        create(sam, affiliate)
    with pytest.raises(codes.OwnCode):
        codes.generate(affiliate_id=affiliate.pk, **given)
    with pytest.raises(codes.OwnCode):
        codes.revise(code_id=code.pk, **terms)

    CouponCode.objects.update(valid_from=NOW - SPAN, valid_to=NOW)
    other = make_affiliate()
    made = code_batches.generate_for_group(group_id=affiliate.group_id, **given)
    assert [one.affiliate for one in made] == [other]


def test_an_ended_code_stays_ended_as_it_was(sam):
    code = make_code()
    for days in (0, 1):
        codes.end(code_id=code.pk, actor_id=sam.pk, now=NOW + timedelta(days=days))

    code.refresh_from_db()
    assert code.valid_to == NOW
    assert AuditEntry.objects.get().verb == "code.ended"


def test_a_code_that_would_end_later_ends_now(sam):
    code = make_code(valid_to=SOON)
    assert codes.end(code_id=code.pk, actor_id=sam.pk, now=NOW).valid_to == NOW


def test_a_code_that_has_not_begun_is_not_ended(sam):
    code = make_code(valid_from=NOW)
    with pytest.raises(codes.CodeNotBegun):
        codes.end(code_id=code.pk, actor_id=sam.pk, now=NOW)
    code.refresh_from_db()
    assert code.valid_to is None

"""Asking for a promo code, and the answer (docs/rules/links.md, K6 to K9)."""

from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus, Membership
from core.models import AuditEntry, Delivery
from tests.builders import NOW, make_affiliate, make_code, make_shop
from tests.people import make_ada, make_mallory, make_sam, person_of
from tracking.models import CodeRequest, CodeRequestStatus, CouponCode
from tracking.services import code_requests, codes
from tracking.services.codes import CodeTaken, InvalidCode
from tracking.services.links import AccountNotActive

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(days=30)


@pytest.fixture
def sam():
    return make_sam()


def ask(affiliate, wanted="ada20", **overrides):
    fields = {"purpose": "My birthday", "valid_from": None, "valid_to": None, **overrides}
    return code_requests.ask(
        affiliate_id=affiliate.pk,
        shop_id=make_shop().pk,
        wanted=wanted,
        actor_id=person_of(affiliate).pk,
        now=NOW,
        **fields,
    )


def grant(request, sam, **overrides):
    fields = {"code": request.wanted, "discount_bps": 1_000, "valid_from": NOW, "valid_to": SOON}
    return code_requests.grant(
        request_id=request.pk, actor_id=sam.pk, now=NOW, **{**fields, **overrides}
    )


def test_a_request_is_granted_with_its_code_and_everybody_of_the_account_is_told(sam):
    request = ask(make_ada())

    granted = grant(request, sam, policy="if_involved", usage_limit=50)

    code = CouponCode.objects.get()
    assert (granted.status, granted.code, granted.decided_by) == ("granted", code, sam)
    assert (code.code, code.policy, code.usage_limit) == ("ADA20", "if_involved", 50)
    mail = Delivery.objects.get()
    assert mail.recipient == "ada@example.com"
    assert "ADA20" in mail.body
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert verbs == {"code_request.made", "code.created", "code_request.granted"}


def test_granting_twice_makes_one_code_and_one_mail(sam):
    request = ask(make_ada())
    for _again in range(2):
        grant(request, sam)
    assert (CouponCode.objects.count(), Delivery.objects.count()) == (1, 1)


def test_a_code_that_is_taken_leaves_the_request_open(sam):
    request = ask(make_ada())
    make_code(code="ADA20")

    with pytest.raises(CodeTaken):
        grant(request, sam)

    request.refresh_from_db()
    assert request.status == CodeRequestStatus.OPEN
    assert not Delivery.objects.exists()


def test_a_refusal_needs_a_reason_and_the_affiliate_reads_it(sam):
    request = ask(make_ada())
    fields = {"request_id": request.pk, "actor_id": sam.pk, "now": NOW}
    with pytest.raises(code_requests.ReasonMissing):
        code_requests.refuse(reason=" ", **fields)

    for _again in range(2):
        code_requests.refuse(reason="One code is enough.", **fields)

    request.refresh_from_db()
    assert (request.status, request.reason) == ("refused", "One code is enough.")
    assert "One code is enough." in Delivery.objects.get().body


def test_one_request_is_open_at_a_time():
    ada = make_ada()
    first = ask(ada)

    assert ask(ada) == first
    with pytest.raises(code_requests.RequestOpen):
        ask(ada, "ada30")
    withdraw(first)
    assert ask(ada, "ada30") != first
    assert ask(make_mallory(), "mallory")


def withdraw(request, affiliate=None):
    return code_requests.withdraw(
        request_id=request.pk,
        affiliate_id=(affiliate or request.affiliate).pk,
        actor_id=person_of(request.affiliate).pk,
        now=NOW,
    )


def test_what_is_decided_is_neither_withdrawn_nor_decided_again(sam):
    request = ask(make_ada())
    grant(request, sam)

    with pytest.raises(code_requests.RequestDecided):
        withdraw(request)
    with pytest.raises(code_requests.RequestDecided):
        code_requests.refuse(request_id=request.pk, reason="No", actor_id=sam.pk, now=NOW)


def test_nobody_withdraws_the_request_of_another():
    request = ask(make_ada())
    with pytest.raises(CodeRequest.DoesNotExist):
        withdraw(request, make_mallory())


def test_nobody_decides_about_an_account_they_act_for(sam):
    request = ask(make_ada())
    Membership.objects.create(affiliate=request.affiliate, user=sam)

    with pytest.raises(code_requests.OwnRequest):
        grant(request, sam)
    with pytest.raises(code_requests.OwnRequest):
        code_requests.refuse(request_id=request.pk, reason="No", actor_id=sam.pk, now=NOW)
    assert not CouponCode.objects.exists()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"wanted": "a"}, InvalidCode),
        ({"wanted": "été"}, InvalidCode),
        ({"purpose": "  "}, code_requests.ReasonMissing),
        ({"valid_to": NOW}, InvalidCode),
        ({"valid_from": SOON, "valid_to": SOON}, InvalidCode),
    ],
)
def test_an_impossible_request_is_refused(change, refusal):
    with pytest.raises(refusal):
        ask(make_ada(), **change)
    assert not CodeRequest.objects.exists()


def test_a_code_that_exists_is_not_asked_for():
    make_code(code="Ada20")
    with pytest.raises(CodeTaken):
        ask(make_ada())


def test_an_account_that_is_not_active_asks_for_nothing():
    with pytest.raises(AccountNotActive):
        ask(make_affiliate(status=AffiliateStatus.SUSPENDED))


# --- the pool ----------------------------------------------------------------------------


def test_generated_codes_begin_with_the_prefix_and_cannot_be_misread(sam):
    fields = {
        "affiliate_id": make_ada().pk, "shop_id": make_shop().pk, "prefix": "ete26",
        "discount_bps": 500, "valid_from": NOW, "valid_to": SOON, "actor_id": sam.pk, "now": NOW,
    }  # fmt: skip
    made = [codes.generate(**fields) for _number in range(3)]

    assert len({code.code for code in made}) == 3
    for code in made:
        prefix, signs = code.code.rsplit("-", 1)
        assert prefix == "ETE26"
        assert not set(signs) & set("01OIL")
    with pytest.raises(InvalidCode):
        codes.generate(**{**fields, "prefix": "é"})


def revise(code, sam, **overrides):
    fields = {"policy": code.policy, "usage_limit": None, "valid_to": None, "now": NOW, **overrides}
    return codes.revise(code_id=code.pk, actor_id=sam.pk, **fields)


def test_a_code_is_revised_and_the_change_kept(sam):
    code = make_code()
    for _again in range(2):
        revise(code, sam, policy="if_winner", usage_limit=10, valid_to=SOON)

    code.refresh_from_db()
    assert (code.policy, code.usage_limit, code.valid_to) == ("if_winner", 10, SOON)
    entry = AuditEntry.objects.get(verb="code.revised")
    assert entry.data["usage_limit"] == [None, 10]
    assert entry.data["valid_to"] == [None, SOON.isoformat()]


@pytest.mark.parametrize("change", [{"policy": "sometimes"}, {"usage_limit": 0}, {"valid_to": NOW}])
def test_an_impossible_revision_changes_nothing(sam, change):
    code = make_code()
    with pytest.raises(InvalidCode):
        revise(code, sam, **change)
    code.refresh_from_db()
    assert (code.policy, code.usage_limit, code.valid_to) == ("", None, None)


def test_an_ended_code_is_not_begun_again(sam):
    code = make_code(valid_to=NOW)
    with pytest.raises(codes.CodeEnded):
        revise(code, sam, valid_to=SOON)

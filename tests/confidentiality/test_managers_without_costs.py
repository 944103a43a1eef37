"""On the actual margin a manager without the permission reads amounts, never their reckoning (M11).

The price is public, so a rate beside its amount would tell the margin, and with it the cost.
"""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from affiliates.models import Basis, Terms, TermsDraft
from affiliates.services import terms_drafts
from core.models import AuditEntry, User
from payouts.models import CommissionLine
from payouts.services import cost_corrections, costs, proposals, returns
from shop.domain.canonical import CanonicalCost
from shop.models import CostSource, OrderLine
from shop.services import cost_corrections as shop_costs
from tests.builders import (
    NOW,
    make_affiliate,
    make_group,
    make_order,
    make_product,
    make_return,
    make_terms,
    make_user,
)
from tests.payouts.claim_stories import claimed
from tests.payouts.stories import accrued, euros
from tests.people import make_fin, make_sam

pytestmark = pytest.mark.django_db

RATE_BPS = 2_345
RULE = {"key": "r", "name": "Own rule", "priority": 1, "pays": "margin", "rate_bps": 3_217,
        "when": {"category": ["bags"]}}  # fmt: skip
FLAT = {"key": "f", "name": "Shoes", "priority": 2, "pays": "flat", "flat_minor": 7_391,
        "when": {"category": ["shoes"]}}  # fmt: skip
TIERS = {"metric": "orders", "every": "month", "steps": [{"at": 40, "rate_bps": 2_791}]}
RULES = {"rules": [RULE, FLAT], "tiers": TIERS}
#: Of a dress and a bag of 100.00: cost, corrected cost, margins, and the rates, in both languages.
SECRETS = [
    text.replace(".", point)
    for point in ".,"
    for text in (
        "41.37",
        "45.37",
        "33.11",
        "117.26",
        "109.26",
        "66.89",
        "23.45",
        "32.17",
        "27.91",
        "73.91",
    )
]
WHY = "is shown to those who may see costs"


@pytest.fixture
def world():
    """A sale on actual margin that was corrected, came back in part, is claimed and adjusted."""
    group = make_group(slug="own", sees_costs=True, terms={"rate_bps": 1_000})
    affiliate = make_affiliate(group=group, name="Own people")
    terms = make_terms(affiliate=affiliate, basis=Basis.ACTUAL, rate_bps=RATE_BPS, rules=RULES)
    lines = [
        {"product": make_product(cost_minor=4_137, category="dresses"), "quantity": 2},
        {"product": make_product(cost_minor=3_311, category="bags")},
        {"unit_cost_minor": None, "cost_source": CostSource.MISSING},
    ]
    sale = accrued(affiliate, number="OWN-1", lines=lines)
    order = sale.credit.order
    OrderLine.objects.filter(order=order, unit_cost_minor__isnull=True).update(
        unit_cost_minor=4_137, cost_source=CostSource.CATALOGUE
    )
    costs.complete_pending(now=NOW)
    correct(order, order.lines.order_by("pk")[0], 4_537)
    make_return(order, quantities={order.lines.order_by("pk")[0]: 1})
    returns.apply_pending(now=NOW)
    wrong = claimed(affiliate, kind="wrong", text="Too low", credit_id=sale.credit_id,
                    order_number=f"S-{sale.credit_id}")  # fmt: skip
    missing_order = make_order(number="X-1", lines=lines[:2])
    missing = claimed(affiliate, order_number="X-1")
    proposal = proposals.propose(
        affiliate_id=affiliate.pk, amount=euros(123), reason="goodwill", text="Sorry.",
        internal_text="", source_key="test:1", commission_id=sale.pk, author_id=make_fin().pk,
        now=NOW,
    )  # fmt: skip
    return {"sale": sale, "order": order, "proposal": proposal, "wrong": wrong, "missing": missing,
            "missing_order": missing_order, "affiliate": affiliate, "terms": terms}  # fmt: skip


def correct(order, line, minor):
    said = CanonicalCost(
        external_id="c-1",
        order_external_id=order.external_id,
        corrected_at=NOW,
        unit_costs=((line.external_id, minor),),
    )
    shop_costs.record(shop_id=order.shop_id, costs=[said], now=NOW)
    assert cost_corrections.apply_pending(now=NOW) == 1


def pages(world):
    """Every page of a manager on which this sale, its affiliate or its money stands."""
    affiliate, order = [world["affiliate"].public_id], world["order"]
    proposal = world["proposal"]
    return [
        reverse("portal:order-detail", args=[order.pk]),
        reverse("portal:order-detail", args=[world["missing_order"].pk]),
        f"{reverse('portal:order-list')}?range=all",
        f"{reverse('portal:order-list')}?q=OWN-1",
        f"{reverse('portal:refund-list')}",
        reverse("portal:parked-list"),
        reverse("portal:manage-home"),
        reverse("portal:affiliate-list"),
        *(f"{reverse('portal:affiliate-detail', args=affiliate)}?tab={tab}"
          for tab in ("overview", "orders", "payouts", "links", "journal", "terms")),
        f"{reverse('portal:staff-claim-list')}?state=all",
        *(f"{reverse('portal:staff-claim-detail', args=[world[name].public_id])}?act={act}"
          for name in ("wrong", "missing") for act in ("grant", "decline", "ask")),
        reverse("portal:adjustment-list"),
        reverse("portal:adjustment-detail", args=[proposal.pk]),
        f"{reverse('portal:adjustment-new')}?order=OWN-1",
        reverse("portal:review-list"),
        f"{reverse('portal:tracking-debug')}?q=OWN-1",
        reverse("portal:simulation-list"),
        reverse("portal:terms-list"),
        reverse("portal:terms-of-affiliate", args=affiliate),
        reverse("portal:version-detail", args=[world["terms"].pk]),
        f"{reverse('portal:version-try', args=[world['terms'].pk])}?number=OWN-1",
        f"{reverse('portal:version-try', args=[world['terms'].pk])}?category=bags",
    ]  # fmt: skip


def previews(client, world):
    """The message of a decision about each claim, before it is sent, and a form that is wrong."""
    for name in ("wrong", "missing"):
        url = reverse("portal:staff-claim-decide", args=[world[name].public_id])
        typed = {"act": "grant", "code": "goodwill", "text": "As a gesture.", "amount": "5"}
        yield client.post(url, typed)
        yield client.post(url, {**typed, "amount": "much"})


def looks():
    return AuditEntry.objects.filter(verb__endswith=".costs_viewed")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_says_a_rate_or_margin_beside_amounts(client, world, language):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language

    answers = [client.get(url) for url in pages(world)] + list(previews(client, world))

    for answer in answers:
        assert answer.status_code in (200, 422), answer.request["PATH_INFO"]
        text = answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")
        found = [secret for secret in SECRETS if secret in text]
        assert not found, (answer.request["PATH_INFO"], answer.request["QUERY_STRING"], found)
    assert not looks().exists()


def test_what_is_not_shown_is_explained_and_the_amounts_stand(client, world):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    order = client.get(pages(world)[0]).content.decode()
    assert order.count(WHY) >= CommissionLine.objects.filter(rate__gt=0).count()
    amounts = CommissionLine.objects.filter(amount_minor__gt=0)
    for line in amounts:
        assert f"€{line.amount_minor // 100}.{line.amount_minor % 100:02}" in order
    for name in ("wrong", "missing"):
        url = reverse("portal:staff-claim-detail", args=[world[name].public_id])
        assert WHY in client.get(url).content.decode(), name


def test_with_the_permission_all_is_shown_and_each_look_is_kept(client, world):
    sam = make_sam()
    sam.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    client.force_login(sam)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    shown = client.get(pages(world)[0]).content.decode()
    for secret in ("45.37", "23.45", "32.17", "109.26"):
        assert secret in shown, secret
    assert WHY not in shown
    for name in ("wrong", "missing"):
        url = reverse("portal:staff-claim-detail", args=[world[name].public_id])
        page = client.get(url).content.decode()
        assert "23.45" in page, name
        assert WHY not in page
    seen = [entry.subject_id for entry in looks().order_by("pk")]
    assert seen == [str(world[one].pk) for one in ("order", "order", "missing_order")]


def test_on_the_reference_margin_nothing_is_hidden(client):
    sale = accrued(lines=[{"product": make_product(cost_minor=4_137)}])
    claim = claimed(sale.affiliate, kind="wrong", text="Too low", credit_id=sale.credit_id)
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    for url in (
        reverse("portal:order-detail", args=[sale.credit.order_id]),
        reverse("portal:staff-claim-detail", args=[claim.public_id]),
    ):
        page = client.get(url).content.decode()
        assert "Rate: 20" in page
        assert WHY not in page
        assert "41.37" not in page
    assert not looks().exists()


def draft_on_actual_margin(world):
    return terms_drafts.create(
        name="Next", affiliate_id=world["affiliate"].pk, actor_id=make_user().pk, now=NOW
    )


def costs_seen_by(sam):
    sam.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    return User.objects.get(pk=sam.pk)


def test_terms_on_actual_margin_are_written_by_those_who_may_see_costs(client, world):
    draft, sam = draft_on_actual_margin(world), make_sam()
    addresses = [
        *(reverse(f"portal:draft-{name}", args=[draft.pk])
          for name in ("edit", "preview", "try", "rule-new", "bonus-new")),
        reverse("portal:rule-edit", args=[draft.pk, "r"]),
    ]  # fmt: skip
    acts = [reverse(f"portal:draft-{name}", args=[draft.pk])
            for name in ("publish", "offer", "take-back", "discard", "edit")]  # fmt: skip
    new = {"affiliate": world["affiliate"].public_id}

    client.force_login(sam)
    assert {client.get(url).status_code for url in addresses} == {403}
    assert {client.post(url).status_code for url in acts} == {403}
    assert client.post(reverse("portal:draft-new"), new).status_code == 422
    assert list(TermsDraft.objects.all()) == [draft]

    client.force_login(costs_seen_by(sam))
    pages = [client.get(url) for url in addresses]
    assert {page.status_code for page in pages} == {200}
    assert "23.45" in pages[0].content.decode()
    assert client.post(reverse("portal:draft-new"), new).status_code == 302


def test_terms_are_not_put_on_actual_margin_without_the_permission(client):
    group = make_group(slug="staff", sees_costs=True, terms={"rate_bps": 1_000})
    client.force_login(make_sam())
    client.post(reverse("portal:draft-new"), {"group": group.slug})
    draft = TermsDraft.objects.get()
    url = reverse("portal:draft-edit", args=[draft.pk])
    form = client.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}

    refused = client.post(url, {**typed, "basis": "actual", "seen": draft.updated_at.isoformat()})

    assert "basis" in refused.context["form"].errors
    assert TermsDraft.objects.get().content["basis"] == "reference"


def test_what_follows_terms_on_actual_margin_does_not_say_how_they_paid(client, world):
    """Neither a difference nor the absence of one tells a rate of before."""
    Terms.objects.filter(pk=world["terms"].pk).update(valid_to=NOW)
    make_terms(
        affiliate=world["affiliate"], version=2, valid_from=NOW, rate_bps=RATE_BPS,
        rules={"rules": [{**FLAT, "flat_minor": 900}]},
    )  # fmt: skip
    sam = make_sam()
    client.force_login(sam)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    newest = Terms.objects.get(affiliate=world["affiliate"], version=2)
    detail = reverse("portal:version-detail", args=[newest.pk])
    holder = reverse("portal:terms-of-affiliate", args=[world["affiliate"].public_id])

    differences = client.get(detail).context["row"].differences
    assert "Paid on" in {one.label for one in differences}
    assert not {"Base rate", "Rule “Shoes”", "Rule “Own rule”"} & {one.label for one in differences}
    for url in (detail, holder):
        page = client.get(url).content.decode()
        assert not [secret for secret in ("32.17", "27.91", "73.91") if secret in page], url

    client.force_login(costs_seen_by(sam))
    seen = client.get(detail).context["row"].differences
    assert {"Rule “Shoes”", "Rule “Own rule”"} <= {one.label for one in seen}


def test_a_move_into_a_group_on_actual_margin_does_not_say_what_it_pays(client):
    group = make_group(slug="staff", sees_costs=True,
                       terms={"basis": Basis.ACTUAL, "rate_bps": RATE_BPS})  # fmt: skip
    affiliate = make_affiliate()
    client.force_login(make_sam())

    url = reverse("portal:affiliate-move", args=[affiliate.public_id])
    shown = client.get(url, {"group": group.pk})

    assert shown.context["hides_pay"] is True
    assert "23.45" not in shown.content.decode().replace(",", ".")

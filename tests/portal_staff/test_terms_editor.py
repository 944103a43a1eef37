"""Writing terms: every condition by a form that works without scripts, errors beside fields."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from affiliates.domain.terms_content import content_json, read_content
from affiliates.models import TermsDraft
from portal.forms.terms import TermsForm
from portal.forms.terms_rule import BonusForm, RuleForm
from tests.affiliates.terms_world import content, drafted, rule
from tests.builders import NOW, make_affiliate, make_group, make_product
from tests.people import make_sam

pytestmark = pytest.mark.django_db

WHEN = {
    "category": ["dresses", "linen"], "brand": ["Lutèce"], "collection": ["SS26"],
    "sku": ["A-1", "A-2"], "customer": ["new"], "affiliate_class": ["content", "contracted"],
    "role": ["closer"], "code": ["ADA10"], "surface": ["look:*"],
    "discount_bps": {"at_least": 1_000, "below": 3_050},
    "order_minor": {"at_least": 5_000, "below": 100_050}, "weekday": [1, 7],
    "since": "2026-11-01", "until": "2026-12-01",
}  # fmt: skip
FULL = {
    "rules": [
        rule("all", when=WHEN),
        rule("net", priority=20, pays="net", is_scaled=True, cap_minor=1_250),
        rule("flat", priority=30, pays="flat", rate_bps=None, flat_minor=550),
        rule("none", priority=40, pays="nothing", rate_bps=None, reason="Gift sets earn nothing."),
    ],
    "bonuses": [
        {"key": "a", "name": "First", "kind": "first_sale", "minor": 1_000},
        {"key": "b", "name": "Goal", "kind": "goal", "minor": 2_000, "metric": "margin",
         "at": 100_050, "every": "quarter"},
        {"key": "c", "name": "Sale", "kind": "campaign", "minor": 3_000, "metric": "orders",
         "at": 5, "since": "2026-11-01", "until": "2026-12-01"},
    ],
    "order_cap_minor": 5_050, "month_cap_minor": 100_000, "unknown_customer": "returning",
    "is_base_scaled": True, "factor": {"floor_bps": 5_000, "cap_bps": 15_000},
    "tiers": {"metric": "margin", "every": "year",
              "steps": [{"at": 50_000, "rate_bps": 2_250}, {"at": 90_000, "rate_bps": 2_500}]},
    "hold_from": "delivery", "undelivered_days": 60, "trusted_days": 7,
    "holds": [{"category": ["linen", "shoes"], "days": 45}, {"category": ["hats"], "days": 10}],
}  # fmt: skip


@pytest.fixture
def manager(client):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def draft():
    """A draft of the default group with two rules."""
    return drafted(rules={"rules": [rule("linen"), rule("net", priority=20, pays="net")]})


def sent(values):
    """What a browser sends for these values of a form."""
    dates = {name: value.isoformat() for name, value in values.items() if isinstance(value, date)}
    return {
        name: value for name, value in {**values, **dates}.items() if value not in (None, False)
    }


def address(name, draft, *key):
    return reverse(f"portal:{name}", args=[draft.pk, *key])


def seen(draft):
    draft.refresh_from_db()
    return {"seen": draft.updated_at.isoformat()}


def rules_of(draft):
    draft.refresh_from_db()
    return read_content(draft.content).rules.rules


@pytest.mark.parametrize("place", range(4))
def test_the_form_of_a_rule_reads_what_it_shows(place):
    said = content(rules=FULL).rules.rules[place]
    with translation.override("en"):
        form = RuleForm(sent(RuleForm.of(said, "EUR")), currency="EUR")

        assert form.is_valid(), form.errors
        made = form.rule(key=said.key, priority=said.priority)
    assert read_content({**content_json(content()), "rules": {"rules": [made]}}).rules.rules == (
        said,
    )


@pytest.mark.parametrize("place", range(3))
def test_the_form_of_a_bonus_reads_what_it_shows(place):
    said = content(rules=FULL).rules.bonuses[place]
    form = BonusForm(sent(BonusForm.of(said, "EUR")), currency="EUR")

    assert form.is_valid(), form.errors
    made = {"bonuses": [form.bonus(key=said.key)]}
    assert read_content({**content_json(content()), "rules": made}).rules.bonuses == (said,)


@pytest.mark.parametrize("rules", [FULL, {}])
def test_the_form_of_terms_reads_what_it_shows(rules):
    said = content(rules=rules)
    rows = {"steps": 2, "holds": 2}
    form = TermsForm(sent({**TermsForm.of(said), "name": "Next"}), **rows)

    assert form.is_valid(), form.errors
    kept = content_json(said)["rules"]
    assert read_content(form.content(kept)) == said


def test_a_manager_begins_a_draft_and_changes_its_base(manager):
    group = make_group()
    answer = manager.post(reverse("portal:draft-new"), {"group": group.slug})
    draft = TermsDraft.objects.get()
    assert answer["Location"] == address("draft-edit", draft)
    page = manager.get(answer["Location"])

    values = {**page.context["form"].initial, "rate": "22.5", "name": "Autumn", "order_cap": "50"}
    answer = manager.post(address("draft-edit", draft), {**sent(values), **seen(draft)})

    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.name, draft.content["rate_bps"]) == ("Autumn", 2_250)
    assert draft.content["rules"]["order_cap_minor"] == 5_000


def test_a_draft_of_an_affiliate_begins_on_its_page(manager):
    affiliate = make_affiliate()

    manager.post(reverse("portal:draft-new"), {"affiliate": str(affiliate.public_id)})

    assert TermsDraft.objects.get().affiliate == affiliate


@pytest.mark.parametrize("holder", [{"group": "nobody"}, {"affiliate": "nobody"}])
def test_a_draft_for_a_stranger_is_not_found(manager, holder):
    assert manager.post(reverse("portal:draft-new"), holder).status_code == 404


def test_a_draft_is_for_somebody_and_has_a_short_name(manager):
    group = make_group()

    assert manager.post(reverse("portal:draft-new")).status_code == 422
    named = {"group": group.slug, "name": "x" * 81}
    assert manager.post(reverse("portal:draft-new"), named).status_code == 422
    assert not TermsDraft.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"rate": "100.01"}, "rate", "less than or equal to 100"),
        ({"payment_days": "5, 40"}, "payment_days", "days of the month"),
        ({"currency": "eur"}, "currency", "valid value"),
        ({"window_days": ""}, "window_days", "required"),
        ({"step_0_at": "10"}, "step_0_rate", "half empty"),
        ({"hold_0_days": "10"}, "hold_0_names", "half empty"),
        (
            {"tier_metric": "orders", "step_0_at": "10", "step_0_rate": "1"},
            "tier_metric",
            "the first pays no less",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(manager, draft, changed, field, words):
    page = manager.get(address("draft-edit", draft))
    values = {**sent(page.context["form"].initial), **changed, **seen(draft)}

    answer = manager.post(address("draft-edit", draft), values)

    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert rules_of(draft)[0].key == "linen"


def test_a_rule_is_added_at_the_end_and_moved_up(manager, draft):
    values = {"name": "Flash sale", "pays": "nothing", "reason": "Too cheap.", **seen(draft)}
    answer = manager.post(address("draft-rule-new", draft), values)

    assert answer["Location"].endswith("#rules")
    assert [one.key for one in rules_of(draft)] == ["linen", "net", "flash-sale"]
    manager.post(address("rule-move", draft, "flash-sale"), {"to": "up", **seen(draft)})
    assert [one.key for one in rules_of(draft)] == ["linen", "flash-sale", "net"]
    manager.post(address("rule-move", draft, "linen"), {"to": "down", **seen(draft)})
    assert [one.key for one in rules_of(draft)] == ["flash-sale", "linen", "net"]
    manager.post(address("rule-move", draft, "flash-sale"), {"to": "up", **seen(draft)})
    assert [one.priority for one in rules_of(draft)] == [10, 20, 30]


def test_two_rules_of_one_name_are_two_rules(manager, draft):
    for _twice in range(2):
        manager.post(
            address("draft-rule-new", draft),
            {"name": "Linen", "pays": "margin", "rate": "25", **seen(draft)},
        )

    assert [one.key for one in rules_of(draft)] == ["linen", "net", "linen-2", "linen-3"]


def test_a_rule_is_changed_where_it_stands_and_removed(manager, draft):
    page = manager.get(address("rule-edit", draft, "linen"))
    values = {**sent(page.context["form"].initial), "rate": "30", **seen(draft)}
    manager.post(address("rule-edit", draft, "linen"), values)

    assert [(one.key, one.rate_bps) for one in rules_of(draft)] == [
        ("linen", 3_000),
        ("net", 2_500),
    ]
    manager.post(address("rule-remove", draft, "linen"), seen(draft))
    assert [one.key for one in rules_of(draft)] == ["net"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rate": ""}, "rate"),
        ({"pays": "flat"}, "flat"),
        ({"pays": "nothing"}, "reason"),
        ({"name": " "}, "name"),
        ({"discount_from": "30", "discount_below": "20"}, "discount_from"),
        ({"order_from": "30", "order_below": "20"}, "order_from"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "until"),
        ({"weekday": "9"}, "weekday"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_beside_its_field(manager, draft, changed, field):
    page = manager.get(address("rule-edit", draft, "linen"))
    values = {**sent(page.context["form"].initial), **changed, **seen(draft)}

    answer = manager.post(address("rule-edit", draft, "linen"), values)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert [one.key for one in rules_of(draft)] == ["linen", "net"]


def test_products_are_pasted_or_come_from_a_file(manager, draft):
    upload = SimpleUploadedFile("list.csv", b"name;sku\nDress;A-3\nHat;A-1\n\n")
    values = {
        "name": "List", "pays": "margin", "rate": "10", "sku": "A-1, A-2;\nB-1\tB-2",
        "sku_file": upload, **seen(draft),
    }  # fmt: skip

    manager.post(address("draft-rule-new", draft), values)

    assert rules_of(draft)[-1].when.sku == {"A-1", "A-2", "A-3", "B-1", "B-2"}


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x00", b"\n\n", b"sku\n", b"x" * 1_000_001, b"x" * 140_000],
    ids=["binary", "empty", "head", "large", "one long cell"],
)
def test_a_file_without_products_is_refused(manager, draft, body):
    upload = SimpleUploadedFile("list.csv", body)
    values = {"name": "L", "pays": "margin", "rate": "10", "sku_file": upload, **seen(draft)}

    answer = manager.post(address("draft-rule-new", draft), values)

    assert answer.status_code == 422
    assert answer.context["form"].errors["sku_file"]


def test_nobody_overwrites_what_they_have_not_seen(manager, draft):
    old = {"seen": (NOW - timedelta(days=1)).isoformat()}

    answer = manager.post(
        address("draft-rule-new", draft), {"name": "L", "pays": "margin", "rate": "10", **old}
    )
    manager.post(address("rule-remove", draft, "linen"), old)

    assert answer.status_code == 422
    assert "Somebody changed this draft" in answer.content.decode()
    assert [one.key for one in rules_of(draft)] == ["linen", "net"]


def test_bonuses_are_added_changed_and_removed(manager, draft):
    values = {"name": "Ten", "kind": "goal", "amount": "50", "metric": "orders", "at": "10",
              "every": "month"}  # fmt: skip
    manager.post(address("draft-bonus-new", draft), {**values, **seen(draft)})
    draft.refresh_from_db()
    assert draft.content["rules"]["bonuses"][0]["minor"] == 5_000

    manager.post(address("bonus-edit", draft, "ten"), {**values, "amount": "60", **seen(draft)})
    draft.refresh_from_db()
    assert draft.content["rules"]["bonuses"][0]["minor"] == 6_000

    answer = manager.post(
        address("bonus-edit", draft, "ten"), {**values, "kind": "campaign", **seen(draft)}
    )
    assert answer.context["form"].errors["since"]

    manager.post(address("bonus-remove", draft, "ten"), seen(draft))
    draft.refresh_from_db()
    assert "bonuses" not in draft.content["rules"]


@pytest.mark.parametrize("name", ["rule-edit", "bonus-edit"])
def test_what_is_not_there_is_not_found(manager, draft, name):
    assert manager.get(address(name, draft, "nothing")).status_code == 404
    for act in ("rule-move", "rule-remove", "bonus-remove"):
        assert manager.post(address(act, draft, "nothing"), seen(draft)).status_code == 404


def test_the_rule_page_says_which_names_the_catalogue_has(manager, draft):
    make_product(category="dresses", brand="Lutèce")

    page = manager.get(address("draft-rule-new", draft)).content.decode()

    assert "Categories: dresses" in page
    assert "Brands: Lutèce" in page

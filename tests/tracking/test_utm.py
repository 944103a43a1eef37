"""Rule L11: campaign parameters of links."""

import pytest

from core.models import AuditEntry
from tests.builders import NOW, make_affiliate, make_group, make_shop
from tests.people import make_sam
from tracking.domain import utm
from tracking.services import links, utm_templates
from tracking.services.link_content import InvalidUtm

TEMPLATE = {
    "utm_source": "{affiliate}",
    "utm_medium": "affiliation",
    "utm_campaign": "{campaign}",
    "utm_content": "{sub_id}",
}


def test_a_template_is_filled_and_what_comes_out_empty_is_left_out():
    made = utm.filled(TEMPLATE, affiliate="Le Carnet d'Ada", campaign=" Soldes d'été ", sub_id="")
    assert made == {
        "utm_source": "le-carnet-d-ada",
        "utm_medium": "affiliation",
        "utm_campaign": "Soldes d'été",
    }


@pytest.mark.parametrize(
    ("value", "unknown"),
    [("{campaign}-x", []), ("{who}", ["who"]), ("{", ["{"]), ("a}", ["{"]), ("{}", [""])],
)
def test_placeholders_that_nobody_fills_are_found(value, unknown):
    assert utm.unknown_placeholders(value) == unknown


@pytest.mark.parametrize(
    ("url", "landing"),
    [
        ("https://s.example/a", "https://s.example/a?utm_source=a%20b"),
        ("https://s.example/a?x=1#y", "https://s.example/a?x=1&utm_source=a%20b#y"),
        ("https://s.example/?UTM_Source=old&x", "https://s.example/?x&utm_source=a%20b"),
    ],
)
def test_parameters_replace_their_namesakes_and_nothing_else(url, landing):
    assert utm.with_parameters(url, {"utm_source": "a b"}) == landing
    assert utm.with_parameters(url, {}) == url


@pytest.mark.django_db
def test_a_new_link_is_filled_by_its_groups_template_and_its_own_values_win():
    group = make_group(utm_template=TEMPLATE)
    ada = make_affiliate(group=group, name="Ada")
    fields = {
        "affiliate_id": ada.pk,
        "shop_id": make_shop().pk,
        "destination_url": "https://shop.example/",
        "campaign": "may",
        "now": NOW,
    }

    assert links.create(**fields, sub_id="s1").utm == {
        "utm_source": "ada", "utm_medium": "affiliation", "utm_campaign": "may",
        "utm_content": "s1",
    }  # fmt: skip
    own = links.create(**fields, utm_values={"utm_medium": "mail", "utm_source": ""})
    assert own.utm == {"utm_medium": "mail", "utm_campaign": "may"}


@pytest.mark.django_db
def test_a_manager_changes_the_template_of_a_group_and_it_is_audited_once():
    group, sam = make_group(), make_sam()
    for _again in range(2):
        utm_templates.change(group_id=group.pk, template=TEMPLATE, actor_id=sam.pk, now=NOW)

    group.refresh_from_db()
    assert group.utm_template == TEMPLATE
    entry = AuditEntry.objects.get(verb="group.utm_changed")
    assert entry.data["utm_template"] == [{}, TEMPLATE]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "template",
    [{"utm_source": "{who}"}, {"utm_source": "{"}, {"gclid": "x"}, {"utm_term": "x" * 81}],
)
def test_an_impossible_template_is_refused_and_changes_nothing(template):
    group = make_group()
    with pytest.raises(InvalidUtm):
        utm_templates.change(group_id=group.pk, template=template, actor_id=make_sam().pk, now=NOW)
    group.refresh_from_db()
    assert group.utm_template == {}

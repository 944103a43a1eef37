"""Components as HTML: what a page gets when it uses them."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils.translation import override

from core.money import Money
from portal import charts
from portal.navigation import bottom_bar, sections_for
from portal.templatetags.money import money, percent, when
from tests.people import make_ada, make_sam

NOW = datetime(2026, 11, 21, 13, 32, 5, tzinfo=UTC)


class Page(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, tag, **attrs):
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key) == value for key, value in attrs.items())
        ]


def draw(source, path="/", **context):
    request = RequestFactory().get(path)
    template = Template("{% load i18n components money %}" + source)
    with override("en"):
        return template.render(Context({"request": request, **context}))


class Payee(forms.Form):
    name = forms.CharField(label="Legal name", help_text="As on your bank account.")
    kind = forms.ChoiceField(
        choices=[("a", "A site"), ("b", "A creator")], widget=forms.RadioSelect
    )


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("shell", ["", "partner/", "staff/", "public/"])
def test_the_style_guide_is_drawn_under_the_strict_policy(client, language, shell, db):
    answer = client.get(f"/styleguide/{shell}", headers={"accept-language": language})
    html = answer.content.decode()
    page = Page(html)
    assert answer.status_code == 200
    assert len(page.all("h1")) == 1
    assert not [attrs for _tag, attrs in page.elements if "style" in attrs]
    assert not [attrs for attrs in page.all("script") if "src" not in attrs]
    assert not page.all("style")
    assert not [name for _tag, attrs in page.elements for name in attrs if name.startswith("on")]


def test_ids_on_the_style_guide_are_unique(client, db):
    page = Page(client.get("/styleguide/").content.decode())
    ids = [attrs["id"] for _tag, attrs in page.elements if "id" in attrs]
    twice = {one for one in ids if ids.count(one) > 1}
    assert not {one for one in twice if not one.startswith("reason-")}


def test_a_style_guide_shell_that_does_not_exist(client, db):
    assert client.get("/styleguide/nobody/").status_code == 404


@pytest.mark.parametrize(
    ("language", "text"), [("en", "−€1,234.50"), ("fr", "−1\u202f234,50\xa0€")]
)
def test_a_negative_amount_is_red_and_has_a_minus_sign_and_its_currency(language, text):
    with override(language):
        html = money(Money(-123_450, "EUR"))
    assert html == f'<span class="money money--negative">{text}</span>'


def test_currencies_keep_their_own_decimals():
    with override("en"):
        assert "¥1,250" in money(Money(1250, "JPY"))
    assert draw('{% money 500 "GBP" plain=True %}') == "£5.00"


@pytest.mark.parametrize(("bps", "text"), [(1250, "12.5%"), (0, "0%"), (1, "0.01%"), (None, "–")])
def test_percent(bps, text):
    with override("en"):
        assert percent(bps) == text


def test_a_time_is_shown_in_paris_with_its_utc_instant():
    with override("en"):
        html = when(NOW)
    assert "21 Nov 2026, 14:32" in html
    assert 'title="21 Nov 2026, 13:32:05 UTC"' in html
    with override("en"):
        assert ">21 November 2026<" in when(date(2026, 11, 21))


def test_a_naive_time_is_a_bug():
    with pytest.raises(ValueError, match="time zone"):
        when(datetime(2026, 11, 21))  # noqa: DTZ001


def test_a_table_labels_each_cell_for_phones_and_totals_its_columns():
    html = draw(
        '{% table rows row="sale" caption="Sales" href=sale.url %}'
        '{% column "Order" total="Total" %}{{ sale.ref }}{% endcolumn %}'
        '{% column "Amount" numeric=True total=total|money %}{{ sale.amount|money }}{% endcolumn %}'
        "{% endtable %}",
        rows=[{"ref": "<A>", "url": "/a/", "amount": Money(100, "EUR")}],
        total=Money(100, "EUR"),
    )
    page = Page(html)
    assert len(page.all("th", scope="col")) == 2
    assert len(page.all("td", **{"data-label": "Amount"})) == 2
    assert page.all("a", href="/a/", **{"class": "table__link"})
    assert "&lt;A&gt;" in html
    assert html.count("€1.00") == 2


def test_a_table_without_rows_draws_its_empty_state_alone():
    html = draw(
        '{% table rows row="sale" caption="Sales" %}{% column "Order" %}{% endcolumn %}'
        '{% empty %}{% empty_state title="No sale yet" %}{% endempty_state %}{% endtable %}',
        rows=[],
    )
    assert "No sale yet" in html
    assert "<table" not in html


@pytest.mark.parametrize(
    "source",
    [
        "{% table rows %}{% endtable %}",
        '{% table rows caption="x" colour="red" %}{% endtable %}',
        '{% table rows "x" caption="x" %}{% endtable %}',
        "{% column %}{% endcolumn %}",
    ],
)
def test_a_table_refuses_what_it_does_not_understand(source):
    with pytest.raises(TemplateSyntaxError):
        draw(source)


def test_a_sortable_header_turns_round_and_begins_again_at_the_first_page():
    html = draw(
        '{% table rows caption="Sales" %}{% column "Date" sort="date" %}x{% endcolumn %}'
        "{% endtable %}",
        path="/?sort=date&page=3&state=paid",
        rows=[1],
    )
    page = Page(html)
    assert page.all("th", **{"aria-sort": "ascending"})
    assert page.all("a", href="?sort=-date&state=paid")


def test_selected_rows_belong_to_the_form_of_the_bulk_bar():
    html = draw(
        '{% table rows row="one" caption="Sales" select=one select_label=one form="bulk" %}'
        '{% column "Order" %}{{ one }}{% endcolumn %}{% endtable %}',
        rows=["a1"],
    )
    assert Page(html).all("input", name="selected", value="a1", form="bulk")


def test_filters_fold_and_count_what_is_set():
    source = '{% filters "state" "kind" note="May" %}<a href="?x">chip</a>{% endfilters %}'
    html = draw(source, path="/?state=paid&kind=&page=2")
    assert "<details" in html
    assert "1 active" in html
    assert "May" in html
    assert '<a href="?x">chip</a>' in html
    assert "active" not in draw(source, path="/")


def test_filter_chips_keep_the_other_filters_and_mark_the_active_one():
    html = draw(
        '{% filter_chips "state" options label="State" all_label="All" %}',
        path="/?state=paid&from=2026-01-01&page=4",
        options=[("paid", "Paid", 1042), ("pending", "Pending")],
    )
    page = Page(html)
    assert page.all("a", href="?state=pending&from=2026-01-01")
    assert len(page.all("a", **{"aria-current": "true"})) == 1
    assert "1,042" in html


def test_clear_filters_appears_only_when_there_is_something_to_clear():
    assert draw('{% clear_filters "state" %}') == ""
    assert "?from=x" in draw('{% clear_filters "state" %}', path="/?state=paid&from=x")


def test_the_pager_keeps_the_query():
    html = draw("{% pager page=page %}", path="/?state=paid", page=Paginator(range(12), 5).page(2))
    assert Page(html).all("a", href="?state=paid&page=3", rel="next")
    assert "Page 2 of 3" in html
    assert 'href="?cursor=abc"' in draw('{% pager next_cursor="abc" %}')


def test_a_refused_field_names_its_error_and_the_summary_links_to_it():
    html = draw("{% form_fields form %}", form=Payee({"name": ""}))
    page = Page(html)
    control = page.all("input", name="name")[0]
    assert control["aria-invalid"] == "true"
    described = control["aria-describedby"].split()
    ids = {attrs.get("id") for _tag, attrs in page.elements}
    assert set(described) <= ids
    assert page.all("a", href="#id_name")
    assert page.all("div", role="alert")
    assert {attrs["href"][1:] for attrs in page.all("a")} <= ids


def test_a_disabled_button_says_why_and_cannot_be_followed():
    page = Page(draw('{% button "Approve" href="/x/" disabled_reason="You prepared it." %}'))
    drawn = page.all("button")[0]
    assert drawn["aria-disabled"] == "true"
    assert page.all("span", id=drawn["aria-describedby"])
    assert not page.all("a")


def test_text_given_to_components_is_escaped():
    html = draw(
        "{% button x %}{% card title=x %}{{ x }}{% endcard %}{% badge x %}"
        '{% include "components/copy.html" with id="a" label=x value=x only %}',
        x='"><script>',
    )
    assert "<script>" not in html


def test_an_unknown_icon_is_a_bug():
    with pytest.raises(LookupError):
        draw('{% icon "unicorn" %}')


def test_confirm_posts_with_a_token_and_names_the_object():
    html = draw(
        '{% confirm id="c" title="Delete “x”?" action="/x/delete/" label="Delete" %}'
        "{% endconfirm %}",
        csrf_token="secret-token",  # noqa: S106
    )
    assert Page(html).all("form", action="/x/delete/", method="post")
    assert "secret-token" in html
    assert "Delete “x”?" in html


def test_a_chart_has_a_table_of_the_same_numbers():
    html = draw(
        '{% bar_chart points caption="Earnings" currency="EUR" unit="Commission" %}',
        points=[(date(2026, 11, 20), 1250), (date(2026, 11, 21), -300)],
    )
    assert html.count("€12.50") >= 2
    assert "€9.50" in html
    assert "Show table" in html
    assert "No figures" in draw('{% line_chart points caption="x" %}', points=[])


def test_a_day_that_is_not_over_does_not_look_like_a_fall():
    points = [(date(2026, 11, 20 + index), count) for index, count in enumerate([40, 42, 3])]
    plot = charts.plot_values(points, is_open=True, compare=[30, 30, 30])

    assert len(plot.line.split()) == len(plot.compare_line.split()) == 2
    assert plot.open_line.split() == [plot.line.split()[-1], plot.open_line.split()[-1]]
    assert [mark.is_open for mark in plot.marks] == [False, False, True]
    assert plot.marks[-1].label == "22 November 2026, so far"
    html = draw('{% line_chart points caption="Clicks" is_open=True %}', points=points)
    assert "Not over yet" in html
    assert "chart__dot--open" in html
    assert "Not over yet" not in draw('{% line_chart points caption="Clicks" %}', points=points)


def test_today_alone_is_drawn_without_a_line():
    plot = charts.plot_values([(date(2026, 11, 22), 3)], is_open=True)
    assert (plot.line, plot.area) == ("", "")
    assert plot.marks[0].is_open


@pytest.mark.parametrize(
    ("bps", "text", "direction"),
    [(1287, "+13%", "up"), (-310, "−3%", "down"), (-50, "−1%", "down"), (49, "0%", "flat")],
)
def test_changes_are_whole_percents(bps, text, direction):
    html = draw("{% delta bps %}", bps=bps)
    assert f">{text}<" in html
    assert f"delta--{'neutral' if direction == 'flat' else ''}" in html


def test_scales_are_round_and_hold_every_value():
    for values in ([0], [3], [41, 103], [-1240, 3193], [99_999, 7], [-5]):
        plot = charts.plot_values([(str(index), value) for index, value in enumerate(values)])
        heights = [float(mark.y.rstrip("%")) for mark in plot.marks]
        assert 2 <= len(plot.ticks) <= 7
        assert all(0 <= height <= 100 for height in heights)
        assert [tick for tick in plot.ticks if tick.is_zero]


def test_a_compared_series_has_the_same_length():
    with pytest.raises(ValueError, match="same number"):
        charts.plot_values([("a", 1)], compare=[1, 2])


def test_the_parts_of_a_distribution_fill_the_bar():
    parts = charts.stack([("Links", 812), ("Codes", 321), ("Returned", -40)])
    assert sum(float(part.width.rstrip("%")) for part in parts) == pytest.approx(100, abs=0.05)
    assert parts[2].width == "0.00%"


def test_the_rail_shows_the_sections_of_the_roles_and_where_one_is():
    sections = sections_for(partner=True, manager=False, finance=True, path="/portal/sales/12/")
    assert [section.key for section in sections] == ["partner", "finance"]
    current = [entry.key for section in sections for entry in section.entries if entry.current]
    assert current == ["sales"]
    assert [entry.key for entry in bottom_bar(sections)] == ["home", "links", "sales", "payouts"]
    assert bottom_bar(sections_for(partner=False, manager=True, finance=False, path="/")) == ()


def test_pages_that_stand_elsewhere_mark_the_place_that_leads_to_them():
    sections = sections_for(partner=False, manager=True, finance=False, path="/manage/gifts/new/")
    marked = [entry.key for section in sections for entry in section.entries if entry.current]
    assert marked == ["contracts"]


def test_theme_and_density_are_remembered_in_cookies(client, db):
    answer = client.post("/preferences/", {"theme": "dark", "next": "/styleguide/"})
    assert answer["Location"] == "/styleguide/"
    html = client.get("/styleguide/").content.decode()
    assert 'data-theme="dark"' in html


def test_preferences_never_lead_away_and_take_only_known_values(client, db):
    answer = client.post("/preferences/", {"theme": "pink", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert "theme" not in answer.cookies
    assert client.get("/preferences/").status_code == 405


@pytest.mark.parametrize("path", ["email/", "password/change/", "2fa/", "sessions/", "logout/"])
def test_account_pages_stand_in_our_shell(client, db, path):
    client.force_login(make_sam())
    page = Page(client.get(f"/account/{path}").content.decode())
    assert len(page.all("h1")) == 1
    assert page.all("main", id="main")
    assert page.all("a", href="/manage/applications/")
    assert not page.all("a", href="/portal/links/")


@pytest.mark.parametrize("path", ["login/", "signup/", "password/reset/", "login/webauthn/"])
def test_entrance_pages_label_every_control(client, db, path):
    page = Page(client.get(f"/account/{path}").content.decode())
    labelled = {label.get("for") for label in page.all("label")}
    controls = [
        control
        for control in page.all("input")
        if control.get("type") not in {"hidden", "submit"} and "id" in control
    ]
    assert {control["id"] for control in controls} <= labelled
    assert not [control for control in controls if control.get("placeholder")]


def test_a_partner_has_the_bottom_bar_with_create_in_the_middle(client, db):
    client.force_login(make_ada().memberships.get().user)
    html = client.get("/styleguide/").content.decode()
    assert html.index('class="bottom-bar__create"') > html.index("bottom-bar__link")
    assert Page(html).all("a", href="/portal/links/new/")


def test_refused_and_missing_pages_are_ours(client, db):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "error-page" in answer.content.decode()

"""How pages forward without a redirect, read and never run. Rule W5."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.domain.forwards import forward_of, moves_in

HERE = "http://ccvmod.fr/"
LINK = "https://shop.test/c/link1"
CODED = base64.b64encode(LINK.encode()).decode()


def forward(html, **headers):
    return forward_of(HERE, headers, html.encode())


@pytest.mark.parametrize(
    "refresh",
    [f"0;url={LINK}", f"0; URL='{LINK}'", f'5;"{LINK}"', f"0.5, url = {LINK}", f";{LINK}"],
)
def test_a_refresh_is_a_forward_in_the_header_and_in_the_page(refresh):
    assert forward("", Refresh=refresh) == (LINK, "refresh")
    quoted = refresh.replace('"', "&quot;")
    tag = f'<META HTTP-EQUIV="Refresh" content="{quoted}">'
    assert forward(tag) == (LINK, "meta")
    assert forward(f"<noscript>{tag}</noscript>") == (LINK, "meta")


@pytest.mark.parametrize(
    "script",
    [
        f"window.location = '{LINK}'",
        f'location.href="{LINK}";',
        f"top . location . replace ( '{LINK}' )",
        f"if (a) {{ document.location.assign(`{LINK}`) }}",
        r"self.location='https:\/\/shop.test\/c\/link1'",
        r"location.href = '\x68ttps://shop.test/c/\u006cink1'",
        "var a = 'https://shop.test'; const p = \"/c/\";\n window.location.href = a + p + 'link1';",
        f"location.replace(atob('{CODED}'))",
        f"let u='{CODED}'; setTimeout(function(){{ location = atob(u) }}, 10)",
        "location.href='//'+'shop.test'+'/c/link1'",
    ],
)
def test_an_address_that_a_script_writes_into_location_is_a_forward(script):
    found = forward(f"<p>Wait</p><script>{script}</script>")
    assert found.url in {LINK, LINK.replace("https:", "http:")}
    assert found.way == "script"


def test_a_frame_is_a_forward_where_there_is_nothing_else_to_read():
    frame = f'<frameset><frame src="{LINK}"></frameset>'
    assert forward(frame) == (LINK, "frame")
    assert forward(f'<iframe src="{LINK}"></iframe>') == (LINK, "frame")
    assert forward(f"<p>{'A long article. ' * 40}</p>{frame}") is None


def test_a_relative_address_is_made_whole_by_the_base_of_the_page():
    tag = '<meta http-equiv="refresh" content="0;url=go">'
    assert forward(tag).url == "http://ccvmod.fr/go"
    assert forward(f'<base href="https://x.test/a/">{tag}').url == "https://x.test/a/go"


@pytest.mark.parametrize(
    "html",
    [
        "<p>A page.</p>",
        '<meta http-equiv="refresh" content="300">',
        f'<meta http-equiv="refresh" content="600;url={LINK}">',
        '<meta http-equiv="refresh" content="0;url=http://ccvmod.fr/">',
        '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
        '<meta http-equiv="refresh" content="0;url=http://[">',
        "<script>location.href = somewhere()</script>",
        f"<script>if (location == '{LINK}') {{}}</script>",
        f"<script>my.location = '{LINK}'; mylocation = '{LINK}'</script>",
        f'<script type="application/ld+json">{{"x": "location=\'{LINK}\'"}}</script>',
        "<script>location.hash = 'menu'</script>",
        "<script>location = '#top'</script>",
        "<script>location.replace(atob('no base64'))</script>",
        "<script>location.href = 'mailto:a@b.c'</script>",
        '<style>location="http://x.test"</style>',
    ],
)
def test_other_pages_forward_to_nowhere(html):
    assert forward(html) is None


def test_signs_that_no_database_keeps_are_left_out():
    found = forward(r"<script>location='https://x.test/\0\ud800\x00a'</script>")
    assert found.url == "https://x.test/0a"


@given(st.binary(max_size=300), st.text(max_size=60))
def test_no_page_is_too_strange(body, refresh):
    forward_of(HERE, {"refresh": refresh}, body)


@given(st.text(alphabet="location=.('\"+\\x0u;var a`)", max_size=80))
def test_no_script_is_too_strange(script):
    assert isinstance(moves_in(script), list)


def test_a_page_made_to_tire_the_reader_is_read_at_once():
    for piece in ("location=", "location='", "var a='x'+", "<meta http-equiv=refresh content=0;",
                  "atob(", "var a=a+a+", "<iframe src="):  # fmt: skip
        forward(f"<script>{piece * 30_000}</script>{piece * 30_000}")
    forward(f"<script>var a='x';{'var a=a+a;' * 5_000}location=a</script>")

"""Which browser on which device, and which User-Agents are robots."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.domain.user_agent import Browser, Device, Engine, family, is_bot

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) "
)
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
PEOPLE = [
    (WINDOWS + "Chrome/131.0.0.0 Safari/537.36", "CHROME", "DESKTOP", "BLINK"),
    (WINDOWS + "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "EDGE", "DESKTOP", "BLINK"),
    (WINDOWS + "Chrome/131.0.0.0 Safari/537.36 OPR/115.0.0.0", "OPERA", "DESKTOP", "BLINK"),
    (ANDROID + "Chrome/131.0.0.0 Mobile Safari/537.36", "CHROME", "PHONE", "BLINK"),
    (
        ANDROID + "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
        "SAMSUNG",
        "PHONE",
        "BLINK",
    ),
    (
        "Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36",
        "CHROME",
        "TABLET",
        "BLINK",
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
        "FIREFOX",
        "DESKTOP",
        "GECKO",
    ),
    (
        "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0",
        "FIREFOX",
        "PHONE",
        "GECKO",
    ),
    (MAC + "Version/18.1 Safari/605.1.15", "SAFARI", "DESKTOP", "WEBKIT"),
    (IPHONE + "Version/17.6 Mobile/15E148 Safari/604.1", "SAFARI", "PHONE", "WEBKIT"),
    (IPHONE + "CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "CHROME", "PHONE", "WEBKIT"),
    (IPHONE + "FxiOS/133.0 Mobile/15E148 Safari/605.1.15", "FIREFOX", "PHONE", "WEBKIT"),
    (IPHONE + "Mobile/15E148 Instagram 360.0.0.21.103", "IN_APP", "PHONE", "UNKNOWN"),
    (
        ANDROID.replace("SM-S918B", "SM-S918B; wv")
        + "Version/4.0 Chrome/129.0.6668.100 Mobile Safari/537.36 musical_ly_2023700040",
        "IN_APP",
        "PHONE",
        "UNKNOWN",
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/16.6 Mobile/15E148 Safari/604.1",
        "SAFARI",
        "TABLET",
        "WEBKIT",
    ),
    ("", "UNKNOWN", "UNKNOWN", "UNKNOWN"),
    ("SomethingNobodyKnows/1.0", "UNKNOWN", "UNKNOWN", "UNKNOWN"),
]
ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.23.20.0",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "curl/8.5.0",
    "python-requests/2.32.3",
    WINDOWS + "HeadlessChrome/131.0.0.0 Safari/537.36",
]


@pytest.mark.parametrize(("user_agent", "browser", "device", "engine"), PEOPLE)
def test_a_browser_says_what_it_is(user_agent, browser, device, engine):
    assert family(user_agent) == (Browser[browser], Device[device], Engine[engine])
    assert not is_bot(user_agent)


@pytest.mark.parametrize("user_agent", ROBOTS)
def test_a_robot_says_so(user_agent):
    assert is_bot(user_agent)


def test_stored_codes_stay_what_they_are():
    assert [kind.name for kind in Browser] == [
        "UNKNOWN", "CHROME", "EDGE", "FIREFOX", "SAFARI", "SAMSUNG", "OPERA", "IN_APP",
    ]  # fmt: skip
    assert [kind.name for kind in Device] == ["UNKNOWN", "DESKTOP", "PHONE", "TABLET"]
    assert [*Browser, *Device] == [*range(8), *range(4)]


def test_an_endless_user_agent_costs_no_more_than_a_long_one():
    began = time.perf_counter()
    is_bot("x" * 1_000_000)
    assert time.perf_counter() - began < 0.5


@given(st.text(max_size=400))
def test_whatever_is_sent_has_a_family(user_agent):
    assert len(family(user_agent)) == 3
    assert is_bot(user_agent) in {True, False}

"""Which browser, on which kind of device, and whether a person sits before it."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from crawlerdetect import CrawlerDetect

#: What is read of a User-Agent. Real ones are shorter, and the search for bots is quadratic.
READ_LENGTH = 256
_DETECTOR = CrawlerDetect()


class Browser(IntEnum):
    """Families of browsers. The numbers are stored: they never change their meaning."""

    UNKNOWN = 0
    CHROME = 1
    EDGE = 2
    FIREFOX = 3
    SAFARI = 4
    SAMSUNG = 5
    OPERA = 6
    IN_APP = 7  # The browser inside an app: Instagram, TikTok, Facebook, Snapchat and others.


class Device(IntEnum):
    """Kinds of devices. The numbers are stored: they never change their meaning."""

    UNKNOWN = 0
    DESKTOP = 1
    PHONE = 2
    TABLET = 3


class Engine(IntEnum):
    """What decides which headers a browser sends. Every browser on iOS is WebKit."""

    UNKNOWN = 0
    BLINK = 1
    GECKO = 2
    WEBKIT = 3


class Family(NamedTuple):
    browser: Browser
    device: Device
    engine: Engine


_IN_APP = re.compile(
    r"; wv\)|Instagram|FBAN|FBAV|FB_IAB|BytedanceWebview|musical_ly|TikTok|Snapchat|Pinterest/"
    r"|LinkedInApp|Line/|GSA/"
)
#: The first that is found decides: every later name also stands in an earlier one's string.
_BROWSERS = (
    (Browser.IN_APP, _IN_APP),
    (Browser.EDGE, re.compile(r"Edg(?:A|iOS|e)?/")),
    (Browser.OPERA, re.compile(r"OPR/|OPT/|Opera")),
    (Browser.SAMSUNG, re.compile(r"SamsungBrowser/")),
    (Browser.FIREFOX, re.compile(r"Firefox/|FxiOS/")),
    (Browser.CHROME, re.compile(r"Chrom(?:e|ium)/|CriOS/")),
    (Browser.SAFARI, re.compile(r"Version/.*Safari/|Safari/")),
)


@lru_cache(maxsize=4096)
def family(user_agent: str) -> Family:
    """Return what ``user_agent`` says of itself; what it does not say is unknown.

    The browser inside an app has no known engine: apps answer for it as they please.
    """
    said = user_agent[:READ_LENGTH]
    browser = next((name for name, sign in _BROWSERS if sign.search(said)), Browser.UNKNOWN)
    return Family(browser, _device(said), _engine(said, browser))


def _device(said: str) -> Device:
    if "iPad" in said or "Tablet" in said or ("Android" in said and "Mobile" not in said):
        return Device.TABLET
    if "iPhone" in said or "Mobile" in said:
        return Device.PHONE
    desktop = ("Windows NT", "Macintosh", "X11", "CrOS")
    return Device.DESKTOP if any(name in said for name in desktop) else Device.UNKNOWN


def _engine(said: str, browser: Browser) -> Engine:
    if browser in {Browser.IN_APP, Browser.UNKNOWN}:
        return Engine.UNKNOWN
    if "iPhone" in said or "iPad" in said:
        return Engine.WEBKIT
    if "Gecko/" in said and browser == Browser.FIREFOX:
        return Engine.GECKO
    if "Chrome/" in said or "Chromium/" in said:
        return Engine.BLINK
    return Engine.WEBKIT if "AppleWebKit/" in said else Engine.UNKNOWN


@lru_cache(maxsize=4096)
def is_bot(user_agent: str) -> bool:
    """Tell whether ``user_agent`` is that of a known robot. One that says nothing is none."""
    return bool(_DETECTOR.is_crawler(user_agent[:READ_LENGTH]))

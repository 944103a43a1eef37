"""What a browser says it is, in the words that people use for their devices."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

#: What a browser's own line contains, most telling first, and what people call it.
BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"(Headless)?Chrom(e|ium)/|CriOS/", "Chrome"),
    (r"Version/.*Safari/", "Safari"),
)
SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"CrOS", "ChromeOS"),
    (r"Linux|X11", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser and what it runs on; an empty word is one that it does not tell."""

    browser: str
    system: str

    def __str__(self) -> str:
        if self.browser and self.system:
            return _("%(browser)s on %(system)s") % {
                "browser": self.browser,
                "system": self.system,
            }
        return self.browser or self.system or _("Unknown device")


def device_of(user_agent: str) -> Device:
    """Read the ``User-Agent`` line of a browser. Whoever lies there is shown the lie."""
    return Device(browser=_first(BROWSERS, user_agent), system=_first(SYSTEMS, user_agent))


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((word for pattern, word in known if re.search(pattern, user_agent)), "")

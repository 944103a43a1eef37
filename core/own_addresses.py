"""Our own addresses within a text: what people wrote in it leads nowhere."""

from __future__ import annotations

import re

from django.conf import settings

_PATH_LENGTH = 300


def own_path(text: str) -> str:
    """Return the path of the last of our own addresses in a text: where it leads; or nothing.

    The last, because what people wrote is quoted before it. Never what a browser would take for
    another host, like ``//elsewhere``.
    """
    found = re.findall(re.escape(settings.PUBLIC_URL) + r"(/(?!/)[\w\-./?=&%+:~]*)", text)
    return found[-1].rstrip(".,:?&")[:_PATH_LENGTH] if found else ""

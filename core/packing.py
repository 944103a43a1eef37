"""Pages travel under gzip: tables and forms repeat themselves, and shrink to a tenth."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware


class PackedPages(GZipMiddleware):
    """Packs the pages that people read, and nothing else.

    Files have their own packing (WhiteNoise), feeds and the API their own ETags, and what caches
    keep for everybody stays one answer. What a page says beside a secret does not give it away by
    its length: Django masks the tokens of forms anew each time and adds up to 100 random bytes
    (BREACH).
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Return the answer, packed when it is a whole page and its reader can unpack it."""
        is_page = response.get("Content-Type", "").startswith("text/html")
        is_shared = "public" in response.get("Cache-Control", "")
        if response.streaming or is_shared or not is_page:
            return response
        return super().process_response(request, response)

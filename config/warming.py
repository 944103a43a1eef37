"""What a web process loads before anybody asks it."""

from __future__ import annotations

import gc
from pathlib import Path

from django.conf import settings
from django.template import engines
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver


def warm() -> int:
    """Load every page's template and address, and never look through them for garbage again.

    Else each is loaded while the first to ask for it waits, and what was loaded is looked through
    at every full collection of garbage, which by then takes a tenth of a second. Return how many
    templates there are.
    """
    engine = engines["django"]
    names = {
        str(page.relative_to(folder))
        for folder in map(Path, get_app_template_dirs("templates"))
        if folder.parents[1] == settings.BASE_DIR
        for page in folder.rglob("*.html")
    }
    for name in sorted(names):
        engine.get_template(name)
    get_resolver().url_patterns  # noqa: B018 - read, so that it is loaded
    gc.collect()
    gc.freeze()
    return len(names)

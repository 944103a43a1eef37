"""What a web process loads before anybody asks it."""

import gc

from django.conf import settings

from config.warming import warm


def test_every_template_is_loaded_and_no_longer_looked_through():
    frozen = gc.get_freeze_count()
    try:
        count = warm()
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()

    pages = [
        page
        for page in settings.BASE_DIR.glob("*/templates/**/*.html")
        if not page.is_relative_to(settings.BASE_DIR / "demo" / "shop")
    ]
    assert count == len({str(page).partition("/templates/")[2] for page in pages}) > 400

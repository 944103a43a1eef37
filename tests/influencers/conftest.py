"""What tests of creators share."""

import pytest
from django.core.cache import cache

from tests.builders import NOW, make_shop


@pytest.fixture
def creators_today(settings, time_machine, tmp_path):
    """Pages of creators at a moment that stands still, with pictures of their own."""
    settings.ON_THIS_MACHINE = True
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def looks_today(settings, tmp_path, time_machine):
    """What the public gets of looks at a moment that stands still: own files, nothing cached."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def shop():
    """A shop whose proxy sends /looks/ to us."""
    return make_shop(link_origin="https://shop.example")

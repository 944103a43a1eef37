"""What tests of creators share."""

import pytest

from tests.builders import NOW


@pytest.fixture
def creators_today(settings, time_machine, tmp_path):
    """Pages of creators at a moment that stands still, with pictures of their own."""
    settings.ON_THIS_MACHINE = True
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)

"""A photo that everybody asks for at once is unpacked and scaled once."""

import pytest
from django.core.files.storage import FileSystemStorage

from influencers.domain.picture import UNCROPPED
from influencers.models import Rendition
from influencers.services import renditions
from tests.influencers.look_surface_world import make_picture
from tests.races.threads import at_once, raised

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


class Counting(FileSystemStorage):
    """Files below a folder, and the names under which any was written."""

    written: list[str] = []

    def _save(self, name, content):
        self.written.append(name)
        return super()._save(name, content)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    kept = {"BACKEND": f"{__name__}.Counting", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": kept}
    Counting.written.clear()


def test_one_makes_it_and_the_others_find_it():
    picture = make_picture()
    Counting.written.clear()

    answers = at_once(
        8, lambda _number: renditions.find_or_make(picture.pk, UNCROPPED, 480, "webp").pk
    )

    assert raised(answers) == []
    assert set(answers) == {Rendition.objects.get().pk}
    assert len(Counting.written) == 1

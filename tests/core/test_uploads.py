"""No request uploads more than anybody needs, whoever sends it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.django_db


def test_what_is_too_large_is_refused_before_it_is_kept(client, settings):
    settings.UPLOAD_MOST_BYTES = 5_000
    fits, large = (SimpleUploadedFile("a.jpg", b"\0" * size) for size in (3_000, 6_000))

    assert client.post("/account/login/", {"photo": fits}).status_code == 200
    assert client.post("/account/login/", {"photo": large}).status_code == 413


def test_every_form_of_ours_fits(settings):
    assert settings.UPLOAD_MOST_BYTES >= 2 * 15 * 1024 * 1024

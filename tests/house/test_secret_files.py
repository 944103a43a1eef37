"""Secrets may stand in files instead of the environment (NAME_FILE)."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.surroundings import _is_given

NAME = "A_SECRET"


@pytest.fixture
def secret(tmp_path, monkeypatch):
    path = tmp_path / "secret"
    path.write_text("s3cret\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(path))
    return path


def test_what_is_in_the_file_counts(secret):
    assert env.text(NAME) == "s3cret"
    assert env.required(NAME, "signs") == "s3cret"
    assert _is_given(NAME)


def test_file_and_variable_together_are_a_mistake(secret, monkeypatch):
    monkeypatch.setenv(NAME, "other")

    with pytest.raises(ImproperlyConfigured, match=f"Set {NAME} or {NAME}_FILE, not both"):
        env.text(NAME)


def test_a_file_that_is_not_there_is_named(secret):
    secret.unlink()

    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE: .* cannot be read"):
        env.text(NAME)


def test_an_empty_file_is_no_secret(secret):
    secret.write_text("\n")

    with pytest.raises(ImproperlyConfigured, match=f"Set the environment variable {NAME}"):
        env.required(NAME, "signs")


def test_without_either_the_default_counts():
    assert env.text(NAME, "default") == "default"
    assert not _is_given(NAME)

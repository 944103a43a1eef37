import hashlib

import pytest

from core.hashing import address_digest


@pytest.mark.parametrize(
    "parts",
    [
        ("12 bis rue de l ete", "75002", "fr"),
        ("12 bis, Rue de l'Été ", "75002", "FR"),
        ("12  BIS RUE DE L\u2019E\u0301TE\u0301", " 75002 ", "FR"),
        ("12 bis rue de l'été, 75002", "FR"),
    ],
)
def test_an_address_is_the_same_however_it_is_written(parts):
    written = hashlib.sha256(b"12 bis rue de l ete 75002 fr").hexdigest()
    assert address_digest(*parts) == written


def test_another_number_is_another_address():
    assert address_digest("12 rue A", "75002", "FR") != address_digest("2 rue A", "75002", "FR")


@pytest.mark.parametrize("parts", [(), ("",), (" ", "-")])
def test_no_address_has_no_digest(parts):
    assert address_digest(*parts) == ""

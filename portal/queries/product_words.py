"""Finding products by words, as the index of the catalogue has them."""

from __future__ import annotations

from django.db.models import QuerySet

from shop.models import Product
from shop.models.catalogue import SEARCHED, searched_words

MOST_WORDS = 6
#: Shorter words have to begin a word: the index knows no others.
_LEAST_LETTERS = 3


def holding(rows: QuerySet[Product], words: str) -> QuerySet[Product]:
    """Return those of ``rows`` whose name, number, colour, brand or category hold every word.

    Accents and capitals make no difference; one or two letters are the beginning of a word. None
    without a word.
    """
    wanted = searched_words(words)[:MOST_WORDS]
    if not wanted:
        return rows.none()
    rows = rows.alias(said=SEARCHED)
    for word in wanted:
        rows = rows.filter(said__contains=word if len(word) >= _LEAST_LETTERS else f" {word}")
    return rows

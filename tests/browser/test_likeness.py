"""The comparison of pictures: what it has to see, and what it must not."""

import pytest
from PIL import Image, ImageDraw

from tests.browser.likeness import few_colours, moved, unlike

PAPER, INK, ACCENT = "#faf8f4", "#1d1916", "#a8412a"
BUTTON = (900, 200, 1_020, 240)


def drawn(*, paper=PAPER, shift=0, button=ACCENT, digit="1", nudge=0):
    """A page with forty lines of strokes that stand for words, and a button."""
    image = Image.new("RGB", (1_280, 900), paper)
    pen = ImageDraw.Draw(image)
    for line in range(40):
        y = 40 + 20 * line + shift
        for x in range(240, 800, 7):
            pen.line((x + nudge, y, x + nudge, y + 10), fill=INK)
    if button:
        pen.rectangle(BUTTON, fill=button)
    pen.text((1_100, 400), digit, fill=INK)
    return image


@pytest.mark.parametrize(
    "other",
    [
        {"button": None},
        {"button": "#234f9b"},
        {"paper": "#ffffff"},
        {"paper": "#171412"},
        {"shift": 450},
    ],
)
def test_what_a_person_notices_is_seen(other):
    assert unlike(drawn(), drawn(**other))


@pytest.mark.parametrize("other", [{}, {"nudge": 1}, {"shift": 1}, {"digit": "8"}])
def test_another_rendering_of_the_same_is_not(other):
    assert unlike(drawn(), drawn(**other)) == []


def test_few_colours_are_enough():
    assert unlike(few_colours(drawn()), drawn()) == []


def test_another_size_is_said():
    assert unlike(drawn(), drawn().crop((0, 0, 1_280, 890))) != []


def test_boxes_are_compared_in_their_order():
    page = [["h1", 0, 0, 200, 40], ["card", 0, 60, 600, 300], ["button", 20, 80, 100, 40]]

    assert moved(page, page) == []
    assert moved(page, [["h1", 3, 5, 206, 40], *page[1:]]) == []
    assert moved(page, page[:2]) == ["['button', 20, 80, 100, 40] is gone"]
    assert moved(page[:2], page) == ["['button', 20, 80, 100, 40] is new"]
    assert moved(page, [page[0], ["card", 0, 90, 600, 300], page[2]]) == [
        "['card', 0, 60, 600, 300] is now ['card', 0, 90, 600, 300]"
    ]

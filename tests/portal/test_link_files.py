"""Files of links: what can be read line by line, and what is refused as a whole."""

import pytest

from portal.link_files import UnreadableFile, read_lines


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "name\nhttps://shop.example/", "url,colour", "url\0", 'url,"name', "u" * 140_000],
    ids=["nothing", "blank", "no url", "unknown", "NUL", "open quotation", "endless name"],
)
def test_a_file_whose_first_line_names_no_columns_is_refused(text):
    with pytest.raises(UnreadableFile):
        read_lines(text)


def test_a_line_that_cannot_be_read_says_why_and_the_others_stay():
    read = read_lines('url;name\nhttps://shop.example/a;A\n"https\nb;c;d\n' + "x" * 140_000)

    assert [line.destination_url for line in read.lines] == ["https://shop.example/a"]
    assert [number for number, _why in read.errors] == [3, 4, 5]

"""Files to be saved: under a name that no header can be broken with, kept by no cache."""

import pytest
from django.test import RequestFactory

from portal.downloads import csv_response, file_response


def ask(**query):
    return RequestFactory().get("/", query)


def test_a_file_is_saved_under_its_name_and_kept_nowhere():
    answer = file_response(b"%PDF", name="AF-1.pdf", content_type="application/pdf")

    assert (answer.content, answer["Content-Type"]) == (b"%PDF", "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="AF-1.pdf"'
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ['a".pdf', "reçu.pdf"])
def test_a_name_of_any_signs_stays_one_name(name):
    said = file_response(b"", name=name, content_type="application/pdf")["Content-Disposition"]

    assert said in (
        'attachment; filename="a\\".pdf"',
        "attachment; filename*=utf-8''re%C3%A7u.pdf",
    )


@pytest.mark.parametrize(
    ("query", "line"), [({}, '"Ada";1'), ({"form": "international"}, '"Ada",1')]
)
def test_a_spreadsheet_is_french_unless_asked_otherwise(query, line):
    answer = csv_response(ask(**query), "people.csv", ["Name", "Sales"], [["Ada", 1]])

    assert b"".join(answer.streaming_content).decode().splitlines()[1] == line
    assert answer["Content-Disposition"] == 'attachment; filename="people.csv"'

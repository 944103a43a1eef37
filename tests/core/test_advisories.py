"""Packages that somebody warned of are found in a copy of the OSV database, without a network."""

import json
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.advisories import read, warned_of

PINS = {"some-thing": "2.5", "other": "1.0"}


def advisory(*events, versions=(), name="Some_Thing", ecosystem="PyPI", kind="ECOSYSTEM", **more):
    return {
        "id": "PYSEC-2026-1",
        "aliases": ["CVE-2026-1"],
        "summary": "It says too much.",
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": name},
                "ranges": [{"type": kind, "events": [dict([event]) for event in events]}],
                "versions": list(versions),
            }
        ],
        **more,
    }


FROM_THE_START = ("introduced", "0")


@pytest.mark.parametrize(
    ("events", "is_found"),
    [
        ([FROM_THE_START], True),
        ([FROM_THE_START, ("fixed", "2.6")], True),
        ([FROM_THE_START, ("fixed", "2.5")], False),
        ([FROM_THE_START, ("fixed", "2.10")], True),  # Versions, not words.
        ([FROM_THE_START, ("last_affected", "2.5")], True),
        ([FROM_THE_START, ("last_affected", "2.4.9")], False),
        ([("introduced", "2.5")], True),
        ([("introduced", "2.5.1")], False),
        ([("introduced", "2.0"), ("fixed", "2.1"), ("introduced", "2.4"), ("fixed", "3")], True),
        ([("introduced", "2.4"), ("fixed", "3"), ("introduced", "1"), ("fixed", "2.1")], True),
        ([("introduced", "1"), ("fixed", "2.1"), ("introduced", "2.6")], False),
        ([("introduced", "2.5rc1"), ("fixed", "2.5")], False),
        ([("introduced", "2004d")], True),  # Nobody can compare that: somebody shall look.
        ([], False),
    ],
)
def test_a_version_in_a_range_is_affected(events, is_found):
    assert bool(list(warned_of(PINS, advisory(*events)))) is is_found


def test_a_version_that_is_listed_is_affected_whatever_the_ranges_say():
    assert list(warned_of(PINS, advisory(versions=["2.4", "2.5"])))
    assert not list(warned_of(PINS, advisory(versions=["2.4", "2.50"])))


@pytest.mark.parametrize(
    "said",
    [
        {"name": "nothing-of-ours"},
        {"ecosystem": "npm"},
        {"kind": "GIT"},
        {"withdrawn": "2026-11-01T00:00:00Z"},
        {"affected": []},
    ],
)
def test_what_is_about_something_else_is_passed_by(said):
    assert not list(warned_of(PINS, advisory(FROM_THE_START, **said)))


def test_a_finding_says_what_it_is_and_what_cures_it():
    [one] = warned_of(PINS, advisory(FROM_THE_START, ("fixed", "2.6")))

    assert (one.package, one.version, one.fixed) == ("some-thing", "2.5", ("2.6",))
    assert (one.advisory, one.aliases) == ("PYSEC-2026-1", ("CVE-2026-1",))


def test_a_folder_a_zip_and_a_file_are_read(tmp_path):
    folder = tmp_path / "all" / "below"
    folder.mkdir(parents=True)
    file = folder / "one.json"
    file.write_text(json.dumps(advisory()))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.write(file, "one.json")
        packed.writestr("README", "no advisory")

    assert list(read(tmp_path / "all")) == list(read(tmp_path / "all.zip")) == list(read(file))


def audit(database):
    said = StringIO()
    call_command("audit_dependencies", "--database", str(database), stdout=said)
    return said.getvalue()


def test_the_command_names_what_is_affected_and_exits_with_1(tmp_path):
    database = tmp_path / "one.json"
    database.write_text(json.dumps(advisory(FROM_THE_START, ("fixed", "999"), name="Django")))
    said = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("audit_dependencies", "--database", str(database), stdout=said)

    assert ended.value.code == 1
    assert said.getvalue().startswith("django 5.")
    assert "PYSEC-2026-1, CVE-2026-1: It says too much. Fixed in 999." in said.getvalue()
    assert "1 advisories, 1 found." in said.getvalue()


def test_the_command_looks_at_what_tests_need_too(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(advisory(FROM_THE_START, name="pytest")))

    with pytest.raises(SystemExit):
        audit(tmp_path)


def test_the_command_is_content_where_nothing_of_ours_is_named(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(advisory(FROM_THE_START, name="nothing-of-ours")))

    assert audit(tmp_path).endswith("1 advisories, 0 found.\n")


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}"])
def test_a_database_that_is_empty_missing_or_broken_is_no_good_news(tmp_path, content):
    database = tmp_path / "all"
    if content is not None:
        database.mkdir()
    if content:
        (database / "one.json").write_text(content)

    with pytest.raises(CommandError):
        audit(database)

"""Everything that we are made of is known, and under a licence that we allow."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from packaging.utils import canonicalize_name

from core import supply_chain
from tests.builders import NOW

ROOT = Path(__file__).parents[2]
LOCK = ROOT / supply_chain.LOCK
#: For another system or another Python than that of the tests.
ELSEWHERE = {"async-timeout", "colorama", "tzdata"}


def names_in(path):
    lines = path.read_text().splitlines()
    found = [re.split(r"[=\[<>;\s]", line)[0] for line in lines if line[:1].isalnum()]
    return {canonicalize_name(name) for name in found}


@pytest.fixture(scope="module")
def packages():
    return supply_chain.packages(ROOT)


def test_every_package_of_the_lock_is_listed(packages):
    assert {part.name for part in packages} >= set(supply_chain.pins(LOCK)) - ELSEWHERE


def test_everything_that_is_required_is_listed_with_all_that_it_needs(packages):
    by_name = {part.name: part for part in packages}
    reached, next_ones = set(), names_in(ROOT / "requirements.txt")
    while next_ones:
        assert next_ones <= set(by_name)
        reached |= next_ones
        next_ones = {one for name in next_ones for one in by_name[name].needs} - reached
    assert len(reached) > 60


def test_every_licence_is_one_that_we_allow(packages):
    parts = [*packages, *supply_chain.vendored(ROOT)]

    assert [(one.name, one.licence) for one in parts if supply_chain.refused(one.licence)] == []


@pytest.mark.parametrize(
    ("licence", "is_refused"),
    [
        ("MIT", False),
        ("Apache-2.0 OR BSD-3-Clause", False),
        ("GPL-3.0-only OR MIT", False),
        ("(MIT AND Apache-2.0)", False),
        ("MIT AND GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("Other/Proprietary License", True),
        ("", True),
    ],
)
def test_one_of_alternatives_is_enough_and_all_that_hold_together_must_do(licence, is_refused):
    assert supply_chain.refused(licence) is is_refused


def test_files_of_others_are_listed():
    found = {part.name: part.licence for part in supply_chain.vendored(ROOT)}

    assert found["uplot"] == "MIT"
    assert found["lucide-static"] == "ISC"
    assert found["@fontsource-variable/inter"] == "OFL-1.1"


def test_the_bill_names_each_part_once_and_only_parts_that_are_there(packages):
    made = supply_chain.bill(packages, version="1", now=NOW)

    references = [one["bom-ref"] for one in made["components"]]
    assert len(references) == len(set(references)) == len(packages)
    for one in made["dependencies"]:
        assert one["ref"] in {"apport", *references}
        assert set(one["dependsOn"]) <= set(references)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")


def test_the_command_prints_it():
    said, lines = StringIO(), StringIO()
    call_command("sbom", stdout=said)
    call_command("sbom", "--licences", stdout=lines)

    made = json.loads(said.getvalue())
    assert made["metadata"]["component"]["version"]
    assert "pkg:pypi/django@" in said.getvalue()
    assert "uplot 1.6.32: MIT" in lines.getvalue()


def test_the_table_of_licences_in_the_docs_is_what_is_installed(packages):
    """After a change: ``bin/manage sbom --write``."""
    parts = packages + supply_chain.vendored(ROOT)
    said = (ROOT / "docs" / "licences.md").read_text()

    made = supply_chain.licence_table(parts)

    # A row for another Python than this one may be there as well.
    assert set(made.splitlines()) <= set(said.splitlines())
    assert {line.split(" | ")[0][2:] for line in rows_of(said)} <= {
        *supply_chain.pins(LOCK), *(part.name for part in parts)
    }  # fmt: skip


def rows_of(table):
    return [line for line in table.splitlines() if line.startswith("| ")][1:]

"""What the product is made of: every package that it runs with, and under which licence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: Licences (SPDX) under which we take something in: permissive ones, and those that ask only that
#: the library itself stays free.
ALLOWED = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MIT-CMU",
    "PSF-2.0", "OFL-1.1", "LicenseRef-Public-Domain",
    "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "MPL-2.0",
})  # fmt: skip
#: What packages say that is no SPDX name, and what it means.
_MEANS = {
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "bsd 3-clause or apache-2.0": "BSD-3-Clause OR Apache-2.0",
    "mit license": "MIT",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "asl 2.0": "Apache-2.0",
    "lgpl-2.1": "LGPL-2.1-only",
    "public domain": "LicenseRef-Public-Domain",
}
#: Packages whose metadata say several things, or too little: read in their files of licence.
_READ_BY_US = {
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "python-stdnum": "LGPL-2.1-or-later",
    "qrcode": "BSD-3-Clause",
}
#: What we ask for and what that needs, with the hashes of its files (bin/lock).
LOCK = "requirements.lock"
#: That, and with it what tests and checks need.
LOCKS = (LOCK, "requirements-dev.lock")
#: The table of the files of others that travel with us.
VENDORED = Path("portal", "static", "vendor", "VERSIONS.md")
_ABOVE_THE_TABLE = """# Licences

What the product runs with, and under which licence: the packages of `requirements.lock` on Linux,
then the files of others that travel with us. `bin/manage sbom --write` makes this table, and a test
compares it. Which licences we allow is in `core/supply_chain.py`.

| part | version | licence (SPDX) |
|---|---|---|"""
_WORD = re.compile(r"[A-Za-z0-9.+-]+")


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One thing that we are made of. ``licence``: an SPDX expression; empty: none is known."""

    name: str
    version: str
    licence: str
    address: str
    needs: tuple[str, ...] = ()


def packages(root: Path) -> list[Part]:
    """Return the packages that the lock of the checkout at ``root`` names, as they are installed.

    A package for another system, which is not installed here, is left out.
    """
    names = set(pins(root / LOCK))
    found = []
    for name in names:
        try:
            found.append(_part(distribution(name), names))
        except PackageNotFoundError:
            continue
    return sorted(found)


def pins(lock: Path) -> dict[str, str]:
    """Return the exact version of each package of a lock, by its name, whatever its system."""
    said = [line.rstrip(" \\") for line in lock.read_text().splitlines() if line[:1].isalnum()]
    wanted = [Requirement(one) for one in said]
    return {canonicalize_name(one.name): str(one.specifier)[2:] for one in wanted}


def vendored(root: Path) -> list[Part]:
    """Return the files of others that travel with us, by their table."""
    table = (root / VENDORED).read_text()
    rows = [line.strip("| \n").split(" | ") for line in table.splitlines()]
    return sorted(
        Part(match[1], row[2], row[3].partition(",")[0], f"pkg:npm/{match[1].replace('@', '%40')}")
        for row in rows
        if len(row) > 3 and (match := re.search(r"npm `([^`]+)`", row[1]))
    )


def bill(parts: list[Part], *, version: str, now: datetime) -> dict[str, Any]:
    """Return the bill of materials in the words of CycloneDX 1.6."""
    references = {part.name: part.address for part in parts}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": now.isoformat(timespec="seconds"),
            "component": {
                "type": "application", "bom-ref": "apport", "name": "apport", "version": version,
            },
        },
        "components": [
            {
                "type": "library",
                "bom-ref": part.address,
                "name": part.name,
                "version": part.version,
                "purl": part.address,
                "licenses": [{"expression": part.licence}] if part.licence else [],
            }
            for part in parts
        ],
        "dependencies": [
            {"ref": "apport", "dependsOn": sorted(references.values())},
            *(
                {"ref": part.address, "dependsOn": _addresses(part, references)}
                for part in parts
            ),
        ],
    }  # fmt: skip


def licence_table(parts: list[Part]) -> str:
    """Return docs/licences.md: a row for each part, and the files of others after the packages."""
    rows = [f"| {part.name} | {part.version} | {part.licence} |" for part in parts]
    return "\n".join([_ABOVE_THE_TABLE, *rows, ""])


def refused(licence: str) -> bool:
    """Tell whether no licence of an SPDX expression lets us take something in.

    Of alternatives (OR) one is enough; of several that hold together (AND) all must do.
    """
    ways = re.split(r"\s+OR\s+", licence.replace("(", "").replace(")", ""))
    return not any(
        bool(way.strip()) and {one for one in _WORD.findall(way) if one != "AND"} <= ALLOWED
        for way in ways
    )


def _addresses(part: Part, references: dict[str, str]) -> list[str]:
    return sorted(references[one] for one in part.needs if one in references)


def _part(found: Distribution, known: set[str]) -> Part:
    name = canonicalize_name(found.metadata["Name"])
    return Part(
        name,
        found.version,
        _licence(name, found),
        f"pkg:pypi/{name}@{found.version}",
        tuple(sorted(_needs(found) & known - {name})),
    )


def _needs(found: Distribution) -> set[str]:
    wanted = [Requirement(text) for text in found.requires or []]
    return {
        canonicalize_name(one.name)
        for one in wanted
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }


def _licence(name: str, found: Distribution) -> str:
    said: Any = found.metadata
    if name in _READ_BY_US:
        return _READ_BY_US[name]
    expression: str = said.get("License-Expression") or ""
    if expression:
        return _MEANS.get(expression.lower(), expression)
    text: str = (said.get("License") or "").strip()
    if text and len(text) < 40:
        return _MEANS.get(text.lower(), text)
    classified = [
        one.rpartition("::")[2].strip()
        for one in said.get_all("Classifier") or []
        if one.startswith("License")
    ]
    return " AND ".join(_MEANS.get(one.lower(), one) for one in classified)

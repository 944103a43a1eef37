"""Which of the packages of a lock somebody has warned of, by a copy of the OSV database.

Nothing is asked of anybody: the copy (https://osv.dev) is a folder of JSON files, the zip of such a
folder, or one file.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ECOSYSTEM = "PyPI"


@dataclass(frozen=True, slots=True, order=True)
class Warned:
    """A package whose version is affected. ``fixed``: the versions that are not, if any are."""

    package: str
    version: str
    advisory: str
    aliases: tuple[str, ...]
    summary: str
    fixed: tuple[str, ...]


def read(database: Path) -> Iterator[dict[str, Any]]:
    """Return each advisory of a folder, of a zip or of a file.

    :raises OSError: if it cannot be read.
    :raises ValueError, BadZipFile: if a file is no advisory in JSON, or the zip is broken.
    """
    if database.is_dir():
        for file in sorted(database.rglob("*.json")):
            yield _parsed(file.read_bytes())
    elif zipfile.is_zipfile(database):
        with zipfile.ZipFile(database) as packed:
            for name in packed.namelist():
                if name.endswith(".json"):
                    yield _parsed(packed.read(name))
    else:
        yield _parsed(database.read_bytes())


def _parsed(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict) or "id" not in found:
        raise ValueError("This is no advisory.")
    return found


def warned_of(pins: Mapping[str, str], advisory: Mapping[str, Any]) -> Iterator[Warned]:
    """Return the packages of ``pins`` (version by name) that an advisory is about.

    One that was withdrawn is about none.
    """
    if advisory.get("withdrawn"):
        return
    for affected in advisory.get("affected", ()):
        about = affected.get("package", {})
        name = canonicalize_name(about.get("name", ""))
        if about.get("ecosystem") == ECOSYSTEM and name in pins and _has(affected, pins[name]):
            yield Warned(
                name,
                pins[name],
                advisory["id"],
                tuple(sorted(advisory.get("aliases", ()))),
                advisory.get("summary", ""),
                tuple(_fixed(affected)),
            )


def _has(affected: Mapping[str, Any], version: str) -> bool:
    listed = version in affected.get("versions", ())
    return listed or any(_covers(one, Version(version)) for one in _ranges(affected))


def _ranges(affected: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in affected.get("ranges", ()) if one.get("type") == "ECOSYSTEM"]


def _covers(span: Mapping[str, Any], version: Version) -> bool:
    """Tell whether a version is in a range, whose events count in the order of their versions.

    A range with a version that nobody can compare covers everything: somebody shall look.
    """
    try:
        events = sorted(
            (Version(said), kind)
            for event in span.get("events", ())
            for kind, said in event.items()
            if kind in {"introduced", "fixed", "last_affected"}
        )
    except InvalidVersion:
        return True
    is_in = False
    for at, kind in events:
        if kind == "introduced" and at <= version:
            is_in = True
        elif (kind == "fixed" and at <= version) or (kind == "last_affected" and at < version):
            is_in = False
    return is_in


def _fixed(affected: Mapping[str, Any]) -> Iterator[str]:
    for span in _ranges(affected):
        for event in span.get("events", ()):
            if "fixed" in event:
                yield event["fixed"]

"""The generated part of ``clients/python``: its files, and how they differ from what is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal.api_client.kinds import kinds_of
from portal.api_client.operations import operations
from portal.api_client.resource_files import resource_files
from portal.api_client.types_files import types_files

#: The folders of the package that hold nothing that is written by hand.
FOLDERS = ("resources", "types")


def client_files(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each file, by its place in the package.

    :raises Unreadable: when the schema says something that the client cannot be made of.
    """
    found = operations(document)
    kinds = kinds_of(document, found)
    return {**types_files(kinds), **resource_files(found, kinds)}


def differing(package: Path, files: Mapping[str, str]) -> list[str]:
    """Return the names of those that are missing in the package, other there, or too many."""
    there = {one.relative_to(package).as_posix(): one for one in _existing(package)}
    wrong = [name for name, text in files.items() if _text(there.get(name)) != text]
    return sorted({*wrong, *(set(there) - set(files))})


def write(package: Path, files: Mapping[str, str]) -> None:
    """Make the package hold these files, and no others in their folders."""
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in _existing(package):
        if path.relative_to(package).as_posix() not in files:
            path.unlink()


def _existing(package: Path) -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((package / folder).glob("*.py"))]


def _text(path: Path | None) -> str | None:
    return path.read_text(encoding="utf-8") if path else None

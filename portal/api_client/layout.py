"""Python text as ruff formats it, so that what is written needs no formatting."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping

WIDTH = 100
NOTE = "Written by `bin/manage api_client` from the schema of the API; not to be edited."


def docstring(text: str, indent: str) -> list[str]:
    """Return the lines of a docstring; paragraphs are wrapped, lines of ``:param`` hang."""
    if '"""' in text or "\\" in text:
        raise ValueError(f"This cannot be a docstring: {text}")
    blocks = text.strip().split("\n\n")
    lines = _wrapped(blocks[0], indent, room=3)
    if len(blocks) == 1 and len(lines) == 1 and len(indent) + len(lines[0]) + 6 <= WIDTH:
        return [f'{indent}"""{lines[0]}"""']
    written = [f'{indent}"""{lines[0]}', *(f"{indent}{line}" for line in lines[1:])]
    for block in blocks[1:]:
        written.append("")
        for line in block.split("\n"):
            written += [f"{indent}{one}" for one in _wrapped(line, indent)]
    return [*written, f'{indent}"""']


def bracketed(start: str, parts: Iterable[str], end: str, indent: str = "") -> list[str]:
    """Return ``start``, the parts and ``end``: on one line if they fit, else a line for each."""
    parts = list(parts)
    line = f"{indent}{start}{', '.join(parts)}{end}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{indent}{start}", *(f"{indent}    {one}," for one in parts), f"{indent}{end}"]


def imports(code: str, places: Mapping[str, str]) -> list[str]:
    """Return the imports of the names in ``code``, with the module of each in ``places``."""
    used = set(re.findall(r"\b[A-Za-z_]\w*\b", code))
    by_module: dict[str, list[str]] = {}
    for name in sorted(used & set(places), key=_order):
        by_module.setdefault(places[name], []).append(name)
    written = ["from __future__ import annotations"]
    for is_ours in (False, True):
        modules = [one for one in sorted(by_module) if one.startswith("apport_client") == is_ours]
        for number, module in enumerate(modules):
            written += [""] * (number == 0) + import_of(module, by_module[module])
    return written


def import_of(module: str, names: list[str]) -> list[str]:
    """Return the import of some names."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def _order(name: str) -> tuple[int, str]:
    """Constants, classes, functions, as isort has it."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _wrapped(text: str, indent: str, room: int = 0) -> list[str]:
    hanging = "    " if text.startswith(":") else ""
    return textwrap.wrap(
        text,
        WIDTH - len(indent) - room,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )

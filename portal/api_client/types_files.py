"""The files of ``apport_client/types/``: dataclasses of answers and bodies, and choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.api_client.kinds import MONEY, Choice, Kinds, is_sent
from portal.api_client.layout import NOTE, bracketed, docstring, import_of, imports
from portal.api_client.operations import plain

_PLACES = {
    "Literal": "typing",
    "Mapping": "collections.abc",
    "Sequence": "collections.abc",
    "UNSET": "apport_client.writing",
    "UUID": "uuid",
    "Unset": "apport_client.writing",
    MONEY: "apport_client.money",
    "dataclass": "dataclasses",
    "date": "datetime",
    "datetime": "datetime",
    "field": "dataclasses",
}
#: Fields that a ``repr``, and so a log, must not show.
_SECRETS = {"secret"}


def types_files(kinds: Kinds) -> dict[str, str]:
    """Return every file of the types, by its name."""
    modules = sorted(set(kinds.homes.values()))
    files = {f"types/{module}.py": _module(kinds, module) for module in modules}
    files["types/__init__.py"] = _index(kinds, modules)
    return files


def place_of(kinds: Kinds, name: str) -> str:
    """Return the module of a type."""
    return f"apport_client.types.{kinds.homes[name]}"


def _module(kinds: Kinds, module: str) -> str:
    own = sorted(name for name, home in kinds.homes.items() if home == module)
    by_name = {name: choice for choice, name in kinds.choices.items()}
    code: list[str] = []
    for name in own:
        if name in by_name:
            code += _choices(name, by_name[name])
    for name in own:
        if name not in by_name:
            code += ["", "", *_dataclass(kinds, name)]
    elsewhere = {name: place_of(kinds, name) for name in kinds.homes if name not in own}
    text = "\n".join(code)
    head = [
        *docstring(f"What is answered and sent: {module}.\n\n{NOTE}", ""),
        "",
        *imports(_without_words(text), {**_PLACES, **elsewhere}),
    ]
    blank = [""] if code[0] else []
    return "\n".join([*head, *blank, text, ""])


def _choices(name: str, choice: Choice) -> list[str]:
    return bracketed(f"{name} = Literal[", map(_quoted, choice), "]")


def _quoted(value: str) -> str:
    return f'"{value}"'


def _dataclass(kinds: Kinds, name: str) -> Iterator[str]:
    schema = kinds.schemas[name]
    base = _base(kinds, name)
    inherited = set(kinds.schemas[base]["properties"]) if base else set()
    yield "@dataclass(frozen=True, slots=True, kw_only=True)"
    yield f"class {name}({base}):" if base else f"class {name}:"
    yield from docstring(plain(schema["description"]), "    ")
    yield ""
    for field, said in schema["properties"].items():
        if field not in inherited:
            yield f"    {field}: {field_type(kinds, name, field)}"
            text = plain(said.get("description", ""))
            if text:
                yield from docstring(text, "    ")


def field_type(kinds: Kinds, name: str, field: str) -> str:
    """Return the type of a field of a schema, with its default where it need not be said."""
    schema, sent = kinds.schemas[name], is_sent(name)
    kind = kinds.annotation(schema["properties"][field], sent=sent)
    if field in _SECRETS and not sent:
        return f"{kind} = field(repr=False)"
    if field in schema.get("required", []):
        return kind
    return f"{kind} | Unset = UNSET" if sent else f"{kind.removesuffix(' | None')} | None = None"


def _base(kinds: Kinds, name: str) -> str:
    """Return the type that this one has all fields of, and more: a sale's, for its details."""
    base = name.removesuffix("Detail")
    if base == name or kinds.homes.get(base) != kinds.homes[name]:
        return ""
    shorter: Mapping[str, Any] = kinds.schemas[base]["properties"]
    longer: Mapping[str, Any] = kinds.schemas[name]["properties"]
    return base if shorter.items() <= longer.items() else ""


def _index(kinds: Kinds, modules: list[str]) -> str:
    lines = docstring(f"Every type of the API, by its name.\n\n{NOTE}", "")
    lines.append("")
    for module in modules:
        own = sorted(name for name, home in kinds.homes.items() if home == module)
        lines += import_of(f"apport_client.types.{module}", own)
    names = [f"    {_quoted(name)}," for name in sorted(kinds.homes)]
    return "\n".join([*lines, "", "__all__ = [", *names, "]", ""])


def _without_words(code: str) -> str:
    """Return the code without its docstrings, whose words are no names."""
    return "".join(code.split('"""')[::2])

"""What answers and bodies are made of, as Python types: which there are, and where each lives."""

from __future__ import annotations

import keyword
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.api_client.operations import Operation, Unreadable, schema_name

#: The module of what several resources have.
SHARED = "shared"
#: Written by hand in the client, where it can be added up; sent and answered alike.
MONEY = "Money"
_MONEY_SCHEMAS = ("Money", "MoneyInput")
#: The names of types that a field must not hide from those beside it.
_TYPES = {"str", "int", "bool", "tuple", "date", "datetime"}
Choice = tuple[str, ...]


@dataclass(slots=True)
class Kinds:
    """The named types of the client. ``homes`` has the module of each."""

    schemas: Mapping[str, Mapping[str, Any]]
    homes: dict[str, str] = field(default_factory=dict)
    choices: dict[Choice, str] = field(default_factory=dict)

    def annotation(self, schema: Mapping[str, Any], *, sent: bool) -> str:
        """Return the type of a field. What is answered may be a choice that is not known yet.

        :raises Unreadable: for a schema that the client has no type for.
        """
        if "$ref" in schema:
            name = schema_name(schema)
            return MONEY if name in _MONEY_SCHEMAS else name
        if "allOf" in schema and len(schema["allOf"]) == 1:
            return self.annotation(schema["allOf"][0], sent=sent)
        if "oneOf" in schema:
            one, nothing = schema["oneOf"]
            if nothing == {"type": "null"}:
                return f"{self.annotation(one, sent=sent)} | None"
        if isinstance(schema.get("type"), list):
            one, nothing = schema["type"]
            if nothing == "null":
                return f"{self.annotation({**schema, 'type': one}, sent=sent)} | None"
        if is_flag(schema):
            return "bool"
        if "enum" in schema:
            name = self.choices[tuple(schema["enum"])]
            return name if sent else f"{name} | str"
        return self._plain(schema, sent=sent)

    def _plain(self, schema: Mapping[str, Any], *, sent: bool) -> str:
        kind, form = schema.get("type"), schema.get("format")
        if kind == "string":
            named = {"date": "date", "date-time": "datetime", "uuid": "UUID"}
            found = named.get(form or "", "str")
            return "UUID | str" if sent and found == "UUID" else found
        if kind == "integer":
            return "int"
        if kind == "boolean":
            return "bool"
        if kind == "array":
            one = self.annotation(schema["items"], sent=sent)
            return f"Sequence[{one}]" if sent else f"tuple[{one}, ...]"
        if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
            one = self.annotation(schema["additionalProperties"], sent=sent)
            return f"Mapping[str, {one}]"
        raise Unreadable(f"The client has no type for {schema}.")


def kinds_of(document: Mapping[str, Any], found: list[Operation]) -> Kinds:
    """Return the types that the operations need.

    :raises Unreadable: when one cannot be named, or a field cannot be one of Python's.
    """
    kinds = Kinds(document["components"]["schemas"])
    _check_money(kinds.schemas)
    users: dict[str, set[str]] = defaultdict(set)
    named: dict[Choice, set[tuple[int, int, str]]] = defaultdict(set)
    used: dict[Choice, set[str]] = defaultdict(set)
    for one in found:
        for name in _reached(kinds.schemas, [name for name in (one.answer, one.body) if name]):
            users[name].add(one.resource)
            for field_name, schema in kinds.schemas[name]["properties"].items():
                _check_field(name, field_name)
                _note(named, used, one.resource, name, field_name, schema)
        for parameter in one.query:
            owner = one.answer or one.resource
            _note(named, used, one.resource, f"?{owner}", parameter.name, parameter.schema)
    kinds.choices = {choice: min(names)[2] for choice, names in named.items()}
    for choice, name in kinds.choices.items():
        users[name] |= used[choice]
    if len(set(kinds.choices.values())) < len(kinds.choices):
        raise Unreadable(f"Two sets of choices have one name: {kinds.choices}.")
    kinds.homes = {name: _home(resources) for name, resources in users.items()}
    return kinds


def is_flag(schema: Mapping[str, Any]) -> bool:
    """Tell whether it is a yes or no, as a query has it."""
    return set(schema.get("enum", [])) == {"true", "false"}


def is_sent(name: str) -> bool:
    """Tell whether a schema is of a body."""
    return name.endswith("Input")


def _home(resources: set[str]) -> str:
    return next(iter(resources)) if len(resources) == 1 else SHARED


def _reached(schemas: Mapping[str, Any], names: list[str]) -> Iterator[str]:
    """Yield the schemas that are needed for some, and these."""
    seen: set[str] = set()
    while names:
        name = names.pop()
        if name in seen or name in _MONEY_SCHEMAS:
            continue
        seen.add(name)
        yield name
        for schema in schemas[name]["properties"].values():
            names.extend(_references(schema))


def _references(schema: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield schema_name(schema)
    items = [schema["items"]] if "items" in schema else []
    for part in (*schema.get("allOf", []), *schema.get("oneOf", []), *items):
        yield from _references(part)


def _note(
    named: dict[Choice, set[tuple[int, int, str]]],
    used: dict[Choice, set[str]],
    resource: str,
    owner: str,
    field_name: str,
    schema: Mapping[str, Any],
) -> None:
    """Note the choices of a field or parameter, with the name they would have after it.

    The best is after what is answered, then what is sent, then what is asked; then the shortest.
    """
    if "items" in schema:
        schema, field_name = schema["items"], field_name.removesuffix("s")
    if "enum" not in schema or is_flag(schema):
        return
    rank = 2 if owner.startswith("?") else 1 if is_sent(owner) else 0
    short = owner.removeprefix("?").removesuffix("Input").removesuffix("Patch")
    name = short.removesuffix("Detail") + field_name.title().replace("_", "")
    choice = tuple(schema["enum"])
    named[choice].add((rank, len(name), name))
    used[choice].add(resource)


def _check_field(schema: str, name: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name) or name in _TYPES:
        raise Unreadable(f"{schema}.{name} cannot be a field of a dataclass.")


def _check_money(schemas: Mapping[str, Mapping[str, Any]]) -> None:
    for name in _MONEY_SCHEMAS:
        if set(schemas[name]["properties"]) != {"amount_minor", "currency"}:
            raise Unreadable(f"{name} is not the Money that the client has.")

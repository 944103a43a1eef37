"""What the API can do, as the client of Python calls it: read from the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "/api/v1/"
_REF = "#/components/schemas/"
_CURSOR, _LIMIT = "cursor", "limit"
_BULLETS = re.compile(r"(?:\n\n|^)\* `.*", re.DOTALL)


class Unreadable(Exception):
    """The schema says something that the client cannot be made of."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query or a part of the address, by its name in the API and in Python."""

    name: str
    python: str
    schema: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one resource: ``client.<resource>.<call>(…)``.

    ``answer`` and ``body`` name schemas; no answer is a document. ``most`` is the longest page
    of a list.
    """

    name: str
    method: str
    path: str
    resource: str
    call: str
    parts: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    answer: str | None
    body: str | None
    most: int | None
    summary: str
    text: str

    @property
    def changes(self) -> bool:
        """Whether it takes an Idempotency-Key."""
        return self.method != "GET"


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Return every operation of the schema, by address.

    :raises Unreadable: when two would have one name, or one cannot be told.
    """
    found = [
        _operation(document, path, method.upper(), said)
        for path, methods in sorted(document["paths"].items())
        for method, said in sorted(methods.items())
    ]
    names = [(one.resource, one.call) for one in found]
    if len(set(names)) < len(names):
        raise Unreadable(f"Two operations have one name among {names}.")
    return found


def plain(description: str) -> str:
    """Return a description without the list of choices that the schema appends."""
    return _BULLETS.sub("", description).strip()


def schema_name(schema: Mapping[str, Any]) -> str:
    """Return the name of the schema that is referred to."""
    return str(schema["$ref"]).removeprefix(_REF)


def _operation(
    document: Mapping[str, Any], path: str, method: str, said: Mapping[str, Any]
) -> Operation:
    address = path.removeprefix(PREFIX).split("/")
    answer, most = _answer(document, said)
    singular = said["operationId"].partition("_")[2] if len(address) < 3 else ""
    parameters = {one["name"]: one for one in said.get("parameters", []) if one["in"] != "header"}
    limit = parameters.get(_LIMIT)
    return Operation(
        name=said["operationId"],
        method=method,
        path=path.removeprefix(PREFIX.rstrip("/")),
        resource=address[0],
        call=_call(said["operationId"], address),
        parts=tuple(
            _parameter(parameters[name], _part_name(name, singular or _singular(document, path)))
            for name in re.findall(r"{(\w+)}", path)
        ),
        query=tuple(
            _parameter(one, name)
            for name, one in sorted(parameters.items())
            if one["in"] == "query" and name not in (_CURSOR, _LIMIT)
        ),
        answer=answer,
        body=_body(said),
        most=limit["schema"]["maximum"] if most and limit else None,
        summary=said["summary"],
        text=said["description"],
    )


def _call(name: str, address: list[str]) -> str:
    """Return ``archive`` for ``links/{code}/archive``, and the verb where nothing follows."""
    return address[2].partition(".")[0] if len(address) > 2 else name.partition("_")[0]


def _singular(document: Mapping[str, Any], path: str) -> str:
    """Return what one of a resource is called: ``payout`` for what lies below a payout."""
    own = path[: path.index("}") + 1]
    name: str = document["paths"][own]["get"]["operationId"]
    return name.partition("_")[2]


def _part_name(name: str, singular: str) -> str:
    return f"{singular}_id" if name in ("id", "public_id") else name


def _parameter(said: Mapping[str, Any], python: str) -> Parameter:
    return Parameter(said["name"], python, said["schema"], plain(said.get("description", "")))


def _answer(document: Mapping[str, Any], said: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Return the name of what is answered, and whether it is a list of such.

    :raises Unreadable: when it depends on the status.
    """
    names = set(_answers(said))
    if len(names) != 1:
        raise Unreadable(f"{said['operationId']} answers {names}.")
    (name,) = names
    if name is None:
        return None, False
    parts = document["components"]["schemas"][name]["properties"]
    if set(parts) == {"data", "next_cursor"}:
        return schema_name(parts["data"]["items"]), True
    return name, False


def _answers(said: Mapping[str, Any]) -> Iterator[str | None]:
    for status, answer in said["responses"].items():
        if status.startswith("2"):
            for content in answer["content"].values():
                is_file = content["schema"].get("format") == "binary"
                yield None if is_file else schema_name(content["schema"])


def _body(said: Mapping[str, Any]) -> str | None:
    if "requestBody" not in said:
        return None
    return schema_name(said["requestBody"]["content"]["application/json"]["schema"])

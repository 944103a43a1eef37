"""The files of ``apport_client/resources/``: a class per resource, a method per operation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal.api_client.kinds import MONEY, Kinds
from portal.api_client.layout import NOTE, bracketed, docstring, imports
from portal.api_client.operations import Operation, Parameter, plain
from portal.api_client.types_files import field_type, place_of

_PLACES = {
    "Mapping": "collections.abc",
    "Pages": "apport_client.paging",
    "Sequence": "collections.abc",
    "Transport": "apport_client.transport",
    "UNSET": "apport_client.writing",
    "UUID": "uuid",
    "Unset": "apport_client.writing",
    MONEY: "apport_client.money",
    "date": "datetime",
    "datetime": "datetime",
    "place": "apport_client.writing",
}
_KEY = (
    ":param idempotency_key: Of a call that is to have one effect even if your program is started"
    " anew; one is made for each call without it."
)
_PAGE = (
    ":param page_size: How many are asked for at once.\n"
    ":param cursor: The “next_cursor” after which to begin."
)


def resource_files(found: list[Operation], kinds: Kinds) -> dict[str, str]:
    """Return every file of the resources, by its name."""
    names = sorted({one.resource for one in found})
    files = {
        f"resources/{name}.py": _module(name, [one for one in found if one.resource == name], kinds)
        for name in names
    }
    files["resources/__init__.py"] = _index(names)
    return files


def _module(name: str, found: list[Operation], kinds: Kinds) -> str:
    code = [
        f"class {_class(name)}:",
        *docstring(f"What ``client.{name}`` can do.", "    "),
        "",
        "    def __init__(self, transport: Transport) -> None:",
        "        self._transport = transport",
    ]
    for one in sorted(found, key=lambda one: (one.path, one.method)):
        code += ["", *_method(one, kinds)]
    text = "\n".join(code)
    places = _PLACES | {known: place_of(kinds, known) for known in kinds.homes}
    head = docstring(f"Calls of the API: {name}.\n\n{NOTE}", "")
    return "\n".join([*head, "", *imports(_names(text), places), "", "", text, ""])


def _names(code: str) -> str:
    """Return code without its texts: words in them are no names, but for what is put into one."""
    bare = "".join(code.split('"""')[::2])
    put_in = (" ".join(re.findall("{(.*?)}", text)) for text in re.findall(r'"([^"\n]*)"', bare))
    return " ".join([re.sub(r'"[^"\n]*"', "", bare), *put_in])


def _method(one: Operation, kinds: Kinds) -> Iterator[str]:
    parts = [f"{part.python}: {_part_type(part)}" for part in one.parts]
    options = _options(one, kinds)
    taken = ["self", *parts, *(["*", *options] if options else [])]
    yield from bracketed(f"def {one.call}(", taken, f") -> {_answer_type(one)}:", "    ")
    yield from docstring(_words(one, kinds), "        ")
    yield from _work(one, kinds)


def _options(one: Operation, kinds: Kinds) -> list[str]:
    taken = []
    if one.body:
        required = kinds.schemas[one.body].get("required", [])
        names = sorted(kinds.schemas[one.body]["properties"], key=lambda name: name not in required)
        taken += [f"{name}: {field_type(kinds, one.body, name)}" for name in names]
    for parameter in one.query:
        kind = kinds.annotation(parameter.schema, sent=True)
        taken.append(f"{parameter.python}: {kind} | None = None")
    if one.most:
        taken += [f"page_size: int = {one.most}", 'cursor: str = ""']
    if one.changes:
        taken.append("idempotency_key: str | None = None")
    return taken


def _work(one: Operation, kinds: Kinds) -> Iterator[str]:
    transport, indent = "return self._transport.", "        "
    where = _where(one)
    if one.answer is None:
        yield from bracketed(f"{transport}download(", [where], ")", indent)
    elif one.changes:
        body = "None"
        if one.body:
            fields = [f"{name}={name}" for name in kinds.schemas[one.body]["properties"]]
            yield from bracketed(f"body = {one.body}(", fields, ")", indent)
            body = "body"
        said = [one.answer, f'"{one.method}"', where, body, "idempotency_key"]
        yield from bracketed(f"{transport}change(", said, ")", indent)
    else:
        pairs = [f'"{asked.name}": {asked.python}' for asked in one.query]
        if one.most:
            pairs.append('"limit": page_size')
        yield from bracketed("asked: dict[str, object] = {", pairs, "}", indent)
        said = [one.answer, where, "asked", *(["cursor"] if one.most else [])]
        yield from bracketed(f"{transport}{'pages' if one.most else 'read'}(", said, ")", indent)


def _words(one: Operation, kinds: Kinds) -> str:
    said = {asked.python: asked.text for asked in (*one.parts, *one.query)}
    if one.body:
        fields = kinds.schemas[one.body]["properties"].items()
        said |= {name: plain(field.get("description", "")) for name, field in fields}
    lines = [f":param {name}: {text}" for name, text in said.items() if text]
    if one.most:
        lines.append(_PAGE)
    if one.changes:
        lines.append(_KEY)
    parameters = "\n\n" + "\n".join(lines) if lines else ""
    return f"{one.summary}.\n\n{one.text}{parameters}"


def _where(one: Operation) -> str:
    path = one.path
    for part in one.parts:
        path = path.replace(f"{{{part.name}}}", f"{{place({part.python})}}")
    return f'f"{path}"' if one.parts else f'"{path}"'


def _part_type(part: Parameter) -> str:
    if part.schema.get("type") == "integer":
        return "int"
    return "UUID | str" if part.schema.get("format") == "uuid" else "str"


def _answer_type(one: Operation) -> str:
    if one.answer is None:
        return "bytes"
    return f"Pages[{one.answer}]" if one.most else one.answer


def _class(resource: str) -> str:
    return f"{resource.title().replace('-', '').replace('_', '')}Resource"


def _index(names: list[str]) -> str:
    places = {_class(name): f"apport_client.resources.{name}" for name in names}
    code = [
        "class Resources:",
        '    """Everything that the API knows, by what it is about."""',
        "",
        "    def __init__(self, transport: Transport) -> None:",
        *(f"        self.{name} = {_class(name)}(transport)" for name in names),
    ]
    places["Transport"] = "apport_client.transport"
    text = "\n".join(code)
    head = docstring(f"What a client can do.\n\n{NOTE}", "")
    return "\n".join([*head, "", *imports(text, places), "", "", text, ""])

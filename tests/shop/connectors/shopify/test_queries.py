"""No question costs more than Shopify answers (SH31): a point for each object that could come."""

import re

import pytest

from shop.connectors.shopify import queries

QUERIES = [name for name, text in vars(queries).items()
           if isinstance(text, str) and re.match(r"\s*(query|mutation) ", text)]  # fmt: skip
_TOKEN = re.compile(r"\.\.\.\s*on|\w+|\(.*?\)|[{}]", re.S)


def parsed(tokens):
    """Return the fields of a selection: name, arguments, and the selection below or None."""
    fields = []
    while tokens:
        token = tokens.pop(0)
        if token == "}":
            return fields
        if token == "{":
            fields[-1][2] = parsed(tokens)
        elif token.startswith("("):
            fields[-1][1] = token
        elif token.startswith("..."):
            fields.append([tokens.pop(0), "(fragment)", None])
        else:
            fields.append([token, "", None])
    return fields


def points(fields):
    """A connection costs two and what it may hold; scalars are free."""
    total = 0
    for _name, arguments, below in fields:
        if below is None:
            continue
        many = re.search(r"first: (\d+)", arguments)
        if arguments == "(fragment)":
            total += points(below)
        elif many and any(name == "nodes" for name, _said, _below in below):
            inside = next(inner for name, _said, inner in below if name == "nodes")
            total += 2 + int(many.group(1)) * (1 + points(inside))
        elif many:
            total += int(many.group(1)) * (1 + points(below))
        else:
            total += 1 + points(below)
    return total


def cost(query):
    (operation,) = parsed(_TOKEN.findall(query[query.index("{") :].join(["root ", ""])))
    return points(operation[2])


def test_points_are_counted_as_shopify_counts_them():
    assert cost("query a { shop { name } }") == 1
    assert cost("query a { orders(first: 10, after: $b) { nodes { id } pageInfo { x } } }") == 12
    assert cost("query a { order(id: $i) { refunds(first: 3) { id x { y } } } }") == 1 + 3 * 2


@pytest.mark.parametrize("name", QUERIES)
def test_no_question_is_too_dear(name):
    assert 0 < cost(getattr(queries, name)) <= queries.MOST_POINTS


def test_every_question_has_a_name_of_its_own():
    names = re.findall(
        r"(?:query|mutation) (\w+)", " ".join(getattr(queries, name) for name in QUERIES)
    )
    assert len(names) == len(set(names)) == len(QUERIES) == 10

"""``{% table %}`` and ``{% column %}``: header, cells, totals, phone cards in one declaration."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template import Context, TemplateSyntaxError
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal import columns as chosen_columns
from portal import query_links

PER_ROW = ("href", "select", "select_label", "row_tone")
TABLE_OPTIONS = frozenset(
    {"row", "caption", "show_caption", "sheet", "form", "compact", "sticky", "name", *PER_ROW}
)
COLUMN_OPTIONS = frozenset(
    {
        "numeric",
        "align",
        "total",
        "link",
        "nowrap",
        "hide_small",
        "help",
        "sort",
        "shown",
        "key",
        "filter",
        "only",
    }
)


@dataclass(frozen=True, slots=True)
class Head:
    """A header cell and what its column shares with it."""

    label: str
    css: str
    help: str = ""
    sort_href: str = ""
    sorted: str = ""
    total: Any = None
    hide_small: bool = False
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A body cell; on a phone ``head.label`` stands before it. ``only_href``: to such rows."""

    head: Head
    content: SafeString
    only_href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A body row."""

    cells: list[Cell]
    href: str = ""
    select: str = ""
    select_label: str = ""
    tone: str = ""


class ColumnNode(Node):
    """One column: its label, its options, and the template of its cells."""

    def __init__(
        self, label: FilterExpression, options: dict[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.label = label
        self.options = options
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        return self.nodelist.render(context)

    def is_shown(self, context: Context) -> bool:
        """Tell whether the table has this column at all: ``shown=False`` leaves it out."""
        return "shown" not in self.options or bool(self.options["shown"].resolve(context))

    def key(self, context: Context) -> str:
        """Return the key of a column that a person may leave out; empty when it always stands."""
        return str(self.options["key"].resolve(context)) if "key" in self.options else ""

    def cell(self, context: Context, head: Head) -> Cell:
        """Draw a cell; with ``filter`` and ``only`` beside a link to the rows that are like it."""
        content = self.render(context)
        if "filter" not in self.options or "only" not in self.options:
            return Cell(head, content)
        name = str(self.options["filter"].resolve(context))
        value = str(self.options["only"].resolve(context) or "")
        request: HttpRequest | None = context.get("request")
        if request is None or not value or request.GET.get(name) == value:
            return Cell(head, content)
        return Cell(head, content, query_links.changed(request.GET, **{name: value}))

    def head(self, context: Context, *, is_title: bool) -> Head:
        values = {name: option.resolve(context) for name, option in self.options.items()}
        align = "end" if values.get("numeric") else values.get("align", "start")
        css = [f"table__cell--{align}"]
        css += ["table__cell--numeric"] if values.get("numeric") else []
        css += ["table__cell--nowrap"] if values.get("nowrap") else []
        css += ["table__cell--hide-small"] if values.get("hide_small") else []
        href, state = sort_link(context, str(values.get("sort", "")))
        return Head(
            label=str(self.label.resolve(context)),
            css=" ".join(css),
            help=str(values.get("help", "")),
            sort_href=href,
            sorted=state,
            total=values.get("total"),
            hide_small=bool(values.get("hide_small")),
            is_title=is_title,
        )


class TableNode(Node):
    """The whole table. Rows are iterated once."""

    child_nodelists = ("nodelist", "empty")

    def __init__(
        self,
        rows: FilterExpression,
        options: dict[str, FilterExpression],
        nodelist: NodeList,
        empty: NodeList,
    ) -> None:
        self.rows = rows
        self.options = options
        self.nodelist = nodelist
        self.empty = empty
        self.columns = [node for node in nodelist if isinstance(node, ColumnNode)]

    def render(self, context: Context) -> SafeString:
        values = {
            name: option.resolve(context)
            for name, option in self.options.items()
            if name not in PER_ROW
        }
        declared = [column for column in self.columns if column.is_shown(context)]
        columns, choices = self._chosen(context, declared, str(values.get("name", "")))
        title_at = next((i for i, column in enumerate(columns) if "link" in column.options), 0)
        heads = [
            column.head(context, is_title=index == title_at) for index, column in enumerate(columns)
        ]
        rows = self._rows(context, columns, heads, str(values.get("row", "row")))
        if not rows:
            return self.empty.render(context)
        return render_to_string(
            "components/table.html",
            {
                **values,
                "sticky": values.get("sticky", True),
                "heads": heads,
                "choices": choices,
                "request": context.get("request"),
                "csrf_token": context.get("csrf_token"),
                "rows": rows,
                "selectable": "select" in self.options,
                "has_totals": any(head.total is not None for head in heads),
            },
        )

    def _chosen(
        self, context: Context, declared: list[ColumnNode], name: str
    ) -> tuple[list[ColumnNode], list[chosen_columns.Choice]]:
        """Return the columns to draw and what can be chosen: nothing of a table without a name."""
        request: HttpRequest | None = context.get("request")
        if not name or request is None:
            return declared, []
        hidden = chosen_columns.left_out(request, name)
        keys = [column.key(context) for column in declared]
        choices = [
            chosen_columns.Choice(key, str(column.label.resolve(context)), key not in hidden)
            for key, column in zip(keys, declared, strict=True)
            if key
        ]
        shown = [c for key, c in zip(keys, declared, strict=True) if not key or key not in hidden]
        return shown, choices

    def _rows(
        self, context: Context, columns: list[ColumnNode], heads: list[Head], name: str
    ) -> list[Row]:
        rows: Iterable[Any] = self.rows.resolve(context) or ()
        drawn = []
        for row in rows:
            with context.push(**{name: row}):
                of_row = {
                    option: str(self.options[option].resolve(context) or "")
                    for option in PER_ROW
                    if option in self.options
                }
                drawn.append(
                    Row(
                        cells=[
                            column.cell(context, head)
                            for head, column in zip(heads, columns, strict=True)
                        ],
                        href=of_row.get("href", ""),
                        select=of_row.get("select", ""),
                        select_label=of_row.get("select_label", ""),
                        tone=of_row.get("row_tone", ""),
                    )
                )
        return drawn


def sort_link(context: Context, key: str) -> tuple[str, str]:
    """Where a sortable header leads and its ``aria-sort``; empty texts when it cannot sort."""
    request: HttpRequest | None = context.get("request")
    if not key or request is None:
        return "", ""
    current = request.GET.get("sort", "")
    target = f"-{key}" if current == key else key
    state = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    return query_links.changed(request.GET, sort=target), state


def compile_table(parser: Parser, token: Token) -> TableNode:
    """``{% table rows row="sale" caption=… %} columns {% empty %} … {% endtable %}``."""
    bits = token.split_contents()
    if len(bits) < 2:
        raise TemplateSyntaxError("table needs the rows to show.")
    options = _options(parser, bits, TABLE_OPTIONS)
    if "caption" not in options:
        raise TemplateSyntaxError("table needs a caption: it is what a screen reader announces.")
    nodelist = parser.parse(("empty", "endtable"))
    empty = NodeList()
    if parser.next_token().contents == "empty":
        empty = parser.parse(("endtable",))
        parser.delete_first_token()
    return TableNode(parser.compile_filter(bits[1]), options, nodelist, empty)


def compile_column(parser: Parser, token: Token) -> ColumnNode:
    """``{% column label numeric=True … %} cell {% endcolumn %}``."""
    bits = token.split_contents()
    if len(bits) < 2:
        raise TemplateSyntaxError("column needs a label.")
    options = _options(parser, bits, COLUMN_OPTIONS)
    nodelist = parser.parse(("endcolumn",))
    parser.delete_first_token()
    return ColumnNode(parser.compile_filter(bits[1]), options, nodelist)


def _options(parser: Parser, bits: list[str], known: frozenset[str]) -> dict[str, FilterExpression]:
    rest = bits[2:]
    options = token_kwargs(rest, parser)
    if rest:
        raise TemplateSyntaxError(f"{bits[0]} does not understand {rest[0]!r}.")
    unknown = sorted(set(options) - known)
    if unknown:
        raise TemplateSyntaxError(f"{bits[0]} has no option {unknown[0]!r}.")
    return options

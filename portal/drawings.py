"""The charts and codes of the component library, as HTML."""

from collections.abc import Sequence
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from portal import charts


def sparkline(values: Sequence[int], label: str = "") -> SafeString:
    """The course of a few values, without scale."""
    return render_to_string(
        "components/sparkline.html",
        {"points": charts.sparkline_points(list(values)), "label": label},
    )


def bar_chart(points: Sequence[charts.Point], caption: str, **options: Any) -> SafeString:
    """One bar for each point, and the same numbers as a table."""
    return _chart("bars", points, caption, **options)


def line_chart(points: Sequence[charts.Point], caption: str, **options: Any) -> SafeString:
    """A line through the points, and the same numbers as a table."""
    return _chart("line", points, caption, **options)


def _chart(
    kind: str,
    points: Sequence[charts.Point],
    caption: str,
    *,
    currency: str = "",
    unit: str = "",
    compare: Sequence[int] = (),
    compare_label: str = "",
    show_caption: bool = True,
    is_open: bool = False,
) -> SafeString:
    plot = charts.plot_values(points, currency=currency, compare=compare, is_open=is_open)
    return render_to_string(
        "components/chart.html",
        {
            "kind": kind,
            "plot": plot,
            "caption": caption,
            "unit": unit or caption,
            "compare_label": compare_label,
            "show_caption": show_caption,
            "is_open": is_open,
        },
    )


def distribution(parts: Sequence[tuple[str, int]], label: str, currency: str = "") -> SafeString:
    """How a whole divides into parts."""
    return render_to_string(
        "components/distribution.html",
        {"parts": charts.stack(parts, currency=currency), "label": label},
    )


def qr(
    url: str, label: str, svg_href: str = "", png_href: str = "", name: str = "qr"
) -> SafeString:
    """The QR code of ``url``, always dark on white so that a camera reads it in both themes."""
    code = segno.make(url, error="m", micro=False)
    drawn = code.svg_inline(border=2, omitsize=True, svgclass="qr__code", lineclass=None)
    return render_to_string(
        "components/qr.html",
        {
            "svg": mark_safe(drawn),  # noqa: S308 - paths drawn by segno, no text of ours
            "label": label,
            "name": name,
            "svg_href": svg_href or code.svg_data_uri(border=4, scale=8),
            "png_href": png_href or code.png_data_uri(border=4, scale=20),
        },
    )

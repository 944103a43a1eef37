"""Reading the markup of strangers as browsers do: nothing that stands in a page is an error."""

from __future__ import annotations

from html.parser import HTMLParser


class Markup(HTMLParser):
    """A parser for which a marked section that is none (``<![x``) is a comment."""

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 - the parent's
        """Skip to the end of what begins at ``i``; -1 while that is not there.

        The parent asserts that it knows the section. Browsers know none in HTML.
        """
        return self.parse_bogus_comment(i)

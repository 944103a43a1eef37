"""Pages for when little works: no database, no template, no session; words and one stylesheet.

They are written here and not in a template, because what fails may be a template, or what every
template asks for.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import request_ids

#: As much of the product's look as a page without anything needs.
STYLES = (
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/components/button.css",
    "css/components/feedback.css",
)
_PAGE = """<!doctype html>
<html lang="{}" data-theme="auto">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>{} – Apport</title>
    {}
  </head>
  <body class="public">
    <header class="masthead"><div class="masthead__inner"><a class="brand" href="/"><span\
 class="brand__name">Apport</span></a></div></header>
    <main class="public__main" id="main">
      <div class="error-page">
        <p class="error-page__code" aria-hidden="true">{}</p>
        <h1>{}</h1>
        {}
        {}
        <div class="error-page__actions"><a class="button button--secondary" href="/">{}</a>\
 <a class="button button--quiet" href="/status/">{}</a></div>
      </div>
    </main>
  </body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What went wrong, in a few words, and what to do, a sentence each."""

    status: int
    title: str
    said: tuple[str, ...]


def plain_page(trouble: Trouble) -> HttpResponse:
    """Return a page that needs nothing but this process, with the number of the request."""
    body = format_html(
        _PAGE,
        (get_language() or "fr")[:2],
        trouble.title,
        _styles(),
        trouble.status,
        trouble.title,
        format_html_join("", '<p class="muted">{}</p>', ((one,) for one in trouble.said)),
        _number(),
        _("Back to the start"),
        _("Does everything run?"),
    )
    answer = HttpResponse(body, status=trouble.status)
    answer["Cache-Control"] = "no-store"
    return answer


def _number() -> SafeString:
    number = request_ids.current()
    if not number:
        return SafeString("")
    return format_html(
        '<p class="small muted">{} <code>{}</code></p>',
        _("If you write to us about it, name this number:"),
        number,
    )


def _styles() -> SafeString:
    """Return the stylesheets; none where the files were never collected."""
    try:
        found = [(static(name),) for name in STYLES]
    except ValueError:
        return SafeString("")
    return format_html_join("\n    ", '<link rel="stylesheet" href="{}">', found)

"""``bin/manage messages``: collect what people read, and compile the translations.

Babel reads the sources, so no gettext tools are needed, neither here nor on a server.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

LANGUAGES = ("fr",)  # The sources are written in British English.
APPS = (
    "affiliates",
    "config",
    "core",
    "fraud",
    "influencers",
    "payouts",
    "portal",
    "shop",
    "experiments",
    "tracking",
)
TEMPLATES = {".html", ".txt"}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "Said": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class Command(BaseCommand):
    """Bring every catalogue up to date with the sources, then compile it."""

    help = "Update locale/*/LC_MESSAGES/django.po from the sources and compile the .mo files."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        template = collected(settings.BASE_DIR)
        for language in LANGUAGES:
            path = catalogue_path(settings.BASE_DIR, language)
            catalogue = read_catalogue(path, language)
            catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
            catalogue.obsolete.clear()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_po(catalogue))
            path.with_suffix(".mo").write_bytes(as_mo(catalogue))
            missing = sum(1 for message in catalogue if message.id and not is_whole(message.string))
            self.stdout.write(f"{language}: {len(catalogue)} messages, {missing} to translate")


def collected(root: Path) -> Catalog:
    """Every marked string of our own applications, as a catalogue without translations."""
    template = Catalog(project="Apport", charset="utf-8")
    for path in _sources(root):
        place = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = _as_python(text, place)
        source = io.BytesIO(text.encode())
        options = {"encoding": "utf-8"}
        for _line, ids, comments, context in extract(
            "python", source, KEYWORDS, ("Translators:",), options, strip_comment_tags=True
        ):
            template.add(ids, None, [(place, 0)], auto_comments=comments, context=context)
    return template


def catalogue_path(root: Path, language: str) -> Path:
    """Where the catalogue of ``language`` is kept."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path, language: str) -> Catalog:
    """The catalogue at ``path``; an empty one if there is none."""
    if not path.exists():
        return Catalog(
            locale=language,
            header_comment="# The texts of Apport. `make messages` keeps them in step.",
            project="Apport",
            version="1",
            last_translator="",
            charset="utf-8",
            fuzzy=False,
        )
    with path.open("rb") as source:
        return read_po(source, locale=language)


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as text for translators, in an order that keeps differences small."""
    out = io.BytesIO()
    write_po(out, catalogue, width=96, sort_by_file=True, include_lineno=False)
    return out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue as the program reads it, without entries that are still in doubt."""
    out = io.BytesIO()
    write_mo(out, catalogue, use_fuzzy=False)
    return out.getvalue()


def is_whole(translation: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether there is text in every plural form."""
    if isinstance(translation, (tuple, list)):
        return bool(translation) and all(translation)
    return bool(translation)


def _sources(root: Path) -> Iterator[Path]:
    for app in APPS:
        for path in sorted((root / app).rglob("*")):
            if path.suffix == ".py" or ("templates" in path.parts and path.suffix in TEMPLATES):
                yield path


def _as_python(text: str, place: str) -> str:
    """What Django leaves of a template: calls of gettext between blanks, one line each."""
    lines = templatize(text, origin=place).splitlines()
    return "\n".join(line.strip() for line in lines)

"""``{% load components %}``: see ``templates/components/README.md`` for every name and argument."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from affiliates.domain.abilities import Ability
from portal import doors, drawings, form_fields, formats, query_links, tables
from portal.icons import ICONS
from portal.status_language import StatusText

register = template.Library()
register.tag("table", tables.compile_table)
register.tag("column", tables.compile_column)
register.simple_tag(drawings.sparkline)
register.simple_tag(drawings.bar_chart)
register.simple_tag(drawings.line_chart)
register.simple_tag(drawings.distribution)
register.simple_tag(drawings.qr)


@register.simple_tag
def icon(name: str, label: str = "", size: int = 20) -> SafeString:
    """Draw a symbol of the sprite; silent unless ``label`` gives it words.

    :raises LookupError: the sprite has no such symbol.
    """
    return _icon(name, label, size, static("icons/sprite.svg"))


@lru_cache(maxsize=2_048)
def _icon(name: str, label: str, size: int, sprite: str) -> SafeString:
    if name not in ICONS:
        raise LookupError(f"The sprite has no icon {name!r}; add it to portal/icons.py.")
    speech = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return format_html(
        '<svg class="icon icon--{}" width="{}" height="{}"{}><use href="{}#{}"></use></svg>',
        name,
        size,
        size,
        flatatt(speech),
        sprite,
        name,
    )


def _element_id(prefix: str, *words: object) -> str:
    """An id that stays the same for the same words."""
    return f"{prefix}-{crc32('|'.join(map(str, words)).encode()):08x}"


@register.simple_tag(takes_context=True)
def button(
    context: Context,
    label: str,
    *,
    href: str = "",
    type: str = "button",  # noqa: A002 - the HTML attribute
    variant: str = "secondary",
    icon: str = "",
    icon_only: bool = False,
    size: str = "",
    opens: str = "",
    sheet: bool = False,
    disabled_reason: str = "",
    needs: str = "",
    **attributes: Any,
) -> SafeString:
    """A button, or a link that looks like one when ``href`` is given.

    Disabled with the reason where the role in a team does not allow what it leads to, or
    ``needs``, an ability.
    """
    disabled_reason = disabled_reason or _why_closed(context, href, needs)
    attrs = {key.replace("_", "-"): value for key, value in attributes.items()}
    css = ["button", f"button--{variant}"]
    css += [f"button--{size}"] if size else []
    css += ["button--icon"] if icon_only else []
    attrs["class"] = " ".join(css)
    if icon_only:
        attrs["aria-label"] = attrs["title"] = label
    if opens:
        attrs |= {"data-opens": opens, "popovertarget": opens, "aria-haspopup": "dialog"}
    reason_id = _element_id("reason", label, disabled_reason)
    if disabled_reason:
        attrs |= {"aria-disabled": "true", "aria-describedby": reason_id}
        href, type = "", "button"  # noqa: A001 - the HTML attribute
    if href:
        attrs["href"] = href
        if sheet:
            attrs["data-sheet"] = True
    else:
        attrs["type"] = type
    return render_to_string(
        "components/button.html",
        {
            "element": "a" if href else "button",
            "attrs": flatatt(attrs),
            "label": label,
            "icon": icon,
            "icon_only": icon_only,
            "disabled_reason": disabled_reason,
            "reason_id": reason_id,
        },
    )


def _why_closed(context: Context, href: str, needs: str = "") -> str:
    request: HttpRequest | None = getattr(context, "request", None)
    if needs and request is not None:
        return doors.why_lacking(request.user, Ability(needs))
    return doors.why_closed(request, href) if href else ""


@register.simple_tag
def status(text: StatusText, sentence: bool = False) -> SafeString:
    """The badge of a state; with ``sentence``, why it is so and what comes next."""
    return render_to_string("components/status.html", {"status": text, "sentence": sentence})


@register.simple_tag
def badge(label: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A word with a tone and an icon, for what has no state of its own."""
    return render_to_string("components/badge.html", {"label": label, "tone": tone, "icon": icon})


@register.simple_tag
def delta(bps: int, good: str = "up", label: str = "") -> SafeString:
    """A change in basis points, shown in whole percents; ``good``: the welcome direction."""
    percents = formats.whole_percents(bps)
    direction = "up" if percents > 0 else "down" if percents < 0 else "flat"
    tone = "neutral" if direction == "flat" else "good" if direction == good else "bad"
    return render_to_string(
        "components/delta.html",
        {
            "text": formats.format_bps(percents * 100, signed=True),
            "direction": direction,
            "tone": tone,
            "label": label,
        },
    )


@register.simple_tag
def help_note(text: str) -> SafeString:
    """A definition that opens on click and keyboard, never on hover alone."""
    return render_to_string(
        "components/help_note.html", {"text": text, "id": _element_id("help", text)}
    )


@register.simple_tag
def avatar(name: str, size: int = 32) -> SafeString:
    """Initials of ``name``; silent, because the name stands beside it."""
    words = name.replace("@", " ").replace(".", " ").split()
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
    return render_to_string("components/avatar.html", {"initials": initials or "?", "size": size})


@register.simple_block_tag
def card(content: str, **options: Any) -> SafeString:
    """A framed part of a page."""
    heading_id = _element_id("card", options.get("title"), options.get("id"))
    return render_to_string(
        "components/card.html", {**options, "content": content, "heading_id": heading_id}
    )


@register.simple_block_tag
def page_header(content: str, title: str, **options: Any) -> SafeString:
    """The only ``h1`` of the page, where it sits, and what can be done here."""
    return render_to_string(
        "components/page_header.html", {**options, "title": title, "actions": content}
    )


@register.simple_block_tag
def banner(content: str, title: str = "", tone: str = "info") -> SafeString:
    """A message about the page or the account."""
    tone = {"error": "danger", "debug": "info"}.get(tone, tone)
    symbols = {"success": "circle-check", "warning": "triangle-alert", "danger": "circle-alert"}
    return render_to_string(
        "components/banner.html",
        {"content": content, "title": title, "tone": tone, "icon": symbols.get(tone, "info")},
    )


@register.simple_block_tag
def sheet(content: str, id: str, title: str) -> SafeString:  # noqa: A002 - the HTML attribute
    """A dialog written in the page, opened by a button with ``opens=id``."""
    return render_to_string("components/sheet.html", {"content": content, "id": id, "title": title})


@register.simple_block_tag(takes_context=True)
def confirm(context: Context, content: str, title: str, action: str, **options: Any) -> SafeString:
    """Ask before posting to ``action``; the title names the object.

    Nothing where the role in a team does not allow it: the button that opens it says why.
    """
    if doors.why_closed(getattr(context, "request", None), action, acts=True):
        return SafeString()
    return render_to_string(
        "components/confirm.html",
        {
            **options,
            "content": content,
            "title": title,
            "action": action,
            "csrf_token": context.get("csrf_token"),
        },
    )


@register.simple_block_tag
def menu(content: str, label: str, icon: str = "ellipsis", icon_only: bool = True) -> SafeString:
    """A button that opens a short list of actions."""
    return render_to_string(
        "components/menu.html",
        {
            "content": content,
            "label": label,
            "icon": icon,
            "icon_only": icon_only,
            "id": _element_id("menu", label, content),
        },
    )


@register.simple_tag(takes_context=True)
def menu_item(
    context: Context, label: str, href: str = "", icon: str = "", action: str = "", tone: str = ""
) -> SafeString:
    """An entry of a menu: a link, or with ``action`` a form that posts.

    Nothing where the role in a team does not allow it.
    """
    if doors.why_closed(getattr(context, "request", None), action or href, acts=bool(action)):
        return SafeString()
    return render_to_string(
        "components/menu_item.html",
        {
            "label": label,
            "href": href,
            "icon": icon,
            "action": action,
            "tone": tone,
            "csrf_token": context.get("csrf_token"),
        },
    )


@register.simple_block_tag
def empty_state(content: str, title: str, text: str = "", icon: str = "inbox") -> SafeString:
    """Nothing here yet: why, and the next step."""
    return render_to_string(
        "components/empty_state.html",
        {"content": content, "title": title, "text": text, "icon": icon},
    )


@register.simple_block_tag
def error_state(content: str, title: str = "", text: str = "", retry_href: str = "") -> SafeString:
    """A part of the page failed: the rest still works, and this can be tried again."""
    return render_to_string(
        "components/error_state.html",
        {"content": content, "title": title, "text": text, "retry_href": retry_href},
    )


@register.simple_block_tag
def bulk_bar(content: str, form: str) -> SafeString:
    """What can be done with the selected rows; the buttons belong to the form ``form``."""
    return render_to_string("components/bulk_bar.html", {"content": content, "form": form})


@register.simple_tag
def field(field: BoundField, **options: Any) -> SafeString:
    """One form field with its label, help and error; options of ``form_fields.lay_out``."""
    layout = form_fields.lay_out(field, **options)
    return render_to_string("components/field.html", {"layout": layout})


@register.simple_tag
def error_summary(form: BaseForm, focus: bool = True) -> SafeString:
    """What has to be put right, linked to the fields; nothing when all is well."""
    return render_to_string(
        "components/error_summary.html",
        {"errors": form_fields.errors_of(form), "focus": focus},
    )


@register.simple_tag(name="form_fields")
def whole_form(
    form: BaseForm,
    exclude: str = "",
    summary: bool = True,
    focus: bool = True,
    placeholders: bool = True,
) -> SafeString:
    """Every field of ``form``, the hidden ones too, after the error summary."""
    return render_to_string(
        "components/form_fields.html",
        {
            "form": form,
            "layouts": form_fields.visible_fields(form, exclude, placeholders=placeholders),
            "hidden": form.hidden_fields(),
            "errors": form_fields.errors_of(form) if summary else [],
            "focus": focus,
        },
    )


@register.simple_tag
def tabs(items: Sequence[Sequence[Any]], label: str) -> SafeString:
    """Links between the parts of one subject."""
    keys = ("label", "href", "current", "count")
    drawn = [dict(zip(keys, item, strict=False)) for item in items]
    return render_to_string("components/tabs.html", {"items": drawn, "label": label})


@register.simple_tag(takes_context=True)
def filter_chips(
    context: Context, name: str, options: Sequence[Sequence[Any]], label: str, all_label: str = ""
) -> SafeString:
    """Links that set one query parameter and keep the others."""
    chips = query_links.chips(context["request"].GET, name, options, all_label)
    return render_to_string("components/filter_chips.html", {"chips": chips, "label": label})


@register.simple_block_tag(takes_context=True)
def filters(context: Context, content: str, *names: str, note: str = "") -> SafeString:
    """The filters of a list: folded on a phone, with how many of ``names`` are set."""
    query = context["request"].GET
    return render_to_string(
        "components/filters.html",
        {"content": content, "active": sum(bool(query.get(one)) for one in names), "note": note},
    )


@register.simple_tag(takes_context=True)
def clear_filters(context: Context, *names: str) -> SafeString:
    """A link without the named parameters; nothing when none of them is set."""
    href = query_links.without(context["request"].GET, names)
    if not href:
        return SafeString()
    return render_to_string("components/clear_filters.html", {"href": href})


@register.simple_tag(takes_context=True)
def pager(
    context: Context,
    page: Page[Any] | None = None,
    previous_cursor: str = "",
    next_cursor: str = "",
) -> SafeString:
    """Previous and next, by page number or by cursor, with the rest of the query kept."""
    query = context["request"].GET
    links = (
        query_links.by_page(query, page)
        if page is not None
        else query_links.by_cursor(query, previous_cursor, next_cursor)
    )
    return render_to_string("components/pager.html", {"links": links})

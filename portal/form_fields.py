"""What the form templates need to know about a bound field."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.utils.safestring import SafeString

from portal.formats import with_colon


@dataclass(frozen=True, slots=True)
class FieldLayout:
    """A field, how it is laid out, and the parts its template prints."""

    field: BoundField
    kind: str
    control: SafeString
    label: str
    prefix: str = ""
    suffix: str = ""
    required: bool = False

    @property
    def error_id(self) -> str:
        """The id Django writes into ``aria-describedby``."""
        return f"{self.field.auto_id}_error"

    @property
    def help_id(self) -> str:
        """The id Django writes into ``aria-describedby``."""
        return f"{self.field.auto_id}_helptext"


def kind_of(field: BoundField) -> str:
    """``choice`` (radios, checkboxes), ``switch`` (one checkbox), ``file`` or ``line``."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choice"
    if isinstance(widget, forms.CheckboxInput):
        return "switch"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "line"


def lay_out(
    field: BoundField,
    *,
    label: str = "",
    prefix: str = "",
    suffix: str = "",
    autofocus: bool = False,
    placeholder: bool = True,
    help_text: str = "",
) -> FieldLayout:
    """Give the control its class; Django itself wires label, help and error to it.

    ``placeholder=False`` removes one that only repeats the label, as allauth's do;
    ``help_text`` replaces the form's own.
    """
    if help_text:
        field.help_text = help_text
    attrs: dict[str, Any] = {} if placeholder else {"placeholder": False}
    kind = kind_of(field)
    if kind in {"line", "file"}:
        css = field.field.widget.attrs.get("class", "")
        attrs["class"] = f"control {css}".strip()
    if autofocus:
        attrs["autofocus"] = True
    return FieldLayout(
        field=field,
        kind=kind,
        control=field.as_widget(attrs=attrs),
        label=label or str(field.label),
        prefix=prefix,
        suffix=suffix,
        required=field.field.required,
    )


def visible_fields(
    form: BaseForm, exclude: str = "", *, placeholders: bool = True
) -> list[FieldLayout]:
    """Every visible field of ``form`` but the names in ``exclude`` (separated by commas)."""
    skipped = {name.strip() for name in exclude.split(",")}
    return [
        lay_out(field, placeholder=placeholders)
        for field in form.visible_fields()
        if field.name not in skipped
    ]


def errors_of(form: BaseForm) -> list[tuple[str, str]]:
    """``(id of the control, message)`` for each error; an empty id for errors of the whole form."""
    found = [("", str(message)) for message in form.non_field_errors()]
    for field in form.hidden_fields():
        found += [("", str(message)) for message in field.errors]
    for field in form.visible_fields():
        target = field.id_for_label or field.auto_id
        found += [(str(target), with_colon(field.label, message)) for message in field.errors]
    return found

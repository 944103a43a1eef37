"""What moderators type about looks: decisions, remarks, what a customer's photo lacks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from influencers.domain.look import ALT_LENGTH, STORY_LENGTH, TITLE_LENGTH
from influencers.models import SlotRole
from influencers.services.licences import REASON_LENGTH
from influencers.services.moderation import TEXT_LENGTH, Remark
from portal.moderation_language import CHECKS, field_choices, reason_choices

_MOMENT = {"type": "datetime-local"}
_PLACES = Decimal("0.0001")


class MomentField(forms.DateTimeField):
    """A moment on a clock in Paris, or none."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=widget, **options)


class FractionField(forms.DecimalField):
    """A place on a photo, from 0 to 1, filled in by a click; or none."""

    def __init__(self) -> None:
        super().__init__(
            required=False, min_value=0, max_value=1, max_digits=9, widget=forms.HiddenInput
        )

    def clean(self, value: Any) -> Decimal | None:
        """Return the place in ten-thousandths.

        :raises ValidationError: outside of the photo.
        """
        found: Decimal | None = super().clean(value)
        return found if found is None else found.quantize(_PLACES)


class ApproveForm(forms.Form):
    """The checklist, and when the look is seen."""

    checks = forms.MultipleChoiceField(
        label=gettext_lazy("Looked at"),
        choices=list(CHECKS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Look at every point of the list first.")},
    )
    publish_at = MomentField(
        label=gettext_lazy("Appears on"), help_text=gettext_lazy("Empty: at once.")
    )
    expires_at = MomentField(
        label=gettext_lazy("Shown until"), help_text=gettext_lazy("Empty: without end.")
    )


class RightsForm(forms.Form):
    """Why rights in photos end."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("It is kept, and a creator reads it by e-mail."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the reason.")},
    )


class RemarkForm(forms.Form):
    """A remark, and what it is about: a field, a photo, a product on a photo."""

    about = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What to change"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    x = FractionField()
    y = FractionField()
    image = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, str | Promise]] = [*field_choices(), *places]
        self.fields["about"].choices = choices  # type: ignore[attr-defined]

    def remark(self) -> Remark:
        """Return the remark: ``image:<id>`` and ``slot:<key>`` become what they name.

        A product that was clicked on is pinned on the photo that the click was on.
        """
        typed = self.cleaned_data
        kind, _colon, name = typed["about"].partition(":")
        clicked = int(name) if kind == "image" else typed["image"] if kind == "slot" else None
        is_pinned = clicked and typed["x"] is not None and typed["y"] is not None
        return Remark(
            text=typed["text"],
            place="" if name else kind,
            image_id=clicked,
            slot_key=UUID(name) if kind == "slot" else None,
            x=typed["x"] if is_pinned else None,
            y=typed["y"] if is_pinned else None,
        )


class AskForm(forms.Form):
    """One more remark about the whole, sent with those that are written already."""

    text = forms.CharField(
        label=gettext_lazy("One more remark"),
        required=False,
        max_length=TEXT_LENGTH,
        help_text=gettext_lazy("About the look as a whole. The creator reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def remarks(self) -> list[Remark]:
        """Return what was typed as remarks."""
        text = self.cleaned_data["text"].strip()
        return [Remark(text=text)] if text else []


class RefuseForm(forms.Form):
    """Why a look is refused, or removed."""

    code = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=reason_choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=TEXT_LENGTH,
        help_text=gettext_lazy("What exactly, and what would be right. The creator reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RemoveForm(RefuseForm):
    """The same for what was published: the law asks for the facts in words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True


class PauseForm(forms.Form):
    """Why a look is not shown for now."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=TEXT_LENGTH,
        help_text=gettext_lazy("The creator reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ResumeForm(forms.Form):
    """Until when a look is shown again."""

    expires_at = MomentField(
        label=gettext_lazy("Shown until"), help_text=gettext_lazy("Empty: without end.")
    )


class CompleteForm(forms.Form):
    """The words of a customer's photo."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=TITLE_LENGTH)
    alt = forms.CharField(
        label=gettext_lazy("What the photo shows"),
        max_length=ALT_LENGTH,
        help_text=gettext_lazy("For who cannot see it."),
    )
    story = forms.CharField(
        label=gettext_lazy("Story"),
        required=False,
        max_length=STORY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProductForm(forms.Form):
    """A product that is seen on a customer's photo."""

    sku = forms.CharField(
        label=gettext_lazy("Product number"),
        max_length=64,
        help_text=gettext_lazy("Click on the photo where it is seen, then type its number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Place"), choices=SlotRole.choices)
    x = FractionField()
    y = FractionField()

    def spot(self) -> tuple[Decimal, Decimal] | None:
        """Return where it is seen, when somebody clicked there."""
        x, y = self.cleaned_data["x"], self.cleaned_data["y"]
        return (x, y) if x is not None and y is not None else None

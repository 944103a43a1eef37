"""What is typed about cases and sanctions: by the team, and by affiliates."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.errors import DomainError
from fraud.models import Measure
from fraud.services.case_files import MOST_BYTES, MOST_FILES, ReadFile, checked
from fraud.services.cases import MESSAGE_LENGTH, REASON_LENGTH
from portal.formats import in_paris
from portal.forms.claim import AmountField
from portal.refusals import sentence

_DAY = {"type": "date"}
_FILES = {
    "accept": ".pdf,.png,.jpg,.jpeg,.csv,application/pdf,image/png,image/jpeg,text/csv",
    "multiple": True,
}


def end_of(day: date, now: datetime) -> datetime:
    """Return the end of a day in Paris, in the zone of ``now``'s wall clock there."""
    zone = in_paris(now).tzinfo
    return datetime.combine(day, time(23, 59), zone)


class DayField(forms.DateField):
    """A day to come."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"), **options)


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _message(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MESSAGE_LENGTH,
        help_text=gettext_lazy("Sent as it stands here. You see the whole mail before."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class VerdictForm(forms.Form):
    """A decision about a case, before it is sent. ``sales`` are those that do not stand."""

    sales = forms.TypedMultipleChoiceField(coerce=int, required=False, choices=())
    looked_at = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = _reason(
        gettext_lazy("Reason"),
        gettext_lazy("Kept with the case, for colleagues. The affiliate does not read it."),
    )
    message = forms.CharField(
        label=gettext_lazy("What the affiliate reads"),
        required=False,
        max_length=MESSAGE_LENGTH,
        help_text=gettext_lazy(
            "After the sentence that says how many sales fall. You see the whole mail before."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, sales: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sales"] = forms.TypedMultipleChoiceField(
            coerce=int, required=False, choices=[(pk, pk) for pk in sales]
        )

    def seen(self) -> list[int] | None:
        """The sales that were on the page; None when they were too many to list."""
        typed = self.cleaned_data["looked_at"]
        return [int(one) for one in typed.split(",") if one.isdecimal()] if typed else None


class QuestionForm(forms.Form):
    """A question to the affiliate, with the day by which it should answer."""

    text = _message(gettext_lazy("Question"))
    due_on = DayField(label=gettext_lazy("Answer by"))

    def begin(self, now: datetime) -> None:
        """Suggest a fortnight."""
        self.initial.setdefault("due_on", (in_paris(now) + timedelta(days=14)).date())


class NoteForm(forms.Form):
    """A note for the team."""

    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class SnoozeForm(forms.Form):
    """Until when a case is put off, and for what."""

    until = DayField(label=gettext_lazy("Until"))
    reason = _reason(gettext_lazy("What you wait for"))


class PauseForm(forms.Form):
    """Which signal says nothing of an affiliate, until when, and why."""

    until = DayField(label=gettext_lazy("Until"))
    reason = forms.CharField(
        label=gettext_lazy("Why this affiliate is an exception"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, codes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.ChoiceField(label=_("Signal"), choices=codes)
        self.order_fields(["code", "until", "reason"])


class SanctionForm(forms.Form):
    """What is stopped of an account, and why."""

    BAN = "ban"

    kind = forms.ChoiceField(
        label=gettext_lazy("Sanction"),
        choices=[
            ("suspend", gettext_lazy("Suspend: stop what is chosen, at once")),
            (BAN, gettext_lazy("Ban: stop everything and close the account; a second person"
                               " agrees first")),
        ],
        widget=forms.RadioSelect,
        initial="suspend",
    )  # fmt: skip
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("What is stopped"),
        choices=Measure.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = _reason(gettext_lazy("Reason"), gettext_lazy("Internal."))
    message = _message(gettext_lazy("What the affiliate reads"))

    @property
    def is_ban(self) -> bool:
        return bool(self.cleaned_data["kind"] == self.BAN)


class LiftForm(forms.Form):
    """Why a sanction ends, and what the affiliate reads."""

    reason = _reason(gettext_lazy("Reason"), gettext_lazy("Internal."))
    message = _message(gettext_lazy("What the affiliate reads"))


class WordsForm(forms.Form):
    """What an affiliate writes about a case or a sanction."""

    text = forms.CharField(
        label=gettext_lazy("Your words"), max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Leave out names of customers: we do not need them."),
    )  # fmt: skip


class ManyFiles(forms.FileInput):
    """A control that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files that are looked at: they become ``ReadFile``s."""

    widget = ManyFiles

    def clean(self, data: Any, _initial: Any = None) -> Any:
        """Return the files as they may be kept.

        :raises ValidationError: for too many, or one that is too large or of another kind.
        """
        uploads: list[UploadedFile[bytes]] = data or []
        if len(uploads) > MOST_FILES:
            raise forms.ValidationError(
                ngettext("Choose at most %(n)s file.", "Choose at most %(n)s files.", MOST_FILES)
                % {"n": MOST_FILES}
            )
        return [_read(upload) for upload in uploads]


def _read(upload: UploadedFile[bytes]) -> ReadFile:
    name = upload.name or ""
    try:
        return checked(name=name, body=upload.read(MOST_BYTES + 1))
    except DomainError as refusal:
        raise forms.ValidationError(f"{name}: {sentence(refusal)}") from refusal


class AnswerForm(WordsForm):
    """What an affiliate writes about a case, with files that show it."""

    attachments = FilesField(
        label=gettext_lazy("Files"),
        required=False,
        help_text=gettext_lazy(
            "PDF, PNG, JPEG or CSV: at most five, of 2 MB each. Cover names and addresses of"
            " customers. Files are deleted some time after the decision."
        ),
        widget=ManyFiles(attrs=_FILES),
    )


class LimitForm(forms.Form):
    """From which amount on two people decide a case."""

    amount = AmountField(
        label=gettext_lazy("A second person agrees from"),
        required=False,
        help_text=gettext_lazy(
            "Of held commissions, in any one currency. Empty: one person decides every case."
        ),
    )
    reason = _reason(gettext_lazy("Reason"), gettext_lazy("Kept with the limit."))

"""What is typed in messages: by affiliates, and by the team."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from affiliates.services.messages import SUBJECT_LENGTH, TEXT_LENGTH
from core.attachments import MOST_BYTES, Attachment, checked
from core.errors import DomainError
from core.models import User
from portal.refusals import sentence


class AttachmentField(forms.FileField):
    """A file that is looked at: it becomes an ``Attachment``."""

    widget = forms.FileInput(
        attrs={"accept": ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"}
    )

    def clean(self, data: Any, initial: Any = None) -> Attachment | None:
        """Return the file as it may be kept.

        :raises ValidationError: for a file that is too large or of another kind.
        """
        upload: UploadedFile[bytes] | None = super().clean(data, initial)
        if upload is None:
            return None
        try:
            return checked(name=upload.name or "", body=upload.read(MOST_BYTES + 1))
        except DomainError as refusal:
            raise forms.ValidationError(sentence(refusal)) from refusal


class ReplyForm(forms.Form):
    """A message in a thread. ``key`` keeps a form that is sent twice from being two messages."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write a message.")},
    )
    file = AttachmentField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("PDF, PNG or JPEG, at most 2 MB."),
    )


class ThreadForm(ReplyForm):
    """The first message of a thread, with its subject."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=SUBJECT_LENGTH,
        error_messages={"required": gettext_lazy("Give the message a subject.")},
    )
    field_order = ("key", "subject", "text", "file")


class NoteForm(forms.Form):
    """A note for the team alone."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    text = forms.CharField(
        label=gettext_lazy("For the team only"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write a note.")},
    )


class ThreadAssignForm(forms.Form):
    """Who answers a thread."""

    assignee = forms.ModelChoiceField(
        label=gettext_lazy("Who answers"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )

    def __init__(self, *args: Any, managers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = managers  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """An answer that is given often, in both languages."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    text_fr = forms.CharField(
        label=gettext_lazy("In French"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "fr"}),
    )
    text_en = forms.CharField(
        label=gettext_lazy("In English"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "en"}),
    )

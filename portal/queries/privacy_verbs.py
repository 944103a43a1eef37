"""What the verbs of personal data are called in the journal."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from portal.display import Tone

PRIVACY_WORDS: dict[str, tuple[Promise, str, Tone]] = {
    "data_request.received": (gettext_lazy("Request about personal data"), "inbox", "info"),
    "data_request.extended": (gettext_lazy("Deadline of a request moved"), "clock", "warning"),
    "data_request.refused": (gettext_lazy("Request not carried out"), "circle-x", "warning"),
    "data_request.withdrawn": (gettext_lazy("Request taken back"), "x", "neutral"),
    "data_request.exported": (gettext_lazy("Copy of personal data made"), "download", "info"),
    "data_request.file_taken": (
        gettext_lazy("Copy of personal data taken"), "download", "warning",
    ),
    "person.erased": (gettext_lazy("Person erased"), "trash-2", "danger"),
    "affiliate.erased": (gettext_lazy("Account erased"), "trash-2", "danger"),
    "buyer.erased": (gettext_lazy("Buyer erased"), "trash-2", "warning"),
}  # fmt: skip

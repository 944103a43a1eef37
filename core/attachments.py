"""Files that people send with what they write: judged by their content, never by their name."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.file_names import kept_name_as

MOST_BYTES = 2 * 1024 * 1024
#: How a file of each kind begins, its endings and what it is sent as.
_KINDS = (
    (b"%PDF-", ("pdf",), "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", ("png",), "image/png"),
    (b"\xff\xd8\xff", ("jpg", "jpeg"), "image/jpeg"),
)


class AttachmentRefused(DomainError):
    """A file that is too large, empty, or of a kind that is not taken."""

    code = "attachment_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that was looked at. Its name ends as its content asks for."""

    name: str
    body: bytes


def checked(*, name: str, body: bytes) -> Attachment:
    """Return a file that may be kept, under a name that is safe to send back.

    :raises AttachmentRefused: when it is empty, larger than 2 MB, or no PDF, PNG or JPEG.
    """
    if not body:
        raise AttachmentRefused(_("The file is empty: choose another one."))
    if len(body) > MOST_BYTES:
        raise AttachmentRefused(_("The file is larger than 2 MB: choose a smaller one."))
    endings = next((ends for start, ends, _type in _KINDS if body.startswith(start)), None)
    if endings is None:
        raise AttachmentRefused(_("The file is no PDF, PNG or JPEG: choose one of these."))
    return Attachment(name=kept_name_as(name, endings, most=100, otherwise="file"), body=body)


def content_type(body: bytes) -> str:
    """Return what a kept file is sent as, from its content."""
    found = (kind for start, _ends, kind in _KINDS if body.startswith(start))
    return next(found, "application/octet-stream")

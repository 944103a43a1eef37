"""Files that show what a claim says: judged by their content, not by what a browser says."""

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
_NAME_LENGTH = 100


class ProofRefused(DomainError):
    """A file that is too large, empty, or of a kind that is not taken."""

    code = "proof_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A file that was looked at. Its name ends as its content asks for."""

    name: str
    body: bytes


def checked(*, name: str, body: bytes) -> Proof:
    """Return a file that may be kept, under a name that is safe to send back (CL5).

    :raises ProofRefused: when it is empty, larger than 2 MB, or no PDF, PNG or JPEG.
    """
    if not body:
        raise ProofRefused(_("The file is empty: choose another one."))
    if len(body) > MOST_BYTES:
        raise ProofRefused(_("The file is larger than 2 MB: choose a smaller one."))
    endings = next((ends for start, ends, _type in _KINDS if body.startswith(start)), None)
    if endings is None:
        raise ProofRefused(_("The file is no PDF, PNG or JPEG: choose one of these."))
    kept = kept_name_as(name, endings, most=_NAME_LENGTH, otherwise="proof")
    return Proof(name=kept, body=body)


def content_type(body: bytes) -> str:
    """Return what a kept file is sent as, from its content."""
    found = (kind for start, _ends, kind in _KINDS if body.startswith(start))
    return next(found, "application/octet-stream")

"""How much one request may upload: what is larger is refused before any of it is written."""

from __future__ import annotations

from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class WithinLimit(FileUploadHandler):
    """Comes before the handlers that keep files, which take whatever they are sent."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],  # noqa: ARG002
        META: dict[str, str],  # noqa: ARG002, N803
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        """Refuse a request by the length that it announces: no server reads more than that.

        :raises RequestDataTooBig: above ``UPLOAD_MOST_BYTES``.
        """
        if content_length > settings.UPLOAD_MOST_BYTES:
            raise RequestDataTooBig(f"{content_length} bytes are more than are taken.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        """Leave the bytes to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> Any:  # noqa: ARG002
        """Leave the file to the next handler."""
        return None

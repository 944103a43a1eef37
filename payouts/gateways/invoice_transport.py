"""How an invoice leaves for whoever sends it on: an accredited platform, one day; a folder today.

A transport may be asked twice for the same document: it must then do nothing, or the same again.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Protocol


class TransportFailed(Exception):
    """The document did not leave. The text says why, without anything of the document."""


class InvoiceTransport(Protocol):
    """One way out."""

    @property
    def name(self) -> str: ...

    def hand_over(self, *, number: str, body: bytes) -> str:
        """Give a Factur-X document away, and return the reference under which it was taken.

        :raises TransportFailed: when it did not leave; it is tried again.
        """
        ...


class FileDrop:
    """A folder from which a platform, or a person, collects ``<number>.pdf``."""

    name = "file-drop"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hand_over(self, *, number: str, body: bytes) -> str:
        """Write the file whole or not at all, for its owner alone; return its name.

        :raises TransportFailed: when the folder cannot be written.
        """
        name = f"{number.replace('/', '_')}.pdf"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write(self.folder / name, body)
        except OSError as error:
            raise TransportFailed(error.strerror or type(error).__name__) from error
        return name

    def _write(self, target: Path, body: bytes) -> None:
        descriptor, temporary = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise

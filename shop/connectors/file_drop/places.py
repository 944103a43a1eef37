"""Where files are dropped: a folder of this machine, or one of an SFTP server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import IO, Protocol

from django.conf import settings

from core.wording import Said
from shop.connectors.api import ShopRefused, ShopUnreachable
from shop.connectors.packed import copy

LONGEST_NAME = 200
PIECE = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A file that lies there."""

    name: str
    size: int


class Place(Protocol):
    """A folder that somebody drops files into. Names are of files in it, without a path.

    Every method raises ShopUnreachable or ShopRefused when the folder cannot be used so.
    """

    def files(self) -> Sequence[Dropped]:
        """Return the files of the folder itself, by name."""

    def fetch(self, name: str, into: IO[bytes]) -> None:
        """Copy a file's bytes.

        :raises UnreadableFile: when there are more of them than the settings allow.
        """

    def write(self, name: str, body: bytes) -> None:
        """Write a file, over one of that name."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def move(self, name: str, folder: str, new_name: str) -> None:
        """Move a file into a folder below, which is made when it is first needed."""

    def close(self) -> None:
        """Let go of it."""


def is_plain(name: str) -> bool:
    """Tell whether a name can be one of a file to read: no path, nothing hidden, no tricks."""
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and not name.startswith(".")
        and not {"/", "\\"} & set(name)
    )


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine, below the one that the settings allow."""

    path: Path

    @classmethod
    def named(cls, name: str) -> Folder:
        """Return the folder ``name`` below ``SHOP_DROP_DIR``.

        :raises ShopRefused: when the settings allow none, or it is not below.
        """
        if not settings.SHOP_DROP_DIR:
            raise ShopRefused(Said("This installation has no folder for files: SHOP_DROP_DIR."))
        base = Path(settings.SHOP_DROP_DIR).resolve()
        path = (base / name).resolve()
        if not is_plain(name) or path.parent != base:
            raise ShopRefused(Said("The folder is a plain name: it lies below SHOP_DROP_DIR."))
        return cls(path)

    def files(self) -> Sequence[Dropped]:
        """Return the files of the folder itself, by name. Links are not followed."""
        found = []
        try:
            for entry in os.scandir(self.path):
                status = entry.stat(follow_symlinks=False)
                if S_ISREG(status.st_mode) and is_plain(entry.name):
                    found.append(Dropped(name=entry.name, size=status.st_size))
        except OSError as error:
            raise _unusable(error) from error
        return sorted(found, key=lambda one: one.name)

    def fetch(self, name: str, into: IO[bytes]) -> None:
        """Copy a file's bytes."""
        try:
            number = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(number, "rb") as file:
                copy(iter(partial(file.read, PIECE), b""), into)
        except OSError as error:
            raise _unusable(error) from error

    def write(self, name: str, body: bytes) -> None:
        """Write a file, over one of that name."""
        try:
            # Never through a link that somebody put in its place.
            with suppress(FileNotFoundError):
                (self.path / name).unlink()
            (self.path / name).write_bytes(body)
        except OSError as error:
            raise _unusable(error) from error

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        try:
            (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise _unusable(error) from error

    def move(self, name: str, folder: str, new_name: str) -> None:
        """Move a file into a folder below."""
        try:
            (self.path / folder).mkdir(exist_ok=True)
            (self.path / name).rename(self.path / folder / new_name)
        except OSError as error:
            raise _unusable(error) from error

    def close(self) -> None:
        """Do nothing: a folder is not held."""


def _unusable(error: OSError) -> ShopUnreachable:
    return ShopUnreachable(
        Said("The folder cannot be used: %(why)s.", why=error.strerror or type(error).__name__)
    )

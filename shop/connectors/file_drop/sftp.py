"""A folder of an SFTP server whose key is known beforehand."""

from __future__ import annotations

import base64
import binascii
import io
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from stat import S_ISREG
from typing import IO, Self
from urllib.parse import urlsplit

import paramiko  # type: ignore[import-untyped]

from core.fetching import Fetcher, FetchRefused
from core.names import NotResolved
from core.wording import Said
from shop.connectors.api import ShopRefused, ShopUnreachable, may_reach
from shop.connectors.file_drop.places import PIECE, Dropped, is_plain
from shop.connectors.packed import copy

SECONDS = 30
_PORT = 22
_KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where to sign in, as whom, and the server's own key: one other than it is not talked to."""

    address: str  # sftp://host or sftp://host:port
    user: str
    host_key: str  # As in a line of known_hosts: ssh-ed25519 AAAA…
    folder: str = "."
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)


class Sftp:
    """An open folder. See ``places.Place``."""

    def __init__(self, client: paramiko.SSHClient, folder: str) -> None:
        self._client = client
        with _understood():
            self._files = client.open_sftp()
            self._files.get_channel().settimeout(SECONDS)
            self._files.chdir(folder or ".")

    @classmethod
    def opened(cls, account: Account, *, fetcher: Fetcher | None = None) -> Self:
        """Sign in and open the folder.

        :raises ShopRefused: when the key is another, or we are not let in.
        :raises ShopUnreachable: when nobody answers.
        """
        machine, host, port = _machine(account, fetcher or _fetcher())
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        known = host_key(account.host_key)
        name = host if port == _PORT else f"[{host}]:{port}"
        client.get_host_keys().add(name, known.get_name(), known)
        own = private_key(account.private_key) if account.private_key else None
        try:
            with _understood():
                line = socket.create_connection((machine, port), SECONDS)
                client.connect(
                    host, port, account.user, account.password or None, own, sock=line,
                    allow_agent=False, look_for_keys=False, timeout=SECONDS,
                    banner_timeout=SECONDS, auth_timeout=SECONDS,
                )  # fmt: skip
            return cls(client, account.folder)
        except BaseException:
            client.close()
            raise

    def files(self) -> Sequence[Dropped]:
        """Return the files of the folder itself, by name. Links are not followed."""
        with _understood():
            found = self._files.listdir_attr()
        return sorted(
            (
                Dropped(name=one.filename, size=one.st_size or 0)
                for one in found
                if S_ISREG(one.st_mode or 0) and is_plain(one.filename)
            ),
            key=lambda one: one.name,
        )

    def fetch(self, name: str, into: IO[bytes]) -> None:
        """Copy a file's bytes."""
        with _understood(), self._files.open(name, "rb") as file:
            copy(iter(partial(file.read, PIECE), b""), into)

    def write(self, name: str, body: bytes) -> None:
        """Write a file, over one of that name."""
        with _understood():
            self._files.putfo(io.BytesIO(body), name)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with _understood():
            try:
                self._files.remove(name)
            except FileNotFoundError:
                return

    def move(self, name: str, folder: str, new_name: str) -> None:
        """Move a file into a folder below."""
        with _understood():
            try:
                self._files.stat(folder)
            except FileNotFoundError:
                self._files.mkdir(folder)
            self._files.rename(name, f"{folder}/{new_name}")

    def close(self) -> None:
        """Sign out."""
        self._client.close()


def host_key(said: str) -> paramiko.PKey:
    """Return the key of a line of known_hosts, with or without the host before it.

    :raises ShopRefused: when it is none.
    """
    words = said.split()
    for kind, text in zip(words, words[1:], strict=False):
        if kind.startswith(("ssh-", "ecdsa-")):
            try:
                return paramiko.PKey.from_type_string(kind, base64.b64decode(text, validate=True))
            except (paramiko.SSHException, binascii.Error, ValueError) as error:
                raise _no_key() from error
    raise _no_key()


def private_key(text: str) -> paramiko.PKey:
    """Return a private key from its text.

    :raises ShopRefused: when it is none, or is locked by a passphrase.
    """
    for kind in _KEYS:
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise ShopRefused(
        Said("The private key cannot be read: OpenSSH's or PEM's text, without a passphrase.")
    )


def _no_key() -> ShopRefused:
    return ShopRefused(
        Said("The server's key is a line such as ssh-ed25519 AAAA…: ssh-keyscan tells it.")
    )


def _fetcher() -> Fetcher:
    return Fetcher(may_reach=may_reach, ports=None)


def _machine(account: Account, fetcher: Fetcher) -> tuple[str, str, int]:
    """Return whom to call, under which name and at which port; the name is resolved once."""
    if not account.address.startswith("sftp://"):
        raise ShopRefused(Said("The address begins with sftp://."))
    try:
        # The same rules as for web addresses: no machine of ours is reached through a name.
        parts, machine = fetcher.address_of("https" + account.address.removeprefix("sftp"))
    except FetchRefused as error:
        raise ShopRefused(Said("The server may not be asked: %(why)s.", why=str(error))) from error
    except NotResolved as error:
        raise ShopUnreachable(
            Said("The server's address is not known: %(why)s", why=str(error))
        ) from error
    return machine, urlsplit(account.address).hostname or "", parts.port or _PORT


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except paramiko.BadHostKeyException as error:
        raise ShopRefused(
            Said("The server's key is not the one that was entered: nothing was sent to it.")
        ) from error
    except paramiko.AuthenticationException as error:
        raise ShopRefused(
            Said("The server does not let us in: check the user and its password or key.")
        ) from error
    except paramiko.SSHException as error:
        if "known_hosts" in str(error):  # What RejectPolicy says: a key of another kind.
            raise ShopRefused(
                Said("The server's key is not the one that was entered: nothing was sent to it.")
            ) from error
        raise ShopUnreachable(
            Said("The server broke off: %(why)s.", why=type(error).__name__)
        ) from error
    except PermissionError as error:
        raise ShopRefused(
            Said("The server does not allow it: check the folder's rights.")
        ) from error
    except (OSError, EOFError) as error:
        raise ShopUnreachable(
            Said("The server or its folder does not answer: %(why)s.", why=type(error).__name__)
        ) from error

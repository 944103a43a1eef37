"""An SFTP server on loopback with a folder behind it, one user, and a key of its own."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from typing import Self

import paramiko


class _Door(paramiko.ServerInterface):
    def __init__(self, server: FakeSftp) -> None:
        self._server = server

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        return paramiko.OPEN_SUCCEEDED

    def check_auth_password(self, username: str, password: str) -> int:
        self._server.tried.append(username)
        right = (username, password) == (self._server.user, self._server.password)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self._server.tried.append(username)
        right = username == self._server.user and key == self._server.users_key
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002
        return "password,publickey"


class _Handle(paramiko.SFTPHandle):
    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class _Files(paramiko.SFTPServerInterface):
    root: Path

    def _real(self, path: str) -> Path:
        return self.root / self.canonicalize(path).lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        found = []
        for entry in sorted(self._real(path).iterdir()):
            attributes = paramiko.SFTPAttributes.from_stat(entry.lstat())
            attributes.filename = entry.name
            found.append(attributes)
        return found

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> object:  # noqa: ARG002
        try:
            number = os.open(self._real(path), flags, 0o600)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        file = os.fdopen(number, "wb" if flags & (os.O_WRONLY | os.O_RDWR) else "rb")
        handle = _Handle(flags)
        handle.filename = path
        handle.readfile = handle.writefile = file
        return handle

    def remove(self, path: str) -> int:
        return self._done(lambda: self._real(path).unlink())

    def rename(self, oldpath: str, newpath: str) -> int:
        return self._done(lambda: self._real(oldpath).rename(self._real(newpath)))

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:  # noqa: ARG002
        return self._done(lambda: self._real(path).mkdir())

    def _done(self, work) -> int:
        try:
            work()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return paramiko.SFTP_OK


class FakeSftp:
    """Runs while the ``with`` lasts. ``tried`` has the name of everybody who tried to sign in."""

    user, password = "till", "a word"

    def __init__(self, root: Path, *, users_key: paramiko.PKey | None = None) -> None:
        self.users_key = users_key
        self.tried: list[str] = []
        self._key = paramiko.ECDSAKey.generate()
        self._files = type("Files", (_Files,), {"root": root})
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._transports: list[paramiko.Transport] = []
        self.address = f"sftp://127.0.0.1:{self._listening.getsockname()[1]}"

    @property
    def host_key(self) -> str:
        return f"{self._key.get_name()} {self._key.get_base64()}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for transport in self._transports:
            transport.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                line, _whom = self._listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(line)
            self._transports.append(transport)
            transport.add_server_key(self._key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, self._files)
            transport.start_server(event=threading.Event(), server=_Door(self))

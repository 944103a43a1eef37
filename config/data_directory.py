"""Where the embedded servers keep their data, who holds it, and its secrets."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from base64 import urlsafe_b64encode
from pathlib import Path

from config.processes import Identity, kill_holders, started_at

LONGEST_SOCKET_PATH = 107
SOCKET = "run/.s.PGSQL.5432"
ORPHANS_MAY_TAKE_SECONDS = 20
CONTENTS = ("pg", "run", "valkey", "media", "spool", "state", "logs", "secrets.env")


class Unusable(Exception):
    """A directory that cannot hold the data; the message says why."""


class AlreadyRunning(Exception):
    """Another live process holds the directory."""

    def __init__(self, pid: int, command: str, directory: Path) -> None:
        super().__init__(f"{command} is already running as process {pid} on {directory}.")
        self.pid = pid
        self.command = command


def unprivileged() -> Identity | None:
    """Return who the database server runs as when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Identity(65534, 65534)
    return Identity(nobody.pw_uid, nobody.pw_gid)


def choose(checkout: Path, explicit: str) -> Path:
    """Return the data directory of ``checkout``: ``explicit`` if given, else .data or a fallback.

    :raises Unusable: when ``explicit`` cannot be used.
    """
    if explicit:
        directory = Path(explicit).expanduser().resolve()
        reason = _why_unusable(directory)
        if reason:
            raise Unusable(f"APPORT_DATA_DIR={directory} cannot be used: {reason}.")
        return directory
    directory = checkout / ".data"
    if not _why_unusable(directory):
        return directory
    name = f"{checkout.name[:24]}-{hashlib.sha256(str(checkout).encode()).hexdigest()[:10]}"
    for parent in state_directories():
        if not _why_unusable(parent / name):
            return parent / name
    return private_temporary(f"apport-{os.geteuid()}-{name[-10:]}")


def state_directories() -> list[Path]:
    """Return where a program of this user may keep state outside the checkout, best first."""
    if os.geteuid() == 0:
        return [Path("/var/lib/apport")]
    home = os.environ.get("XDG_STATE_HOME") or str(Path("~/.local/state").expanduser())
    return [Path(home) / "apport"]


def private_temporary(name: str) -> Path:
    """Return a directory of a fixed name under the temporary one that nobody else prepared.

    :raises Unusable: when somebody else did.
    """
    directory = Path(tempfile.gettempdir()) / name
    directory.mkdir(mode=0o711, exist_ok=True)
    status = directory.lstat()
    if directory.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise Unusable(f"{directory} is not ours alone: set APPORT_DATA_DIR to another directory")
    return directory


def _why_unusable(directory: Path) -> str:
    if len(os.fsencode(directory / SOCKET)) > LONGEST_SOCKET_PATH:
        return f"its path is too long for a socket ({LONGEST_SOCKET_PATH} bytes)"
    existing = directory
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return f"{existing} is not writable"
    identity = unprivileged()
    if identity and not reachable(existing, identity):
        return "the user nobody, who runs the database, cannot reach it"
    return ""


def reachable(directory: Path, identity: Identity) -> bool:
    """Return whether ``identity`` can enter ``directory`` (asked of the kernel, not computed)."""
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", directory],
        user=identity.uid,
        group=identity.gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return probe.returncode == 0


def prepare(directory: Path) -> None:
    """Make the directory: others may pass through it, only we may list or change it."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o711)
    for name in ("state", "logs"):
        (directory / name).mkdir(mode=0o700, exist_ok=True)


def wipe(directory: Path) -> None:
    """Throw away everything that we keep in ``directory``, and nothing else."""
    for name in CONTENTS:
        path = directory / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def load_secrets(directory: Path) -> dict[str, str]:
    """Return this directory's secrets, made once, readable by us alone."""
    path = directory / "secrets.env"
    if not path.exists():
        values = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "HASH_KEY": secrets.token_urlsafe(32),
        }
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in values.items())
        draft.rename(path)
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line)


class Lock:
    """One owner per data directory. Its servers inherit the lock, so it ends when the last ends."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "lock"
        self.directory = directory
        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)

    def acquire(self, command: str) -> None:
        """Become the owner, waiting for servers that a dead owner left to end.

        :raises AlreadyRunning: when a live process is the owner.
        """
        deadline = time.monotonic() + ORPHANS_MAY_TAKE_SECONDS
        while not self.try_once():
            pid, started, owner = self._owner()
            if pid and started == started_at(pid):
                raise AlreadyRunning(pid, owner, self.directory)
            if time.monotonic() > deadline:
                kill_holders(self.path)
            time.sleep(0.05)
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{os.getpid()} {started_at(os.getpid())} {command}".encode(), 0)

    def try_once(self) -> bool:
        """Take the lock if nobody holds it; return whether we have it."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give the directory up. Servers that still end keep others waiting, and not refused."""
        if self._owner()[0] == os.getpid():
            os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)

    def _owner(self) -> tuple[int, str, str]:
        """Return (pid, its start time, its command); pid 0 while a new owner is still writing."""
        pid, _, rest = os.pread(self.descriptor, 200, 0).decode().partition(" ")
        started, _, command = rest.partition(" ")
        return (int(pid), started, command) if pid.isdigit() else (0, "", "")

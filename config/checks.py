"""``bin/test``: every check and every test, on servers that are thrown away."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from config import data_directory, embedded, roles
from config.data_directory import Lock
from config.embedded import DidNotStart, Servers
from config.surroundings import CHECKOUT, say

PROGRAMS = Path(sys.executable).parent
CHECKS = {
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy", "."),
    "imports": ("lint-imports",),
    "templates": ("djlint", "--lint", "--quiet", "portal", "influencers"),
    "django": ("python", "manage.py", "check", "--fail-level", "WARNING"),
    "migrations": ("python", "manage.py", "makemigrations", "--check", "--dry-run"),
    "locks": ("python", "manage.py", "lint_migrations"),
}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NGINX_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
SYSTEMD = Path("/run/systemd/system")
MOST_WORKERS = 4
THROW_AWAY = "apport-test-"
#: What PostgreSQL copies for each new database.
TEMPLATE = "template1"
YOUNG_SECONDS = 60
QUICK = "not browser and not race and not slow"


def main() -> None:
    """Run what the arguments ask for.

    :raises SystemExit: 0 when everything that ran passed and nothing is missing in CI.
    """
    options, pytest_arguments = _arguments()
    if options.fix:
        raise SystemExit(_run([str(PROGRAMS / "ruff"), "check", "--fix", "."]) or _format())
    signal.signal(signal.SIGTERM, _leave)
    try:
        with throw_away_servers():
            if options.check:
                raise SystemExit(bool(run_checks(options.check)))
            raise SystemExit(_everything(quick=options.quick, pytest_arguments=pytest_arguments))
    except DidNotStart as reason:
        raise SystemExit(str(reason)) from reason
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Run every check and every test. Other arguments go to pytest; with them,"
        " only those tests run and the checks do not.",
    )
    parser.add_argument("--quick", action="store_true", help="no browser, race or slow tests")
    parser.add_argument("--check", action="append", choices=CHECKS, help="only this check")
    parser.add_argument("--fix", action="store_true", help="mend and format what ruff can; no more")
    return parser.parse_known_args()


def _everything(*, quick: bool, pytest_arguments: list[str]) -> int:
    not_run, failed = [], []
    if pytest_arguments:
        not_run.append("the checks (pytest arguments were given)")
    else:
        with ThreadPoolExecutor(max_workers=1) as aside:
            tables = aside.submit(make_tables_once)
            failed = run_checks(list(CHECKS))
            tables.result()
    if quick:
        not_run.append("tests marked browser, race or slow (--quick)")
    elif not find_chromium():
        not_run.append("browser tests (no Chromium: apt install chromium)")
        if os.environ.get("CI") == "true":
            failed.append("browser tests cannot run, and CI=true demands them")
    if not quick and not find_nginx():
        not_run.append("the layout behind nginx (no nginx: apt install nginx-light)")
        if os.environ.get("CI") == "true":
            failed.append("the layout behind nginx cannot run, and CI=true demands it")
    os.environ["APPORT_NOT_RUN"] = "\n".join(not_run)
    os.environ["APPORT_CHECKS_FAILED"] = "\n".join(failed)
    selection = ["-m", QUICK] if quick else []
    if not pytest_arguments:
        selection += ["-n", str(min(os.cpu_count() or 1, MOST_WORKERS)), "--dist", "worksteal"]
    status = _run([str(PROGRAMS / "pytest"), *selection, *pytest_arguments])
    return status or bool(failed)


def make_tables_once() -> None:
    """Migrate :data:`TEMPLATE`: every database that a test makes from now on is a copy of it.

    :raises subprocess.CalledProcessError: when a migration fails.
    """
    directory = Path(os.environ["APPORT_DATA_DIR"])
    roles.provision(TEMPLATE, host=str(directory / "run"), user=embedded.SUPERUSER)
    own = embedded.addresses(directory, database=TEMPLATE)
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=CHECKOUT, env=os.environ | own, check=True)


def run_checks(names: list[str]) -> list[str]:
    """Run the named checks side by side, print what they say, return those that failed."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = dict(zip(names, pool.map(_check, names), strict=True))
    failed = [name for name, (status, _seconds, _said) in results.items() if status]
    for name in failed:
        say(f"--- {name}: {' '.join(CHECKS[name])}\n{results[name][2].rstrip()}")
    for name, (status, seconds, _said) in results.items():
        say(f"{'FAILED' if status else 'ok':>6}  {name} ({seconds:.0f} s)")
    return failed


def _check(name: str) -> tuple[int, float, str]:
    program, *arguments = CHECKS[name]
    started = time.monotonic()
    done = subprocess.run(
        [PROGRAMS / program, *arguments],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, time.monotonic() - started, done.stdout


def _run(command: list[str]) -> int:
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode


def _format() -> int:
    return _run([str(PROGRAMS / "ruff"), "format", "."])


def find_chromium() -> bool:
    """Return whether a Chromium is here, installing the distribution's when we are root."""
    if os.environ.get("CHROMIUM") or any(map(shutil.which, CHROMIUM_NAMES)):
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say("Installing Chromium for the browser tests (once) ...")
    _install("chromium")
    return any(map(shutil.which, CHROMIUM_NAMES))


def find_nginx() -> bool:
    """Return whether nginx is here, installing the distribution's when we are root.

    Not where systemd would start it as a server of this machine: that is its owner's decision.
    """
    if shutil.which("nginx", path=NGINX_PATH):
        return True
    if os.geteuid() != 0 or not shutil.which("apt-get") or SYSTEMD.exists():
        return False
    say("Installing nginx for the tests behind it (once) ...")
    _install("nginx-light")
    return bool(shutil.which("nginx", path=NGINX_PATH))


def _install(package: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
        subprocess.run(
            ["apt-get", "-qq", *command],  # noqa: S607
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


@contextmanager
def throw_away_servers() -> Iterator[None]:
    """Point the environment at servers of our own, in a temporary directory, until the end."""
    _sweep_up()
    directory = Path(tempfile.mkdtemp(prefix=THROW_AWAY))
    data_directory.prepare(directory)
    lock = Lock(directory)
    lock.acquire("bin/test")
    servers = Servers(lock, careless=True)
    try:
        servers.start()
        os.environ.update(embedded.addresses(directory, user=embedded.SUPERUSER))
        os.environ.update(data_directory.load_secrets(directory))
        os.environ.update(APPORT_EMBEDDED="1", APPORT_DATA_DIR=str(directory))
        os.environ["PATH"] = f"{PROGRAMS}:{os.environ['PATH']}"
        yield
    finally:
        servers.stop()
        lock.release()
        shutil.rmtree(directory, ignore_errors=True)


def _sweep_up() -> None:
    """Remove what killed runs of ours left behind; a running one holds its lock."""
    for directory in Path(tempfile.gettempdir()).glob(f"{THROW_AWAY}*"):
        with suppress(FileNotFoundError):  # Somebody was quicker.
            status = directory.lstat()
            if status.st_uid != os.geteuid() or time.time() - status.st_mtime < YOUNG_SECONDS:
                continue
            lock = Lock(directory)
            if lock.try_once():
                shutil.rmtree(directory, ignore_errors=True)
            lock.release()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main()

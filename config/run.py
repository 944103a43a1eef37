"""``bin/run``: everything on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

from config import env, programs
from config.celery import OUTSIDE, PULLS
from config.data_directory import AlreadyRunning, Unusable
from config.embedded import DidNotStart
from config.supervisor import Program, Supervisor
from config.surroundings import CHECKOUT, Surroundings, say

READY_SECONDS = 90
GUESTS_SECONDS = 5
SHOP = CHECKOUT / "demo" / "shop" / "app.py"


class Refused(Exception):
    """bin/run will not start; the message says what to do."""


def main() -> None:
    """Bring everything up and keep it up.

    :raises SystemExit: with a sentence when it cannot, else with the status at the end.
    """
    options = _arguments()
    signal.signal(signal.SIGTERM, _leave)
    try:
        _check_address()
        surroundings = Surroundings("bin/run")
        try:
            raise SystemExit(_run(options, surroundings))
        finally:
            surroundings.close(patience=GUESTS_SECONDS)
    except (AlreadyRunning, DidNotStart, Refused, Unusable) as reason:
        raise SystemExit(str(reason)) from reason
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/run", description="Run Apport on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="of the portal; the demo shop: + 1")
    parser.add_argument("--fresh", action="store_true", help="throw the data away first")
    parser.add_argument("--yes", action="store_true", help="do not ask before throwing away")
    parser.add_argument("--no-demo", action="store_true", help="start without demonstration data")
    return parser.parse_args()


def _run(options: argparse.Namespace, surroundings: Surroundings) -> int:
    try:
        surroundings.own()
    except AlreadyRunning as running:
        raise Refused(
            f"{running} One at a time per checkout: stop that one, or use another checkout"
            " (or APPORT_DATA_DIR) with --port N."
        ) from running
    demo_shop = SHOP.exists() and "DATABASE_URL" in surroundings.missing
    ports = [options.port, options.port + 1] if demo_shop else [options.port]
    for port in ports:
        _check_free(port)
    if options.fresh:
        _throw_away(surroundings, ask=not options.yes)
    if surroundings.directory.parent != CHECKOUT:
        say(f"Data directory: {surroundings.directory}")
    surroundings.start()
    os.environ.setdefault("PUBLIC_URL", f"http://localhost:{options.port}")
    _manage("migrate", "--verbosity", "0")
    if os.environ.get("APPORT_EMBEDDED") != "1":
        _manage("collectstatic", "--no-input", "--verbosity", "0")
    elif not options.no_demo:
        _seed(options.port, surroundings.directory)
    supervisor = Supervisor(
        _programs(options.port, surroundings.directory, demo_shop=demo_shop),
        held=surroundings.child_descriptors(),
    )
    return supervisor.run(
        lambda: _answers(options.port),
        lambda: _announce(options.port, demo=not options.no_demo, demo_shop=demo_shop),
        patience=READY_SECONDS,
    )


def _check_address() -> None:
    """
    :raises Refused: when people elsewhere would be led to a demonstration without passwords.
    """
    address = env.text("PUBLIC_URL", "http://localhost")
    if not env.text("DATABASE_URL") and not env.is_local(address):
        raise Refused(
            f"PUBLIC_URL={address} is not this machine, and without DATABASE_URL this is a"
            " demonstration that only its own machine may open. Unset PUBLIC_URL, or set"
            " DATABASE_URL: docs/operations.md says how."
        )


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise Refused(f"Port {port} is not free: choose another with --port N.") from error


def _throw_away(surroundings: Surroundings, *, ask: bool) -> None:
    question = f"This throws away all data in {surroundings.directory}. Type yes to go on: "
    if ask:
        if not sys.stdin.isatty():
            raise Refused("Nobody is there to ask: --fresh needs --yes.")
        if input(question).strip().lower() != "yes":
            raise Refused("Nothing was thrown away.")
    surroundings.wipe()


def _manage(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=CHECKOUT, check=False)
    if done.returncode:
        raise Refused(f"manage.py {arguments[0]} failed (status {done.returncode}), see above.")


def _seed(port: int, directory: Path) -> None:
    """Make the demonstration once; let its shop follow when the port has changed since."""
    mark = directory / "state" / "demo-port"
    command = next(CHECKOUT.glob("*/management/commands/seed_demo.py"), None)
    seeded_for = mark.read_text() if mark.exists() else ""
    if command is None or seeded_for == str(port):
        return
    if not seeded_for:
        say("Making the demonstration shop, its partners and 90 days of sales (once) ...")
    _manage("seed_demo", f"--shop-url=http://localhost:{port + 1}")
    mark.write_text(str(port))


def _programs(port: int, directory: Path, *, demo_shop: bool) -> list[Program]:
    wanted = [
        Program("web", _web(programs.SITE, port, workers=2)),
        Program("shipper", programs.shipper()),
        Program("worker", programs.worker(PULLS, processes=2), late=True),
        Program("outside", programs.worker(OUTSIDE, processes=1), late=True),
        Program("beat", programs.beat(directory), late=True),
    ]
    if demo_shop:
        address = {"APPORT_URL": f"http://localhost:{port}", "SHOP_PORT": str(port + 1)}
        shop = _web("demo.shop.app:application", port + 1, workers=1)
        wanted.append(Program("shop", shop, address))
    return wanted


def _web(target: str, port: int, *, workers: int) -> list[str]:
    options = "--blocking-threads 8 --backpressure 32 --respawn-failed-workers"
    return programs.granian(target, port, *options.split(), workers=workers)


def _answers(port: int) -> bool:
    host = urlsplit(os.environ["PUBLIC_URL"]).netloc
    web = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        web.request("GET", "/readyz", headers={"Host": host})
        return web.getresponse().status == HTTPStatus.OK
    except (HTTPException, OSError):
        return False
    finally:
        web.close()


def _announce(port: int, *, demo: bool, demo_shop: bool) -> None:
    lines = ["", f"  Apport    {os.environ['PUBLIC_URL']}"]
    if demo_shop:
        lines.append(f"  Demo shop http://localhost:{port + 1}")
    people = _demo_people() if demo else []
    if people:
        lines += ["", "  Sign in with one click on the sign-in page, as:"]
        width = max(len(role) for role, _email in people)
        lines += [f"    {role:<{width}}  {email}" for role, email in people]
    lines += ["", "  Ctrl-C stops everything.", ""]
    say("\n".join(lines))


def _demo_people() -> list[tuple[str, str]]:
    if os.environ.get("APPORT_EMBEDDED") != "1":
        return []
    try:
        people = import_module("portal.demo.people").PEOPLE
    except ImportError:
        return []
    return [(str(person.role_label), str(person.email)) for person in people]


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main()

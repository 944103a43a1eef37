"""The redirect beside nginx and beside a plain Django view, interleaved in one run."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import django

from benchmarks.redirect import stage
from benchmarks.redirect.stage import Contender, Round
from config.surroundings import Surroundings

NGINX, DISK, PROCESS, PLAIN = "nginx, records nothing", "ours, disk", "ours, process", "plain view"
CONNECTIONS = (1, 8, 64)
FIRST_PORT = 18_300
LINKS = 10_000
Results = dict[tuple[str, int], list[Round]]


def main() -> None:
    """Measure what was asked for, print the tables, end with 1 when a wish is not met."""
    options = _options()
    directory = Path(os.environ["APPORT_DATA_DIR"])
    surroundings = Surroundings("benchmarks/redirect")
    surroundings.join()
    os.environ.update(TRUSTED_PROXY_COUNT="1", PYTHONWARNINGS="ignore")
    django.setup()
    try:
        from benchmarks.redirect import rows  # noqa: PLC0415 - needs the servers' addresses

        rows.make_links(LINKS)
        report: dict[str, object] = {}
        met = True
        if options.only != "end-to-end":
            results = _side_by_side(directory, options)
            met = _print_side_by_side(results)
            report["redirect"] = _as_json(results)
        if options.only != "redirect":
            from benchmarks.redirect import end_to_end  # noqa: PLC0415 - as above

            bare = nginx(directory, FIRST_PORT + 9, "bare")
            for place, durability in enumerate(("process", "disk"), 10):
                through = end_to_end.measure(
                    directory,
                    bare,
                    FIRST_PORT + place,
                    durability=durability,
                    seconds=options.seconds * 8,
                )
                sys.stdout.write(f"\nend to end, {durability}\n")
                met = end_to_end.print_report(through) and met
                report[f"end_to_end_{durability}"] = through
            bare.stop()
        if options.json:
            options.json.write_text(json.dumps(report, indent=1))
    finally:
        surroundings.close(patience=10)
    raise SystemExit(0 if met else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/redirect/run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--only", choices=["redirect", "end-to-end"])
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _side_by_side(directory: Path, options: argparse.Namespace) -> Results:
    contenders = _contenders(directory)
    results: Results = {}
    try:
        for connections in CONNECTIONS:
            for turn in range(options.rounds):
                for contender in contenders:
                    found = stage.measure(contender, connections, options.seconds)
                    results.setdefault((contender.name, connections), []).append(found)
                sys.stderr.write(f"{connections} connections, round {turn + 1}\n")
    finally:
        for contender in contenders:
            contender.stop()
    return results


def _contenders(directory: Path) -> list[Contender]:
    postmaster = int((directory / "pg" / "postmaster.pid").read_text().split()[0])
    stage.pin(postmaster, stage.SERVER_CORE)
    ours = "tracking.redirect.rsgi:app"
    starts: list[Callable[[], Contender]] = [
        lambda: nginx(directory, FIRST_PORT),
        lambda: stage.start(DISK, FIRST_PORT + 1, stage.granian(ours, "rsgi", FIRST_PORT + 1),
                            {"CLICK_DURABILITY": "disk", "SPOOL_DIR": str(directory / "a")}),
        lambda: stage.start(PROCESS, FIRST_PORT + 2, stage.granian(ours, "rsgi", FIRST_PORT + 2),
                            {"CLICK_DURABILITY": "process", "SPOOL_DIR": str(directory / "b")}),
        lambda: _plain(postmaster),
    ]  # fmt: skip
    return [make() for make in starts]


def nginx(directory: Path, port: int, name: str = "nginx") -> Contender:
    """Start an nginx that answers every request with the same redirect and keeps nothing."""
    place = directory / name
    place.mkdir()
    configuration = place / "nginx.conf"
    configuration.write_text(
        f"worker_processes 1; daemon off; pid {place}/pid; error_log {place}/error;\n"
        "events { worker_connections 256; }\n"
        "http { access_log off; keepalive_requests 100000000;\n"
        f"  server {{ listen 127.0.0.1:{port};\n"
        "    location / { add_header Cache-Control no-store;\n"
        "      return 302 https://shop.example/dresses; } } }\n"
    )
    command = ["/usr/sbin/nginx", "-c", str(configuration), "-p", str(place)]
    return stage.start(NGINX, port, command, {})


def _plain(postmaster: int) -> Contender:
    options = ["--blocking-threads", "8"]
    target = "benchmarks.redirect.plain:application"
    command = stage.granian(target, "wsgi", FIRST_PORT + 3, *options)
    plain = stage.start(PLAIN, FIRST_PORT + 3, command, {})
    plain.helpers = [postmaster]
    return plain


def _print_side_by_side(results: Results) -> bool:
    say = sys.stdout.write
    say("| connections | who | requests/s | p50 ms | p99 ms | CPU us/request | of nginx |\n")
    say("|--:|---|--:|--:|--:|--:|--:|\n")
    best = {key: min(found, key=lambda one: one.cpu_us) for key, found in results.items()}
    for (name, connections), one in best.items():
        fastest = max(found.per_second for found in results[name, connections])
        p50 = min(found.p50_ms for found in results[name, connections])
        p99 = min(found.p99_ms for found in results[name, connections])
        ratio = one.cpu_us / best[NGINX, connections].cpu_us
        say(f"| {connections} | {name} | {fastest:,.0f} | {p50:.2f} | {p99:.2f}"
            f" | {one.cpu_us:.1f} | {ratio:.1f}x |\n")  # fmt: skip
    nothing = best[NGINX, 64].cpu_us
    unloaded = min(found.p50_ms for found in results[DISK, 1])
    wishes = {
        "disk at 64 connections: at most 7x nginx": best[DISK, 64].cpu_us / nothing <= 7,
        "process at 64 connections: at most 5x nginx": best[PROCESS, 64].cpu_us / nothing <= 5,
        "a plain view costs at least 50x as much": best[PLAIN, 64].cpu_us
        >= 50 * best[DISK, 64].cpu_us,
        "unloaded p50 at most 0.6 ms, disk": unloaded <= 0.6,
    }
    for wish, is_met in wishes.items():
        say(f"{'met' if is_met else 'MISSED'}: {wish}\n")
    return all(wishes.values())


def _as_json(results: Results) -> list[dict[str, object]]:
    return [
        {"who": name, "connections": connections, **asdict(one)}
        for (name, connections), found in results.items()
        for one in found
    ]


if __name__ == "__main__":
    main()

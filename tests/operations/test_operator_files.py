"""What operators are handed: alerts, dashboard, runbooks, units. None names what is not there."""

import configparser
import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve
from prometheus_client.parser import text_string_to_metric_families

from config.configuration import SETTINGS
from portal.metrics import exposition
from tests.builders import NOW

DOCS = Path(__file__).parent.parent.parent / "docs"
FILES = DOCS / "operations"
RUNBOOKS = sorted(path for path in (DOCS / "runbooks").glob("*.md") if path.stem != "README")
UNITS = sorted((FILES / "systemd").iterdir())
MANUAL = (DOCS / "operations.md").read_text()
ALERTS = [
    rule
    for group in yaml.safe_load((FILES / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
PANELS = json.loads((FILES / "dashboard.json").read_text())["panels"]
QUERIES = [target["expr"] for panel in PANELS for target in panel.get("targets", ())]
METRIC = re.compile(r"\bapport_[a-z0-9_]+")
#: What each process of the table in docs/operations.md is started with.
PROCESSES = {
    name: re.sub(r"`", "", command).strip()
    for name, command in re.findall(
        r"^\| (\w+) \| `((?:granian|celery|bin/manage) [^`]*)` \|", MANUAL, re.MULTILINE
    )
}


def samples(settings, tmp_path):
    """The names of every sample that /metrics can hold, by the name of its family."""
    settings.BACKUP_DIR, settings.SPOOL_DIR = str(tmp_path), tmp_path
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    text = exposition.exposition(NOW).decode()
    return {
        family.name: {f"{family.name}{suffix}" for suffix in suffixes[family.type]}
        for family in text_string_to_metric_families(text)
    }


@pytest.mark.django_db
def test_alerts_and_dashboard_ask_for_what_is_there(settings, tmp_path):
    known = samples(settings, tmp_path)
    names = set().union(*known.values())
    for query in [*QUERIES, *(alert["expr"] for alert in ALERTS)]:
        assert set(METRIC.findall(query)) <= names, query
        assert query.count("(") == query.count(")"), query
    seen = {name for query in QUERIES for name in METRIC.findall(query)}
    assert [family for family, ones in known.items() if not ones & seen] == []
    told = set(METRIC.findall(MANUAL))
    assert [family for family, ones in known.items() if not {family, *ones} & told] == []
    for path in RUNBOOKS:
        assert set(METRIC.findall(path.read_text())) <= names, path.name


def test_each_alert_leads_to_a_runbook_that_knows_it():
    assert len({alert["alert"] for alert in ALERTS}) == len(ALERTS)
    for alert in ALERTS:
        assert alert["labels"]["severity"] in {"page", "ticket"}
        runbook = DOCS.parent / alert["annotations"]["runbook"]
        assert f"`{alert['alert']}`" in runbook.read_text(), alert["alert"]
    rung = {alert["alert"] for alert in ALERTS}
    for path in RUNBOOKS:
        assert set(re.findall(r"`(Apport[A-Z]\w+)`", path.read_text())) <= rung, path.name


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)
def test_a_runbook_says_what_is_needed_and_names_what_exists(path):
    text = path.read_text()
    for heading in ("## How it shows", "ive minutes", "## It is over when", "## Whom to tell"):
        assert heading in text, heading
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (path.parent / link).exists(), link
    for unit in re.findall(r"\bapport[\w-]*\.(?:service|timer|target)\b", text):
        assert (FILES / "systemd" / unit).exists(), unit
    for setting in re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`", text):
        assert setting in SETTINGS, setting
    for address in re.findall(r"`(/(?:manage|finance|account|portal)/[\w/-]*)`", text):
        try:
            resolve(address)
        except Resolver404:
            raise AssertionError(f"There is no page {address}") from None


def commands_of(path):
    blocks = re.findall(r"```sh\n(.*?)```", path.read_text(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`(bin/manage [^`]+)`", path.read_text())
    return [line for line in [*lines, *inline] if line.startswith("bin/manage ")]


@pytest.mark.parametrize(
    ("path", "line"),
    [(path, line) for path in [*RUNBOOKS, DOCS / "operations.md"] for line in commands_of(path)],
    ids=lambda value: value if isinstance(value, str) else value.stem,
)
def test_a_command_takes_what_a_runbook_gives_it(path, line):
    _program, name, *words = shlex.split(line.partition(" #")[0])
    assert name in get_commands(), name
    parser = load_command_class(get_commands()[name], name).create_parser("bin/manage", name)
    assert parser.format_help()
    if "…" not in line and words:
        parser.parse_args([word for word in words if word != "--help"])


def unit(path):
    read = configparser.RawConfigParser(strict=False, delimiters=("=",))
    read.optionxform = str
    read.read_string(path.read_text())
    return read


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_can_be_read(path):
    read = unit(path)
    assert read["Unit"]["Description"].startswith("Apport")
    if path.suffix == ".service":
        service = read["Service"]
        assert service["User"] == "apport"
        assert service["ExecStart"].startswith("/opt/apport/.venv/bin/")
        assert service["NoNewPrivileges"] == "true"
        assert service["ProtectSystem"] == "strict"


def compose():
    return yaml.safe_load((FILES / "compose.yaml").read_text())


def essence(command):
    """The words of a command that decide what it does: program, target, queue."""
    words = command.replace("%%", "%").replace("bin/manage", "manage.py").split()
    kept = {
        "manage.py",
        "ship_clicks",
        "--follow",
        "backup",
        "worker",
        "beat",
        "-Q",
        "wsgi",
        "rsgi",
    }
    return {word for word in words if word in kept or ":" in word or "@" in word} | {
        words[words.index("-Q") + 1] if "-Q" in words else ""
    }


def test_every_process_of_the_table_has_its_unit_and_its_container():
    assert set(PROCESSES) == {"web", "redirect", "shipper", "worker", "outside", "beat", "log"}
    services = compose()["services"]
    for name, command in PROCESSES.items():
        started = unit(FILES / "systemd" / f"apport-{name}.service")["Service"]["ExecStart"]
        assert essence(command) <= essence(started), name
        assert essence(command) <= essence(services[name]["command"]), name


def test_containers_wait_for_what_they_need_and_share_one_machine():
    read = compose()
    for name in PROCESSES:
        service = read["services"][name]
        assert service["hostname"] == "apport"  # The spool is of one machine.
        assert service["depends_on"]["release"]["condition"] == "service_completed_successfully"
        assert service["read_only"] is True
        assert "state:/var/lib/apport" in service["volumes"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert "migrate" in read["services"]["release"]["command"]
    for dependency in ("db", "valkey"):
        assert read["services"][dependency]["healthcheck"]
        assert "ports" not in read["services"][dependency]
    named = {volume.partition(":")[0] for one in read["services"].values()
             for volume in one.get("volumes", ())}  # fmt: skip
    assert named == set(read["volumes"])


def test_the_example_of_the_environment_names_settings_only():
    lines = (FILES / "apport.env.example").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert names <= set(SETTINGS)
    needed = {name for name, setting in SETTINGS.items() if setting.needed}
    assert needed <= names


def test_the_image_is_made_of_what_is_pinned():
    text = (FILES / "Dockerfile").read_text()
    assert "COPY requirements.lock ./" in text
    assert "--require-hashes --only-binary :all: --requirement requirements.lock" in text
    assert text.rstrip().endswith("USER apport")


def test_prometheus_reads_the_rules_that_are_there():
    read = yaml.safe_load((FILES / "prometheus.yml").read_text())
    assert all((FILES / name).exists() for name in read["rule_files"])

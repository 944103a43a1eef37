"""Settings: every wrong one is named, with what to do, before anything starts."""

import json
import os
import re
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import configuration
from config.configuration import SETTINGS

ROOT = Path(__file__).parent.parent.parent
GOOD = {
    "SECRET_KEY": "kq8Zb2mD4xW9rT1vN7cJ5hL3pF6gS0aYeUoI",
    "HASH_KEY": "tY7uI3oP9aS1dF5gH2jK8lZ4xC6vB0nMqWeR",
    "FIELD_KEYS": urlsafe_b64encode(bytes(range(32))).decode(),
    "PUBLIC_URL": "https://partners.example.fr",
    "DATABASE_URL": "postgresql://apport_app:p@db/apport",
    "DATABASE_OWNER_URL": "postgresql://apport_owner:p@db/apport",
    "REDIS_URL": "redis://cache:6379/0",
    "EMAIL_URL": "smtp+tls://user:pass@mail.example.fr:587",
    "METRICS_TOKEN": "a-token-that-nobody-guesses",
    "COMPANY_LEGAL_NAME": "Maison", "COMPANY_ADDRESS": "12 rue", "COMPANY_POSTCODE": "75004",
    "COMPANY_TOWN": "Paris", "COMPANY_SIREN": "732829320", "COMPANY_VAT_NUMBER": "FR44732829320",
}  # fmt: skip
#: A bad value of each setting that is judged, and a word of the sentence about it.
BAD = {
    "SECRET_KEY": [("Zb2mD4xW9rT1", "shorter"), ("insecure-kq8Zb2mD4xW9rT1vN7cJ5hL3", "guessed"),
                   ("a" * 50, "guessed")],
    "HASH_KEY": [(GOOD["SECRET_KEY"], "same as SECRET_KEY"), ("x1y2z3", "guessed")],
    "FIELD_KEYS": [("k1,k2", "Key 1"), (f"{GOOD['FIELD_KEYS']},x", "Key 2"), (",", "no key")],
    "SIGNING_KEY": [("Zb2mD4xW9rT1", "shorter")],
    "PUBLIC_URL": [("http://partners.example.fr", "https://"), ("https://a.example/x", "origin"),
                   ("https://localhost", "this machine"), ("partners", "https://")],
    "ALLOWED_HOSTS": [("*", "no host"), ("https://a.example", "no host")],
    "CSRF_TRUSTED_ORIGINS": [("a.example", "no origin")],
    "TRUSTED_PROXY_COUNT": [("one", "whole number"), ("-1", "0 or more"), ("9", "5 or less")],
    "DATABASE_URL": [("mysql://a@b/c", "PostgreSQL"), ("postgresql://a@b/", "no database"),
                     ("postgresql://b/c", "no role"), ("postgresql://postgres@b/c", "superuser")],
    "DATABASE_OWNER_URL": [(GOOD["DATABASE_URL"], "role of DATABASE_URL"),
                           ("postgresql://apport_owner@db/other", "another database")],
    "SCRATCH_DATABASE_URL": [("sqlite:///x", "PostgreSQL")],
    "CLICKS_NODE_URL": [("mysql://a@b/c", "PostgreSQL")],
    "BACKUP_DATABASE_URL": [("postgresql://db/apport", "no role")],
    "REDIS_URL": [("http://x", "none of"), ("unix://", "no socket"), ("redis://", "no host")],
    "EMAIL_URL": [("mail.example.fr", "smtp"), ("smtp://", "no host")],
    "DEFAULT_FROM_EMAIL": [("Apport", "no address")],
    "STRIPE_SECRET_KEY": [("pk_live_x", "no secret key"), ("sk_test_x", "no secret key"),
                          ("sk_live_x", "STRIPE_WEBHOOK_SECRETS")],
    "STRIPE_WEBHOOK_SECRETS": [("abc,whsec_1", "1 of them")],
    "STRIPE_MODE": [("prod", "none of")],
    "STRIPE_API_BASE": [("https://elsewhere.example", "double")],
    "CLICK_DURABILITY": [("memory", "none of")],
    "DOMAIN_WATCH": [("maybe", "none of")],
    "LOG_FORMAT": [("xml", "none of")],
    "LOG_LEVEL": [("LOUD", "none of")],
    "METRICS_TOKEN": [("short", "shorter")],
    "BACKUP_DIR": [("/nowhere/at/all", "no directory")],
    "SPOOL_DIR": [("/proc/1/spool", "cannot be written|no directory")],
    "COUNTERS_DIR": [("/etc/hostname", "no directory")],
    "MEDIA_ROOT": [("/etc/hostname", "no directory")],
    "SHOP_DROP_DIR": [("/nowhere/at/all", "no directory")],
    "INVOICE_DROP_DIR": [("/nowhere/at/all", "no directory")],
    "APPORT_EMBEDDED": [("1", "demonstration")],
    "DNS_SERVERS": [("dns.example", "address"), ("10.0.0.1:x", "port")],
    "SHOP_API_NETWORKS": [("10.0.0.1/8", "host bits")],
    "WEBHOOK_PORTS": [("443,https", "no port"), ("0", "no port")],
    "COUNTRY_HEADER": [("X Country", "no name")],
    "DATACENTRE_HEADER": [("X:Y", "no name")],
    "PAYOUT_BLOCKED_COUNTRIES": [("IR,Iran", "no country")],
    "VAT_FRANCHISE_EUR": [("2025-13-01:1", "month"), ("2025-01-01:x", "no amount")],
    "VIES_URL": [("http://ec.example", "https")],
    "VIES_REQUESTER": [("FR1", "no VAT number")],
    "JOURNAL_ACCOUNTS": [("cash:bank=x", "no account")],
    "SHOP_LANGUAGES": [("shop=/fr/", "no shop")],
    "S3_ENDPOINT_URL": [("s3.example", "https")],
    "ACCOUNT_VIEWS_ARE_SHOWN": [("maybe", "neither")],
    "PAYOUTS_NEED_MANDATE": [("maybe", "neither")],
    "COMPANY_SIREN": [("123456789", "check digit")],
    "COMPANY_SIRET": [("12345678901234", "check digit"), ("55208131766522", "not of COMPANY")],
    "COMPANY_VAT_NUMBER": [("FR00", "no VAT number")],
    **{name: [("ten", "whole number"), ("-1", "or more")] for name in configuration._NUMBERS
       if name != "TRUSTED_PROXY_COUNT"},
}  # fmt: skip


@pytest.fixture
def environment(monkeypatch):
    """An environment that is right, and nothing else of ours in it."""
    for name in {*SETTINGS, *(f"{name}_FILE" for name in SETTINGS)}:
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def about(name):
    return [finding for finding in configuration.findings() if finding.setting == name]


def test_a_good_configuration_has_nothing_wrong(environment, tmp_path):
    environment.setenv("BACKUP_DIR", str(tmp_path))
    assert configuration.findings() == []
    configuration.refuse()


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [(name, value, word) for name, cases in BAD.items() for value, word in cases],
)
def test_each_wrong_setting_is_named_with_what_to_do(environment, name, value, word):
    environment.setenv(name, value)
    (finding, *_more) = about(name)
    assert re.search(word, finding.wrong), finding.wrong
    assert finding.remedy
    assert "p@db" not in str(finding)  # No password is repeated.
    if SETTINGS[name].here:
        assert not finding.stops
    else:
        with pytest.raises(ImproperlyConfigured, match=name):
            configuration.refuse()


def test_every_setting_that_is_judged_has_a_bad_example():
    judged = {
        name for name, one in SETTINGS.items() if one.judge is not configuration.judges.anything
    }
    assert judged == set(BAD)


@pytest.mark.parametrize("name", [name for name, one in SETTINGS.items() if one.needed])
def test_nothing_starts_without_what_is_needed(environment, name):
    environment.delenv(name)
    (finding,) = about(name)
    assert finding.stops
    assert "not set" in finding.wrong


@pytest.mark.parametrize("name", [name for name, one in SETTINGS.items() if one.missed])
def test_what_is_missed_is_said_and_stops_nothing(environment, name):
    environment.delenv(name, raising=False)
    (finding,) = about(name)
    assert not finding.stops
    assert SETTINGS[name].missed in finding.wrong


def test_every_setting_of_the_sources_is_known():
    read = re.compile(r"\benv\.(?:text|required|flag|number|choice|accounts|languages|stripe_key|"
                      r"stripe_base)\(\s*\"([A-Z0-9_]+)\"")  # fmt: skip
    found = {
        name
        for path in [*(ROOT / "config").rglob("*.py")]
        for name in read.findall(path.read_text())
    }
    company = {name for name in SETTINGS if name.startswith("COMPANY_")}
    assert found - set(SETTINGS) == set()
    assert set(SETTINGS) - found - company == {"TRUSTED_PROXY_COUNT"} & set()


def test_every_setting_stands_in_the_operators_table():
    text = (ROOT / "docs" / "operations.md").read_text()
    missing = [name for name in SETTINGS if f"`{name}`" not in text and f"`{name}=" not in text]
    assert missing == []


def test_a_name_that_is_nearly_ours_is_pointed_out(environment):
    environment.setenv("TRUSTED_PROXY_COUNTS", "1")
    (finding,) = about("TRUSTED_PROXY_COUNTS")
    assert "TRUSTED_PROXY_COUNT meant" in finding.remedy
    assert not finding.stops


def test_a_secret_may_stand_in_a_file(environment, tmp_path):
    environment.delenv("SECRET_KEY")
    environment.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    (finding,) = about("SECRET_KEY")
    assert finding.stops
    (tmp_path / "key").write_text(GOOD["SECRET_KEY"] + "\n")
    assert about("SECRET_KEY") == []


def start(program, **variables):
    return subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@pytest.mark.slow
def test_the_command_says_all_at_once_without_any_server():
    done = start(["-m", "config.manage", "check_configuration", "--json"],
                 **{**GOOD, "PUBLIC_URL": "http://x", "STRIPE_MODE": "prod"})  # fmt: skip
    assert done.returncode == 1, done.stderr
    found = {one["setting"]: one for one in json.loads(done.stdout)["findings"]}
    assert found["PUBLIC_URL"]["stops"]
    assert found["STRIPE_MODE"]["stops"]
    assert not found["BACKUP_DIR"]["stops"]
    good = start(["-m", "config.manage", "check_configuration"], **GOOD)
    assert (good.returncode, "can start" in good.stdout) == (0, True), good.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [
        ["-c", "import config.wsgi"],
        ["-c", "import tracking.redirect.rsgi"],
        ["-m", "celery", "-A", "config", "worker"],
        ["-m", "celery", "-A", "config", "beat"],
        ["manage.py", "ship_clicks"],
    ],
)
def test_no_process_starts_with_a_wrong_setting(program, tmp_path):
    done = start(program, **{**GOOD, "PUBLIC_URL": "http://partners.example.fr",
                             "APPORT_DATA_DIR": str(tmp_path)})  # fmt: skip
    assert done.returncode != 0
    assert "PUBLIC_URL: It does not begin with https://." in done.stderr + done.stdout

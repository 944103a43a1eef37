"""Every setting of the environment, judged before anything starts: what is wrong, and what to do.

Asks no server. ``bin/manage check_configuration`` shows all at once; every process that starts
refuses what would make it wrong or unsafe (:func:`refuse`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from difflib import get_close_matches

from django.core.exceptions import ImproperlyConfigured

from config import env, judges
from config.judges import Judge


@dataclass(frozen=True, slots=True)
class Finding:
    """One setting that is not right. ``stops``: nothing starts until it is mended."""

    setting: str
    wrong: str
    remedy: str
    stops: bool = True

    def __str__(self) -> str:
        return f"{self.setting}: {self.wrong} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Setting:
    """How a setting is judged, and what to do about a wrong one.

    ``needed``: an own server cannot do without. ``missed``: what does not work while it is empty.
    ``here``: it is about this machine's disk, which other processes may not have; it stops nothing.
    """

    remedy: str
    judge: Judge = judges.anything
    needed: bool = False
    missed: str = ""
    here: bool = False


_NUMBER = "Give a whole number, or leave it out."
_FLAG = "Say 1 or 0, or leave it out."
_KEY = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'."
_FERNET = (
    "Make one: python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32))"
    ".decode())'. To replace one put the new key in front and keep the old."
)
_NUMBERS = {
    "API_READS_PER_MINUTE": 1, "API_WRITES_PER_MINUTE": 1, "APPROVAL_CONFIRMED_SECONDS": 30,
    "BUYER_KEY_DAYS": 1, "DATABASE_POOL_SIZE": 1, "FAILED_BODY_DAYS": 1, "FETCH_SECONDS": 1,
    "JOURNEY_CALLS_PER_MINUTE": 0, "LINKS_PER_DAY": 1, "LOOKALIKES_PER_NAME": 0,
    "MAIL_BODY_DAYS": 1, "PAYEE_COOLING_HOURS": 0, "PAYOUT_REVIEW_HOURS": 1,
    "SHOP_FILE_MOST_BYTES": 1, "SHOP_FILE_MOST_UNPACKED_BYTES": 1, "STRIPE_PARALLEL": 1,
    "TEAM_INVITATIONS_PER_DAY": 0, "TEAM_INVITATIONS_TO_ONE_PER_DAY": 0, "TRUSTED_PROXY_COUNT": 0,
    "UNCONFIRMED_SIGN_UPS_DAYS": 1, "VIES_SECONDS": 1, "WEBHOOK_ASKS_PER_MINUTE": 1,
}  # fmt: skip
_NO_INVOICES = "No invoice can be written."
SETTINGS: dict[str, Setting] = {
    "SECRET_KEY": Setting(_KEY, judges.secret, needed=True),
    "HASH_KEY": Setting(_KEY, judges.hash_key, needed=True),
    "FIELD_KEYS": Setting(_FERNET, judges.field_keys, needed=True),
    "SECRET_KEY_FALLBACKS": Setting("Name earlier keys only while they are being replaced."),
    "SIGNING_KEY": Setting(_KEY, judges.secret),
    "PUBLIC_URL": Setting(
        "Give the address that people open, as https://partners.example.fr.",
        judges.public_url, needed=True,
    ),
    "ALLOWED_HOSTS": Setting("Name hosts, with commas, without https://.", judges.hosts),
    "CSRF_TRUSTED_ORIGINS": Setting("Name origins with https://.", judges.origins),
    "TRUSTED_PROXY_COUNT": Setting("Say how many proxies of yours stand in front, 0 to 5.",
                                   judges.between(0, 5)),
    "DATABASE_URL": Setting(
        "As postgresql://apport_app:password@host/apport: docs/operations.md.",
        judges.database, needed=True,
    ),
    "DATABASE_OWNER_URL": Setting(
        "Name the role that owns the tables, which is not that of DATABASE_URL (ADR 0007).",
        judges.owner, missed="The role that serves can rewrite the books.",
    ),
    "SCRATCH_DATABASE_URL": Setting("As DATABASE_URL, with a role that may create databases.",
                                    judges.postgresql),
    "CLICKS_NODE_URL": Setting("As DATABASE_URL, of the second server: docs/operations.md.",
                               judges.postgresql),
    "BACKUP_DATABASE_URL": Setting("As DATABASE_URL, with a role that has REPLICATION.",
                                   judges.postgresql),
    "REDIS_URL": Setting("As redis://host:6379/0, rediss:// or unix:///path.", judges.broker,
                         needed=True),
    "EMAIL_URL": Setting(
        "As smtp+tls://user:password@host:587 or smtps://.", judges.mail,
        missed="No mail leaves: nobody can confirm an address or get back in.",
    ),
    "DEFAULT_FROM_EMAIL": Setting("As Apport <partners@example.fr>.", judges.sender),
    "STRIPE_SECRET_KEY": Setting("Take the secret or restricted key of STRIPE_MODE.",
                                 judges.stripe_key),
    "STRIPE_WEBHOOK_SECRETS": Setting("Copy the signing secrets of your destinations: whsec_….",
                                      judges.stripe_secrets),
    "STRIPE_MODE": Setting("live or test.", judges.one_of("live", "test")),
    "STRIPE_API_BASE": Setting("Leave it empty.", judges.stripe_base),
    "CLICK_DURABILITY": Setting("disk or process.", judges.one_of("disk", "process")),
    "DOMAIN_WATCH": Setting("on or off.", judges.one_of("on", "off")),
    "LOG_FORMAT": Setting("json or text.", judges.one_of("json", "text")),
    "LOG_LEVEL": Setting("DEBUG, INFO, WARNING, ERROR or CRITICAL.",
                         judges.one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    "METRICS_TOKEN": Setting(_KEY, judges.token, missed="Nobody can read /metrics."),
    "BACKUP_DIR": Setting("Name the folder that bin/manage backup fills.", judges.folder,
                          missed="Nobody is warned when backups stop.", here=True),
    "SPOOL_DIR": Setting("Name a directory on a local disk with room.", judges.spool, here=True),
    "COUNTERS_DIR": Setting("Name a directory of this machine.", judges.to_be_written, here=True),
    "MEDIA_ROOT": Setting("Name a directory that the web can write.", judges.to_be_written,
                          here=True),
    "SHOP_DROP_DIR": Setting("Name the folder below which shops drop files.", judges.folder,
                             here=True),
    "INVOICE_DROP_DIR": Setting("Name a folder that the worker can write.", judges.folder,
                                here=True),
    "APPORT_DATA_DIR": Setting("Only for bin/run."),
    "APPORT_EMBEDDED": Setting("Set by bin/run, bin/test and bin/manage alone.", judges.unset),
    "DNS_SERVERS": Setting("Addresses, each perhaps with a port.", judges.addresses),
    "SHOP_API_NETWORKS": Setting("Networks such as 10.0.0.0/8.", judges.networks),
    "WEBHOOK_PORTS": Setting("Ports, with commas.", judges.ports),
    "COUNTRY_HEADER": Setting("The name of a header.", judges.header),
    "DATACENTRE_HEADER": Setting("The name of a header.", judges.header),
    "PAYOUT_BLOCKED_COUNTRIES": Setting("Two letters each (ISO 3166).", judges.countries),
    "VAT_FRANCHISE_EUR": Setting("As 2025-01-01:37500.", judges.thresholds),
    "VIES_URL": Setting("An https address, or nothing.", judges.https),
    "VIES_REQUESTER": Setting("Your VAT number, as FR44732829320.", judges.vat_number),
    "JOURNAL_ACCOUNTS": Setting("As cash:bank=5121.", judges.accounts),
    "SHOP_LANGUAGES": Setting("As my-shop:en=/en/.", judges.languages),
    "S3_BUCKET": Setting("The name of a bucket."),
    "S3_ENDPOINT_URL": Setting("An https address.", judges.https),
    "S3_REGION": Setting("The name of a region."),
    "ACCOUNT_VIEWS_ARE_SHOWN": Setting(_FLAG, judges.flag),
    "PAYOUTS_NEED_MANDATE": Setting(_FLAG, judges.flag),
    "COMPANY_LEGAL_NAME": Setting("Your company's name.", missed=_NO_INVOICES),
    "COMPANY_ADDRESS": Setting("Street and number.", missed=_NO_INVOICES),
    "COMPANY_POSTCODE": Setting("The postcode.", missed=_NO_INVOICES),
    "COMPANY_TOWN": Setting("The town.", missed=_NO_INVOICES),
    "COMPANY_SIREN": Setting("Nine digits.", judges.siren, missed=_NO_INVOICES),
    "COMPANY_SIRET": Setting("Fourteen digits.", judges.siret),
    "COMPANY_VAT_NUMBER": Setting("As FR44732829320.", judges.vat_number, missed=_NO_INVOICES),
    **{name: Setting(_NUMBER, judges.at_least(least)) for name, least in _NUMBERS.items()
       if name != "TRUSTED_PROXY_COUNT"},
}  # fmt: skip
#: Names of ours that somebody may have misspelt begin with one of these.
_OURS = (
    "APPORT_",
    "COMPANY_",
    "PAYOUT",
    "SHOP_",
    "STRIPE_",
    "VIES_",
    "WEBHOOK_",
    "TRUSTED_",
    "CLICK_",
)


def findings(*, is_embedded: bool = False) -> list[Finding]:
    """Return everything that is not right in the environment, what stops first.

    ``is_embedded``: bin/run looks after servers and secrets by itself.
    """
    found = [*_judged(is_embedded=is_embedded), *_misspelt()]
    return sorted(found, key=lambda finding: not finding.stops)


def _judged(*, is_embedded: bool) -> Iterator[Finding]:
    for name, setting in SETTINGS.items():
        try:
            value = env.text(name)
            wrong = _wrong(setting.judge, value) if value else ""
        except ImproperlyConfigured as error:
            value, wrong = "", str(error)
        if wrong and not (is_embedded and name == "APPORT_EMBEDDED"):
            yield Finding(name, wrong, setting.remedy, stops=not setting.here)
        elif not value and not wrong and not is_embedded:
            if setting.needed:
                yield Finding(name, "It is not set.", setting.remedy)
            elif setting.missed:
                yield Finding(name, f"It is not set. {setting.missed}", setting.remedy, stops=False)


def _wrong(judge: Callable[[str], str], value: str) -> str:
    try:
        return judge(value)
    except (ValueError, ImproperlyConfigured) as error:
        return str(error)


def _misspelt() -> Iterator[Finding]:
    files = {f"{name}_FILE" for name in SETTINGS}
    for name in sorted(os.environ):
        if name.startswith(_OURS) and name not in SETTINGS and name not in files:
            for close in get_close_matches(name, SETTINGS, n=1, cutoff=0.85):
                yield Finding(name, "There is no such setting.", f"Is {close} meant?", stops=False)


def refuse() -> None:
    """Let nothing start with a configuration that would make it wrong or unsafe.

    :raises ImproperlyConfigured: with one line for each setting.
    """
    stopping = [str(finding) for finding in findings() if finding.stops]
    if stopping:
        raise ImproperlyConfigured("\n".join(["The configuration is not right.", *stopping]))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``bin/manage check_configuration`` takes."""
    parser.add_argument("--json", action="store_true", help="Print the findings as JSON.")


def main(arguments: list[str]) -> None:
    """Print what is not right.

    :raises SystemExit: with 1 when something stops the start.
    """
    parser = argparse.ArgumentParser(prog="bin/manage check_configuration", description=__doc__)
    add_arguments(parser)
    run(parser.parse_args(arguments))


def run(options: argparse.Namespace) -> None:
    """Print what is not right.

    :raises SystemExit: with 1 when something stops the start.
    """
    is_embedded = not env.text("DATABASE_URL") or env.flag("APPORT_EMBEDDED")
    found = findings(is_embedded=is_embedded)
    if options.json:
        sys.stdout.write(json.dumps({"findings": [asdict(finding) for finding in found]}) + "\n")
    else:
        for finding in found:
            sys.stdout.write(f"{'stops' if finding.stops else 'note ':<6} {finding}\n")
        if not any(finding.stops for finding in found):
            sys.stdout.write("The configuration can start.\n")
    if any(finding.stops for finding in found):
        raise SystemExit(1)

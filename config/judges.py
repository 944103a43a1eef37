"""What makes the value of a setting wrong, each as one sentence; nothing means that it is right."""

from __future__ import annotations

import os
import re
import shutil
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import date
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from stdnum.eu import vat
from stdnum.fr import siren as siren_numbers
from stdnum.fr import siret as siret_numbers

from config import env

Judge = Callable[[str], str]
LEAST_SECRET = 32
LEAST_TOKEN = 24
LEAST_ROOM = 1_000_000_000
FERNET_BYTES = 32
FLAGS = env.TRUE | {"0", "false", "no", "off"}


def anything(_value: str) -> str:
    """Find nothing wrong."""
    return ""


def unset(_value: str) -> str:
    """Whoever sets it outside bin/run gets a demonstration without passwords."""
    return "It makes a demonstration of this installation."


def secret(value: str) -> str:
    """Judge a key that others must not guess."""
    if "insecure" in value or "change" in value.lower() or len(set(value)) < 8:
        return "It is no secret: it can be guessed."
    return "" if len(value) >= LEAST_SECRET else f"It is shorter than {LEAST_SECRET} characters."


def hash_key(value: str) -> str:
    """Judge the key of hashes: changing one must never mean changing the other."""
    if value == env.text("SECRET_KEY"):
        return "It is the same as SECRET_KEY."
    return secret(value)


def token(value: str) -> str:
    """Judge a token that a machine shows."""
    return "" if len(value) >= LEAST_TOKEN else f"It is shorter than {LEAST_TOKEN} characters."


def field_keys(value: str) -> str:
    """Judge a comma list of Fernet keys."""
    for number, key in enumerate(env.items(value), 1):
        try:
            is_right = len(urlsafe_b64decode(key)) == FERNET_BYTES
        except ValueError:
            is_right = False
        if not is_right:
            return f"Key {number} is no Fernet key (32 bytes, base64)."
    return "" if env.items(value) else "It holds no key."


def public_url(value: str) -> str:
    """Judge the address that people open."""
    parts = urlsplit(value)
    if parts.scheme != "https":
        return "It does not begin with https://."
    if not parts.hostname or parts.path.strip("/") or parts.query:
        return "It is no origin: a host, and nothing behind it."
    return "" if not env.is_local(value) else "It names this machine itself."


def hosts(value: str) -> str:
    """Judge a comma list of hosts."""
    for host in env.items(value):
        if host == "*" or "/" in host or " " in host:
            return f"{host!r} is no host."
    return ""


def origins(value: str) -> str:
    """Judge a comma list of origins."""
    for one in env.items(value):
        if not urlsplit(one).hostname or urlsplit(one).scheme != "https":
            return f"{one!r} is no origin with https."
    return ""


def https(value: str) -> str:
    """Judge an address of a service."""
    parts = urlsplit(value)
    return "" if parts.scheme == "https" and parts.hostname else "It is no https address."


def postgresql(value: str) -> str:
    """Judge the address of a database."""
    read = env.database(value)
    if not read["NAME"]:
        return "It names no database."
    return "" if read["USER"] else "It names no role."


def database(value: str) -> str:
    """Judge the address with which the product serves."""
    user = env.database(value)["USER"]
    return "It is the superuser's." if user == "postgres" else postgresql(value)


def owner(value: str) -> str:
    """Judge the address of the role that owns the tables."""
    mine, other = env.database(value), env.database(env.text("DATABASE_URL", value))
    if mine["NAME"] != other["NAME"]:
        return "It names another database than DATABASE_URL."
    same = env.text("DATABASE_URL") and mine["USER"] == other["USER"]
    return "It is the role of DATABASE_URL." if same else postgresql(value)


def broker(value: str) -> str:
    """Judge the address of Redis or Valkey."""
    parts = urlsplit(value)
    if parts.scheme == "unix":
        return "" if parts.path else "It names no socket."
    if parts.scheme not in {"redis", "rediss"}:
        return "It begins with none of redis://, rediss://, unix://."
    return "" if parts.hostname else "It names no host."


def mail(value: str) -> str:
    """Judge the address of a mail server."""
    env.mail(value)
    return "" if urlsplit(value).hostname else "It names no host."


def sender(value: str) -> str:
    """Judge the sender of mails."""
    address = parseaddr(value)[1]
    return "" if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) else "It holds no address."


def stripe_key(_value: str) -> str:
    """Judge Stripe's key, which must be of the mode."""
    env.stripe_key("STRIPE_SECRET_KEY", env.text("STRIPE_MODE", "live"))
    has_secrets = env.text("STRIPE_WEBHOOK_SECRETS")
    return "" if has_secrets else "Without STRIPE_WEBHOOK_SECRETS nobody knows what became of it."


def stripe_secrets(value: str) -> str:
    """Judge the signing secrets of Stripe's destinations."""
    wrong = [one for one in env.items(value) if not one.startswith("whsec_")]
    return f"{len(wrong)} of them do not begin with whsec_." if wrong else ""


def stripe_base(_value: str) -> str:
    """Judge the address of a double of Stripe."""
    env.stripe_base("STRIPE_API_BASE", env.text("STRIPE_MODE", "live"))
    return ""


def one_of(*allowed: str) -> Judge:
    """Judge a choice."""
    return lambda value: "" if value in allowed else f"{value!r} is none of {', '.join(allowed)}."


def flag(value: str) -> str:
    """Judge a switch."""
    return "" if value.lower() in FLAGS else f"{value!r} is neither yes nor no."


def at_least(least: int) -> Judge:
    """Judge a whole number."""
    return between(least, None)


def between(least: int, most: int | None) -> Judge:
    """Judge a whole number between two, both included."""

    def judge(value: str) -> str:
        if not re.fullmatch(r"[+-]?\d+", value, re.ASCII):
            return f"{value!r} is no whole number."
        if int(value) < least or (most is not None and int(value) > most):
            return f"{value} is not {least} or more" + (f", and {most} or less." if most else ".")
        return ""

    return judge


def folder(value: str) -> str:
    """Judge a directory that has to be there."""
    return "" if Path(value).is_dir() else f"There is no directory {value}."


def to_be_written(value: str) -> str:
    """Judge a directory that is made when it is needed."""
    there = Path(value).absolute()
    while not there.exists():
        there = there.parent
    if not there.is_dir():
        return f"{there} is no directory."
    return "" if os.access(there, os.W_OK | os.X_OK) else f"{there} cannot be written."


def spool(value: str) -> str:
    """Judge the directory of landings: there has to be room."""
    wrong = to_be_written(value)
    if wrong or not Path(value).is_dir():
        return wrong
    free = shutil.disk_usage(value).free
    return "" if free >= LEAST_ROOM else f"Only {free // 1_000_000} MB are free."


def addresses(value: str) -> str:
    """Judge a comma list of addresses, each perhaps with a port."""
    for one in env.items(value):
        host, colon, port = one.rpartition(":") if one.count(":") == 1 else (one, "", "")
        ip_address(host.strip("[]"))
        if colon and not port.isdecimal():
            return f"{one!r} has no port behind its colon."
    return ""


def networks(value: str) -> str:
    """Judge a comma list of networks."""
    for one in env.items(value):
        ip_network(one)
    return ""


def ports(value: str) -> str:
    """Judge a comma list of ports."""
    wrong = [one for one in env.items(value) if not (one.isdecimal() and 0 < int(one) < 65_536)]
    return f"{wrong[0]!r} is no port." if wrong else ""


def header(value: str) -> str:
    """Judge the name of a header."""
    return "" if re.fullmatch(r"[A-Za-z0-9-]+", value) else f"{value!r} is no name of a header."


def countries(value: str) -> str:
    """Judge a comma list of countries."""
    wrong = [one for one in env.items(value) if not re.fullmatch(r"[A-Z]{2}", one)]
    return f"{wrong[0]!r} is no country." if wrong else ""


def thresholds(value: str) -> str:
    """Judge a comma list of days and amounts."""
    for one in env.items(value):
        day, _colon, amount = one.partition(":")
        date.fromisoformat(day)
        if not amount.isdecimal():
            return f"{one!r} has no amount in whole euros."
    return ""


def accounts(_value: str) -> str:
    """Judge the numbers of the chart of accounts."""
    env.accounts("JOURNAL_ACCOUNTS")
    return ""


def languages(_value: str) -> str:
    """Judge the beginnings of a shop's pages."""
    env.languages("SHOP_LANGUAGES")
    return ""


def siren(value: str) -> str:
    """Judge a number of a French company."""
    return "" if siren_numbers.is_valid(value) else "It is no SIREN: its check digit is wrong."


def siret(value: str) -> str:
    """Judge a number of a French establishment."""
    if not siret_numbers.is_valid(value):
        return "It is no SIRET: its check digit is wrong."
    company = env.text("COMPANY_SIREN").replace(" ", "")
    is_ours = siret_numbers.compact(value).startswith(company)
    return "" if is_ours else "It is not of COMPANY_SIREN."


def vat_number(value: str) -> str:
    """Judge a VAT number of the European Union."""
    return "" if vat.is_valid(value) else "It is no VAT number of the European Union."

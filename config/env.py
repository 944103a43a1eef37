"""What the environment says, as typed values."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
LOCAL = {"localhost", "127.0.0.1", "::1"}
#: How PostgreSQL plans for the application: once for a prepared statement; without compiling,
#: which takes longer than what it is for; and as for tables in memory or on a disk without heads,
#: where a day's orders are looked up by an index, not found by reading all orders.
PLANS = "-c plan_cache_mode=force_generic_plan -c jit=off -c random_page_cost=1.1"


def text(name: str, default: str = "") -> str:
    """Return the variable ``name``, or ``default`` when it is unset or blank.

    Or what is in the file that ``<name>_FILE`` names: a secret that stands in no environment.

    :raises ImproperlyConfigured: when both are set, or the file cannot be read.
    """
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if path and value:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    return (_content(f"{name}_FILE", path) if path else value) or default


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}: {path} cannot be read as text.") from error


def required(name: str, purpose: str) -> str:
    """Return the variable ``name``.

    :raises ImproperlyConfigured: when it is unset; the message says what it is for.
    """
    value = text(name)
    if not value:
        raise ImproperlyConfigured(
            f"Set the environment variable {name} ({purpose}), or start with bin/run or"
            " bin/manage, which embed everything when DATABASE_URL is unset."
        )
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """Return whether the variable ``name`` is switched on (1, true, yes, on).

    ``default``: what holds while it is not set.
    """
    return text(name, "on" if default else "").lower() in TRUE


def number(name: str, default: int) -> int:
    """Return the variable ``name`` as an integer.

    :raises ImproperlyConfigured: when it is not one.
    """
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """Return the variable ``name``, one of ``allowed``.

    :raises ImproperlyConfigured: when it is none of them.
    """
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def items(value: str) -> tuple[str, ...]:
    """Split a comma list, dropping blanks."""
    return tuple(item.strip() for item in value.split(",") if item.strip())


def is_local(url: str) -> bool:
    """Return whether ``url`` names this machine itself, as only its owner can."""
    return urlsplit(url).hostname in LOCAL


def database(url: str) -> dict[str, Any]:
    """Turn ``postgresql://user:password@host:port/name?option=value`` into Django's dictionary.

    ``?host=/directory`` names a Unix socket directory; other options go to libpq.

    :raises ImproperlyConfigured: for any other kind of address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("The database must be PostgreSQL: postgresql://user@host/name.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def broker(url: str) -> str:
    """Return the Celery spelling of a Redis address (Unix sockets are spelled differently)."""
    if url.startswith("unix://"):
        return "redis+socket://" + url.removeprefix("unix://")
    return url


def mail(url: str) -> dict[str, Any]:
    """Turn ``smtp://user:password@host:port`` into Django's ``EMAIL_*`` settings.

    ``smtp+tls://`` asks for STARTTLS, ``smtps://`` for TLS from the first byte.

    :raises ImproperlyConfigured: for any other kind of address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"}:
        raise ImproperlyConfigured("EMAIL_URL must start with smtp://, smtp+tls:// or smtps://.")
    default_port = {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or default_port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 15,
    }


def stripe_key(name: str, mode: str) -> str:
    """Return Stripe's secret key, or nothing when there is none.

    :raises ImproperlyConfigured: for a key that is not secret, or not of ``mode`` (test, live).
    """
    value = text(name)
    if value and not value.startswith((f"sk_{mode}_", f"rk_{mode}_")):
        raise ImproperlyConfigured(
            f"{name} is no secret key of {mode} mode: it begins with sk_{mode}_ or rk_{mode}_."
            " Set STRIPE_MODE to test or live to say which one this installation uses."
        )
    return value


def stripe_base(name: str, mode: str) -> str:
    """Return the address of a double of Stripe, or nothing.

    :raises ImproperlyConfigured: for another machine, or in live mode.
    """
    value = text(name).rstrip("/")
    if value and (mode == "live" or not is_local(value)):
        raise ImproperlyConfigured(f"{name} may only name a double on this machine, in test mode.")
    return value


def accounts(name: str) -> dict[str, str]:
    """Return the variable ``name``, a comma list of ``ledger account=number``, as a dictionary.

    :raises ImproperlyConfigured: for an entry without a number of digits.
    """
    found = {}
    for entry in items(text(name)):
        code, _equals, number = (part.strip() for part in entry.partition("="))
        if not code or not number.isascii() or not number.isdecimal():
            raise ImproperlyConfigured(f"{name}: {entry!r} is no account and its number.")
        found[code] = number
    return found


def languages(name: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the variable ``name``, a comma list of ``shop:language=/path/``, by the shop's code.

    Languages and how the paths of their pages begin, in the order of the list.

    :raises ImproperlyConfigured: for an entry that is none; another host is none.
    """
    found: dict[str, dict[str, str]] = {}
    for entry in items(text(name)):
        said = re.fullmatch(
            r"([\w-]+):([a-z]{2,3}(?:-[a-z0-9]{2,8})*)=(/(?:[\w.~-]+/)*)", entry, re.ASCII | re.I
        )
        if said is None:
            raise ImproperlyConfigured(
                f"{name}: {entry!r} is no shop, language and beginning of its pages, as in"
                " my-shop:en=/en/."
            )
        found.setdefault(said[1], {})[said[2].lower()] = said[3]
    return {shop: tuple(starts.items()) for shop, starts in found.items()}

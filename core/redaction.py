"""What no log may hold: addresses of people and machines, bank accounts, tokens, values of rows."""

from __future__ import annotations

import re
from ipaddress import ip_address

# AP and ten digits is what we call a payment: the bank names it so, and it is nobody's account.
_IBAN = re.compile(
    r"\b(?!AP\d{10}\b)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b"
)
# Runs are taken whole and from their beginning alone: a stranger chooses what is logged.
_EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]++@[\w-]++(?:\.[\w-]++)+")
_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")
_IP6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:.]++(?!\w)")
_PHONE = re.compile(r"(?<![\w+])\+\d(?:[ .-]?\d){7,14}(?!\w)")
_PASSWORD_IN_URL = re.compile(r"(?<=://)[^\s/@]*:[^\s/@]*(?=@)")
_NAMED = re.compile(
    r"""(?ix) \b (authorization | cookie | set-cookie | password | passwd | secret | token
    | signature | api[_-]?key | [a-z]+_key | ap_ref | ap_c | sessionid | csrftoken | session_key)
    (["']? \s* [:=] \s* ["']?) (?:bearer\s+|basic\s+)? [^\s"'&;,)}\]]+""",
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_PREFIXED = re.compile(
    r"\b(?:sk|rk|pk)_(?:live|test)_\w+|\bwhsec_[\w+/=-]+|\b[a-z]{2,6}_(?=[\w-]*\d)[\w-]{32,}"
)
_HEXADECIMAL = re.compile(r"(?<![\w-])[0-9a-fA-F]{32,}(?![\w-])|(?<=-)[0-9a-fA-F]{32,}(?![\w-])")
_RANDOM = re.compile(r"(?<![\w/-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{22,}={0,2}")
#: What PostgreSQL quotes of a row when it refuses it.
_ROW = re.compile(r"(?s)(Failing row contains )\(.*?\)(?=\.|$|\n)")
_KEY = re.compile(r"(?s)(Key \([^)]*\)=)\(.*?\)(?= (?:already|is|conflicts|violates)|\.|$|\n)")

LONGEST_ADDRESS = 64
#: Of a longer text the middle is left out.
LONGEST_TEXT = 20_000


def redacted(text: str) -> str:
    """Return ``text`` without anybody's data, each piece replaced by what it was.

    E-mail and IP addresses, telephone numbers, IBANs, passwords, tokens and keys, and the values of
    rows that PostgreSQL quotes. Names of people cannot be told from other words: no log line
    may be given one.
    """
    if len(text) > LONGEST_TEXT:
        text = f"{text[: LONGEST_TEXT // 2]} [cut] {text[-LONGEST_TEXT // 2 :]}"
    text = _ROW.sub(r"\1([row])", text)
    text = _KEY.sub(r"\1([value])", text)
    text = _PASSWORD_IN_URL.sub("[password]", text)
    text = _EMAIL.sub("[e-mail]", text)
    text = _BEARER.sub(r"\1 [token]", text)
    text = _NAMED.sub(r"\1\2[secret]", text)
    text = _PREFIXED.sub("[token]", text)
    text = _IBAN.sub("[iban]", text)
    text = _HEXADECIMAL.sub("[token]", text)
    text = _RANDOM.sub("[token]", text)
    text = _PHONE.sub("[telephone]", text)
    text = _IP4.sub(_address, text)
    return _IP6.sub(_address, text)


def _address(found: re.Match[str]) -> str:
    """Replace what is an address; a time or a number of a version is none."""
    if len(found.group()) > LONGEST_ADDRESS:
        return found.group()
    said = found.group().rstrip(".")
    rest = found.group()[len(said) :]
    try:
        ip_address(said.rstrip(":") if said.count("::") == 0 else said)
    except ValueError:
        return found.group()
    return f"[address]{rest}"

"""The register of VAT numbers of the European Union (VIES), asked over its REST interface."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError

log = logging.getLogger(__name__)

MOST_BYTES = 100_000
#: What the register writes where a member state tells nothing.
_NOTHING = "---"
#: The only refusals that say something of the number itself.
_NO_NUMBER = frozenset({"INVALID", "INVALID_INPUT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the register said. ``is_valid`` None: it did not answer, and ``error`` says why."""

    is_valid: bool | None
    name: str = ""
    reference: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Where the register is, and who asks: our own VAT number, or nobody."""

    url: str
    requester: str = ""
    seconds: float = 20.0

    def ask(self, vat_number: str) -> Answer:
        """Return what the register says of a number such as ``FR40303265045``.

        Nothing is raised: a register that is away is an answer too.
        """
        asked = {"countryCode": vat_number[:2], "vatNumber": vat_number[2:]}
        if self.requester:
            asked["requesterMemberStateCode"] = self.requester[:2]
            asked["requesterNumber"] = self.requester[2:]
        pool = urllib3.PoolManager(timeout=urllib3.Timeout(total=self.seconds))
        try:
            response = pool.request(
                "POST", self.url, json=asked, retries=False, redirect=False, preload_content=False
            )
            said = json.loads(response.read(MOST_BYTES))
        except (HTTPError, OSError, ValueError) as error:
            log.warning("VIES did not answer: %s", type(error).__name__)
            return Answer(is_valid=None, error=type(error).__name__)
        finally:
            pool.clear()
        return _read(said)


def _read(said: object) -> Answer:
    if not isinstance(said, dict):
        return Answer(is_valid=None, error="unreadable")
    error = _error(said)
    if error in _NO_NUMBER:
        return Answer(is_valid=False, reference=_text(said, "requestIdentifier", 60))
    if error or not isinstance(said.get("valid"), bool):
        log.warning("VIES gave no answer: %s", error or "unreadable")
        return Answer(is_valid=None, error=error or "unreadable")
    return Answer(
        is_valid=said["valid"],
        name=_text(said, "name", 200),
        reference=_text(said, "requestIdentifier", 60),
    )


def _error(said: dict[str, object]) -> str:
    """Return the code of a failure, in either of the two ways in which the register says it."""
    wrappers = said.get("errorWrappers")
    if isinstance(wrappers, list) and wrappers and isinstance(wrappers[0], dict):
        return str(wrappers[0].get("error", "unknown"))[:60]
    code = str(said.get("userError") or "")
    return "" if code == "VALID" else code[:60]


def _text(said: dict[str, object], name: str, longest: int) -> str:
    text = " ".join(str(said.get(name) or "").split())
    return "" if text == _NOTHING else text[:longest]


def register() -> Register | None:
    """Return the register of the settings; None where nobody is to be asked."""
    if not settings.VIES_URL:
        return None
    return Register(
        url=settings.VIES_URL,
        requester=settings.VIES_REQUESTER,
        seconds=settings.VIES_SECONDS,
    )

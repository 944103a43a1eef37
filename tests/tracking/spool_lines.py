"""Lines of a spool with boring facts, and files as dead and living writers leave them."""

import fcntl
import os
from contextlib import contextmanager

from tests.builders import NOW
from tracking.domain import spool_line
from tracking.domain.references import new_reference

HOST = "here"
VISITOR = "AAECAwQFBgcICQoLDA0ODw"


def click(at=NOW, visitor=None, **said):
    fields = {
        "at_us": spool_line.microseconds(at), "link_id": 7, "affiliate_id": 3,
        "visitor": visitor or new_reference(), "navigation": "followed", "facts": 513,
        "referrer_host": "blog.example", "browser": 1, "device": 2, "country": "FR",
        "ip_hash": -5, "sub_id": "spring", "surface": "look:4:pdp",
    }  # fmt: skip
    return spool_line.click_line(**{**fields, **said})


def count(at=NOW, **said):
    hour = spool_line.microseconds(at) // 3_600_000_000 * 3_600
    fields = {"link_id": 7, "affiliate_id": 3, "navigation": "followed", "referrer_host": ""}
    return spool_line.count_line(hour, **{**fields, **said})


def step(at=NOW, visitor=VISITOR):
    at_us = spool_line.microseconds(at)
    return spool_line.journey_line(at_us, 1, visitor, "page_view", {"path": '/a"\t\\é'})


def withdrawal(at=NOW, visitor=VISITOR):
    return spool_line.withdrawal_line(spool_line.microseconds(at), visitor)


def dead(directory, *lines, number=1):
    path = directory / f"{HOST}-1-{number}.spool"
    path.write_bytes(b"".join(lines))
    return path


@contextmanager
def alive(path):
    """Keep the lock of a file as its writer would."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield descriptor
    finally:
        os.close(descriptor)

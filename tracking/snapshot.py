"""All links in the memory of this process, kept right by PostgreSQL's notices.

A changed link, a suspended account, other terms or another shop are known within two seconds.
Without PostgreSQL the last state serves on; after a restart, from a file beside the spool.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from tracking.domain.benefit import Benefit
from tracking.domain.landing import LandingLink
from tracking.host_marks import read_host_marks
from tracking.landing_links import (
    ShopFacts,
    read_benefits,
    read_links,
    read_salts,
    read_shops,
    read_windows,
)

#: Terms begin and end by the clock, and nobody notifies us of midnight.
RELOAD_SECONDS = 60.0
TURN_SECONDS = 1.0
GATHER_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 5.0
MOST_CODES = 2_000
FIRST_LOAD_SECONDS = 10.0
#: Codes that nobody has: asked for once a minute each, and not more often than this a second.
UNKNOWN_SECONDS = 60.0
MOST_UNKNOWN = 10_000
LOOK_UPS_A_SECOND = 20.0
MOST_LOOK_UPS_AT_ONCE = 50.0
CODE_LENGTH = 40
CHANNELS = ("tracking_link", "tracking_program")
_SAVED_FIELDS = [field.name for field in fields(LandingLink) if field.name != "own_hosts"]
_log = logging.getLogger(__name__)


class Snapshot:
    """What landings need, of one moment. One thread writes (``follow``), all others only read."""

    def __init__(self, saved_in: Path | None = None) -> None:
        self.links: dict[str, LandingLink] = {}
        self.windows: dict[int, int] = {}
        self.benefits: dict[int, Benefit] = {}
        self.shops: dict[int, ShopFacts] = {}
        self.salts: dict[int, bytes] = {}
        self.marks: dict[str, int] = {}
        self.is_loaded = threading.Event()
        self._ending = threading.Event()
        self._saved_in = saved_in
        self._is_saved = False
        self._unknown: dict[str, float] = {}
        self._look_ups = MOST_LOOK_UPS_AT_ONCE
        self._looked_up_at = 0.0
        self._lock = threading.Lock()

    @classmethod
    def of(cls, now: datetime, *codes: str) -> Snapshot:
        """Return what one request needs, read for it alone: the shops, and the links of ``codes``.

        :raises django.db.Error: when it cannot be read.
        """
        own = cls()
        own.shops, own.salts = read_shops(), read_salts(now)
        found = read_links(own.shops, [code for code in codes if code.isprintable()])
        own.links = {link.code: link for link in found}
        affiliate_ids = {link.affiliate_id for link in own.links.values()}
        own.windows = read_windows(now, affiliate_ids)
        own.benefits = read_benefits(now, affiliate_ids)
        return own

    def window_s(self, link: LandingLink) -> int:
        """Return for how many seconds a click through ``link`` counts, 0 for not at all."""
        return self.windows.get(link.affiliate_id, 0)

    def shop_of(self, hosts: Iterable[str]) -> ShopFacts | None:
        """Return the shop that the first known one of ``hosts`` belongs to."""
        for host in hosts:
            for shop in self.shops.values():
                if host in shop.hosts:
                    return shop
        return None

    def home(self, hosts: Iterable[str]) -> str:
        """Return the home page of the shop on whose origin we are asked, or of the first shop."""
        shop = self.shop_of(hosts) or next(iter(self.shops.values()), None)
        return shop.home_url if shop else "/"

    # --- a code that is not here ---------------------------------------------------

    def may_look_up(self, code: str, now: float) -> bool:
        """Tell whether the database may be asked for ``code``; ``now`` in monotonic seconds.

        Not for one that it did not know a minute ago, and not more often than it likes.
        """
        if not code.isprintable() or len(code) > CODE_LENGTH:
            return False
        with self._lock:
            if self._unknown.get(code, 0.0) > now:
                return False
            gained = (now - self._looked_up_at) * LOOK_UPS_A_SECOND
            self._look_ups = min(MOST_LOOK_UPS_AT_ONCE, self._look_ups + gained)
            self._looked_up_at = now
            if self._look_ups < 1:
                return False
            self._look_ups -= 1
            return True

    def look_up(self, code: str) -> LandingLink | None:
        """Return a link that is too new to be here, from the database; blocks."""
        try:
            shops = read_shops()
            link = next(read_links(shops, [code]), None)
            if link is not None:
                self.windows.update(read_windows(timezone.now(), [link.affiliate_id]))
        except Error as error:
            _log.warning("No link could be looked up: %s", error)
            return None
        finally:
            connection.close()
        if link is None:
            with self._lock:
                if len(self._unknown) >= MOST_UNKNOWN:
                    self._unknown.clear()
                self._unknown[code] = time.monotonic() + UNKNOWN_SECONDS
            return None
        return self.links.setdefault(code, link)

    # --- the thread that writes ----------------------------------------------------

    def follow(self) -> None:
        """Load everything and keep it right, until ``stop``. Without a database: what was saved."""
        pause, is_told = 0.2, False
        while not self._ending.is_set():
            try:
                with psycopg.connect(**_connection_parameters(), autocommit=True) as listener:
                    for channel in CHANNELS:
                        listener.execute(f"LISTEN {channel}")
                    self.load()
                    pause, is_told = 0.2, False
                    self._listen(listener)
            except (psycopg.Error, Error) as error:
                if not is_told:
                    _log.error("Landings go on without the database: %s", error)
                    is_told = True
            if not self.is_loaded.is_set():
                self.load_saved()
            self._ending.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def stop(self) -> None:
        """Let ``follow`` end within a second."""
        self._ending.set()

    def load(self) -> None:
        """Read everything from the database.

        :raises django.db.Error: when it cannot be read; what was here stays.
        """
        try:
            self._load_program()
            self.links = {link.code: link for link in read_links(self.shops)}
        finally:
            connection.close()
        with self._lock:
            self._unknown.clear()
        self.is_loaded.set()
        self._is_saved = False
        self.save()

    def _load_program(self) -> bool:
        """Read what is not links; tell whether links have to be read again for it."""
        now = timezone.now()
        shops, salts, windows = read_shops(), read_salts(now), read_windows(now)
        benefits, marks = read_benefits(now), read_host_marks()
        is_other = shops != self.shops
        is_same = not is_other and windows == self.windows and benefits == self.benefits
        self._is_saved = self._is_saved and is_same and marks == self.marks
        self.shops, self.salts, self.windows, self.benefits = shops, salts, windows, benefits
        self.marks = marks
        return is_other

    def _listen(self, listener: psycopg.Connection[Any]) -> None:
        reload_at = time.monotonic() + RELOAD_SECONDS
        while not self._ending.is_set():
            wait = min(TURN_SECONDS, max(0.0, reload_at - time.monotonic()))
            notices = list(listener.notifies(timeout=wait, stop_after=1))
            if notices:  # Whoever changes one thing often changes more.
                notices += listener.notifies(timeout=GATHER_SECONDS)
            codes = {notice.payload for notice in notices if notice.channel == CHANNELS[0]}
            is_due = time.monotonic() >= reload_at
            if len(codes) > MOST_CODES:
                self.load()
            elif is_due or len(codes) < len(notices):
                self._reload_program(codes)
            elif codes:
                self._reload_links(codes)
            if is_due:
                reload_at = time.monotonic() + RELOAD_SECONDS
                self.save()

    def _reload_program(self, codes: set[str]) -> None:
        try:
            is_other = self._load_program()
        finally:
            connection.close()
        if is_other:
            self.load()
        elif codes:
            self._reload_links(codes)

    def _reload_links(self, codes: set[str]) -> None:
        try:
            found = {link.code: link for link in read_links(self.shops, codes)}
        finally:
            connection.close()
        for code in codes:
            if code in found:
                self.links[code] = found[code]
            else:
                self.links.pop(code, None)
        with self._lock:
            for code in codes:
                self._unknown.pop(code, None)
        self._is_saved = False

    # --- the file that a restart begins with ---------------------------------------

    def save(self) -> None:
        """Write the state, without any salt, if it changed since it was last written."""
        if self._is_saved or self._saved_in is None:
            return
        links = [[getattr(link, name) for name in _SAVED_FIELDS] for link in self.links.values()]
        shops = [[*shop[:3], sorted(shop.hosts), *shop[4:]] for shop in self.shops.values()]
        state = {
            "fields": _SAVED_FIELDS,
            "links": links,
            "shops": shops,
            "windows": list(self.windows.items()),
            "benefits": list(self.benefits.items()),
            "marks": self.marks,
        }
        draft = self._saved_in.with_suffix(f".{os.getpid()}")
        try:
            draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
            with open(os.open(draft, flags, 0o600), "w") as file:
                json.dump(state, file, separators=(",", ":"))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._saved_in)
        except OSError as error:
            _log.warning("The links could not be saved for a restart: %s", error)
            return
        self._is_saved = True

    def load_saved(self) -> None:
        """Begin with the state of the file, if it is one that this version wrote."""
        if self._saved_in is None:
            return
        try:
            state = json.loads(self._saved_in.read_text())
            if state["fields"] != _SAVED_FIELDS:
                return
            self.shops = {shop.shop_id: shop for shop in map(_saved_shop, state["shops"])}
            self.windows = dict(state["windows"])
            self.benefits = {pk: Benefit(*said) for pk, said in state.get("benefits", ())}
            self.marks = dict(state.get("marks", {}))
            self.links = {link.code: link for link in map(self._restored, state["links"])}
        except (OSError, ValueError, LookupError, TypeError) as error:
            _log.warning("No links are saved: %s", error)
            return
        self.is_loaded.set()

    def _restored(self, row: list[Any]) -> LandingLink:
        said = dict(zip(_SAVED_FIELDS, row, strict=True))
        return LandingLink(**said, own_hosts=self.shops[said["shop_id"]].hosts)


def snapshot() -> Snapshot:
    """Return this process's snapshot, loaded; the first call waits for that."""
    with _own_lock:
        own = _own_snapshot(settings.SPOOL_DIR / "links.json")
    own.is_loaded.wait(FIRST_LOAD_SECONDS)
    return own


@cache
def _own_snapshot(saved_in: Path) -> Snapshot:
    own = Snapshot(saved_in)
    threading.Thread(target=own.follow, name="links", daemon=True).start()
    return own


def _saved_shop(row: list[Any]) -> ShopFacts:
    pk, home, link_hosts, hosts, has_origin, languages = row
    spelled = tuple((language, start) for language, start in languages)
    return ShopFacts(pk, home, tuple(link_hosts), frozenset(hosts), has_origin, spelled)


def _connection_parameters() -> dict[str, Any]:
    """Return how Django connects, watchful: a listener hears nothing from a dead network."""
    return {
        "connect_timeout": 3,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **connection.get_connection_params(),
    }


def _after_fork() -> None:
    global _own_lock  # noqa: PLW0603
    _own_lock = threading.Lock()
    _own_snapshot.cache_clear()


_own_lock = threading.Lock()
os.register_at_fork(after_in_child=_after_fork)

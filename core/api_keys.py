"""Keys of the API: made, found, revoked (docs/rules/api.md)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit, letters
from core.errors import DomainError
from core.models import LONGEST_LIFE, ApiKey, Scope, User

KIND = "api_key_changed"
NAME_LENGTH = 60
#: Keys of one person for one account that open something at the same time.
MOST_LIVE = 20
#: How exactly the last use is kept: a busy key writes a row no more often than this.
_A_MINUTE = timedelta(minutes=1)
_SHAPE = re.compile(r"ap_live_([0-9a-f]{12})_([0-9a-f]{64})")
_NO_HASH = "0" * 64


class InvalidKey(DomainError):
    """A key without a name, without a scope, or with one that nobody knows."""

    code = "invalid_api_key"


class InvalidLife(DomainError):
    """A key that would end in the past, or later than keys do."""

    code = "invalid_api_key_life"


class TooManyKeys(DomainError):
    """Somebody has as many keys as one person may have."""

    code = "too_many_api_keys"


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key, with the whole of it: nobody can read it again."""

    key: ApiKey
    text: str


@transaction.atomic
def issue(
    *,
    owner_id: int,
    account: str | None,
    name: str,
    scopes: Collection[str],
    expires_at: datetime,
    readers: Iterable[User],
    now: datetime,
) -> Issued:
    """Make a key for a person, acting for ``account`` (a public id) or as staff.

    Everybody of ``readers`` is written to. Whether the person may have these scopes is for the
    caller to say, and is asked again at every call.

    :raises InvalidKey: without a name or a scope, or for an unknown one.
    :raises InvalidLife: unless it ends between now and two years from now.
    :raises TooManyKeys: beyond ``MOST_LIVE`` that open something.
    """
    owner = User.objects.select_for_update(no_key=True).get(pk=owner_id)
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise InvalidKey(
            _("Give the key a name of at most %(most)s signs.") % {"most": NAME_LENGTH}
        )
    wanted = [scope.value for scope in Scope if scope in set(scopes)]
    if not wanted or len(wanted) < len(set(scopes)):
        raise InvalidKey(_("Choose what the key may be used for."))
    if not now < expires_at <= now + LONGEST_LIFE:
        raise InvalidLife(_("A key ends within two years. Choose an earlier day."))
    if ApiKey.objects.live(now).filter(owner=owner, account=account).count() >= MOST_LIVE:
        raise TooManyKeys(
            _("You have %(most)s keys in use. Revoke one that you need no more.")
            % {"most": MOST_LIVE}
        )
    secret = secrets.token_hex(32)
    key = ApiKey.objects.create(
        prefix=secrets.token_hex(6),
        secret_hash=_digest(secret),
        name=name,
        owner=owner,
        account=account,
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    audit.record(
        actor=owner, verb="api_key.issued", subject=key, at=now,
        data={"name": name, "scopes": wanted, "expires_at": expires_at.isoformat()},
    )  # fmt: skip
    tell_of_new(key, readers, now)
    return Issued(key, f"{key.beginning}_{secret}")


@transaction.atomic
def revoke(*, key_id: int, actor_id: int | None, now: datetime) -> ApiKey:
    """Take a key out of use, at once and for good. Safe to repeat.

    ``actor_id`` None means the shell.
    """
    key = ApiKey.objects.select_for_update(no_key=True, of=("self",)).get(pk=key_id)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by_id = now, actor_id
        key.save(update_fields=["revoked_at", "revoked_by"])
        audit.record(
            actor=actor_id, verb="api_key.revoked", subject=key, at=now, data={"name": key.name}
        )
        if key.owner_id != actor_id:
            tell_of_end(key, now)
    return key


def revoke_all(*, owner_id: int, account: str | None, actor_id: int | None, now: datetime) -> int:
    """Revoke what a person has for an account (None: as staff); return how many there were."""
    rows = ApiKey.objects.filter(owner=owner_id, account=account, revoked_at__isnull=True)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for key_id in ids:
        revoke(key_id=key_id, actor_id=actor_id, now=now)
    return len(ids)


def find(text: str) -> ApiKey | None:
    """Return the key that ``text`` is, ended and revoked ones too; None when it is none of ours.

    The same work is done whatever the text is: one look by the prefix, one hash, one comparison
    that takes as long for a near miss as for a far one. A plain SHA-256 is right here: the secret
    has 256 random bits, so that there is nothing to guess which a slow hash would make dearer,
    and a slow one would be paid for by every call.
    """
    shape = _SHAPE.fullmatch(text)
    prefix, secret = shape.groups() if shape else ("", text)
    key = ApiKey.objects.select_related("owner").filter(prefix=prefix).first()
    kept = key.secret_hash if key else _NO_HASH
    return key if hmac.compare_digest(kept, _digest(secret)) else None


def note_use(key: ApiKey, now: datetime) -> None:
    """Keep that a key was used, at most once a minute."""
    if key.last_used_at is not None and key.last_used_at > now - _A_MINUTE:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - _A_MINUTE)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def tell_of_new(key: ApiKey, readers: Iterable[User], now: datetime) -> None:
    """Tell readers that a key was made, by whom, and what a program can do with it."""
    letters.tell(
        readers,
        f"api_key_issued:{key.pk}",
        now,
        lambda: _("A new API key: %(name)s") % {"name": key.name},
        lambda: [
            _("%(person)s made the key “%(name)s” (%(beginning)s…). It ends on %(day)s.")
            % {
                "person": key.owner,
                "name": key.name,
                "beginning": key.beginning,
                "day": date_format(key.expires_at),
            },
            _("With it a program can: %(scopes)s.")
            % {"scopes": ", ".join(str(Scope(one).label) for one in key.scopes)},
            _("If you do not know of it, revoke the key at once and change your password."),
        ],
        kind=KIND,
    )


def tell_of_end(key: ApiKey, now: datetime) -> None:
    """Tell the owner of a key that somebody revoked it."""
    letters.tell(
        [key.owner],
        f"api_key_revoked:{key.pk}",
        now,
        lambda: _("Your API key %(name)s is revoked") % {"name": key.name},
        lambda: [
            _("%(person)s revoked your key “%(name)s”. Programs that use it are refused from now.")
            % {"person": key.revoked_by, "name": key.name}
            if key.revoked_by is not None
            else _("Your key “%(name)s” is revoked. Programs that use it are refused from now.")
            % {"name": key.name}
        ],
        kind=KIND,
    )

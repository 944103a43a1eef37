"""Pages that people keep under a name: saving, renaming, sharing, removing and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.models import SavedView, User

NAME_LENGTH = 80
QUERY_LENGTH = 2_000
MOST_VIEWS = 50


class ViewUnnamed(DomainError):
    """A view without a name, or with one that is too long."""

    code = "view_unnamed"


class ViewNameTaken(DomainError):
    """The person has another view of this name on the same page."""

    code = "view_name_taken"


class TooManyViews(DomainError):
    """A person keeps as many views of a page as there may be."""

    code = "too_many_views"


class ViewQueryTooLong(DomainError):
    """An address that is longer than is kept."""

    code = "view_query_too_long"


def seen_by(person_id: int, scope: str, page: str) -> Sequence[SavedView]:
    """Return the views of a page that a person may open: their own first, then what is shared."""
    rows = SavedView.objects.filter(scope=scope, page=page, removed_at__isnull=True)
    seen = rows.filter(Q(owner_id=person_id) | Q(is_shared=True)).select_related("owner")
    return sorted(seen, key=lambda one: (one.owner_id != person_id, one.name.casefold(), one.pk))


@transaction.atomic
def save(
    *,
    owner_id: int,
    scope: str,
    page: str,
    name: str,
    query: str,
    is_shared: bool,
    now: datetime,
) -> SavedView:
    """Keep a page under a name; one of the same name becomes what the page is now.

    :raises ViewUnnamed: without a name of 1 to 80 signs.
    :raises ViewQueryTooLong: for more than can be kept.
    :raises TooManyViews: above fifty views of one page.
    """
    name = _named(name)
    if len(query) > QUERY_LENGTH:
        raise ViewQueryTooLong(_("These filters are too long to be kept."))
    # Two requests of one person wait for each other: both would count too few.
    User.objects.select_for_update(no_key=True).get(pk=owner_id)
    own = SavedView.objects.filter(
        owner_id=owner_id, scope=scope, page=page, removed_at__isnull=True
    )
    known = own.filter(name=name).first()
    if known is not None:
        known.query, known.is_shared, known.changed_at = query, is_shared, now
        known.save(update_fields=["query", "is_shared", "changed_at"])
        return known
    if own.count() >= MOST_VIEWS:
        raise TooManyViews(
            _("You keep %(most)s views of this page. Remove one first.") % {"most": MOST_VIEWS}
        )
    return SavedView.objects.create(
        owner_id=owner_id,
        scope=scope,
        page=page,
        name=name,
        query=query,
        is_shared=is_shared,
        created_at=now,
        changed_at=now,
    )


@transaction.atomic
def rename(*, view_id: int, name: str, is_shared: bool, now: datetime) -> SavedView:
    """Give a view another name, and share it or no longer.

    :raises ViewUnnamed: without a name of 1 to 80 signs.
    :raises ViewNameTaken: when its owner has another view of that name on the page.
    """
    view = SavedView.objects.select_for_update().get(pk=view_id, removed_at__isnull=True)
    view.name, view.is_shared, view.changed_at = _named(name), is_shared, now
    _save_once(view, ["name", "is_shared", "changed_at"])
    return view


@transaction.atomic
def remove(*, view_id: int, now: datetime) -> SavedView:
    """Put a view away. Safe to repeat."""
    view = SavedView.objects.select_for_update().get(pk=view_id)
    if view.removed_at is None:
        view.removed_at = now
        view.save(update_fields=["removed_at"])
    return view


@transaction.atomic
def restore(*, view_id: int) -> SavedView:
    """Take a removal back. Safe to repeat.

    :raises ViewNameTaken: when its owner gave the name to another view since.
    """
    view = SavedView.objects.select_for_update().get(pk=view_id)
    if view.removed_at is not None:
        view.removed_at = None
        _save_once(view, ["removed_at"])
    return view


@transaction.atomic
def hand_over(*, view_id: int, owner_id: int, now: datetime) -> SavedView:
    """Let somebody else own a view. Safe to repeat. It keeps its name, or gets a number behind it.

    Whoever it is mailed to goes on getting it.
    """
    view = SavedView.objects.select_for_update().get(pk=view_id)
    if view.owner_id == owner_id:
        return view
    taken = set(
        SavedView.objects.filter(
            owner=owner_id, scope=view.scope, page=view.page, removed_at__isnull=True
        ).values_list("name", flat=True)
    )
    number, name = 1, view.name
    while view.name in taken:
        number += 1
        view.name = f"{name[: NAME_LENGTH - 4]} {number}"
    view.owner_id, view.changed_at = owner_id, now
    view.save(update_fields=["owner", "name", "changed_at"])
    return view


def _named(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ViewUnnamed(
            _("Give the view a name of at most %(most)s signs.") % {"most": NAME_LENGTH}
        )
    return name


def _save_once(view: SavedView, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            view.save(update_fields=fields)
    except IntegrityError as error:
        raise ViewNameTaken(
            _("You have another view called “%(name)s” here.") % {"name": view.name}
        ) from error

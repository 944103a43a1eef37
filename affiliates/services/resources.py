"""What affiliates promote with: offered, kept up to date, taken back (docs/rules/resources.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from affiliates.models import (
    Affiliate,
    Resource,
    ResourceDownload,
    ResourceFile,
    ResourceKind,
    ResourceLanguage,
    ResourcesSeen,
)
from core import audit, pictures
from core.attachments import Attachment
from core.domain.paris import day_in_paris
from core.errors import DomainError

TITLE_LENGTH, TEXT_LENGTH, CATEGORY_LENGTH = 120, 6_000, 60
MOST_TAGS, TAG_LENGTH = 8, 30
#: An image of more pixels is not looked at.
MOST_PIXELS = 40_000_000
#: What is nothing without a file, and what is nothing without words.
_OF_FILES = {ResourceKind.BANNER, ResourceKind.LOGO, ResourceKind.DOCUMENT}
_OF_IMAGES = {ResourceKind.BANNER}


class ResourceRefused(DomainError):
    """A resource without words or a file that it needs, or one that is over."""

    code = "resource_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a resource says, and whom it is for."""

    kind: ResourceKind
    title_fr: str
    title_en: str
    text_fr: str = ""
    text_en: str = ""
    category: str = ""
    tags: Sequence[str] = ()
    group_id: int | None = None
    kinds: Sequence[str] = ()
    expires_at: datetime | None = None


@transaction.atomic
def offer(
    content: Content,
    files: Sequence[tuple[ResourceLanguage, Attachment]] = (),
    *,
    actor_id: int,
    now: datetime,
) -> Resource:
    """Offer a resource to whom it is for, from now on (RS1).

    :raises ResourceRefused: when a title lacks in a language, a banner, logo or document has no
        file, a text or rules have no words, a banner is no image, or it would be over already.
    """
    _check(content, now)
    if content.kind in _OF_FILES and not files:
        raise ResourceRefused(_("Choose a file: there is nothing to use without one."))
    made = Resource.objects.create(
        **_values(content), created_at=now, created_by_id=actor_id, changed_at=now
    )
    for language, file in files:
        _keep(made, language, file, actor_id, now)
    audit.record(actor=actor_id, verb="resource.offered", subject=made, at=now)
    return made


@transaction.atomic
def change(resource_id: int, content: Content, *, actor_id: int, now: datetime) -> Resource:
    """Write the words of a resource anew, or whom it is for. Its kind and files stay (RS2).

    :raises ResourceRefused: as :func:`offer`, and when it was taken back.
    """
    found = _standing(resource_id)
    _check(content, now, expires_at_before=found.expires_at)
    values = _values(content) | {"kind": found.kind}
    changed = sorted(name for name, value in values.items() if getattr(found, name) != value)
    if not changed:
        return found
    for name in changed:
        setattr(found, name, values[name])
    found.changed_at = now
    found.save()
    data = {"changed": changed}
    audit.record(actor=actor_id, verb="resource.changed", subject=found, at=now, data=data)
    return found


@transaction.atomic
def add_file(
    resource_id: int,
    language: ResourceLanguage,
    file: Attachment,
    *,
    actor_id: int,
    now: datetime,
) -> ResourceFile:
    """Give a resource a file, or a newer version of one. The same again adds nothing (RS3).

    Addresses of earlier versions of a banner go on, and show the newest.

    :raises ResourceRefused: when it was taken back, or the file of a banner is no image.
    """
    found = _standing(resource_id)
    last = current_file(found, language, exactly=True)
    if last is not None and bytes(last.body) == file.body:
        return last
    kept = _keep(found, language, file, actor_id, now)
    found.changed_at = now
    found.save(update_fields=["changed_at"])
    data = {"file": kept.name, "version": kept.version}
    audit.record(actor=actor_id, verb="resource.file_added", subject=found, at=now, data=data)
    return kept


@transaction.atomic
def withdraw(resource_id: int, *, actor_id: int, now: datetime) -> Resource:
    """Offer a resource no more; its banners disappear from sites. Safe to repeat (RS4)."""
    found = Resource.objects.select_for_update(no_key=True).get(pk=resource_id)
    if found.withdrawn_at is None:
        found.withdrawn_at = now
        found.save(update_fields=["withdrawn_at"])
        audit.record(actor=actor_id, verb="resource.withdrawn", subject=found, at=now)
    return found


def offered(now: datetime) -> QuerySet[Resource]:
    """Return what is offered to anybody, the newest first."""
    rows = Resource.objects.filter(withdrawn_at__isnull=True)
    rows = rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    return rows.order_by("-changed_at", "-pk")


def offered_to(affiliate: Affiliate, *, now: datetime) -> QuerySet[Resource]:
    """Return what is offered to an affiliate: of its group and its kind, and not over (RS5)."""
    return offered(now).filter(
        Q(group__isnull=True) | Q(group=affiliate.group_id),
        Q(kinds=[]) | Q(kinds__contains=[affiliate.kind]),
    )


def current_files(resource: Resource) -> list[ResourceFile]:
    """Return the newest file for each language, without its bytes; both languages' first."""
    return newest_of(resource.files.defer("body"))


def newest_of(files: Iterable[ResourceFile]) -> list[ResourceFile]:
    """Return the newest of some files of one resource for each language; both languages' first."""
    newest: dict[str, ResourceFile] = {}
    for one in sorted(files, key=lambda one: (one.language, -one.version)):
        newest.setdefault(one.language, one)
    return list(newest.values())


def current_file(
    resource: Resource, language: str, *, exactly: bool = False
) -> ResourceFile | None:
    """Return the newest file for a reader of ``language``: theirs, that for both, or any."""
    for wanted in (language,) if exactly else (language, ResourceLanguage.BOTH):
        found = resource.files.filter(language=wanted).order_by("-version").first()
        if found is not None:
            return found
    return None if exactly else resource.files.order_by("language", "-version").first()


def count_download(*, resource_id: int, affiliate_id: int, now: datetime) -> None:
    """Count one download by somebody who acts for an affiliate (RS6)."""
    row, _made = ResourceDownload.objects.get_or_create(
        resource_id=resource_id, affiliate_id=affiliate_id, day=day_in_paris(now)
    )
    ResourceDownload.objects.filter(pk=row.pk).update(count=F("count") + 1)


def seen_at(person_id: int) -> datetime | None:
    """Return until when a person has seen what is new; None: they never looked."""
    return ResourcesSeen.objects.filter(person=person_id).values_list("seen_at", flat=True).first()


def see(*, person_id: int, now: datetime) -> None:
    """Note that a person looked at the resources. Safe to repeat."""
    ResourcesSeen.objects.update_or_create(person_id=person_id, defaults={"seen_at": now})


def _keep(
    resource: Resource, language: str, file: Attachment, actor_id: int, now: datetime
) -> ResourceFile:
    size = _size(file.body)
    if resource.kind in _OF_IMAGES and size is None:
        raise ResourceRefused(_("A banner is a PNG or JPEG: choose one that can be opened."))
    last = resource.files.filter(language=language).order_by("-version").first()
    return ResourceFile.objects.create(
        resource=resource,
        language=language,
        version=last.version + 1 if last else 1,
        name=file.name,
        body=file.body,
        bytes=len(file.body),
        width=size[0] if size else None,
        height=size[1] if size else None,
        added_at=now,
        added_by_id=actor_id,
    )


def _size(body: bytes) -> tuple[int, int] | None:
    """Return width and height of an image that can be opened; None for what is none.

    :raises ResourceRefused: for an image of more pixels than are looked at, or a broken one.
    """
    if body.startswith(b"%PDF-"):
        return None
    try:
        with pictures.opened(body, kinds=("PNG", "JPEG"), most_pixels=MOST_PIXELS) as image:
            width, height = image.size
            image.verify()
    except pictures.TooManyPixels as error:
        raise ResourceRefused(_("The image has too many pixels: make it smaller.")) from error
    except pictures.UNREADABLE as error:
        raise ResourceRefused(_("The image cannot be opened: choose another one.")) from error
    return width, height


def _check(content: Content, now: datetime, *, expires_at_before: datetime | None = None) -> None:
    if not (content.title_fr.strip() and content.title_en.strip()):
        raise ResourceRefused(_("Write the title in both languages."))
    has_words = content.text_fr.strip() and content.text_en.strip()
    if content.kind not in _OF_FILES and not has_words:
        raise ResourceRefused(_("Write the words in both languages."))
    is_over = content.expires_at is not None and content.expires_at <= now
    if is_over and content.expires_at != expires_at_before:
        raise ResourceRefused(_("It would be over already: choose a later moment."))
    if len(content.tags) > MOST_TAGS or any(len(one) > TAG_LENGTH for one in content.tags):
        raise ResourceRefused(
            _("At most %(n)s tags of %(length)s letters each.")
            % {"n": MOST_TAGS, "length": TAG_LENGTH}
        )


def _values(content: Content) -> dict[str, object]:
    stripped = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in asdict(content).items()
    }
    return stripped | {"tags": list(content.tags), "kinds": list(content.kinds)}


def _standing(resource_id: int) -> Resource:
    found = Resource.objects.select_for_update(no_key=True).get(pk=resource_id)
    if found.withdrawn_at is not None:
        raise ResourceRefused(_("It was taken back: offer it anew."))
    return found

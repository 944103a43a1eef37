"""Making what pages show of a photo (docs/rules/looks.md, LK5)."""

from __future__ import annotations

from io import BytesIO
from threading import Lock

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from PIL import Image

from influencers.domain.picture import KINDS, UNCROPPED, Crop, Size, pixels, sizes
from influencers.models import Picture, Rendition
from influencers.services import pictures

FOLDER = "looks/renditions"
#: When a look appears, many ask for the same size at once: one makes it, the others find it.
_making = Lock()
_SAVED_AS: dict[str, dict[str, object]] = {
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "jpeg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
}


def make(picture_id: int, crop: Crop = UNCROPPED) -> list[Rendition]:
    """Make every size of a crop that is missing, as WebP and as JPEG. Safe to repeat.

    Return all of them; nothing of a picture whose files are gone.
    """
    picture = Picture.objects.get(pk=picture_id)
    if picture.deleted_at:
        return []
    have = {(row.width, row.kind): row for row in _made(picture, crop)}
    wanted = [
        (size, kind) for size in sizes(crop, Size(picture.width, picture.height)) for kind in KINDS
    ]
    missing = [(size, kind) for size, kind in wanted if (size.width, kind) not in have]
    if missing:
        part = _part(picture, crop)
        for size, kind in missing:
            have[size.width, kind] = _store(picture, crop, size, kind, part)
    return [have[size.width, kind] for size, kind in wanted]


def find_or_make(picture_id: int, crop: Crop, width: int, kind: str) -> Rendition | None:
    """Return one size of a crop, made now when nobody has asked for it yet.

    None for a picture that is gone, or a size in which the crop is not shown.
    """
    known = Rendition.objects.filter(
        picture=picture_id, picture__deleted_at__isnull=True, crop=str(crop), width=width, kind=kind
    )
    found = known.first()
    if found is not None:
        return found
    picture = Picture.objects.filter(pk=picture_id, deleted_at__isnull=True).first()
    if picture is None or kind not in KINDS:
        return None
    size = {one.width: one for one in sizes(crop, Size(picture.width, picture.height))}.get(width)
    if size is None:
        return None
    with _making:
        return known.first() or _store(picture, crop, size, kind, _part(picture, crop))


def _made(picture: Picture, crop: Crop) -> list[Rendition]:
    return list(picture.renditions.filter(crop=str(crop)))


def _part(picture: Picture, crop: Crop) -> Image.Image:
    photo = pictures.opened(picture)
    return photo.crop(pixels(crop, Size(*photo.size)))


def _store(picture: Picture, crop: Crop, size: Size, kind: str, part: Image.Image) -> Rendition:
    """Write the file, then the row that names it: a row never leads to nothing."""
    body = BytesIO()
    options = _SAVED_AS[kind]
    part.resize(size, Image.Resampling.LANCZOS).save(body, **options)  # type: ignore[arg-type]
    wanted = f"{FOLDER}/{picture.public_id}/{crop}-{size.width}.{kind}"
    name = default_storage.save(wanted, ContentFile(body.getvalue()))
    made = Rendition(
        picture=picture, crop=str(crop), width=size.width, height=size.height, kind=kind,
        name=name, size=body.tell(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            # Against a deletion in the same moment, which would not know of this file.
            live = Picture.objects.select_for_update().filter(
                pk=picture.pk, deleted_at__isnull=True
            )
            if not live.exists():
                default_storage.delete(name)
                return made
            made.save()
    except IntegrityError:  # Another process made the same: its file is as good.
        default_storage.delete(name)
        return Rendition.objects.get(picture=picture, crop=str(crop), width=size.width, kind=kind)
    return made

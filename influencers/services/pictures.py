"""Taking photos in and letting them go (docs/rules/looks.md, LK1 to LK7)."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from threading import Lock
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from core import pictures
from core.errors import DomainError
from influencers.domain import picture as rules
from influencers.models import LookImage, LookStatus, Picture
from influencers.services import look_cache

log = logging.getLogger(__name__)
FOLDER = "looks/originals"
_TAKEN = ("JPEG", "PNG", "WEBP", "AVIF")
_QUALITY = 92
_SRGB = ImageCms.createProfile("sRGB")
#: What is scaled as it is; other kinds of pixels become one of these first.
_SCALED = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
#: A file of some kilobytes unpacks to hundreds of megabytes: one at a time in each process.
_unpacking = Lock()
_BROKEN = (*pictures.UNREADABLE, ImageCms.PyCMSError)


class PictureRefused(DomainError):
    """A file that no photo of a look can be made of. The sentence says what to do."""

    code = "picture_refused"


class PictureInUse(DomainError):
    """A picture that the public sees."""

    code = "picture_in_use"


def add(*, affiliate_id: int | None, content: bytes, name: str, now: datetime) -> Picture:
    """Keep a photo: turned as it was taken, in sRGB, without EXIF, place or any other data.

    Safe to repeat: the same file of the same affiliate is the same row. Photos of customers
    (no affiliate) are never shared, so that each can be erased alone. ``name`` is not kept.

    :raises PictureRefused: for a file that is empty, larger than 15 MB, too small, too large
        when unpacked, or no JPEG, PNG, WebP or AVIF; and for one too many of an affiliate in a day.
    """
    if not content:
        raise PictureRefused(_("The file is empty: choose another photo."))
    if len(content) > rules.MOST_BYTES:
        raise PictureRefused(_("The photo is larger than 15 MB: choose a smaller one."))
    sha256 = hashlib.sha256(content).hexdigest()
    if known := _same(affiliate_id, sha256):
        return _sent_again(known, now)
    _demand_room(affiliate_id, now)
    with _unpacking:
        photo = _opened(content, name)
    picture = Picture(
        affiliate_id=affiliate_id, sha256=sha256, width=photo.width, height=photo.height,
        fingerprint=_fingerprint(photo), color=_average(photo), uploaded_at=now,
    )  # fmt: skip
    body = _encoded(photo)
    picture.bytes_kept = len(body)
    picture.name = default_storage.save(f"{FOLDER}/{picture.public_id}.jpg", ContentFile(body))
    try:
        with transaction.atomic():
            picture.save()
    except IntegrityError:  # The same file, sent twice at once: who was first is kept.
        default_storage.delete(picture.name)
        if known := _same(affiliate_id, sha256):
            return known
        raise
    return picture


def delete(picture_id: int, *, now: datetime) -> Picture:
    """Delete the files of a picture for good, and everything made of it. Safe to repeat.

    The row stays, without a name: what was published when is still known. The files go once the
    outermost transaction is committed: what is undone loses none (LK6).

    :raises PictureInUse: while a published or scheduled look shows it.
    """
    with transaction.atomic():
        picture = Picture.objects.select_for_update().get(pk=picture_id)
        shown = LookImage.objects.filter(
            picture=picture,
            version__look__live=F("version"),
            version__look__status__in=[LookStatus.PUBLISHED, LookStatus.SCHEDULED],
        )
        if shown.exists():
            raise PictureInUse(
                _("A published look shows this photo: withdraw the look or change it first.")
            )
        names = [*picture.renditions.values_list("name", flat=True), picture.name]
        picture.renditions.all().delete()
        picture.files_left = [*(picture.files_left or ()), *filter(None, names)] or None
        picture.name, picture.deleted_at = "", picture.deleted_at or now
        picture.save(update_fields=["name", "deleted_at", "files_left"])
        look_cache.purge_pictures([picture.pk])
        transaction.on_commit(partial(try_files, picture.pk))
    return picture


def try_files(picture_id: int) -> bool:
    """Delete the files that a deleted picture still has; tell whether they are gone.

    One that fails is logged: the row names the files, and every night it is tried again (LK6).
    """
    left = Picture.objects.filter(pk=picture_id, files_left__isnull=False)
    try:
        for name in left.values_list("files_left", flat=True).first() or ():
            default_storage.delete(name)
        left.update(files_left=None)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        log.exception("The files of the deleted photo %s are not gone yet.", picture_id)
        return False
    return True


def opened(picture: Picture) -> Image.Image:
    """Return the kept original, unpacked.

    :raises FileNotFoundError: when its files are gone.
    """
    if not picture.name:
        raise FileNotFoundError(f"The files of picture {picture.pk} are deleted.")
    with default_storage.open(picture.name) as file:
        photo = Image.open(BytesIO(file.read()), formats=("JPEG",))
        photo.load()
    return photo


def _sent_again(picture: Picture, now: datetime) -> Picture:
    """Let a photo that no look uses wait for another week (LK8)."""
    if not LookImage.objects.filter(picture=picture).exists():
        picture.uploaded_at = now
        picture.save(update_fields=["uploaded_at"])
    return picture


def _same(affiliate_id: int | None, sha256: str) -> Picture | None:
    if affiliate_id is None:
        return None
    return Picture.objects.filter(
        affiliate=affiliate_id, sha256=sha256, deleted_at__isnull=True
    ).first()


def _demand_room(affiliate_id: int | None, now: datetime) -> None:
    """Refuse what nobody sends by hand. Invitations bound what customers send.

    :raises PictureRefused: from the most of a day on.
    """
    sent = Picture.objects.filter(affiliate=affiliate_id, uploaded_at__gt=now - timedelta(days=1))
    if affiliate_id is not None and sent.count() >= rules.MOST_IN_A_DAY:
        raise PictureRefused(
            _("You have sent %(most)s photos within a day: go on tomorrow.")
            % {"most": rules.MOST_IN_A_DAY}
        )


def _read(content: bytes, name: str) -> Image.Image:
    if name.lower().endswith((".heic", ".heif")):
        raise PictureRefused(
            _("Photos in HEIC cannot be read: send it as a JPEG (on an iPhone: Settings, Camera,"
              " Formats, Most compatible).")
        )  # fmt: skip
    try:
        found = pictures.opened(content, kinds=_TAKEN, most_pixels=rules.MOST_PIXELS)
    except pictures.TooManyPixels:
        raise PictureRefused(
            _("The photo has more than 60 million pixels: make it smaller and send it again.")
        ) from None
    except _BROKEN:
        raise PictureRefused(_("This is no JPEG, PNG, WebP or AVIF photo: choose one.")) from None
    if min(found.size) < rules.LEAST_SIDE:
        raise PictureRefused(
            _("The photo is only %(width)s x %(height)s pixels: its shorter side needs %(least)s,"
              " better %(good)s.")
            % {"width": found.width, "height": found.height, "least": rules.LEAST_SIDE,
               "good": rules.GOOD_SIDE}
        )  # fmt: skip
    return found


def _opened(content: bytes, name: str) -> Image.Image:
    """Return the photo as it is to be seen, without anything that is not seen."""
    found = _read(content, name)
    try:
        found.draft("RGB", (rules.KEPT_SIDE, rules.KEPT_SIDE))
        small = _scaled(found)
        ImageOps.exif_transpose(small, in_place=True)
        photo = _colored(small)
    except _BROKEN:
        raise PictureRefused(_("The photo is damaged: send it again.")) from None
    photo.info.clear()
    return photo


def _scaled(photo: Image.Image) -> Image.Image:
    """Return the photo at the size that is kept, before anything else makes a copy of it."""
    if max(photo.size) <= rules.KEPT_SIDE:
        return photo
    if photo.mode not in _SCALED:
        photo = photo.convert("RGBA" if photo.has_transparency_data else "RGB")
    photo.thumbnail((rules.KEPT_SIDE, rules.KEPT_SIDE), Image.Resampling.LANCZOS)
    return photo


def _colored(photo: Image.Image) -> Image.Image:
    """Return the photo in sRGB, on white where it is transparent."""
    profile = photo.info.get("icc_profile")
    if profile and photo.mode in {"RGB", "CMYK", "L"}:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted: Any = ImageCms.profileToProfile(photo, own, _SRGB, outputMode="RGB")
        except ImageCms.PyCMSError:
            return photo.convert("RGB")
        return converted  # type: ignore[no-any-return]
    if photo.has_transparency_data:
        clear = photo.convert("RGBA")
        sheet = Image.new("RGB", clear.size, "white")
        sheet.paste(clear, mask=clear.getchannel("A"))
        return sheet
    return photo.convert("RGB")


def _encoded(photo: Image.Image) -> bytes:
    kept = BytesIO()
    photo.save(kept, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return kept.getvalue()


def _fingerprint(photo: Image.Image) -> int:
    small = photo.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    return rules.fingerprint(list(small.tobytes()))


def _average(photo: Image.Image) -> str:
    return "#" + photo.resize((1, 1), Image.Resampling.BOX).tobytes().hex()

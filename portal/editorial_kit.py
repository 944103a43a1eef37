"""What the social team takes away: photos, caption, link and credit of looks, as ZIP or CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from core.csv_export import Cell, csv_bytes
from influencers.models import LookVersion, Surface
from influencers.queries.editorial import Repost
from influencers.queries.look_pages import maker_of, origin_of
from influencers.queries.pictures import crop_of
from influencers.services import renditions
from portal.short_links import short_url

_DAY_IN_A_ZIP = (2000, 1, 1, 0, 0, 0)


def header() -> list[str]:
    """Return the first line of the file for a spreadsheet."""
    return [_("Look"), _("Creator"), _("Credit"), _("Photos"), _("Link"), _("Caption")]


def rows(reposts: Iterable[Repost]) -> Iterator[Sequence[Cell]]:
    """Yield a line for each look."""
    for one in reposts:
        version = _live(one)
        yield [
            version.title,
            maker(one),
            one.credit,
            len(one.images),
            link(one),
            caption(one),
        ]


def maker(repost: Repost) -> str:
    """Return whom the look is by, as they let themselves be named; empty: nobody."""
    found = maker_of(repost.look)
    if found is not None:
        return found.name
    return repost.look.affiliate.name if repost.look.affiliate else ""


def caption(repost: Repost) -> str:
    """Return the text of a publication: title, story, what the law wants said, credit."""
    version = _live(repost)
    said = [version.title, version.story, str(version.get_disclosure_display())]
    if version.is_retouched:
        said.append(_("Retouched images"))
    if version.is_virtual:
        said.append(_("Virtual images"))
    if repost.credit:
        said.append(_("Photo: %(credit)s") % {"credit": repost.credit})
    return "\n".join(filter(None, said))


def link(repost: Repost) -> str:
    """Return the address that credits the creator; of a look that earns nobody, its page."""
    look = repost.look
    if look.link is not None:
        return f"{short_url(look.link)}?surface=look:{look.pk}:{Surface.OFFSITE}"
    return f"{origin_of(look.shop, settings.PUBLIC_URL)}/looks/{look.slug}/"


def archive(reposts: Sequence[Repost]) -> bytes:
    """Return a ZIP: for each look its photos in their crop and its caption, and the list of all.

    Photos whose files are gone are left out. The same looks give the same bytes.
    """
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_STORED) as zipped:
        _write(zipped, "looks.csv", csv_bytes(header(), rows(reposts)))
        for one in reposts:
            text = f"{caption(one)}\n\n{link(one)}\n"
            _write(zipped, f"{one.look.slug}/caption.txt", text.encode())
            for number, body in enumerate(_photos(one), start=1):
                _write(zipped, f"{one.look.slug}/{number}.jpg", body)
    return kept.getvalue()


def _photos(repost: Repost) -> Iterator[bytes]:
    for image in repost.images:
        made = [row for row in renditions.make(image.picture_id, crop_of(image))
                if row.kind == "jpeg"]  # fmt: skip
        if made:
            with default_storage.open(max(made, key=lambda row: row.width).name) as file:
                yield file.read()


def _write(zipped: ZipFile, name: str, body: bytes) -> None:
    entry = ZipInfo(name, _DAY_IN_A_ZIP)
    entry.external_attr = 0o600 << 16
    zipped.writestr(entry, body)


def _live(repost: Repost) -> LookVersion:
    version = repost.look.live
    if version is None:
        raise ValueError(f"Look {repost.look.pk} is not public.")
    return version

"""The codes by which a shop's staff buys at a discount: what they brought earns no employee."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from tracking.domain.codes import normalized
from tracking.models import StaffCode

CODE_LENGTH = 64
_CODE = re.compile(r"[^\s*]{2,63}\*?")


class ImpossibleStaffCode(DomainError):
    """What was typed can be no staff-discount code."""

    code = "impossible_staff_code"


@transaction.atomic
def add(*, shop_id: int, code: str, valid_from: datetime, by_id: int, now: datetime) -> StaffCode:
    """Note a staff-discount code of a shop. Safe to repeat: one in use is returned as it is.

    Orders that were decided keep what they have; ``valid_from`` says from which orders on it
    counts. A star at the end stands for whatever follows.

    :raises ImpossibleStaffCode: for blanks, a star elsewhere, or fewer than 2 or more than 63
        signs.
    """
    code = normalized(code)
    if not _CODE.fullmatch(code):
        raise ImpossibleStaffCode(
            _("A staff code has 2 to 63 signs without blanks; a star may stand at its end.")
        )
    row, created = StaffCode.objects.get_or_create(
        shop_id=shop_id, code=code, valid_to=None, defaults={"valid_from": valid_from}
    )
    if created:
        said = {"code": code, "valid_from": valid_from.isoformat()}
        audit.record(actor=by_id, verb="staff_code.added", subject=row, at=now, data=said)
    return row


@transaction.atomic
def end(*, staff_code_id: int, by_id: int, now: datetime) -> StaffCode:
    """End a staff-discount code now; orders placed before keep it. Safe to repeat."""
    row = StaffCode.objects.select_for_update().get(pk=staff_code_id)
    if row.valid_to is None:
        row.valid_to = max(now, row.valid_from)
        row.save(update_fields=["valid_to"])
        audit.record(actor=by_id, verb="staff_code.ended", subject=row, at=now)
    return row

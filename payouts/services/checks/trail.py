"""The audit trail: no entry changed, none gone from the middle, none gone from the end."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from core import audit
from core.models import AuditEntry
from payouts.models import LedgerCheck
from payouts.services.checks.difference import Difference


def differences() -> Iterator[Difference]:
    """Yield broken entries, and those that an earlier check saw and that are gone."""
    for entry in audit.broken_entries():
        yield Difference(check="audit chain", subject=f"entry {entry.pk}", expected="intact",
                         found="changed or missing predecessor")  # fmt: skip
    seen = AuditEntry.objects.filter(pk=OuterRef("audit_pk"), hash=OuterRef("audit_hash"))
    missed = LedgerCheck.objects.filter(~Exists(seen), audit_pk__isnull=False)
    for pk in missed.order_by("audit_pk").values_list("audit_pk", flat=True).distinct():
        yield Difference(check="audit trail", subject=f"entry {pk}",
                         expected="as a check saw it", found="gone or changed")  # fmt: skip

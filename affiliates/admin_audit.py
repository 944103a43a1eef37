"""What a superuser changes by hand is written to the audit trail: who, what, before and after."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone

from affiliates.models import Membership, Property
from core import audit
from core.models import User

Values = dict[str, Any]


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Keeps every change of a row and of the rows below it. An affiliate's own rows are told
    under the affiliate, so that they are found after they are gone.
    """

    def save_model(
        self, request: HttpRequest, row: models.Model, form: ModelForm[Any], change: bool
    ) -> None:
        before = _stored(row)
        super().save_model(request, row, form, change)
        _record(request, row, before, _stored(row))

    @transaction.atomic
    def delete_model(self, request: HttpRequest, row: models.Model) -> None:
        _record(request, row, _stored(row), {})
        super().delete_model(request, row)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, rows: Iterable[models.Model]) -> None:
        for row in rows:
            self.delete_model(request, row)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm[Any],  # noqa: ARG002
        formset: BaseModelFormSet[Any, Any],
        change: bool,  # noqa: ARG002
    ) -> None:
        kept = formset.save(commit=False)
        for row in formset.deleted_objects:
            _record(request, row, _stored(row), {})
            row.delete()
        for row in kept:
            before = _stored(row)
            row.save()
            _record(request, row, before, _stored(row))
        formset.save_m2m()


def _stored(row: models.Model) -> Values:
    """Return the row as the database has it, as JSON can say it; empty when it has none."""
    values = type(row)._default_manager.filter(pk=row.pk).values().first()
    found: Values = json.loads(json.dumps(values or {}, cls=DjangoJSONEncoder))
    return found


def _record(request: HttpRequest, row: models.Model, before: Values, after: Values) -> None:
    changed = sorted(name for name in before | after if before.get(name) != after.get(name))
    if not changed:
        return
    act = "changed" if before and after else "added" if after else "removed"
    verb, subject = f"{row._meta.model_name}.{act}", row
    if isinstance(row, Membership | Property):
        verb, subject = f"affiliate.{row._meta.model_name}_{act}", row.affiliate
    whole = not (before and after)
    audit.record(
        actor=request.user if isinstance(request.user, User) else None,
        verb=verb,
        subject=subject,
        at=timezone.now(),
        data={
            "row": row.pk,
            "before": before if whole else {name: before[name] for name in changed},
            "after": after if whole else {name: after[name] for name in changed},
        },
    )

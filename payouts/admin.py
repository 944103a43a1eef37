"""Money for superusers: to look at, never to change. Only the programme's account is entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from affiliates.admin import ReadOnlyAdmin
from affiliates.domain.bank import normalized_bic, normalized_iban
from core.errors import DomainError
from payouts.domain.sepa_text import sepa_name
from payouts.models import (
    Account,
    Adjustment,
    AdjustmentProposal,
    Approval,
    Batch,
    BatchFile,
    Block,
    Claim,
    ClaimMessage,
    Commission,
    CommissionLine,
    DebtorAccount,
    Item,
    ItemLine,
    Meter,
    RefundRuling,
    Statement,
    TierReached,
    Transfer,
)
from payouts.services import debtors


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows below a row, shown and left alone."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, _request: HttpRequest, _row: models.Model | None = None) -> bool:
        return False

    def has_change_permission(
        self, _request: HttpRequest, _row: models.Model | None = None
    ) -> bool:
        return False


class DebtorAccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """The account as it is typed; every mistake is told beside its field."""

    iban = forms.CharField(label=_("IBAN"), max_length=42)
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)

    class Meta:
        model = DebtorAccount
        fields = ["name", "iban", "bic"]

    def clean_name(self) -> str:
        return _checked(self.cleaned_data["name"], sepa_name, keep=True)

    def clean_iban(self) -> str:
        return _checked(self.cleaned_data["iban"], normalized_iban)

    def clean_bic(self) -> str:
        bic = self.cleaned_data["bic"]
        return _checked(bic, normalized_bic) if bic else ""


def _checked(text: str, check: Any, *, keep: bool = False) -> str:
    try:
        normalized = check(text)
    except DomainError as refusal:
        raise ValidationError(str(refusal)) from refusal
    return text if keep else str(normalized)


@admin.register(DebtorAccount)
class DebtorAccountAdmin(ReadOnlyAdmin):
    """The account that payouts leave from. A new one replaces the active one."""

    form = DebtorAccountForm
    list_display = ["name", "iban_last4", "bic", "currency", "is_active"]

    def has_add_permission(self, request: HttpRequest, *_args: Any) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_fields(self, _request: HttpRequest, row: models.Model | None = None) -> Any:
        return self.list_display if row else ["name", "iban", "bic"]

    def save_model(self, request: HttpRequest, row: DebtorAccount, form: Any, *_args: Any) -> None:
        given = form.cleaned_data
        made = debtors.change_account(
            name=given["name"],
            iban=given["iban"],
            bic=given["bic"],
            actor_id=request.user.pk or 0,
            now=timezone.now(),
        )
        row.pk = made.pk


class CommissionLineInline(ReadOnlyInline):
    model = CommissionLine
    fields = ["order_line", "amount_minor"]


class AdjustmentInline(ReadOnlyInline):
    model = Adjustment
    fields = ["amount_minor", "reason", "is_payable", "effective_at"]
    fk_name = "commission"


class BlockInline(ReadOnlyInline):
    model = Block
    fields = ["kind", "reason", "created_at", "released_at", "released_by"]


@admin.register(Commission)
class CommissionAdmin(ReadOnlyAdmin):
    list_display = ["pk", "affiliate", "status", "amount_minor", "currency", "hold_until"]
    list_filter = ["status", "currency", "reversal_reason"]
    list_select_related = ["affiliate"]
    search_fields = ["affiliate__name", "credit__order__number"]
    inlines = [CommissionLineInline, AdjustmentInline, BlockInline]


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnlyAdmin):
    list_display = ["pk", "affiliate", "amount_minor", "currency", "reason", "is_payable"]
    list_filter = ["reason", "is_payable", "currency"]
    list_select_related = ["affiliate"]
    search_fields = ["affiliate__name", "source_key"]


class ItemInline(ReadOnlyInline):
    model = Item
    fields = ["affiliate", "amount_minor", "currency", "status", "reason"]


class ApprovalInline(ReadOnlyInline):
    model = Approval
    fields = ["user", "at", "dropped_at", "content_hash"]


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["reference", "rail", "status", "item_count", "total_minor", "execution_date"]
    list_filter = ["rail", "status", "currency"]
    search_fields = ["reference"]
    inlines = [ApprovalInline, ItemInline]


@admin.register(BatchFile)
class BatchFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "batch", "sha256", "created_at", "created_by"]
    list_select_related = ["batch", "created_by"]
    search_fields = ["name", "sha256"]
    exclude = ["body"]


class ItemLineInline(ReadOnlyInline):
    model = ItemLine
    fields = ["commission", "adjustment", "amount_minor", "released_at"]


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ["reference", "affiliate", "batch", "status", "amount_minor", "currency"]
    list_filter = ["status", "batch__rail"]
    list_select_related = ["affiliate", "batch"]
    search_fields = ["affiliate__name", "payee_name", "batch__reference"]
    exclude = ["iban"]
    inlines = [ItemLineInline]


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    list_display = ["number", "item", "issued_at", "sha256"]
    list_select_related = ["item"]
    search_fields = ["number", "item__affiliate__name"]
    exclude = ["body"]


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["code", "currency", "affiliate"]
    list_filter = ["currency"]
    list_select_related = ["affiliate"]
    search_fields = ["code", "affiliate__name"]


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["source_key", "kind", "debit", "credit", "amount_minor", "recorded_at"]
    list_filter = ["kind", "currency"]
    list_select_related = ["debit", "credit"]
    search_fields = ["source_key", "debit__code", "credit__code"]
    show_full_result_count = False


class WithoutFilesAdmin(ReadOnlyAdmin):
    """Rows with a file, which is neither read nor shown: people look at it on its own page."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer(*(self.exclude or ()))


@admin.register(AdjustmentProposal)
class AdjustmentProposalAdmin(WithoutFilesAdmin):
    list_display = ["pk", "affiliate", "amount_minor", "currency", "reason", "status", "author"]
    list_filter = ["status", "reason", "currency"]
    list_select_related = ["affiliate", "author"]
    search_fields = ["affiliate__name", "source_key", "import_name"]
    exclude = ["evidence"]


class ClaimMessageInline(ReadOnlyInline):
    model = ClaimMessage
    fields = ["at", "author", "is_from_team", "text", "proof_name"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer("proof")


@admin.register(Claim)
class ClaimAdmin(WithoutFilesAdmin):
    list_display = ["order_number", "affiliate", "kind", "status", "due_at", "assignee"]
    list_filter = ["status", "kind"]
    list_select_related = ["affiliate", "assignee"]
    search_fields = ["order_number", "affiliate__name", "import_name"]
    exclude = ["proof"]
    inlines = [ClaimMessageInline]


@admin.register(Meter)
class MeterAdmin(ReadOnlyAdmin):
    list_display = ["month", "affiliate", "currency", "taken_minor"]
    list_filter = ["month", "currency"]
    list_select_related = ["affiliate"]
    search_fields = ["affiliate__name"]


@admin.register(TierReached)
class TierReachedAdmin(ReadOnlyAdmin):
    list_display = ["affiliate", "terms", "period_from", "at", "rate_bps", "reached_at"]
    list_select_related = ["affiliate", "terms__group", "terms__affiliate"]
    search_fields = ["affiliate__name"]


@admin.register(RefundRuling)
class RefundRulingAdmin(ReadOnlyAdmin):
    list_display = ["return_line", "policy", "ruled_at"]
    list_filter = ["policy"]
    list_select_related = ["return_line"]
    search_fields = ["return_line__shop_return__external_id"]

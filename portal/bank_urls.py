"""Addresses of files that came from the bank, and payouts made by hand."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import finance_bank, finance_manual, finance_unmatch

_FILE = "finance/bank/<int:pk>/"
_LINE = "finance/bank/lines/<int:pk>/"
_BATCH = "finance/batches/<uuid:public_id>/manual/"
_ITEM = f"{_BATCH}<uuid:item_id>/"

finance: list[URLPattern] = [
    path("finance/bank/", finance_bank.file_list, name="bank-file-list"),
    path("finance/bank/new/", finance_bank.file_new, name="bank-file-new"),
    path(_FILE, finance_bank.file_detail, name="bank-file"),
    path(f"{_FILE}again/", finance_bank.file_again, name="bank-file-again"),
    path(_LINE, finance_bank.line_detail, name="bank-line"),
    path(f"{_LINE}match/", finance_bank.line_match, name="bank-line-match"),
    path(f"{_LINE}set-aside/", finance_bank.line_set_aside, name="bank-line-set-aside"),
    path(f"{_LINE}return-all/", finance_bank.line_return_all, name="bank-line-return-all"),
    path(f"{_LINE}unmatch/", finance_unmatch.ask, name="bank-line-unmatch"),
    path(f"{_LINE}unmatch/agree/", finance_unmatch.agree, name="bank-line-unmatch-agree"),
    path(f"{_LINE}unmatch/decline/", finance_unmatch.let_stand, name="bank-line-let-stand"),
    path(_BATCH, finance_manual.batch, name="manual-batch"),
    path(f"{_BATCH}begin/", finance_manual.begin, name="manual-begin"),
    path(_ITEM, finance_manual.item, name="manual-item"),
    path(f"{_ITEM}give-up/", finance_manual.give_up, name="manual-give-up"),
    path(f"{_ITEM}proof/", finance_manual.proof, name="manual-proof"),
]

partner: list[URLPattern] = []

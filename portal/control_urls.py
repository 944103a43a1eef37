"""Addresses of approval rules, daily limits, the kill switch and the exceptions of payouts."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import (
    finance_approval,
    finance_attachments,
    finance_comments,
    finance_control,
    finance_exceptions,
)

_BATCH = "finance/batches/<uuid:public_id>/"
_CONTROL = "finance/control/"
_LIMIT = f"{_CONTROL}limits/<int:pk>/"

finance: list[URLPattern] = [
    path(f"{_BATCH}pause/", finance_approval.batch_pause, name="batch-pause"),
    path(f"{_BATCH}resume/", finance_approval.batch_resume, name="batch-resume"),
    path(f"{_BATCH}comments/", finance_comments.comment, name="batch-comment"),
    path(f"{_BATCH}attachments/", finance_attachments.attach, name="batch-attach"),
    path(f"{_BATCH}attachments/<int:pk>/", finance_attachments.download, name="batch-attachment"),
    path(_CONTROL, finance_control.control, name="control"),
    path(f"{_CONTROL}rules/new/", finance_control.rules_new, name="control-rules-new"),
    path(f"{_CONTROL}rules/confirm/", finance_control.rules_confirm, name="control-rules-confirm"),
    path(f"{_CONTROL}rules/discard/", finance_control.rules_discard, name="control-rules-discard"),
    path(f"{_CONTROL}limits/new/", finance_control.limit_new, name="control-limit-new"),
    path(f"{_LIMIT}confirm/", finance_control.limit_confirm, name="control-limit-confirm"),
    path(f"{_LIMIT}discard/", finance_control.limit_discard, name="control-limit-discard"),
    path(f"{_CONTROL}minimum/new/", finance_control.minimum_new, name="control-minimum-new"),
    path(
        f"{_CONTROL}minimum/<int:pk>/confirm/",
        finance_control.minimum_confirm,
        name="control-minimum-confirm",
    ),
    path(
        f"{_CONTROL}minimum/<int:pk>/discard/",
        finance_control.minimum_discard,
        name="control-minimum-discard",
    ),
    path(f"{_CONTROL}stop/", finance_control.stop, name="control-stop"),
    path(f"{_CONTROL}resume/", finance_control.resume, name="control-resume"),
    path("finance/exceptions/", finance_exceptions.exception_list, name="exception-list"),
    path("finance/exceptions/mind/", finance_exceptions.exception_mind, name="exception-mind"),
    path(
        "finance/exceptions/debts/<uuid:public_id>/write-off/",
        finance_exceptions.write_off,
        name="exception-write-off",
    ),
    path(
        "finance/exceptions/messages/<slug:kind>/<int:pk>/again/",
        finance_exceptions.message_again,
        name="message-again",
    ),
]

partner: list[URLPattern] = []

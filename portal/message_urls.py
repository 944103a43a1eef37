"""Addresses of messages: those of affiliates, and those of the team."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_messages, messages

_THREAD = "portal/messages/<uuid:public_id>/"
_STAFF = "manage/messages/<uuid:public_id>/"

partner: list[URLPattern] = [
    path("portal/messages/", messages.message_list, name="message-list"),
    path("portal/messages/new/", messages.message_new, name="message-new"),
    path(_THREAD, messages.message_thread, name="message-thread"),
    path(f"{_THREAD}close/", messages.message_close, name="message-close"),
    path(f"{_THREAD}files/<int:number>/", messages.message_file, name="message-file"),
]

manage: list[URLPattern] = [
    path("manage/messages/", manager_messages.inbox, name="thread-list"),
    path("manage/messages/answers/", manager_messages.answer_list, name="canned-list"),
    path(
        "manage/messages/answers/<int:pk>/remove/",
        manager_messages.answer_remove,
        name="canned-remove",
    ),
    path(_STAFF, manager_messages.thread, name="thread-detail"),
    path(f"{_STAFF}note/", manager_messages.note, name="thread-note"),
    path(f"{_STAFF}assign/", manager_messages.assign, name="thread-assign"),
    path(f"{_STAFF}close/", manager_messages.close, name="thread-close"),
    path(f"{_STAFF}files/<int:number>/", manager_messages.file, name="thread-file"),
    path(
        "manage/affiliates/<uuid:public_id>/message/",
        manager_messages.begin,
        name="affiliate-message",
    ),
]

"""One act of a member of staff: one service call, its refusal shown as a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from core.errors import DomainError
from portal.refusals import sentence

Result = TypeVar("Result")


def carry_out(request: HttpRequest, act: Callable[[], object], *, done: str) -> bool:
    """Call ``act`` and say ``done``; a refusal is said instead. Tells whether it was done."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
        return False
    messages.success(request, done)
    return True


def carry_out_form(
    request: HttpRequest, form: forms.Form, act: Callable[[], object], *, done: str
) -> bool:
    """The same for what was typed in a dialog, which is closed by now: what it lacks is said."""
    if form.is_valid():
        return carry_out(request, act, done=done)
    say_errors(request, form)
    return False


def submitted(form: forms.Form, act: Callable[[], Result]) -> Result | None:
    """Return what ``act`` returns for a form that is in order.

    None when it is not, or when ``act`` refuses: why then stands in the form.
    """
    if not form.is_valid():
        return None
    try:
        return act()
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return None


def say_errors(request: HttpRequest, form: forms.Form) -> None:
    """Say what a form of a dialog, which is closed by now, lacked."""
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error), extra_tags="banner")

"""Files of the bank: brought in, looked at, their lines matched or set aside."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.money import Money
from payouts.models import BankEntry, BankFile, EntryKind, EntryState, Item
from payouts.queries.bank_matching import BATCH
from payouts.services import bank_files, unmatching
from portal.access import current_user, finance_required
from portal.formats import DASH, format_day, format_moment, format_money
from portal.forms.bank import BankFileForm, EntryMatchForm
from portal.forms.staff import ReasonForm
from portal.item_pages import item_page
from portal.queries import staff_bank
from portal.queries.staff_journal import journal
from portal.staff_actions import carry_out_form, submitted

PAGE = 25
LINES = 50


@finance_required
@require_safe
def file_list(request: HttpRequest) -> HttpResponse:
    """Show the files that came from the bank, newest first."""
    page = Paginator(staff_bank.files(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {"file": file, "href": reverse("portal:bank-file", args=[file.pk])} for file in page
        ],
        "waiting": staff_bank.waiting(),
    }
    return render(request, "finance/bank_list.html", context)


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def file_new(request: HttpRequest) -> HttpResponse:
    """Bring a file of the bank in: all of it is taken, or nothing."""
    form = BankFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        received = submitted(form, lambda: _received(request, form))
        if received is not None:
            _say(request, received)
            return redirect("portal:bank-file", received.file.pk)
    context = {"form": form, "breadcrumbs": _breadcrumbs()}
    status = 422 if request.method == "POST" else 200
    return render(request, "finance/bank_new.html", context, status=status)


def _received(request: HttpRequest, form: BankFileForm) -> bank_files.Received:
    upload = form.cleaned_data["file"]
    return bank_files.receive(
        name=upload.name,
        body=upload.read(),
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )


def _say(request: HttpRequest, received: bank_files.Received) -> None:
    if not received.is_new:
        messages.info(request, _("This file was here already: nothing changed."))
        return
    said = [_("The file is taken.")]
    if received.known:
        said.append(
            ngettext(
                "%(n)s line was in another file before.",
                "%(n)s lines were in another file before.",
                received.known,
            )
            % {"n": received.known}
        )
    messages.success(request, " ".join(said))


@finance_required
@require_safe
def file_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a file with what became of its lines."""
    file = get_object_or_404(staff_bank.files(), pk=pk)
    chips = staff_bank.state_chips(file)
    wanted = request.GET.get("state", "")
    state = wanted if wanted in EntryState.values else ""
    page = Paginator(staff_bank.lines(file, state), LINES).get_page(request.GET.get("page"))
    counts = {code: count for code, _label, count in chips}
    context = {
        "file": file,
        "page": page,
        "rows": [
            {"line": staff_bank.line_of(one), "href": reverse("portal:bank-line", args=[one.pk])}
            for one in page
        ],
        "chips": chips,
        "state": state,
        "matched": counts.get(EntryState.MATCHED, 0),
        "waiting": counts.get(EntryState.UNMATCHED, 0),
        "ignored": counts.get(EntryState.IGNORED, 0),
        "facts": _file_facts(file),
        "history": journal([file]),
        "breadcrumbs": _breadcrumbs(),
    }
    return render(request, "finance/bank_file.html", context)


def _file_facts(file: BankFile) -> list[tuple[str, str]]:
    items = [
        (_("Kind"), file.get_kind_display()),
        (_("Message"), file.message_id),
        (_("Day"), format_day(file.day) if file.day else ""),
        (_("Opening balance"), _balance(file.opening_minor, file.currency)),
        (_("Closing balance"), _balance(file.closing_minor, file.currency)),
        (_("Received"), format_moment(file.received_at)),
        (_("By"), str(file.received_by or "")),
        ("SHA-256", file.sha256),
    ]
    return [(label, value) for label, value in items if value]


def _balance(minor: int | None, currency: str) -> str:
    return "" if minor is None else format_money(Money(minor, currency))


@finance_required
@require_POST
def file_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Look again at the lines that found no payout."""
    file = get_object_or_404(BankFile.objects.defer("body"), pk=pk)
    matched = bank_files.try_again(
        file_id=file.pk, actor_id=current_user(request).pk, now=timezone.now()
    )
    messages.info(
        request,
        ngettext("%(n)s line is matched now.", "%(n)s lines are matched now.", matched)
        % {"n": matched},
    )
    return redirect("portal:bank-file", pk)


@finance_required
@require_safe
def line_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one line, why it waits, and what it may be about."""
    return _line_page(request, _line(pk), EntryMatchForm(), 200)


@finance_required
@require_POST
def line_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line for the payout that the person names."""
    entry, form = _line(pk), EntryMatchForm(request.POST)
    done = submitted(
        form,
        lambda: bank_files.match(
            entry_id=entry.pk,
            item_id=form.cleaned_data["payout"].pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
    )
    if done is None:
        return _line_page(request, entry, form, 422)
    messages.success(request, _("Matched."))
    return redirect("portal:bank-line", pk)


@finance_required
@require_POST
def line_set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a line is not about our payouts, or was dealt with."""
    return _act(request, pk, bank_files.set_aside, _("Set aside."))


@finance_required
@require_POST
def line_return_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Return every payout of a batch whose file was refused after it was sent."""
    return _act(
        request, pk, bank_files.return_whole, _("Returned: what was in the batch is due again.")
    )


def _act(request: HttpRequest, pk: int, service: Callable[..., object], done: str) -> HttpResponse:
    entry, form = _line(pk), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: service(
            entry_id=entry.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=done,
    )
    return redirect("portal:bank-line", pk)


def _line_page(
    request: HttpRequest, entry: BankEntry, form: EntryMatchForm, status: int
) -> HttpResponse:
    waits = entry.state != EntryState.MATCHED
    is_whole = entry.kind == EntryKind.REJECTED and bool(BATCH.fullmatch(entry.end_to_end_id))
    context = {
        "line": staff_bank.line_of(entry),
        "form": form,
        "waits": waits,
        "is_whole": is_whole and entry.state == EntryState.UNMATCHED,
        "suggested": [_suggestion(one) for one in staff_bank.suggested(entry)] if waits else [],
        "item_href": item_page(entry.item) if entry.item else "",
        **_unmatching(request, entry),
        "facts": _line_facts(entry),
        "history": journal([entry]),
        "breadcrumbs": [
            *_breadcrumbs(),
            (entry.file.name, reverse("portal:bank-file", args=[entry.file_id])),
        ],
    }
    return render(request, "finance/bank_line.html", context, status=status)


def _unmatching(request: HttpRequest, entry: BankEntry) -> dict[str, object]:
    """What this person may do about a line that may stand at the wrong payout."""
    own = entry.unmatch_asked_by_id == current_user(request).pk
    is_matched = entry.state == EntryState.MATCHED and entry.unmatch_asked_at is None
    why_not = unmatching.why_not_unmatch(entry) if is_matched else ""
    return {
        "may_ask": is_matched and not why_not,
        "why_not_ask": why_not,
        "is_return": entry.kind != EntryKind.BOOKED,
        "is_asked": entry.unmatch_asked_at is not None,
        "why_not_agree": _("You asked for it: another person agrees.") if own else "",
    }


def _suggestion(item: Item) -> dict[str, object]:
    return {"item": item, "href": item_page(item)}


def _line_facts(entry: BankEntry) -> list[tuple[str, str]]:
    items = [
        (_("Amount"), format_money(staff_bank.line_of(entry).amount)),
        (_("Booked"), format_day(entry.booked_on)),
        (_("Kind"), entry.get_kind_display()),
        (_("Our reference"), entry.end_to_end_id or DASH),
        (_("The bank's reference"), entry.reference),
        (_("Reason"), entry.reason_code),
        (_("Text"), entry.text),
    ]
    return [(str(label), str(value)) for label, value in items if value]


def _line(pk: int) -> BankEntry:
    rows = BankEntry.objects.select_related(
        "file", "item__batch", "item__affiliate", "unmatch_asked_by"
    )
    return get_object_or_404(rows.defer("file__body"), pk=pk)


def _breadcrumbs() -> list[tuple[str, str]]:
    return [(_("Bank"), reverse("portal:bank-file-list"))]

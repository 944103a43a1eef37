"""Writing a draft of terms: its base, its rules in their order, its bonuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from affiliates.domain.terms_content import TermsContent, content_json, read_content
from affiliates.domain.terms_document import TermsRefused
from affiliates.models import DraftStatus, TermsDraft
from affiliates.services import terms_drafts
from core.errors import DomainError
from portal.access import current_user, manager_required
from portal.forms.terms import TermsForm
from portal.forms.terms_rule import BonusForm, RuleForm, said_where
from portal.margin_access import may_see_costs
from portal.queries import terms as shown
from portal.queries.staff_journal import journal
from portal.reckoning import is_hidden
from portal.refusals import sentence
from portal.staff_actions import carry_out
from portal.views.manager_terms import crumbs_of
from shop.models import Product

KEY_LENGTH = 36
_READS = ["GET", "HEAD", "POST"]
#: So many known names are written beside a condition.
KNOWN = 30


@manager_required
@require_http_methods(_READS)
def draft_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft; change its base."""
    draft = found_draft(request, pk)
    content = read_content(draft.content)
    rows = {"steps": len(content.rules.tiers.steps) if content.rules.tiers else 0,
            "holds": len(content.rules.holds)}  # fmt: skip
    initial = {**TermsForm.of(content), "name": draft.name, "change_note": draft.change_note}
    form = TermsForm(
        request.POST or None,
        initial=initial,
        shows_costs=may_see_costs(current_user(request)),
        **_rows(request, rows),
    )
    if form.is_bound and form.is_valid():
        try:
            _save(
                request, draft, form.content(draft.content.get("rules", {})),
                name=form.cleaned_data["name"], note=form.cleaned_data["change_note"],
            )  # fmt: skip
        except TermsRefused as refusal:
            said_where(form, refusal, TermsForm.PLACES)
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("portal:draft-edit", pk)
    context = {
        "draft": draft,
        "status": shown.draft_status(draft),
        "is_open": draft.status == DraftStatus.DRAFT,
        "form": form,
        "text": shown.in_full(content),
        "history": journal([draft]),
        "breadcrumbs": crumbs_of(draft),
    }
    status = 422 if form.is_bound else 200
    return render(request, "manager/terms_draft.html", context, status=status)


@manager_required
@require_http_methods(_READS)
def rule_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a rule; it comes last until it is moved."""
    return _rule(request, found_draft(request, pk), None)


@manager_required
@require_http_methods(_READS)
def rule_edit(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Change a rule."""
    return _rule(request, found_draft(request, pk), key)


def _rule(request: HttpRequest, draft: TermsDraft, key: str | None) -> HttpResponse:
    content = read_content(draft.content)
    rules = content.rules.rules
    old = _of(rules, key)
    form = RuleForm(
        request.POST or None,
        request.FILES or None,
        initial=RuleForm.of(old, content.currency) if old else {"pays": "margin"},
        currency=content.currency,
    )

    def changed() -> dict[str, Any]:
        taken = [one.key for one in rules]
        new = form.rule(key=key or _new_key(form.cleaned_data["name"], taken), priority=1)
        return _with_rules(content, _placed(_json(content, "rules"), new))

    context = {"rule": old, "known": _known_names(), "kind": "rule"}
    return _entry(request, draft, form, changed, context)


@manager_required
@require_http_methods(_READS)
def bonus_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a bonus."""
    return _bonus(request, found_draft(request, pk), None)


@manager_required
@require_http_methods(_READS)
def bonus_edit(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Change a bonus."""
    return _bonus(request, found_draft(request, pk), key)


def _bonus(request: HttpRequest, draft: TermsDraft, key: str | None) -> HttpResponse:
    content = read_content(draft.content)
    bonuses = content.rules.bonuses
    old = _of(bonuses, key)
    form = BonusForm(
        request.POST or None,
        initial=BonusForm.of(old, content.currency) if old else {"kind": "goal"},
        currency=content.currency,
    )

    def changed() -> dict[str, Any]:
        taken = [one.key for one in bonuses]
        new = form.bonus(key=key or _new_key(form.cleaned_data["name"], taken))
        return _with(content, "bonuses", _placed(_json(content, "bonuses"), new))

    return _entry(request, draft, form, changed, {"bonus": old, "kind": "bonus"})


def _entry(
    request: HttpRequest,
    draft: TermsDraft,
    form: RuleForm | BonusForm,
    changed: Callable[[], dict[str, Any]],
    more: dict[str, Any],
) -> HttpResponse:
    """Show a form for a part of a draft, and save what it says."""
    if form.is_bound and form.is_valid():
        try:
            _save(request, draft, changed())
        except TermsRefused as refusal:
            said_where(form, refusal, form.PLACES)
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("The draft is saved."))
            return redirect(f"{reverse('portal:draft-edit', args=[draft.pk])}#{more['kind']}s")
    context = {
        "draft": draft,
        "form": form,
        "currency": form.currency,
        "breadcrumbs": [
            *crumbs_of(draft),
            (draft.name, reverse("portal:draft-edit", args=[draft.pk])),
        ],
        **more,
    }
    status = 422 if form.is_bound else 200
    return render(request, f"manager/terms_{more['kind']}.html", context, status=status)


@manager_required
@require_POST
def rule_move(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Move a rule one place up or down."""
    draft = found_draft(request, pk)
    content = read_content(draft.content)
    rules = _json(content, "rules")
    place = _place(rules, key)
    other = place + (-1 if request.POST.get("to") == "up" else 1)
    if 0 <= other < len(rules):
        rules[place], rules[other] = rules[other], rules[place]
        _act(request, draft, _with_rules(content, rules), _("The rule is moved."))
    return redirect(f"{reverse('portal:draft-edit', args=[pk])}#rules")


@manager_required
@require_POST
def rule_remove(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Remove a rule."""
    draft = found_draft(request, pk)
    content = read_content(draft.content)
    rules = _json(content, "rules")
    del rules[_place(rules, key)]
    _act(request, draft, _with_rules(content, rules), _("The rule is removed."))
    return redirect(f"{reverse('portal:draft-edit', args=[pk])}#rules")


@manager_required
@require_POST
def bonus_remove(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Remove a bonus."""
    draft = found_draft(request, pk)
    content = read_content(draft.content)
    bonuses = _json(content, "bonuses")
    del bonuses[_place(bonuses, key)]
    _act(request, draft, _with(content, "bonuses", bonuses), _("The bonus is removed."))
    return redirect(f"{reverse('portal:draft-edit', args=[pk])}#bonuses")


def found_draft(request: HttpRequest, pk: int) -> TermsDraft:
    """Return a draft with whom it is for.

    :raises Http404: when there is none.
    :raises PermissionDenied: when it pays on the actual margin and the viewer may not see costs.
    """
    rows = TermsDraft.objects.select_related("group", "affiliate__group", "terms", "author")
    found: TermsDraft = get_object_or_404(rows, pk=pk)
    if is_hidden(found.content["basis"], shows_costs=may_see_costs(current_user(request))):
        raise PermissionDenied
    return found


def _save(
    request: HttpRequest,
    draft: TermsDraft,
    content: dict[str, Any],
    *,
    name: str | None = None,
    note: str | None = None,
) -> None:
    terms_drafts.change(
        draft_id=draft.pk,
        content=content,
        name=draft.name if name is None else name,
        change_note=draft.change_note if note is None else note,
        seen=parse_datetime(request.POST.get("seen", "")) or draft.created_at,
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )


def _act(request: HttpRequest, draft: TermsDraft, content: dict[str, Any], done: str) -> None:
    carry_out(request, lambda: _save(request, draft, content), done=done)


def _rows(request: HttpRequest, rows: dict[str, int]) -> dict[str, int]:
    """Return how many rows the posted form had; at least those that the draft has."""
    most = 20
    posted = {name: request.POST.get(f"rows_{name}", "") for name in rows}
    return {
        name: min(max(number, int(posted[name]) if posted[name].isdecimal() else 0), most)
        for name, number in rows.items()
    }


def _json(content: TermsContent, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content_json(content)["rules"].get(name, [])
    return found


def _with(content: TermsContent, name: str, entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    said = content_json(content)
    return {**said, "rules": {**said["rules"], name: list(entries)}}


def _with_rules(content: TermsContent, rules: Sequence[dict[str, Any]]) -> dict[str, Any]:
    numbered = [{**rule, "priority": 10 * place} for place, rule in enumerate(rules, 1)]
    return _with(content, "rules", numbered)


def _placed(entries: list[dict[str, Any]], new: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries with ``new`` instead of the one with its key, or at the end."""
    if any(one["key"] == new["key"] for one in entries):
        return [new if one["key"] == new["key"] else one for one in entries]
    return [*entries, new]


def _place(entries: Sequence[dict[str, Any]], key: str) -> int:
    found = [place for place, one in enumerate(entries) if one["key"] == key]
    if not found:
        raise Http404
    return found[0]


def _of(entries: Sequence[Any], key: str | None) -> Any:
    """Return the entry with the key; ``None`` without a key."""
    if key is None:
        return None
    found = next((one for one in entries if one.key == key), None)
    if found is None:
        raise Http404
    return found


def _new_key(name: str, taken: Sequence[str]) -> str:
    """Return a key that is not taken, made from the name."""
    base = slugify(name)[:KEY_LENGTH].strip("-") or "entry"
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (base, *numbered) if one not in taken)


def _known_names() -> list[tuple[str, str]]:
    """Return names that the catalogue has, to copy from."""
    products = Product.objects.order_by()
    found = {
        _("Categories"): products.exclude(category="").values_list("category", flat=True),
        _("Brands"): products.exclude(brand="").values_list("brand", flat=True),
    }
    listed = {label: sorted(rows.distinct()[:KNOWN]) for label, rows in found.items()}
    return [(label, ", ".join(names)) for label, names in listed.items() if names]

"""Taxes, mandate and changes of payees as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.domain.tax import Freshness
from affiliates.models import PayeeChange, TaxProfile
from affiliates.services.tax_standing import Standing
from core.wording import Said
from portal.countries import country_name
from portal.display import ChecklistItem, StatusText, TimelineItem
from portal.formats import format_day, format_moment
from portal.refusals import again

_VAT = {
    "not_needed": StatusText("not_needed", gettext_lazy("No VAT number"), "neutral", "check"),
    "waiting": StatusText(
        "waiting", gettext_lazy("Being checked"), "info", "clock",
        gettext_lazy("The European register is asked within minutes."),
    ),
    "valid": StatusText("valid", gettext_lazy("Valid"), "success", "check"),
    "invalid": StatusText(
        "invalid", gettext_lazy("Not in the register"), "danger", "circle-alert",
        gettext_lazy("Correct it here. The register is asked again every night."),
    ),
    "unavailable": StatusText(
        "unavailable", gettext_lazy("The register did not answer"), "warning", "clock",
        gettext_lazy("It is asked again by itself; there is nothing to do."),
    ),
}  # fmt: skip


def vat_status(profile: TaxProfile) -> StatusText:
    """What the European register says of a profile's VAT number."""
    return _VAT[profile.vat_state]


def said(sentences: Iterable[Said]) -> list[str]:
    """Return sentences of rules in the active language."""
    return [again(one.template, one.facts) for one in sentences]


def facts(profile: TaxProfile) -> list[tuple[str, str]]:
    """Return what a version says, as labels and values; what is empty is left out."""
    place = " ".join(filter(None, [profile.postcode, profile.town]))
    rows = [
        (_("Registered name"), profile.legal_name),
        (_("Legal form"), profile.get_legal_form_display()),
        (_("VAT regime"), profile.get_vat_regime_display()),
        (_("Address"), ", ".join(filter(None, [profile.address, place]))),
        (_("Country"), country_name(profile.country)),
        (_("SIREN"), profile.siren),
        (_("SIRET"), profile.siret),
        (_("Registration number"), profile.registration),
        (_("VAT number"), profile.vat_number),
        (_("Name in the register"), profile.vat_name),
        (_("Number of the consultation"), profile.vat_reference),
        (_("Asked on"), format_moment(profile.vat_checked_at) if profile.vat_checked_at else ""),
        (_("Declared on"), format_moment(profile.declared_at)),
        (_("Last confirmed on"), format_day(profile.confirmed_at)),
    ]
    return [(str(label), str(value)) for label, value in rows if value]


def to_do(standing: Standing, *, has_account: bool) -> list[ChecklistItem]:
    """Return what a payee needs before a payment, done or not."""
    tax_page, mandate_page = reverse("portal:payee-tax"), reverse("portal:payee-mandate")
    items = [
        ChecklistItem(_("Bank account"), done=has_account),
        ChecklistItem(
            _("Tax profile"),
            text=" ".join(said(standing.missing)) or _("Say who invoices, and under which VAT."),
            href=tax_page,
            done=standing.is_complete,
        ),
    ]
    if standing.profile is not None and standing.freshness != Freshness.FRESH:
        items.append(
            ChecklistItem(
                _("Tax profile confirmed for this year"),
                text=_("Read it below and confirm that it still holds."),
            )
        )
    if standing.is_vat_refused or standing.waits_for_vat:
        state = vat_status(standing.profile) if standing.profile else _VAT["waiting"]
        items.append(
            ChecklistItem(
                _("VAT number in the European register"), text=state.sentence, href=tax_page
            )
        )
    items.append(
        ChecklistItem(
            _("Self-billing mandate"),
            text=(
                _("There is a new text: read and accept it.")
                if standing.has_mandate
                else _("We write your invoices; the law wants your word for it first.")
            ),
            href=mandate_page,
            done=standing.has_mandate and not standing.is_asked_for_mandate,
        )
    )
    return items


def history(changes: Iterable[PayeeChange], now: datetime) -> list[TimelineItem]:
    """Return changes of account, holder and address, and until when payments wait for them."""
    return [
        TimelineItem(
            title=change.get_kind_display(),
            at=change.at,
            actor=str(change.by or ""),
            note=_change_note(change, now),
            tone="warning" if change.cools_until > now else "neutral",
        )
        for change in changes
    ]


def _change_note(change: PayeeChange, now: datetime) -> str:
    words = _("%(before)s → %(after)s") % {"before": change.before, "after": change.after}
    if change.cools_until <= now:
        return words
    moment = format_moment(change.cools_until)
    return f"{words}. " + _("Nothing is paid before %(moment)s.") % {"moment": moment}

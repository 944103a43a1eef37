"""Self-billed invoices and credit notes: written once, numbered without a gap, never edited.

The rules are numbered IV1 to IV27 in ``docs/rules/invoices.md``.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext as _

from affiliates.models import Mandate, TaxProfile
from affiliates.services.mandates import live_of
from affiliates.services.tax import newest_of
from core.errors import DomainError
from core.money import Money
from payouts.domain import invoice as content
from payouts.domain.calendar import bank_date
from payouts.domain.currency import CURRENCY
from payouts.domain.vat import Case, Vat, gross_of, reverse_charge, vat_of, vat_on
from payouts.gateways.facturx import factur_x
from payouts.models import Invoice, InvoiceKind, InvoiceSeries, Item, ItemReturn, Rail
from payouts.services import invoice_postings, remittance
from payouts.services.invoice_lines import (
    invoice_lines,
    net_minor_of,
    period_of,
    return_line,
)

log = logging.getLogger(__name__)

#: Without these nobody can be told to whom a commission is invoiced.
COMPANY_FACTS = ("legal_name", "address", "postcode", "town", "siren", "vat_number")


class NotInvoiceable(DomainError):
    """A payout that nobody invoices: not sent yet, through payroll, or in another currency."""

    code = "not_invoiceable"


class MandateMissing(DomainError):
    """The payee did not say that we may write its invoices."""

    code = "mandate_missing"


class ProfileMissing(DomainError):
    """The payee did not say how it is taxed."""

    code = "profile_missing"


class PaidWithOtherVat(DomainError):
    """What was paid has another VAT than the payee's tax profile says."""

    code = "paid_with_other_vat"


class CompanyUnknown(DomainError):
    """The programme's own company is not set up."""

    code = "company_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """Everything of an invoice but its number and its day."""

    profile: TaxProfile
    mandate: Mandate
    buyer: content.Party
    lines: tuple[content.Line, ...]
    period: tuple[date, date]
    vat: Vat
    net: Money


def uninvoiced() -> QuerySet[Item]:
    """Return the payouts that left, that are to be invoiced, and are not."""
    return Item.objects.filter(status__in=Item.PAID, invoice__isnull=True).exclude(
        batch__rail=Rail.PAYROLL
    )


def issue_missing(*, now: datetime) -> int:
    """Write every invoice and credit note that is missing and possible; return how many.

    Safe to repeat and to race: one transaction for each. What is not possible says why in
    :func:`why_not`, and is tried again the next time.
    """
    live = Mandate.objects.live().filter(affiliate=OuterRef("affiliate"))
    items = uninvoiced().filter(Exists(live)).order_by("pk").values_list("pk", flat=True)
    made = sum(_tried(issue, pk, now) for pk in list(items))
    returns = ItemReturn.objects.standing().filter(
        item__invoice__isnull=False, credit_note__isnull=True
    )
    ids = returns.order_by("pk").values_list("pk", flat=True)
    return made + sum(_tried(credit, pk, now) for pk in list(ids))


def why_not(item: Item, *, now: datetime) -> DomainError | None:
    """Return why ``item`` cannot be invoiced now; None when it can."""
    return why_not_each([item], now=now).get(item.pk)


def why_not_each(items: Collection[Item], *, now: datetime) -> dict[int, DomainError]:
    """Return why payouts cannot be invoiced now, by their id; those that can are left out.

    Three queries, however many they are.
    """
    payees = {item.affiliate_id for item in items}
    live = Mandate.objects.live().filter(affiliate__in=payees)
    mandates = {one.affiliate_id: one for one in live}
    declared = TaxProfile.objects.filter(affiliate__in=payees).newest_of_each()
    profiles = {one.affiliate_id: one for one in declared}
    nets = net_minor_of(items)
    refusals = {}
    for item in items:
        mandate, profile = mandates.get(item.affiliate_id), profiles.get(item.affiliate_id)
        try:
            _mandate, known = _papers(item, mandate, profile, now)
            _check_vat(item, Money(nets.get(item.pk, 0), item.currency), known)
            company()
        except DomainError as refusal:
            refusals[item.pk] = refusal
    return refusals


@transaction.atomic
def issue(item_id: int, *, now: datetime) -> Invoice:
    """Write the invoice of a payout that was sent, tell the payee, return it. Safe to repeat.

    :raises NotInvoiceable, MandateMissing, ProfileMissing, VatRefused, PaidWithOtherVat,
        CompanyUnknown: when it cannot be written; no number is used up.
    """
    item = _locked(item_id)
    if made := Invoice.objects.filter(item=item).first():
        return made
    draft = _draft(item, now)
    number, on = _next_number(item.affiliate_id, now)
    tax = vat_on(draft.net, draft.vat.rate_bps)
    document = content.Document(
        number=number,
        kind=content.INVOICE,
        issued_on=on,
        due_on=item.batch.execution_date,
        period_start=draft.period[0],
        period_end=draft.period[1],
        seller=seller_of(draft.profile),
        buyer=draft.buyer,
        lines=draft.lines,
        vat=draft.vat,
        net=draft.net,
        tax=tax,
        mandate=_mandate_words(draft.mandate),
        reference=item.reference,
        details=item.statement_number,
    )
    invoice = _store(document, draft.profile, draft.mandate, now, item=item)
    remittance.tell(item, now=now)
    return invoice


@transaction.atomic
def credit(return_id: int, *, now: datetime) -> Invoice:
    """Write the credit note for money of an invoiced payout that came back. Safe to repeat.

    :raises NotInvoiceable: when the payout was never invoiced, or nothing of it came back after
        all: nothing is to be corrected.
    :raises CompanyUnknown: when the programme's own company is not set up.
    """
    item = _locked(ItemReturn.objects.values_list("item_id", flat=True).get(pk=return_id))
    back = ItemReturn.objects.get(pk=return_id)
    if made := Invoice.objects.filter(item_return=back).first():
        return made
    invoice = Invoice.objects.filter(item=item).select_related("tax_profile", "mandate__text")
    corrected = invoice.first()
    if corrected is None or not ItemReturn.objects.standing().filter(pk=return_id).exists():
        raise NotInvoiceable(_("There is no invoice to correct."))
    returned = Money(back.amount_minor, back.currency)
    net = returned - Money(back.vat_minor, back.currency)
    if net.minor <= 0:
        raise NotInvoiceable(_("What came back is less than a cent without VAT."))
    number, on = _next_number(item.affiliate_id, now)
    document = content.Document(
        number=number,
        kind=content.CREDIT_NOTE,
        issued_on=on,
        due_on=on,
        period_start=corrected.period_start,
        period_end=corrected.period_end,
        seller=seller_of(corrected.tax_profile),
        buyer=company(),
        lines=(return_line(back, net),),
        vat=Vat(Case(corrected.vat_case), corrected.vat_bps),
        net=net,
        tax=returned - net,
        mandate=_mandate_words(corrected.mandate),
        reference=item.reference,
        corrects=content.Corrected(corrected.number, corrected.issued_on),
    )
    return _store(
        document,
        corrected.tax_profile,
        corrected.mandate,
        now,
        item_return=back,
        corrects=corrected,
    )


def company() -> content.Party:
    """Return the programme's own company, which buys (settings ``COMPANY_*``).

    :raises CompanyUnknown: when a fact that every invoice shows is not set.
    """
    facts = settings.COMPANY
    missing = [f"COMPANY_{name.upper()}" for name in COMPANY_FACTS if not facts[name]]
    if missing:
        raise CompanyUnknown(
            _("The company of the programme is not set up: %(settings)s.")
            % {"settings": ", ".join(missing)}
        )
    return content.Party(
        name=facts["legal_name"],
        address=facts["address"],
        postcode=facts["postcode"],
        town=facts["town"],
        country="FR",
        siren=facts["siren"],
        siret=facts["siret"],
        vat_number=facts["vat_number"],
    )


def seller_of(profile: TaxProfile) -> content.Party:
    """Return the payee of a tax profile as it stands on its invoices."""
    return content.Party(
        name=profile.legal_name,
        address=profile.address,
        postcode=profile.postcode,
        town=profile.town,
        country=profile.country,
        siren=profile.siren,
        siret=profile.siret,
        registration=profile.registration,
        vat_number=profile.vat_number,
    )


def _papers(
    item: Item, mandate: Mandate | None, profile: TaxProfile | None, now: datetime
) -> tuple[Mandate, TaxProfile]:
    if item.status not in Item.PAID:
        raise NotInvoiceable(_("It is invoiced once it is sent."))
    if item.batch.rail == Rail.PAYROLL:
        raise NotInvoiceable(_("Employees are paid with their salary: there is no invoice."))
    if item.currency != CURRENCY:
        raise NotInvoiceable(_("Invoices are written in euros."))
    if mandate is None or mandate.accepted_at > now:
        raise MandateMissing(_("The payee has not accepted the self-billing mandate."))
    if profile is None:
        raise ProfileMissing(_("The payee has no tax profile."))
    return mandate, profile


def _check_vat(item: Item, net: Money, profile: TaxProfile) -> None:
    if item.amount != gross_of(net, profile, on=item.batch.execution_date):
        raise PaidWithOtherVat(
            _(
                "Paid were %(paid)s for commissions of %(net)s: not with the VAT of the tax profile"
                " that holds now. Ask the payee to declare the one that held then."
            )
            % {"paid": item.amount, "net": net}
        )


def _draft(item: Item, now: datetime) -> _Draft:
    held, newest = live_of(item.affiliate_id), newest_of(item.affiliate_id)
    mandate, profile = _papers(item, held, newest, now)
    vat = vat_of(profile, on=item.batch.execution_date)
    rows = invoice_lines(item)
    net = Money(sum(line.amount.minor for line in rows), item.currency)
    _check_vat(item, net, profile)
    return _Draft(
        profile=profile,
        mandate=mandate,
        buyer=company(),
        lines=tuple(rows),
        period=period_of(item),
        vat=vat,
        net=net,
    )


def _locked(item_id: int) -> Item:
    rows = Item.objects.select_for_update(of=("self",)).select_related("batch", "affiliate")
    return rows.get(pk=item_id)


def _next_number(affiliate_id: int, now: datetime) -> tuple[str, date]:
    """Return the next number of the payee and its day, the series locked until commit (IV7).

    The day is never before that of the number before, whatever the clock says.
    """
    latest = Invoice.objects.filter(affiliate=affiliate_id).aggregate(on=Max("issued_on"))["on"]
    on = max(bank_date(now), latest or date.min)
    InvoiceSeries.objects.get_or_create(affiliate_id=affiliate_id, year=on.year)
    rows = InvoiceSeries.objects.select_for_update()
    series = rows.get(affiliate_id=affiliate_id, year=on.year)
    series.last += 1
    series.save(update_fields=["last"])
    return content.number_of(affiliate_id, on.year, series.last), on


def _store(
    document: content.Document,
    profile: TaxProfile,
    mandate: Mandate,
    now: datetime,
    *,
    item: Item | None = None,
    item_return: ItemReturn | None = None,
    corrects: Invoice | None = None,
) -> Invoice:
    body = factur_x(document)
    invoice = Invoice.objects.create(
        number=document.number,
        kind=InvoiceKind(document.kind),
        affiliate_id=profile.affiliate_id,
        item=item,
        item_return=item_return,
        corrects=corrects,
        tax_profile=profile,
        mandate=mandate,
        vat_case=document.vat.case.value,
        vat_bps=document.vat.rate_bps,
        net_minor=document.net.minor,
        vat_minor=document.tax.minor,
        reverse_charge_minor=reverse_charge(document.net, document.vat, on=document.due_on).minor,
        currency=document.net.currency,
        issued_on=document.issued_on,
        period_start=document.period_start,
        period_end=document.period_end,
        created_at=now,
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )
    invoice_postings.post_vat(invoice, now=now)
    return invoice


def _mandate_words(mandate: Mandate) -> str:
    day = bank_date(mandate.accepted_at)
    return f"mandat de facturation version {mandate.text.number} accepté le {day:%d/%m/%Y}"


def _tried(act: Callable[..., Invoice], pk: int, now: datetime) -> bool:
    try:
        act(pk, now=now)
    except DomainError:
        return False
    except Exception:  # One that cannot be written must not hold up the others.
        log.exception("The invoice of %s could not be written.", pk)
        return False
    return True

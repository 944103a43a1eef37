"""Contracts of influencers: written, offered, signed, refused, ended.

Rules CT6 to CT15 of docs/rules/contracts.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus
from affiliates.queries import acts_for, people_of
from affiliates.services.tax import newest_of
from core import audit
from core.domain.paris import day_in_paris
from core.errors import DomainError
from core.models import User
from influencers.domain.contract import missing_clauses
from influencers.models import Contract, ContractSignature, ContractStatus, ContractText
from influencers.queries.contract_texts import text_at
from influencers.services import contract_mails
from influencers.services.contract_words import LANGUAGES, Document, document_of

#: Draws the paper: contract, words that were read, and the signature, not saved yet.
Paper = Callable[[Contract, Document, ContractSignature], bytes]


class NotForInfluencer(DomainError):
    """A contract for somebody who is no influencer, or whose account is closed."""

    code = "not_for_influencer"


class ContractRefused(DomainError):
    """What was filled in cannot be agreed on."""

    code = "contract_refused"


class PartyUnknown(DomainError):
    """The law asks for the name, address, e-mail and tax residence of both parties."""

    code = "party_unknown"


class ContractHasChanged(DomainError):
    """Something else was read than what would be signed."""

    code = "contract_has_changed"


class NotTheirContract(DomainError):
    """Somebody signed or refused who does not act for the influencer."""

    code = "not_their_contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What has to be filled in for each contract. ``in_kind_minor``: excluding VAT, EUR."""

    purpose: str
    missions: str
    pay: str
    rights: str
    territory: str
    starts_on: date
    ends_on: date | None
    renews: bool
    notice_days: int
    in_kind: str = ""
    in_kind_minor: int = 0
    exclusivity: str = ""
    house_email: str = ""


@transaction.atomic
def draft(
    *, key: UUID, affiliate_id: int, agreed: Agreed, actor_id: int, now: datetime
) -> Contract:
    """Begin a contract in the text in force. Safe to repeat: one ``key`` is one contract.

    :raises NotForInfluencer: for somebody else than an influencer with an open account.
    :raises ContractRefused: when what was filled in cannot hold.
    """
    known = Contract.objects.filter(key=key).first()
    if known is not None:
        return known
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if affiliate.kind != AffiliateKind.INFLUENCER or affiliate.status == AffiliateStatus.CLOSED:
        raise NotForInfluencer(_("Contracts are for influencers whose account is open."))
    _check(agreed)
    contract = Contract.objects.create(
        key=key,
        affiliate=affiliate,
        text=_text_at(now),
        status_changed_at=now,
        created_at=now,
        created_by_id=actor_id,
        **_stripped(agreed),
    )
    _note(contract, "contract.drafted", actor_id, now)
    return contract


@transaction.atomic
def revise(*, contract_id: int, agreed: Agreed, actor_id: int, now: datetime) -> Contract:
    """Fill a draft in anew, in the text in force. Safe to repeat.

    :raises ContractHasChanged: once it is offered.
    :raises ContractRefused: when what was filled in cannot hold.
    """
    contract = _locked(contract_id)
    if contract.status != ContractStatus.DRAFT:
        raise ContractHasChanged(_("It is offered already: withdraw it and write another one."))
    _check(agreed)
    fields = _stripped(agreed)
    contract.text = _text_at(now)
    for name, value in fields.items():
        setattr(contract, name, value)
    contract.save(update_fields=["text", *fields])
    _note(contract, "contract.revised", actor_id, now)
    return contract


@transaction.atomic
def offer(*, contract_id: int, actor_id: int, now: datetime) -> Contract:
    """Put a draft before the influencer, the parties named as they are now. Safe to repeat.

    :raises PartyUnknown: when an address or the tax residence of a party is not known.
    :raises InvalidTransition: when it was decided on already.
    """
    contract = _locked(contract_id)
    if contract.status == ContractStatus.OFFERED:
        return contract
    contract.move_to(ContractStatus.OFFERED, at=now)
    named = {**_house(contract), **_influencer(contract)}
    for name, value in named.items():
        setattr(contract, name, value)
    contract.offered_at, contract.offered_by_id = now, actor_id
    contract.save(update_fields=["status", "status_changed_at", "offered_at", "offered_by", *named])
    _note(contract, "contract.offered", actor_id, now)
    contract_mails.offered(contract, now=now)
    return contract


@transaction.atomic
def withdraw(*, contract_id: int, actor_id: int, now: datetime) -> Contract:
    """Take back a draft or an offer. Safe to repeat.

    :raises InvalidTransition: when the influencer decided already.
    """
    contract = _locked(contract_id)
    if contract.status == ContractStatus.WITHDRAWN:
        return contract
    was_offered = contract.status == ContractStatus.OFFERED
    contract.move_to(ContractStatus.WITHDRAWN, at=now)
    contract.save(update_fields=["status", "status_changed_at"])
    _note(contract, "contract.withdrawn", actor_id, now)
    if was_offered:
        contract_mails.withdrawn(contract, now=now)
    return contract


@transaction.atomic
def sign(
    *,
    contract_id: int,
    actor_id: int,
    name: str,
    language: str,
    shown_sha256: str,
    paper: Paper,
    now: datetime,
) -> ContractSignature:
    """Keep the influencer's signature under exactly what was read. Safe to repeat.

    :raises NotTheirContract: when the person does not act for the influencer.
    :raises ContractHasChanged: when other words were read than those that stand now.
    :raises ContractRefused: without a name.
    :raises InvalidTransition: when it is not offered (any more).
    """
    contract = _locked(contract_id)
    _demand_party(contract, actor_id)
    if contract.status in Contract.BINDING:
        return ContractSignature.objects.get(contract=contract)
    if len(name.strip()) < 2:
        raise ContractRefused(_("Type your name: it stands for your signature."))
    if language not in LANGUAGES or document_of(contract, language).sha256 != shown_sha256:
        raise ContractHasChanged(_("The contract has changed in the meantime: read it again."))
    contract.move_to(ContractStatus.SIGNED, at=now)
    words = document_of(contract, language)
    signature = ContractSignature(
        contract=contract,
        signed_at=now,
        signed_by=User.objects.get(pk=actor_id),
        name=name.strip(),
        language=language,
        shown_sha256=words.sha256,
        shown=words.as_json(),
    )
    signature.body = paper(contract, words, signature)
    signature.body_sha256 = hashlib.sha256(signature.body).hexdigest()
    contract.save(update_fields=["status", "status_changed_at"])
    signature.save(force_insert=True)
    _note(
        contract,
        "contract.signed",
        actor_id,
        now,
        shown_sha256=signature.shown_sha256,
        body_sha256=signature.body_sha256,
    )
    contract_mails.signed(contract, name=signature.name, now=now)
    return signature


@transaction.atomic
def refuse(*, contract_id: int, actor_id: int, reason: str, now: datetime) -> Contract:
    """Keep that the influencer does not sign, and why. Safe to repeat.

    :raises NotTheirContract: when the person does not act for the influencer.
    :raises ContractRefused: without a reason.
    :raises InvalidTransition: when it is not offered (any more).
    """
    contract = _locked(contract_id)
    _demand_party(contract, actor_id)
    if contract.status == ContractStatus.REFUSED:
        return contract
    contract.move_to(ContractStatus.REFUSED, at=now)
    contract.status_reason = _reason(reason)
    contract.save(update_fields=["status", "status_changed_at", "status_reason"])
    _note(contract, "contract.refused", actor_id, now)
    contract_mails.refused(contract, now=now)
    return contract


@transaction.atomic
def end(*, contract_id: int, last_day: date, reason: str, actor_id: int, now: datetime) -> Contract:
    """End a signed contract after ``last_day``: today or a day to come. Safe to repeat.

    :raises ContractRefused: for a day that is past, or before the first, or without a reason.
    :raises InvalidTransition: when it was never signed.
    """
    contract = _locked(contract_id)
    if contract.status == ContractStatus.ENDED and contract.ended_on == last_day:
        return contract
    if last_day < day_in_paris(now) or last_day < contract.starts_on:
        raise ContractRefused(_("Choose today or a day to come, and not before its first day."))
    contract.end(on=last_day, reason=_reason(reason), at=now)
    contract.save(update_fields=["status", "status_changed_at", "status_reason", "ended_on"])
    _note(contract, "contract.ended", actor_id, now, last_day=last_day.isoformat())
    contract_mails.ended(contract, now=now)
    return contract


def _locked(contract_id: int) -> Contract:
    rows = Contract.objects.select_for_update(of=("self",))
    return rows.select_related("affiliate", "text", "offered_by").get(pk=contract_id)


def _demand_party(contract: Contract, actor_id: int) -> None:
    if not acts_for(actor_id, contract.affiliate_id):
        raise NotTheirContract(_("Only who acts for the influencer decides on the contract."))


def _check(agreed: Agreed) -> None:
    needed = (agreed.purpose, agreed.missions, agreed.pay, agreed.rights, agreed.territory)
    if not all(text.strip() for text in needed):
        raise ContractRefused(
            _("The law asks for the purpose, the missions, the pay and the rights: fill them in.")
        )
    if agreed.ends_on is not None and agreed.ends_on < agreed.starts_on:
        raise ContractRefused(_("The last day is before the first."))
    if agreed.in_kind_minor and not agreed.in_kind.strip():
        raise ContractRefused(_("Say what is given, not only its value."))


def _stripped(agreed: Agreed) -> dict[str, object]:
    found = asdict(agreed)
    if agreed.ends_on is None:
        found["renews"] = False
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in found.items()
    }


def _text_at(now: datetime) -> ContractText:
    """Return the clauses in force.

    :raises ContractRefused: when there are none, or they leave something open.
    """
    text = text_at(now)
    if text is None or missing_clauses(text.clauses_fr) or missing_clauses(text.clauses_en):
        raise ContractRefused(_("There is no complete text of the contract yet."))
    return text


def _house(contract: Contract) -> dict[str, str]:
    company = settings.COMPANY
    place = f"{company['postcode']} {company['town']}".strip()
    if not (company["legal_name"] and company["address"] and place and contract.house_email):
        raise PartyUnknown(
            _("The company's name, address and e-mail are not set: the contract names them.")
        )
    return {
        "house_name": company["legal_name"],
        "house_address": f"{company['address']}, {place}",
        "house_country": "FR",
    }


def _influencer(contract: Contract) -> dict[str, str]:
    profile = newest_of(contract.affiliate_id)
    people = people_of(contract.affiliate_id)
    if profile is None or not (profile.address and profile.town and people):
        raise PartyUnknown(
            _(
                "The influencer's postal address and country of tax residence are not known:"
                " they are declared in the tax profile."
            )
        )
    return {
        "party_name": profile.legal_name,
        "party_address": f"{profile.address}, {profile.postcode} {profile.town}",
        "party_email": people[0].email,
        "party_country": profile.country,
    }


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ContractRefused(_("Say why: the other party reads it."))
    return reason.strip()


def _note(contract: Contract, verb: str, actor_id: int, now: datetime, **data: str) -> None:
    audit.record(
        actor=actor_id,
        verb=verb,
        subject=contract,
        at=now,
        reason=contract.status_reason,
        data={"affiliate": contract.affiliate_id, **data},
    )

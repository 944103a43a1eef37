"""A contract as it is read: headings and paragraphs, and the digest of exactly these."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _

from core.money_words import money_words
from influencers.domain.contract import Clause
from influencers.models import Contract

LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader of a contract sees, in one language."""

    title: str
    sections: tuple[Section, ...]

    def as_json(self) -> str:
        """Return every word in an order that never changes."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @property
    def sha256(self) -> str:
        """Return the digest of every word."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()


def document_of(contract: Contract, language: str) -> Document:
    """Return what ``contract`` says in ``language`` (``fr`` or ``en``).

    Equal rows give equal words. What people typed is in the language in which they typed it.
    """
    with translation.override(language):
        return Document(
            title=_("Contract of commercial influence: %(purpose)s")
            % {"purpose": contract.purpose},
            sections=(*_parties(contract), *_agreed(contract, language), *_clauses(contract)),
        )


def digest_of_clauses(clauses_fr: dict[str, str], clauses_en: dict[str, str]) -> str:
    """Return the SHA-256 of a text's clauses in both languages."""
    words = json.dumps({"en": clauses_en, "fr": clauses_fr}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()


def _parties(contract: Contract) -> Iterator[Section]:
    yield Section(
        _("The advertiser"),
        _party(
            contract.house_name,
            contract.house_address,
            contract.house_email,
            contract.house_country,
        ),
    )
    yield Section(
        _("The influencer"),
        _party(
            contract.party_name,
            contract.party_address,
            contract.party_email,
            contract.party_country,
        ),
    )


def _party(name: str, address: str, email: str, country: str) -> tuple[str, ...]:
    residence = _("Country of tax residence: %(country)s") % {"country": country}
    return tuple(part for part in (name, address, email, residence if country else "") if part)


def _agreed(contract: Contract, language: str) -> Iterator[Section]:
    yield Section(_("Purpose"), (contract.purpose,))
    yield Section(_("Missions"), _lines(contract.missions))
    yield Section(_("Pay"), _lines(contract.pay))
    yield Section(_("Benefits in kind"), _in_kind(contract, language))
    yield Section(_("Rights of use"), _lines(contract.rights))
    yield Section(_("Exclusivity"), _lines(contract.exclusivity) or (_("None."),))
    yield Section(_("Territory"), (contract.territory,))
    yield Section(_("Period"), _period(contract, language))


def _in_kind(contract: Contract, language: str) -> tuple[str, ...]:
    if not contract.in_kind and not contract.in_kind_minor:
        return (_("None."),)
    value = money_words(contract.in_kind_value, language)
    return (*_lines(contract.in_kind), _("Value excluding VAT: %(value)s.") % {"value": value})


def _period(contract: Contract, language: str) -> tuple[str, ...]:
    def day(value: date) -> str:
        return format_date(value, "long", locale=_locale(language))

    notice = _("Notice to end it earlier: %(days)s days.") % {"days": contract.notice_days}
    if contract.ends_on is None:
        since = _("From %(start)s, for an indefinite time.") % {"start": day(contract.starts_on)}
        return (since, notice)
    term = _("From %(start)s to %(end)s, both included.") % {
        "start": day(contract.starts_on),
        "end": day(contract.ends_on),
    }
    after = (
        _("It goes on after that day until one of the parties ends it.")
        if contract.renews
        else _("It ends on that day without notice and is not renewed by itself.")
    )
    return (term, after, notice)


def text_document(title: str, clauses: Mapping[str, str], language: str) -> Document:
    """Return the clauses that are the same for everybody, as they are read in ``language``."""
    with translation.override(language):
        return Document(title=title, sections=tuple(_sections(clauses)))


def heading_of(clause: Clause) -> str:
    """Return what a clause is headed, in the active language."""
    return {
        Clause.DUTIES: _("Rights and duties"),
        Clause.DISCLOSURE: _("Advertising is said to be advertising"),
        Clause.PROPERTY: _("Intellectual property"),
        Clause.PAYMENT: _("How pay is computed and shown"),
        Clause.LIABILITY: _("Joint liability"),
        Clause.ENDING: _("Duration and end"),
        Clause.LAW: _("Law and signature"),
    }[clause]


def _clauses(contract: Contract) -> Iterator[Section]:
    is_french = translation.get_language() == "fr"
    yield from _sections(contract.text.clauses_fr if is_french else contract.text.clauses_en)


def _sections(clauses: Mapping[str, str]) -> Iterator[Section]:
    for clause in Clause:
        yield Section(heading_of(clause), _lines(clauses[clause]))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _locale(language: str) -> str:
    return "fr_FR" if language == "fr" else "en_GB"

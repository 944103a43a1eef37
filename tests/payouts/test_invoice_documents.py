"""What an invoice is made of: PDF/A-3, its XML, the rules of Europe and of France (IV9 to IV14)."""

import io
from dataclasses import replace
from datetime import date

import pytest
from facturx import get_xml_from_pdf, xml_check_xsd
from lxml import etree
from pypdf import PdfReader
from saxonche import PySaxonProcessor

from core.money import Money
from payouts.domain.invoice import (
    CREDIT_NOTE,
    INVOICE,
    LATE_PENALTY,
    NO_DISCOUNT,
    RECOVERY_FEE,
    Corrected,
    Document,
    Line,
    Party,
    number_of,
    returned_net,
)
from payouts.domain.vat import Case, Vat, vat_on
from payouts.gateways.facturx import (
    EU_ADDRESS_SCHEMES,
    SCHEMAS,
    InvalidInvoice,
    factur_x,
    invoice_xml,
)

DAY = date(2026, 7, 20)
FRENCH = Party(
    name="Ada Blanchet & filles",
    address="1 rue des Lilas",
    postcode="69001",
    town="Lyon",
    country="FR",
    siren="732829320",
    siret="73282932000074",
    vat_number="FR44732829320",
)
GERMAN = Party(
    name="Müller GmbH",
    address="Hauptstraße 5",
    postcode="10115",
    town="Berlin",
    country="DE",
    registration="HRB 12345",
    vat_number="DE136695976",
)
AMERICAN = Party(
    name="Ada Media Inc.",
    address="1 Main Street",
    postcode="10001",
    town="New York",
    country="US",
    registration="12-3456789",
)
BUYER = Party(
    name="Atelier SAS",
    address="2 rue de la Paix",
    postcode="75002",
    town="Paris",
    country="FR",
    siren="552100554",
    siret="55210055400013",
    vat_number="FR83552100554",
)
SELLERS = {"S": FRENCH, "E": FRENCH, "AE": GERMAN, "O": AMERICAN}
SHEETS = {
    "EN 16931": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "BR-FR": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
}
FAILED = ".//{http://purl.oclc.org/dsdl/svrl}failed-assert"
FIRED = ".//{http://purl.oclc.org/dsdl/svrl}fired-rule"
#: Foreign sellers have no SIREN and are not in the French flow; outside the EU no address either.
FOREIGN = {"AE": {"BR-FR-10_BT-30"}, "O": {"BR-FR-10_BT-30", "BR-FR-13_BT-34"}}


def document(case="S", kind=INVOICE, **overrides):
    net = Money(10_000, "EUR")
    vat = Vat(Case(case), 2_000 if case == "S" else 0)
    fields = {
        "number": number_of(12, 2026, 2),
        "kind": kind,
        "issued_on": DAY,
        "due_on": DAY,
        "period_start": date(2026, 6, 1),
        "period_end": date(2026, 7, 10),
        "seller": SELLERS[case],
        "buyer": BUYER,
        "lines": (
            Line("Commissions d'affiliation : 3 ventes", Money(11_000, "EUR")),
            Line("Retours", Money(-1_000, "EUR")),
        ),
        "vat": vat,
        "net": net,
        "tax": vat_on(net, vat.rate_bps),
        "mandate": "mandat de facturation version 1 accepté le 01/02/2026",
        "reference": "AP0000000012",
        "details": "ST-AP0000000012",
        "corrects": Corrected("AF-12-2026-000001", DAY) if kind == CREDIT_NOTE else None,
    }
    return Document(**{**fields, **overrides})


@pytest.fixture(scope="module")
def failures():
    """Which rules of the official schematrons an XML breaks, by set of rules."""
    with PySaxonProcessor(license=False) as processor:
        compiler = processor.new_xslt30_processor()
        sheets = {
            name: compiler.compile_stylesheet(stylesheet_file=str(SCHEMAS / path))
            for name, path in SHEETS.items()
        }

        def ask(xml):
            node = processor.parse_xml(xml_text=xml.decode())
            found = {}
            for name, sheet in sheets.items():
                said = etree.fromstring(sheet.transform_to_string(xdm_node=node).encode())
                assert len(said.findall(FIRED)) > 50
                found[name] = {one.get("id") for one in said.findall(FAILED)}
            return found

        yield ask


@pytest.mark.parametrize("kind", [INVOICE, CREDIT_NOTE])
@pytest.mark.parametrize("case", ["S", "E", "AE", "O"])
def test_the_xml_keeps_to_the_rules_of_europe_and_of_france(failures, case, kind):
    """D6 38."""
    found = failures(invoice_xml(document(case, kind)))

    assert found["EN 16931"] == set()
    assert found["BR-FR"] == FOREIGN.get(case, set())


@pytest.mark.parametrize("country", sorted(EU_ADDRESS_SCHEMES.keys() - {"MC"}))
def test_sellers_of_every_member_state_have_an_address(failures, country):
    number = f"{'EL' if country == 'GR' else country}123456789012"
    seller = replace(GERMAN, country=country, vat_number=number)

    found = failures(invoice_xml(document("AE", seller=seller)))

    assert found == {"EN 16931": set(), "BR-FR": {"BR-FR-10_BT-30"}}


def test_the_schematrons_bite(failures):
    """Without its notes and with a bad number the same document breaks several rules."""
    xml = invoice_xml(document(number="AF 12*")).decode()
    root = etree.fromstring(xml.encode())
    for note in root.findall(".//{*}IncludedNote"):
        note.getparent().remove(note)

    found = failures(etree.tostring(root))["BR-FR"]

    assert {"BR-FR-02_BT-1", "BR-FR-05_BT-22_PMD", "BR-FR-05_BT-22_PMT"} <= found


def test_an_xml_against_its_schema_is_never_written():
    with pytest.raises(InvalidInvoice):
        invoice_xml(document(lines=()))


def test_the_pdf_is_an_archivable_factur_x_and_the_same_each_time():
    made = factur_x(document())

    assert made == factur_x(document())
    assert made.startswith(b"%PDF-1.7")
    name, xml = get_xml_from_pdf(made)
    assert (name, xml) == ("factur-x.xml", invoice_xml(document()))
    assert xml_check_xsd(xml, flavor="factur-x", level="en16931")
    root = PdfReader(io.BytesIO(made)).root_object
    assert root["/AF"][0]["/AFRelationship"] == "/Alternative"
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in metadata
    assert "Factur-X PDFA Extension Schema" in metadata


def text_of(made):
    pages = PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    ("case", "mention"),
    [
        ("S", "TVA 20 %"),
        ("E", "TVA non applicable, art. 293 B du CGI"),
        ("AE", "Autoliquidation"),
        ("O", "art. 283-2 du CGI"),
    ],
)
def test_a_person_reads_every_mention(case, mention):
    text = text_of(factur_x(document(case)))

    for words in (
        mention, "Autofacturation", "mandat de facturation version 1", LATE_PENALTY,
        RECOVERY_FEE, NO_DISCOUNT, "40 euros", "20/07/2026", "du 01/06/2026 au 10/07/2026",
        "AF-12-2026-000002", "AP0000000012", "ST-AP0000000012", "Total TTC", "SIREN 552100554",
    ):  # fmt: skip
        assert words in text, words
    xml = invoice_xml(document(case)).decode()
    assert "Autofacturation" in xml
    assert mention.split(" :")[0] in xml or case == "S"


def test_both_vat_numbers_stand_on_a_reverse_charge_and_none_outside_the_eu():
    inside, outside = text_of(factur_x(document("AE"))), text_of(factur_x(document("O")))

    assert "DE136695976" in inside
    assert "FR83552100554" in inside
    assert "N° TVA" not in outside
    assert "FR44732829320" not in text_of(factur_x(document("E")))


def test_a_credit_note_names_what_it_corrects():
    text = text_of(factur_x(document("E", CREDIT_NOTE)))

    assert "Avoir d'autofacturation" in text
    assert "AF-12-2026-000001 du 20/07/2026" in text


def test_what_does_not_add_up_is_not_written():
    with pytest.raises(ValueError, match="lines"):
        factur_x(document(lines=(Line("Commissions", Money(1, "EUR")),)))
    with pytest.raises(ValueError, match="VAT"):
        factur_x(document(tax=Money(1_999, "EUR")))


def test_strange_names_do_not_break_the_document():
    seller = replace(FRENCH, name='Ada\x00 <b>"Ω漢</b> & Co ' + "x" * 60)

    assert factur_x(document(seller=seller)).startswith(b"%PDF")


def test_numbers_have_no_more_than_35_characters_of_those_allowed():
    assert number_of(12, 2026, 1) == "AF-12-2026-000001"
    assert len(number_of(10**18, 2026, 999_999)) <= 35
    with pytest.raises(ValueError, match="too long"):
        number_of(10**25, 2026, 1)


def test_parts_that_came_back_add_up_to_the_net():
    net, gross = Money(10_001, "EUR"), Money(12_001, "EUR")
    parts = [Money(333, "EUR")] * 36 + [Money(13, "EUR")]
    before, taken = Money(0, "EUR"), Money(0, "EUR")

    for part in parts:
        taken += returned_net(part, before, net=net, gross=gross)
        before += part

    assert before == gross
    assert taken == net

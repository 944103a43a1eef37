"""The SEPA credit transfer file against the schema and the rules F1 to F14."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from affiliates.domain.bank import (
    InvalidBic,
    InvalidIban,
    bic_of,
    is_in_sepa,
    last_four,
    normalized_bic,
    normalized_iban,
)
from core.money import Money
from payouts.domain.sepa_text import UnreadableText, is_sepa_identifier, sepa_name, sepa_text
from payouts.gateways.refusals import FileRefused
from payouts.gateways.sepa import (
    LARGEST_MINOR,
    CreditTransfer,
    CreditTransferFile,
    Debtor,
    pain_001_001_09,
)

FRENCH = "FR7630006000011234567890189"
FRENCH_POSTAL = "FR1420041010050500013M02606"
GERMAN = "DE89370400440532013000"
SWISS = "CH9300762011623852957"
TURKISH = "TR330006100519786457841326"
ALLOWED = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@cache
def schema() -> etree.XMLSchema:
    text = (files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text))


def make_transfer(**overrides) -> CreditTransfer:
    transfer = CreditTransfer(
        end_to_end_id="ITEM-1",
        amount=Money(12_345, "EUR"),
        name="Ada Lefèvre",
        iban=FRENCH,
        bic=None,
        remittance="Commissions octobre 2026, relevé ST-412",
        country="FR",
    )
    return replace(transfer, **overrides)


def make_file(*transfers: CreditTransfer, **overrides) -> CreditTransferFile:
    file = CreditTransferFile(
        message_id="PB-2026-0031",
        created_at=datetime(2026, 11, 5, 9, 30, 12, 345, tzinfo=UTC),
        execution_date=date(2026, 11, 6),
        debtor=Debtor("Maison Aubéri SAS", FRENCH_POSTAL, "PSSTFRPP", "FR", "Paris"),
        transfers=transfers or (make_transfer(),),
    )
    return replace(file, **overrides)


def parsed(file: CreditTransferFile) -> etree._Element:
    document = etree.fromstring(pain_001_001_09(file))
    schema().assertValid(document)
    return document


def texts(document: etree._Element, path: str) -> list[str]:
    return [node.text for node in document.iterfind(f".//{path}", NS)]


def problems(file: CreditTransferFile) -> list[str]:
    with pytest.raises(FileRefused) as refusal:
        pain_001_001_09(file)
    return [str(problem) for problem in refusal.value.problems]


# --- what is in the file ---------------------------------------------------------------------


def test_one_payment_is_written_whole():
    body = pain_001_001_09(make_file()).decode()
    assert body.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso')
    document = parsed(make_file())
    expected = {
        "p:GrpHdr/p:MsgId": ["PB-2026-0031"],
        "p:CreDtTm": ["2026-11-05T09:30:12Z"],
        "p:PmtInfId": ["PB-2026-0031"],
        "p:PmtMtd": ["TRF"],
        "p:BtchBookg": ["true"],
        "p:SvcLvl/p:Cd": ["SEPA"],
        "p:ReqdExctnDt/p:Dt": ["2026-11-06"],
        "p:ChrgBr": ["SLEV"],
        "p:Dbtr/p:Nm": ["Maison Auberi SAS"],
        "p:DbtrAcct/p:Id/p:IBAN": [FRENCH_POSTAL],
        "p:DbtrAgt/p:FinInstnId/p:BICFI": ["PSSTFRPP"],
        "p:EndToEndId": ["ITEM-1"],
        "p:InstdAmt": ["123.45"],
        "p:Cdtr/p:Nm": ["Ada Lefevre"],
        "p:CdtrAcct/p:Id/p:IBAN": [FRENCH],
        "p:Ustrd": ["Commissions octobre 2026, releve ST-412"],
        "p:NbOfTxs": ["1", "1"],
        "p:CtrlSum": ["123.45", "123.45"],
    }
    assert {path: texts(document, path) for path in expected} == expected
    assert document.find(".//p:InstdAmt", NS).get("Ccy") == "EUR"


def test_control_sum_is_the_sum_of_the_batch():
    file = make_file(
        make_transfer(end_to_end_id="A", amount=Money(1, "EUR")),
        make_transfer(end_to_end_id="B", amount=Money(LARGEST_MINOR, "EUR")),
    )
    assert texts(parsed(file), "p:CtrlSum") == ["1000000000.00"] * 2
    assert file.control_sum == Money(100_000_000_000, "EUR")


def test_same_batch_gives_same_bytes_in_any_order_and_any_time_zone():
    first, second = make_transfer(end_to_end_id="A"), make_transfer(end_to_end_id="B")
    paris = datetime(2026, 11, 5, 10, 30, 12, tzinfo=timezone(timedelta(hours=1)))
    one = pain_001_001_09(make_file(first, second))
    assert one == pain_001_001_09(make_file(first, second))
    assert one == pain_001_001_09(make_file(second, first))
    assert one == pain_001_001_09(make_file(first, second, created_at=paris))


def test_inside_the_area_no_address_leaves_the_house():
    document = parsed(make_file(make_transfer(town="Bordeaux"), make_transfer(
        end_to_end_id="ITEM-2", iban=GERMAN, country="DE", town="Köln")))  # fmt: skip
    assert texts(document, "p:PstlAdr") == []
    assert texts(document, "p:AdrLine") == []


@pytest.mark.parametrize(
    ("iban", "country"), [(SWISS, "CH"), (SWISS, "FR"), (FRENCH, "CH"), (FRENCH, "MC")]
)
def test_outside_the_area_town_and_country_are_told(iban, country):
    document = parsed(make_file(make_transfer(iban=iban, country=country, town="Genève")))
    assert texts(document, "p:Cdtr/p:PstlAdr/p:TwnNm") == ["Geneve"]
    assert texts(document, "p:Cdtr/p:PstlAdr/p:Ctry") == [country]
    assert texts(document, "p:Dbtr/p:PstlAdr/p:TwnNm") == ["Paris"]
    assert texts(document, "p:AdrLine") == []


def test_bic_is_optional_on_both_sides():
    debtor = Debtor("Maison Auberi", FRENCH)
    without = parsed(make_file(debtor=debtor))
    assert texts(without, "p:DbtrAgt/p:FinInstnId/p:Othr/p:Id") == ["NOTPROVIDED"]
    assert texts(without, "p:CdtrAgt") == []
    document = parsed(make_file(make_transfer(bic="cobadeffxxx", iban=GERMAN, country="DE")))
    assert texts(document, "p:CdtrAgt/p:FinInstnId/p:BICFI") == ["COBADEFFXXX"]


def test_iban_is_written_compact():
    document = parsed(make_file(make_transfer(iban=" de89 3704 0044 0532 0130 00 ", country="DE")))
    assert texts(document, "p:CdtrAcct/p:Id/p:IBAN") == [GERMAN]


def test_long_texts_are_cut_and_an_empty_remittance_is_left_out():
    document = parsed(make_file(make_transfer(name="é" * 90, remittance="Œ" * 90)))
    assert texts(document, "p:Cdtr/p:Nm") == ["e" * 70]
    assert texts(document, "p:Ustrd") == ["OE" * 70]
    assert texts(parsed(make_file(make_transfer(remittance=" \n "))), "p:RmtInf") == []


def test_ten_thousand_payments_are_one_valid_file():
    transfers = [
        make_transfer(end_to_end_id=f"ITEM-{number:05}", amount=Money(number + 1, "EUR"))
        for number in range(10_000)
    ]
    document = parsed(make_file(*transfers))
    assert texts(document, "p:NbOfTxs") == ["10000"] * 2
    assert texts(document, "p:CtrlSum") == ["500050.00"] * 2


@given(name=st.text(), remittance=st.text(), town=st.text(), minor=st.integers(1, LARGEST_MINOR))
def test_any_text_gives_a_valid_file_or_a_refusal(name, remittance, town, minor):
    transfer = make_transfer(
        name=name, remittance=remittance, town=town, country="CH", iban=SWISS,
        amount=Money(minor, "EUR"),
    )  # fmt: skip
    try:
        parsed(make_file(transfer))
    except FileRefused as refusal:
        assert {problem.row for problem in refusal.problems} == {"ITEM-1"}  # noqa: PT017


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount": Money(0, "EUR")}, "The amount must be between"),
        ({"amount": Money(-1, "EUR")}, "The amount must be between"),
        ({"amount": Money(LARGEST_MINOR + 1, "EUR")}, "The amount must be between"),
        ({"amount": Money(100, "GBP")}, "A SEPA payment is in euros, not in GBP."),
        ({"name": "  "}, "The name must be written in Latin letters."),
        ({"name": "李小龙"}, "The name must be written in Latin letters."),
        ({"iban": FRENCH[:-1] + "8"}, "The IBAN ending in 0188 is not valid."),
        ({"iban": ""}, "The IBAN is missing."),
        ({"iban": TURKISH}, "The account ending in 1326 cannot be reached by SEPA."),
        ({"bic": "XXXX"}, "The BIC is not valid."),
        ({"bic": ""}, "The BIC is not valid."),
        ({"country": "fr"}, "The country needs its code of two capitals."),
        ({"country": "CH"}, "Outside the European Economic Area, banks need the payee's town."),
        ({"iban": SWISS, "town": "日内瓦"}, "Outside the European Economic Area"),
    ],
)
def test_a_bad_row_is_refused_with_a_sentence(change, sentence):
    (problem,) = problems(make_file(make_transfer(**change)))
    assert problem.startswith(f"ITEM-1: {sentence}")


@pytest.mark.parametrize("identifier", ["", "x" * 36, "A B", "É", "/A", "A/", "A//B", "A_B", "A\n"])
def test_an_identifier_that_banks_do_not_accept_is_refused(identifier):
    (problem,) = problems(make_file(make_transfer(end_to_end_id=identifier)))
    assert "The reference has more than 35 characters" in problem
    (problem,) = problems(make_file(message_id=identifier))
    assert problem.startswith("The batch reference has characters")


def test_every_bad_row_is_told_at_once():
    file = make_file(
        make_transfer(end_to_end_id="A", amount=Money(0, "EUR"), name="?"),
        make_transfer(end_to_end_id="B"),
        make_transfer(end_to_end_id="C", iban="FR00"),
        make_transfer(end_to_end_id="D"),
        make_transfer(end_to_end_id="D"),
        execution_date=date(2026, 11, 4),
        debtor=Debtor("Maison", "FR00", "nonsense"),
    )
    assert [problem.split(":")[0] for problem in problems(file)] == [
        "The payment date is in the past.", "Paying account", "Paying account", "A", "A", "C", "D",
    ]  # fmt: skip


def test_a_refusal_of_many_rows_shows_twenty_and_counts_the_rest():
    rows = [make_transfer(end_to_end_id=f"R{n}", amount=Money(0, "EUR")) for n in range(30)]
    with pytest.raises(FileRefused, match="And 10 more problems") as refusal:
        pain_001_001_09(make_file(*rows))
    assert len(refusal.value.problems) == 30


def test_a_refusal_never_repeats_an_account_number():
    wrong = FRENCH[:-1] + "8"
    assert wrong[:-4] not in "".join(problems(make_file(make_transfer(iban=wrong))))


def test_an_empty_batch_is_refused():
    assert problems(replace(make_file(), transfers=())) == ["There is no payment in the batch."]


def test_a_time_without_zone_is_a_bug():
    with pytest.raises(ValueError, match="time zone"):
        pain_001_001_09(make_file(created_at=datetime(2026, 11, 5)))  # noqa: DTZ001


# --- the character set -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Éloïse Brûlé-Çelik", "Eloise Brule-Celik"),
        ("Cœur & Œuvre", "Coeur + OEuvre"),
        ("Straße, Ærø, Łódź, Þór", "Strasse, AEro, Lodz, THor"),
        ("Θεσσαλονίκη Ψυχή", "THessaloniki PSychi"),
        ("София Щука", "Sofiya SHTuka"),
        ("L’été — «10 €» n° 5; [a] {b} a_b~c\\d|e", "L'ete - '10 E' n. 5, (a) (b) a-b-c/d/e"),
        ("50% @home #1 *!", "50. .home .1 .."),
        ("a\tb\n\n c\u00a0d\u200be", "a b c de"),
        ("ﬁn ½ 🎉", "fin 1/2 ."),
        ("e\u0301te\u0301", "ete"),
    ],
)
def test_text_is_spelled_in_the_sepa_character_set(text, expected):
    assert sepa_text(text, limit=140) == expected


@given(st.text(), st.integers(1, 140))
def test_sepa_text_is_allowed_short_and_stable(text, limit):
    converted = sepa_text(text, limit=limit)
    assert set(converted) <= ALLOWED
    assert len(converted) <= limit
    assert converted == " ".join(converted.split())
    assert sepa_text(converted, limit=limit) == converted


@given(st.text(alphabet=sorted(ALLOWED), max_size=140))
def test_allowed_text_is_kept(text):
    assert sepa_text(text, limit=140) == " ".join(text.split())


@given(st.text())
def test_a_name_has_a_letter_or_a_digit(text):
    try:
        assert any(character.isalnum() for character in sepa_name(text))
    except UnreadableText:
        assert not any(character.isalnum() for character in sepa_text(text, limit=70))


@given(st.from_regex(r"[A-Za-z0-9\-?:().,'+]{1,35}", fullmatch=True))
def test_identifiers_of_allowed_characters_are_accepted(text):
    assert is_sepa_identifier(text)


# --- accounts --------------------------------------------------------------------------------


def test_an_iban_is_normalized_and_known():
    assert normalized_iban(" fr76 3000 6000 0112 3456 7890 189 ") == FRENCH
    assert last_four(f"{FRENCH[:-2]} 89 ") == "0189"
    assert bic_of(FRENCH) == "AGRIFRPPXXX"
    assert bic_of(SWISS) is None
    assert normalized_bic("deutdeff") == "DEUTDEFF"
    assert is_in_sepa(SWISS)
    assert not is_in_sepa(TURKISH)


@given(st.text(st.characters(blacklist_categories=("Ll", "Zs", "Cs"))) | st.text(max_size=3))
def test_no_text_breaks_the_checks(text):
    for check, refusal in ((normalized_iban, InvalidIban), (normalized_bic, InvalidBic)):
        try:
            assert check(text).isascii()
        except refusal as error:
            assert text not in str(error) or len(text) < 4  # noqa: PT017


@given(st.integers(0, 9), st.integers(4, 26))
def test_one_wrong_digit_is_always_found(digit, place):
    changed = FRENCH[:place] + str(digit) + FRENCH[place + 1 :]
    if changed == FRENCH:
        assert normalized_iban(changed) == FRENCH
    else:
        with pytest.raises(InvalidIban):
            normalized_iban(changed)

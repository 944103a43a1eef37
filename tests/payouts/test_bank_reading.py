"""Files of a bank are read as if an attacker had written them (BK1 to BK6)."""

import pytest

from payouts.gateways.bank_xml import MOST_BYTES, BankFileRefused
from payouts.gateways.camt import read_account_file
from payouts.gateways.pain002 import read_status_report
from payouts.models import BankEntry, BankFile
from tests.payouts.bank_messages import HERE, Sent, receive

STATEMENT = (HERE / "camt053_08_day.xml").read_bytes().replace(b"@", b"")
REPORT = (HERE / "pain002_10_two_refused.xml").read_bytes().replace(b"@", b"")
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><Document>&c;</Document>"""
OUTSIDE = (
    b"""<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>"""
)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "empty"),
        (b" " * 10, "empty"),
        (b"<a>" + b" " * MOST_BYTES, "10 MB"),
        (BOMB, "entities"),
        (OUTSIDE, "entities"),
        (BOMB.decode().encode("utf-16"), "entities"),
        (BOMB.replace(b"DOCTYPE", b"doctype"), "entities"),
        (b"Date;Montant\n2026-07-21;50", "not readable XML"),
        (STATEMENT[:900], "not readable XML"),
        (b"<Document><Nothing/></Document>", "no answer of a bank"),
        (b"<Document/>", "no answer of a bank"),
        (b"<html/>", "no answer of a bank"),
        (STATEMENT.replace(b"camt.053.001.08", b"camt.053.001.01"), "camt.053.001.08"),
        (STATEMENT.replace(b"camt.053.001.08", b"camt.052.001.08"), "not read here"),
        (STATEMENT.replace(b"<MsgId>STMT-20260721-1</MsgId>", b""), "MsgId"),
        (STATEMENT.replace(b">249.90<", b">249.9O<"), "Amt"),
        (STATEMENT.replace(b">249.90<", b">249.901<"), "Amt"),
        (STATEMENT.replace(b">249.90<", b">1e99<"), "Amt"),
        (STATEMENT.replace(b">249.90<", b">249.91<"), "closing balance"),
        (STATEMENT.replace(b">DBIT</CdtDbtInd>\n        <Sts>", b">XX</CdtDbtInd><Sts>"), "CdtDbt"),
        (STATEMENT.replace(b"<BookgDt><Dt>2026-07-21</Dt>", b"<BookgDt><Dt>soon</Dt>"), "BookgDt"),
    ],
)
def test_a_file_that_is_not_whole_or_not_the_banks_is_refused(body, sentence):
    with pytest.raises(BankFileRefused, match=sentence):
        read_account_file(body)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (STATEMENT, "pain.002"),
        (REPORT.replace(b"<OrgnlMsgId>BATCH</OrgnlMsgId>", b""), "OrgnlMsgId"),
        (REPORT.replace(b"<TxSts>ACSC</TxSts>", b""), "TxSts"),
        (REPORT.replace(b"<OrgnlEndToEndId>BEA</OrgnlEndToEndId>", b""), "OrgnlEndToEndId"),
        (REPORT.replace(b"pain.002.001.10", b"pain.002.001.02"), "pain.002.001.10"),
    ],
)
def test_a_report_that_is_not_whole_is_refused(body, sentence):
    with pytest.raises(BankFileRefused, match=sentence):
        read_status_report(body)


def test_a_report_for_a_statement_is_refused_with_the_name_of_the_right_one():
    with pytest.raises(BankFileRefused, match="camt"):
        read_account_file(REPORT)


def test_names_are_read_with_any_prefix_and_without_namespace():
    uri = b"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
    plain = STATEMENT.replace(b' xmlns="' + uri + b'"', b"")
    prefixed = plain.replace(b"</", b"</n:").replace(b"<", b"<n:").replace(b"<n:/n:", b"</n:")
    prefixed = prefixed.replace(b"<n:?xml", b"<?xml").replace(
        b"<n:Document>", b'<n:Document xmlns:n="' + uri + b'">'
    )

    assert read_account_file(prefixed) == read_account_file(plain) == read_account_file(STATEMENT)


def test_what_a_statement_says():
    [statement] = read_account_file(STATEMENT).statements

    assert (statement.iban, str(statement.day)) == ("FR7612345987650123456789014", "2026-07-21")
    assert (statement.opening.minor, statement.closing.minor) == (1_000_000, 1_013_440)
    assert [(one.amount.minor, one.end_to_end_id) for one in statement.bookings] == [
        (-5_000, "ADA"), (-3_000, "BEA"), (-2_000, "CLO"), (24_990, "CMD-88121"), (-1_550, ""),
    ]  # fmt: skip
    assert len({one.reference for one in statement.bookings}) == 5


def test_an_entry_whose_details_are_not_its_amount_is_one_line():
    body = STATEMENT.replace(b'<Amt Ccy="EUR">50.00</Amt>', b'<Amt Ccy="EUR">49.00</Amt>')

    [statement] = read_account_file(body).statements

    first = statement.bookings[0]
    assert (first.amount.minor, first.end_to_end_id, first.batch_reference) == (
        -10_000,
        "",
        "BATCH",
    )


def test_what_a_report_says():
    report = read_status_report(REPORT)

    assert (report.original_message_id, report.code) == ("BATCH", "PART")
    assert not report.is_refused_whole
    assert [(one.end_to_end_id, one.reason_code) for one in report.payments if one.is_refused] == [
        ("ADA", "AC01"),
        ("BEA", "AC04"),
    ]


def test_the_whole_file_is_refused_by_its_only_instruction_too():
    body = REPORT.replace(b"<GrpSts>PART</GrpSts>", b"").replace(b">PART<", b">RJCT<")
    start, end = body.index(b"<TxInfAndSts>"), body.rindex(b"</TxInfAndSts>") + 14

    assert read_status_report(body[:start] + body[end:]).is_refused_whole


@pytest.mark.django_db
def test_of_a_refused_file_nothing_is_kept():
    sent = Sent()
    body = sent.fill("camt053_08_day.xml").replace(b">249.90<", b">249.91<")

    with pytest.raises(BankFileRefused):
        receive(body)

    assert not BankFile.objects.exists()
    assert not BankEntry.objects.exists()
    assert sent.statuses() == ["sent"] * 3

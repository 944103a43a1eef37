"""Claims of an affiliate: made from a page, a sale or a file, answered, withdrawn."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.models import Programme
from payouts.models import Claim, ClaimMessage
from payouts.services import claim_decisions, claim_retention, claims
from payouts.services.claim_decisions import Reply
from tests.builders import make_attribution, make_order
from tests.payouts.claim_stories import claimed
from tests.payouts.paydays import PAYDAY
from tests.payouts.stories import euros

PDF = b"%PDF-1.7 a mail"
NEW = "/portal/claims/new/"
FILES = "/portal/claims/import/"
HEAD = "order_number;ordered_on;kind;amount;text\n"


def typed(**overrides):
    fields = {
        "kind": "missing",
        "order_number": "WEB-9",
        "ordered_on": PAYDAY.date().isoformat(),
        "amount": "89,90",
        "text": "From my newsletter",
    }
    return {**fields, **overrides}


def test_a_claim_is_made_and_its_page_says_what_our_records_say(ada, world):
    proof = SimpleUploadedFile("Mail.PDF", PDF)

    answer = ada.post(NEW, {**typed(), "proof": proof}, headers={"accept-language": "fr"})

    claim = Claim.objects.get(order_number="WEB-9")
    assert answer["Location"] == f"/portal/claims/{claim.public_id}/"
    assert (claim.amount_minor, claim.proof_name, bytes(claim.proof)) == (8_990, "Mail.pdf", PDF)
    page = ada.get(answer["Location"]).content.decode()
    assert "We find no order with this number" in page
    assert "From my newsletter" in page
    assert "Withdraw the claim" in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"order_number": " "}, "This field is required"),
        ({"ordered_on": "2026-01-01"}, "within 90 days"),
        ({"ordered_on": "tomorrow"}, "Enter a valid date"),
        ({"amount": "-1"}, "greater than or equal"),
        ({"kind": "wrong"}, "Say that it is missing instead"),
        ({"kind": "odd"}, "valid choice"),
        ({"order_number": "S-999999"}, "no such sale"),
        ({"text": "x" * 2_001}, "at most 2000"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(ada, world, changes, says):
    before = Claim.objects.count()

    answer = ada.post(NEW, typed(**changes))

    assert answer.status_code == 422
    assert says in answer.content.decode().replace("&#x27;", "'")
    assert "89,90" in answer.content.decode() or "amount" in changes
    assert Claim.objects.count() == before


@pytest.mark.parametrize("body", [b"<html>", b"", b"GIF89a"])
def test_other_files_are_refused(ada, world, body):
    answer = ada.post(NEW, {**typed(), "proof": SimpleUploadedFile("proof.pdf", body)})
    assert answer.status_code == 422
    assert not Claim.objects.filter(order_number="WEB-9").exists()


def test_a_claim_begins_at_a_sale_with_its_reference_and_not_the_orders_number(ada, world):
    sale = world.pending
    assert (
        f"{NEW}?sale={sale.credit_id}"
        in ada.get(f"/portal/sales/{sale.credit_id}/").content.decode()
    )

    page = ada.get(f"{NEW}?sale={sale.credit_id}").content.decode()

    assert f'value="S-{sale.credit_id}"' in page
    ada.post(NEW, typed(kind="wrong", order_number=f"S-{sale.credit_id}",
                        ordered_on=sale.credit.order.placed_at.date().isoformat()))  # fmt: skip
    claim = Claim.objects.get(commission=sale)
    assert (claim.order, claim.order_number) == (sale.credit.order, f"S-{sale.credit_id}")
    assert ada.get(f"{NEW}?sale=odd").status_code == 200


def test_nobody_begins_at_the_sale_of_another(sign_in, world):
    mallory = sign_in(world.people["mallory"])
    assert mallory.get(f"{NEW}?sale={world.pending.credit_id}").status_code == 404


def test_a_proof_is_sent_to_be_saved_to_its_affiliate_alone(ada, world):
    answer = ada.get(f"/portal/claims/{world.claim.public_id}/proof/0/")

    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="mail.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert ada.get(f"/portal/claims/{world.claim.public_id}/proof/999/").status_code == 404


def test_a_stranger_finds_acts_on_and_loads_nothing(sign_in, world):
    claim = world.claim
    claims.ask(claim_id=claim.pk, text="How?", actor_id=world.people["sam"].pk, now=PAYDAY)
    mallory, page = sign_in(world.people["mallory"]), f"/portal/claims/{claim.public_id}/"

    asked = [
        mallory.get(page),
        mallory.get(f"{page}proof/0/"),
        mallory.post(f"{page}reply/", {"text": "Mine"}),
        mallory.post(f"{page}withdraw/"),
    ]

    assert [answer.status_code for answer in asked] == [404] * 4
    claim.refresh_from_db()
    assert claim.status == "question"
    assert not ClaimMessage.objects.filter(is_from_team=False).exists()


def test_the_file_of_one_claim_is_not_found_under_another(ada, world):
    other = claimed(world.ada, order_number="WEB-1", ordered_on=PAYDAY.date(), now=PAYDAY)
    claims.ask(claim_id=other.pk, text="How?", actor_id=world.people["sam"].pk, now=PAYDAY)
    ada.post(f"/portal/claims/{other.public_id}/reply/",
             {"text": "So", "proof": SimpleUploadedFile("a.pdf", PDF)})  # fmt: skip
    message = ClaimMessage.objects.get(is_from_team=False)

    assert ada.get(f"/portal/claims/{other.public_id}/proof/{message.pk}/").content == PDF
    wrong = f"/portal/claims/{world.claim.public_id}/proof/{message.pk}/"
    assert ada.get(wrong).status_code == 404


def test_a_question_is_answered_on_the_page(ada, world):
    claim, page = world.claim, f"/portal/claims/{world.claim.public_id}/"
    assert ada.post(f"{page}reply/", {"text": "Too early"}).status_code == 422
    claims.ask(claim_id=claim.pk, text="How did they come?", actor_id=world.people["sam"].pk,
               now=PAYDAY)  # fmt: skip
    shown = ada.get(page).content.decode()
    assert "How did they come?" in shown
    assert "Sam" not in shown

    assert ada.post(f"{page}reply/", {"text": " "}).status_code == 422
    ada.post(f"{page}reply/", {"text": "By the story of 3 May"})

    claim.refresh_from_db()
    assert claim.status == "open"
    assert "By the story of 3 May" in ada.get(page).content.decode()


def test_the_answer_and_its_amount_are_on_the_page(ada, world):
    claim_decisions.grant(
        claim_id=world.claim.pk,
        amount=euros(1_000),
        reply=Reply(code="refusal_lifted", text="It stands.", internal_text="Our mistake"),
        actor_id=world.people["sam"].pk,
        now=PAYDAY,
    )

    page = ada.get(f"/portal/claims/{world.claim.public_id}/").content.decode()
    listed = ada.get("/portal/claims/").content.decode()

    assert "It stands." in page
    assert "Our mistake" not in page
    assert "10.00" in page
    assert "Granted" in listed


def test_an_answer_that_waits_for_a_second_person_is_not_shown(ada, world):
    order = make_order(number="WEB-2", placed_at=PAYDAY, lines=[{"quantity": 20}])
    make_attribution(order)
    claim = claimed(world.ada, order_number="WEB-2", ordered_on=PAYDAY.date(), now=PAYDAY)
    claim_decisions.grant(
        claim_id=claim.pk, amount=euros(20_000), reply=Reply(code="other", text="Quite right."),
        actor_id=world.people["sam"].pk, now=PAYDAY,
    )  # fmt: skip
    page = ada.get(f"/portal/claims/{claim.public_id}/").content.decode()
    assert "Quite right." not in page
    assert "Withdraw the claim" not in page


def test_a_claim_is_withdrawn_by_its_button(ada, world):
    ada.post(f"/portal/claims/{world.claim.public_id}/withdraw/")
    world.claim.refresh_from_db()
    assert world.claim.status == "withdrawn"


def lines(*rows):
    return HEAD + "\n".join(rows)


def test_a_file_is_shown_first_and_then_claimed_whole(ada, world):
    day, before = PAYDAY.date(), Claim.objects.count()
    text = lines(f"WEB-1;{day};missing;89,90;", f"#web-2;{day};;;By my letter")

    shown = ada.post(FILES, {"file": SimpleUploadedFile("june.csv", text.encode())})

    assert "2 lines can be claimed" in shown.content.decode()
    assert Claim.objects.count() == before
    for _again in range(2):
        done = ada.post(FILES, {"lines": text, "name": "june.csv", "act": "make"})
        assert done["Location"] == "/portal/claims/"
    made = Claim.objects.filter(import_name="june.csv")
    assert sorted(made.values_list("order_number", "amount_minor")) == [
        ("WEB-1", 8_990), ("WEB-2", None),
    ]  # fmt: skip


def test_one_bad_line_stops_the_whole_file_and_each_says_why(ada, world):
    day, before = PAYDAY.date(), Claim.objects.count()
    text = lines(
        f"WEB-1;{day};missing;;", f"WEB-1;{day};missing;;", "WEB-3;31.05.2026;missing;;",
        f"WEB-4;{day};odd;;", f"WEB-5;{day};missing;many;", f"WEB-6;{day};wrong;;Too low",
        f'WEB-7;{day};missing;;"open', f"WEB-8;{day};missing;;a;b", f"WEB-9;{day};missing;;",
    )  # fmt: skip

    shown = ada.post(FILES, {"lines": text}).content.decode()
    refused = ada.post(FILES, {"lines": text, "act": "make"})

    for why in (
        "Two lines claim this order", "A day is written 2026-05-31", "The kind is one of",
        "An amount is written", "Say that it is missing instead", "quotation marks",
        "more cells", "1 line can be claimed", "8 cannot",
    ):  # fmt: skip
        assert why in shown, why
    assert "Send 1 claim" not in shown
    assert refused.status_code == 200
    assert Claim.objects.count() == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Choose a file"),
        ("number;day\n1;2", "names the columns"),
        (HEAD + "\n".join(f"W{n};2026-07-17;missing;;" for n in range(51)), "at most 50 lines"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_it_needs(ada, world, text, says):
    answer = ada.post(FILES, {"lines": text})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_the_length_of_a_file_is_a_setting_of_the_programme(ada, world):
    Programme.objects.update_or_create(pk=1, defaults={"claim_lines_most": 1})
    text = HEAD + "W1;2026-07-17;missing;;\nW2;2026-07-17;missing;;"

    assert "At most 1 line." in ada.get(FILES).content.decode()
    assert "at most 1 line." in ada.post(FILES, {"lines": text}).content.decode()
    assert ada.post(FILES, {"lines": text.rsplit("\n", 1)[0]}).status_code == 200


def test_a_question_says_by_when_and_the_list_and_the_home_page_say_that_it_waits(ada, world):
    claim = claimed(world.ada, order_number="Q-1", ordered_on=PAYDAY.date(), now=PAYDAY)
    assert "waits for your answer" not in ada.get("/portal/").content.decode()
    claims.ask(claim_id=claim.pk, text="How?", actor_id=world.people["sam"].pk, now=PAYDAY)

    by = "please answer by 31 July 2026"
    assert by in ada.get(f"/portal/claims/{claim.public_id}/").content.decode()
    listed = ada.get("/portal/claims/").content.decode()
    assert "1 claim waits for your answer" in listed
    assert by in listed
    assert "1 claim waits for your answer" in ada.get("/portal/").content.decode()


def test_a_deleted_file_is_named_and_gone(ada, world):
    proof = SimpleUploadedFile("Mail.PDF", PDF)
    ada.post(NEW, {**typed(), "proof": proof})
    claim = Claim.objects.get(order_number="WEB-9")
    file = f"/portal/claims/{claim.public_id}/proof/0/"
    assert ada.get(file).content == PDF
    ada.post(f"/portal/claims/{claim.public_id}/withdraw/")

    claim_retention.delete_proofs(now=PAYDAY + timedelta(days=1_000))

    assert ada.get(file).status_code == 404
    page = ada.get(f"/portal/claims/{claim.public_id}/").content.decode()
    assert "Mail.pdf: deleted" in page
    assert file not in page


def test_the_list_asks_as_often_for_many_as_for_one(ada, world):
    def count():
        ada.get("/portal/claims/")
        with CaptureQueriesContext(connection) as queries:
            assert ada.get("/portal/claims/").status_code == 200
        return len(queries)

    one = count()
    for number in range(20):
        claimed(world.ada, order_number=f"N-{number}", ordered_on=PAYDAY.date(), now=PAYDAY)
    assert count() == one

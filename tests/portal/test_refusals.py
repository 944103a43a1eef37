"""Refusals that name the codes of states are said in words, in the language of the reader."""

import pytest
from django.utils.translation import override

from core.errors import DomainError, InvalidTransition
from core.wording import Said
from payouts.models import Batch
from payouts.services.blocks import CaseDecides
from portal.refusals import sentence, why_failed
from shop.models import InboundEvent
from tests.payouts.paydays import PAYDAY


def test_a_move_that_came_too_late_names_no_codes():
    with pytest.raises(InvalidTransition) as refused:
        Batch(status="done").move_to("draft", at=PAYDAY)

    with override("en"):
        assert sentence(refused.value).startswith("Somebody acted on it in the meantime.")
    with override("fr"):
        assert sentence(refused.value).startswith("Quelqu’un est intervenu entre-temps.")


def test_a_block_of_a_case_sends_to_the_case():
    with override("fr"):
        assert "dossier de vérification" in sentence(CaseDecides("Decide the case."))


def test_every_other_refusal_speaks_for_itself():
    assert sentence(DomainError("Say why.")) == "Say why."


def test_what_a_rule_said_in_english_is_said_again():
    refusal = DomainError(Said("At most %(most)s %%, not %(asked)s.", most=50, asked="80"))
    assert str(refusal) == "At most 50 %, not 80."
    assert sentence(refusal) == "At most 50 %, not 80."
    with override("fr"):
        assert sentence(DomainError(Said("Yes"))) == "Oui"


def test_a_delivery_that_failed_before_reasons_were_kept_speaks_for_itself():
    assert why_failed(InboundEvent(error="The order has no lines.")) == "The order has no lines."

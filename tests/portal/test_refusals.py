"""Refusals that name the codes of states are said in words, in the language of the reader."""

import pytest
from django.utils.translation import override

from core.errors import DomainError, InvalidTransition
from payouts.models import Batch
from payouts.services.blocks import CaseDecides
from portal.refusals import sentence
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

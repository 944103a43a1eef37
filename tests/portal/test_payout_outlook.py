"""What stands in the way of a payment leads to the page where it is mended (ux A13, D4)."""

import pytest
from django.urls import reverse

from payouts.domain.gates import GateCode
from payouts.queries.why_not_paid import GateSentence
from portal import payment_outlook


@pytest.mark.parametrize(
    "code",
    [
        GateCode.DETAILS_MISSING, GateCode.TAX_PROFILE_MISSING, GateCode.VAT_NUMBER_UNPROVEN,
        GateCode.MANDATE_MISSING, GateCode.STRIPE_NOT_ACTIVE,
    ],
)  # fmt: skip
def test_what_the_payee_can_mend_leads_to_the_payment_details(code):
    gate = GateSentence(code=code, sentence="Missing.", remedy="Add it.")

    assert payment_outlook._obstacle(gate).href == reverse("portal:payee")


def test_what_only_others_can_mend_leads_nowhere():
    gate = GateSentence(code=GateCode.SUSPENDED, sentence="Suspended.", remedy="Ask us.")

    assert payment_outlook._obstacle(gate).href == ""

"""A file of the bank with a line that waits, and a batch that is paid by hand."""

from payouts.models import BankEntry, BankFile
from payouts.services import manual_payouts
from tests.builders import make_affiliate, make_payee
from tests.payouts.paydays import EXECUTION, PAYDAY, approved_batch, finance, make_due

BRAZILIAN = "BR1800360305000010009795493C1"


def make_bank_line():
    """A booking of a statement that names no payout."""
    file = BankFile.objects.create(
        kind="camt.053", name="statement.xml", message_id="STMT-1", body=b"<Document/>",
        sha256="0" * 64, received_at=PAYDAY, received_by=finance(), opening_minor=100_000,
        closing_minor=95_000, currency="EUR", day=EXECUTION,
    )  # fmt: skip
    return BankEntry.objects.create(
        file=file, reference="D:0721000017:", kind="booked", end_to_end_id="AP9999999999",
        amount_minor=-5_000, currency="EUR", booked_on=EXECUTION, state="unmatched",
    )  # fmt: skip


def make_by_hand():
    """A payout to an account that SEPA does not reach, which waits to be made."""
    affiliate = make_affiliate()
    make_payee(affiliate, iban=BRAZILIAN, country="BR", town="Recife")
    make_due(affiliate=affiliate)
    batch = approved_batch(rail="manual")
    manual_payouts.begin(batch_id=batch.pk, actor_id=finance().pk, now=PAYDAY)
    return batch.items.get()


def bank_arguments(line, item):
    """What fills the addresses of these pages, by their names."""
    batch = [item.batch.public_id]
    payout = [*batch, item.public_id]
    return {
        **dict.fromkeys(["bank-file-list", "bank-file-new"], []),
        **dict.fromkeys(["bank-file", "bank-file-again"], [line.file_id]),
        **dict.fromkeys(
            [
                "bank-line",
                "bank-line-match",
                "bank-line-set-aside",
                "bank-line-return-all",
                "bank-line-unmatch",
                "bank-line-unmatch-agree",
                "bank-line-let-stand",
            ],
            [line.pk],
        ),
        **dict.fromkeys(["manual-batch", "manual-begin"], batch),
        **dict.fromkeys(["manual-item", "manual-give-up", "manual-proof"], payout),
    }


def bank_places(line, item):
    """The addresses of these pages, by the beginning of their routes."""
    by_hand = f"finance/batches/{item.batch.public_id}/manual/"
    return {
        "finance/bank/lines/<int:pk>/": [f"finance/bank/lines/{line.pk}/"],
        "finance/bank/<int:pk>/": [f"finance/bank/{line.file_id}/"],
        "finance/batches/<uuid:public_id>/manual/<uuid:item_id>/": [f"{by_hand}{item.public_id}/"],
        "finance/batches/<uuid:public_id>/manual/": [by_hand],
    }

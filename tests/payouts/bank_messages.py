"""Files as banks send them, about the payouts of a test."""

from datetime import UTC, date, datetime
from pathlib import Path

from payouts.services import bank_files
from tests.payouts.paydays import PAYDAY, finance, item_of, make_due, sent_batch

HERE = Path(__file__).parent / "bank_files"
BOOKED_ON = date(2026, 7, 21)
LATER = datetime(2026, 7, 28, 9, 0, tzinfo=UTC)


class Sent:
    """A batch of 100 euros that left: 50 for Ada, 30 for Bea, 20 for Clo."""

    def __init__(self, make=sent_batch, **overrides):
        self.payees = [make_due(units=units) for units in (5, 3, 2)]
        self.batch = make(**overrides)
        self.items = [item_of(self.batch, payee) for payee in self.payees]
        self.ada, self.bea, self.clo = self.items

    def fill(self, name, **more):
        """The file of this name, about this batch."""
        text = (HERE / name).read_text()
        given = {
            "BATCH": self.batch.reference,
            **dict(zip(("ADA", "BEA", "CLO"), (one.reference for one in self.items), strict=True)),
            **more,
        }
        for key, value in given.items():
            text = text.replace(f"@{key}@", value)
        return text.encode()

    def statuses(self):
        for item in self.items:
            item.refresh_from_db()
        return [item.status for item in self.items]


def returned_file(sent, *, amount="50.00", ref="0726000003"):
    """The notification that Ada's money came back."""
    return sent.fill("camt054_08_return.xml", AMOUNT=amount, REF=ref)


def receive(body, *, name="bank.xml", actor=None, now=LATER):
    """Bring a file in."""
    actor = actor or finance()
    return bank_files.receive(name=name, body=body, actor_id=actor.pk, now=now)


__all__ = ["BOOKED_ON", "LATER", "PAYDAY", "Sent", "receive", "returned_file"]

from payouts.models.adjustment import Adjustment, AdjustmentReason
from payouts.models.batch import (
    Approval,
    Batch,
    BatchFile,
    BatchStatus,
    DebtorAccount,
    Rail,
)
from payouts.models.check import LedgerCheck
from payouts.models.commission import (
    Block,
    BlockKind,
    Commission,
    CommissionLine,
    CommissionStatus,
    ReversalReason,
)
from payouts.models.item import Item, ItemLine, ItemStatus, Statement
from payouts.models.ledger import Account, Transfer

__all__ = [
    "Account",
    "Adjustment",
    "AdjustmentReason",
    "Approval",
    "Batch",
    "BatchFile",
    "BatchStatus",
    "Block",
    "BlockKind",
    "Commission",
    "CommissionLine",
    "CommissionStatus",
    "DebtorAccount",
    "Item",
    "ItemLine",
    "ItemStatus",
    "LedgerCheck",
    "Rail",
    "ReversalReason",
    "Statement",
    "Transfer",
]

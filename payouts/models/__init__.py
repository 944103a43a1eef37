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
from payouts.models.claim import Claim, ClaimKind, ClaimMessage, ClaimStatus
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
from payouts.models.meter import Meter, TierReached
from payouts.models.proposal import PROPOSABLE, AdjustmentProposal, ProposalStatus
from payouts.models.refund import RefundRuling
from payouts.models.simulation import (
    SimulatedAffiliate,
    SimulatedOrder,
    Simulation,
    SimulationStatus,
)

__all__ = [
    "Account",
    "Adjustment",
    "AdjustmentProposal",
    "AdjustmentReason",
    "Approval",
    "Batch",
    "BatchFile",
    "BatchStatus",
    "Block",
    "BlockKind",
    "Claim",
    "ClaimKind",
    "ClaimMessage",
    "ClaimStatus",
    "Commission",
    "CommissionLine",
    "CommissionStatus",
    "DebtorAccount",
    "Item",
    "ItemLine",
    "ItemStatus",
    "LedgerCheck",
    "Meter",
    "PROPOSABLE",
    "ProposalStatus",
    "Rail",
    "RefundRuling",
    "ReversalReason",
    "SimulatedAffiliate",
    "SimulatedOrder",
    "Simulation",
    "SimulationStatus",
    "Statement",
    "TierReached",
    "Transfer",
]

from payouts.models.adjustment import Adjustment, AdjustmentReason
from payouts.models.attachment import BatchAttachment
from payouts.models.bank import BankEntry, BankFile, BankFileKind, EntryKind, EntryState
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
from payouts.models.closing import (
    ClosedMonth,
    Difference,
    DifferenceState,
    PayoutException,
    Reconciliation,
)
from payouts.models.commission import (
    Block,
    BlockKind,
    Commission,
    CommissionLine,
    CommissionStatus,
    ReversalReason,
)
from payouts.models.control import ApprovalLimit, ApprovalRule, MinimumRule, PayoutStop
from payouts.models.hold import PayoutHold
from payouts.models.invoice import (
    Invoice,
    InvoiceDelivery,
    InvoiceKind,
    InvoiceSeries,
    VatCase,
)
from payouts.models.item import Item, ItemLine, ItemStatus, Statement
from payouts.models.ledger import Account, Transfer
from payouts.models.manual import ManualProof
from payouts.models.meter import Meter, TierReached
from payouts.models.name_check import NameCheck, NameCheckFile, NameVerdict
from payouts.models.proposal import (
    CAMPAIGN,
    PROPOSABLE,
    WRITE_OFF,
    AdjustmentProposal,
    ProposalStatus,
)
from payouts.models.refund import RefundRuling
from payouts.models.shelf import ProductFeed, ShelfItem
from payouts.models.simulation import (
    SimulatedAffiliate,
    SimulatedOrder,
    Simulation,
    SimulationStatus,
)
from payouts.models.stripe import Capability, ItemReturn, StripeAccount, StripeEvent

__all__ = [
    "Account",
    "Adjustment",
    "AdjustmentProposal",
    "AdjustmentReason",
    "Approval",
    "ApprovalLimit",
    "ApprovalRule",
    "BankEntry",
    "BankFile",
    "BankFileKind",
    "Batch",
    "BatchAttachment",
    "BatchFile",
    "BatchStatus",
    "Block",
    "BlockKind",
    "CAMPAIGN",
    "Capability",
    "Claim",
    "ClaimKind",
    "ClaimMessage",
    "ClaimStatus",
    "ClosedMonth",
    "Commission",
    "CommissionLine",
    "CommissionStatus",
    "DebtorAccount",
    "Difference",
    "DifferenceState",
    "EntryKind",
    "EntryState",
    "Invoice",
    "InvoiceDelivery",
    "InvoiceKind",
    "InvoiceSeries",
    "Item",
    "ItemLine",
    "ItemReturn",
    "ItemStatus",
    "LedgerCheck",
    "ManualProof",
    "Meter",
    "MinimumRule",
    "NameCheck",
    "NameCheckFile",
    "NameVerdict",
    "PROPOSABLE",
    "WRITE_OFF",
    "PayoutException",
    "PayoutHold",
    "PayoutStop",
    "ProductFeed",
    "ProposalStatus",
    "Rail",
    "Reconciliation",
    "RefundRuling",
    "ReversalReason",
    "SimulatedAffiliate",
    "SimulatedOrder",
    "ShelfItem",
    "Simulation",
    "SimulationStatus",
    "Statement",
    "StripeAccount",
    "StripeEvent",
    "TierReached",
    "Transfer",
    "VatCase",
]

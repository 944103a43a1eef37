from influencers.models.contract import (
    Contract,
    ContractSignature,
    ContractStatus,
    ContractText,
    ContractThreshold,
)
from influencers.models.gift import Gift

__all__ = [
    "Contract",
    "ContractSignature",
    "ContractStatus",
    "ContractText",
    "ContractThreshold",
    "Gift",
]

"""What other slices may use of contracts."""

from yunhu.domains.contracts.allocation import check_allocation
from yunhu.domains.contracts.errors import AllocationExceededError
from yunhu.domains.contracts.gate import GATE_PART
from yunhu.domains.contracts.repository import active_contract, complaint_threshold, quota_of
from yunhu.domains.contracts.settlement import Account as ClosingAccount
from yunhu.domains.contracts.suspensions import CauseWish, propose_suspension, suspend_now
from yunhu.domains.contracts.terms import ActiveContract, Item, period_of, periods_of
from yunhu.domains.contracts.usage import Usage, usage_on
from yunhu.domains.contracts.words import METERED, Cause, Charging, ContractState, ItemKind, Period, Side

__all__ = [
    "GATE_PART",
    "METERED",
    "ActiveContract",
    "AllocationExceededError",
    "Cause",
    "CauseWish",
    "Charging",
    "ClosingAccount",
    "ContractState",
    "Item",
    "ItemKind",
    "Period",
    "Side",
    "Usage",
    "active_contract",
    "check_allocation",
    "complaint_threshold",
    "period_of",
    "periods_of",
    "propose_suspension",
    "quota_of",
    "suspend_now",
    "usage_on",
]

"""What other slices and the entrypoints may use of the monitor."""

from yunhu.domains.monitoring.board import LiveBoard, TrunkLook
from yunhu.domains.monitoring.gate import GATE_PART

__all__ = ["GATE_PART", "LiveBoard", "TrunkLook"]

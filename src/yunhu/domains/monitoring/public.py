"""What other slices and the entrypoints may use of the monitor."""

from yunhu.domains.monitoring.board import LiveBoard, TrunkLook
from yunhu.domains.monitoring.gate import GATE_PART
from yunhu.domains.monitoring.repository_board import LIVE_CHANNEL

__all__ = ["GATE_PART", "LIVE_CHANNEL", "LiveBoard", "TrunkLook"]

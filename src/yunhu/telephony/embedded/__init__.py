"""The call engine inside the process: SIP by `telephony.sip`, audio by `telephony.media`, no other program needed."""

from yunhu.telephony.embedded.config import EngineConfig, TrunkConfig
from yunhu.telephony.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine", "EngineConfig", "TrunkConfig"]

"""What other slices may use of calls."""

from yunhu.domains.calls.conversation import Conversation, Facts, Spoken, Witness
from yunhu.domains.calls.evidence import CALLS, EVIDENCE_PART
from yunhu.domains.calls.listing import CallFilters, calls_of
from yunhu.domains.calls.models import Trunk
from yunhu.domains.calls.repository import (
    end_call,
    hold_trunk,
    live_on_nodes,
    mark_alerting,
    mark_answered,
    mark_rerouted,
)
from yunhu.domains.calls.robot import KeyAnswer, Sentence, Talk
from yunhu.domains.calls.trunks import SandboxTrunkConfig, TrunkConfig
from yunhu.domains.calls.watching import CallBegun, Line, Look, Stage, Watcher

__all__ = [
    "CALLS",
    "EVIDENCE_PART",
    "CallBegun",
    "CallFilters",
    "Conversation",
    "Facts",
    "KeyAnswer",
    "Line",
    "Look",
    "SandboxTrunkConfig",
    "Sentence",
    "Spoken",
    "Stage",
    "Talk",
    "Trunk",
    "TrunkConfig",
    "Watcher",
    "Witness",
    "calls_of",
    "end_call",
    "hold_trunk",
    "live_on_nodes",
    "mark_alerting",
    "mark_answered",
    "mark_rerouted",
]

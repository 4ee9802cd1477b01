"""What other slices may use of calls."""

from yunhu.domains.calls.conversation import Conversation, Facts, Spoken, Witness
from yunhu.domains.calls.repository import end_call, live_on_nodes, mark_alerting, mark_answered
from yunhu.domains.calls.robot import KeyAnswer, Sentence, Talk

__all__ = [
    "Conversation",
    "Facts",
    "KeyAnswer",
    "Sentence",
    "Spoken",
    "Talk",
    "Witness",
    "end_call",
    "live_on_nodes",
    "mark_alerting",
    "mark_answered",
]

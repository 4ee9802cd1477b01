"""What other slices may use of messages."""

from yunhu.domains.sms.accounts import SandboxSmscConfig, SmscConfig
from yunhu.domains.sms.evidence import EVIDENCE_PART, MESSAGES
from yunhu.domains.sms.listing import MessageFilters, messages_of
from yunhu.domains.sms.models import MessageState, SmscAccount
from yunhu.domains.sms.repository import (
    add_parts,
    finish,
    keep_orphan,
    mark_submitted,
    match_orphans,
    note_raw,
    notification_of,
    overdue,
    part_states,
    receive,
)
from yunhu.domains.sms.rules import settle

__all__ = [
    "EVIDENCE_PART",
    "MESSAGES",
    "MessageFilters",
    "MessageState",
    "SandboxSmscConfig",
    "SmscAccount",
    "SmscConfig",
    "add_parts",
    "finish",
    "keep_orphan",
    "mark_submitted",
    "match_orphans",
    "messages_of",
    "note_raw",
    "notification_of",
    "overdue",
    "part_states",
    "receive",
    "settle",
]

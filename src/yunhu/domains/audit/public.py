"""What other slices and the entrypoints may use of audit."""

from yunhu.domains.audit.anchors import Anchor, anchor_line, anchors_now, append_anchors, read_anchors
from yunhu.domains.audit.chain import look, record
from yunhu.domains.audit.content import ContentKind
from yunhu.domains.audit.cutting import KEPT_AT_LEAST, cut_chain, remove_cut
from yunhu.domains.audit.errors import GrantNeededError
from yunhu.domains.audit.evidence import EVIDENCE_PART, OWN_LOOK
from yunhu.domains.audit.grants import granted_by_tenants, granted_kinds, granted_scopes, require_grant
from yunhu.domains.audit.limits import RevealLimits
from yunhu.domains.audit.models import OPERATOR_CHAIN
from yunhu.domains.audit.service import look_once
from yunhu.domains.audit.verification import ChainReport, verify_chains

__all__ = [
    "EVIDENCE_PART",
    "KEPT_AT_LEAST",
    "OPERATOR_CHAIN",
    "OWN_LOOK",
    "Anchor",
    "ChainReport",
    "ContentKind",
    "GrantNeededError",
    "RevealLimits",
    "anchor_line",
    "anchors_now",
    "append_anchors",
    "cut_chain",
    "granted_by_tenants",
    "granted_kinds",
    "granted_scopes",
    "look",
    "look_once",
    "read_anchors",
    "record",
    "remove_cut",
    "require_grant",
    "verify_chains",
]

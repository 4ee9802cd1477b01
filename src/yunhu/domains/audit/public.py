"""What other slices and the entrypoints may use of audit."""

from yunhu.domains.audit.anchors import Anchor, anchor_line, anchors_now, append_anchors, read_anchors
from yunhu.domains.audit.chain import look, record
from yunhu.domains.audit.content import ContentKind
from yunhu.domains.audit.cutting import KEPT_AT_LEAST, cut_chain, remove_cut
from yunhu.domains.audit.errors import GrantNeededError
from yunhu.domains.audit.grants import granted_by_tenants, granted_kinds, granted_scopes, require_grant
from yunhu.domains.audit.models import OPERATOR_CHAIN
from yunhu.domains.audit.service import look_once
from yunhu.domains.audit.verification import ChainReport, verify_chains

__all__ = [
    "KEPT_AT_LEAST",
    "OPERATOR_CHAIN",
    "Anchor",
    "ChainReport",
    "ContentKind",
    "GrantNeededError",
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

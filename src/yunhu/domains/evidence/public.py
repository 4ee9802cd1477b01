"""What the entrypoints may use of evidence."""

from yunhu.domains.evidence.builder import PackBuilder
from yunhu.domains.evidence.keys import KeyFolder, PublicKey, read_public_keys
from yunhu.domains.evidence.rules import file_name
from yunhu.domains.evidence.schemas import EvidenceRequest
from yunhu.domains.evidence.service import Requester, build_pack, request_pack
from yunhu.domains.evidence.tasks import places_of
from yunhu.domains.evidence.verify import MEANINGS, Report, verify_pack

__all__ = [
    "MEANINGS",
    "EvidenceRequest",
    "KeyFolder",
    "PackBuilder",
    "PublicKey",
    "Report",
    "Requester",
    "build_pack",
    "file_name",
    "places_of",
    "read_public_keys",
    "request_pack",
    "verify_pack",
]

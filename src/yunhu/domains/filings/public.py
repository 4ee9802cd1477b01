"""What other slices and the entrypoints may use of filings."""

from yunhu.domains.filings.evidence import EVIDENCE_PART
from yunhu.domains.filings.gate import GATE_PART, FilingFacts
from yunhu.domains.filings.plan import CallPlan, FiledTerms, FilingContent
from yunhu.domains.filings.provision import FilingTerms, FilingWish, implied_terms, provision_filing
from yunhu.domains.filings.repository import reaches_nobody, terms_in_force
from yunhu.domains.filings.states import FilingState
from yunhu.domains.filings.volume import TAKE_VOLUME, take_filed_volume

__all__ = [
    "EVIDENCE_PART",
    "GATE_PART",
    "TAKE_VOLUME",
    "CallPlan",
    "FiledTerms",
    "FilingContent",
    "FilingFacts",
    "FilingState",
    "FilingTerms",
    "FilingWish",
    "implied_terms",
    "provision_filing",
    "reaches_nobody",
    "take_filed_volume",
    "terms_in_force",
]

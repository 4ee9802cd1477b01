"""What other slices and the entrypoints may use of reports."""

from yunhu.domains.reports.rollups import Difference, Proof, rebuild, verify

__all__ = ["Difference", "Proof", "rebuild", "verify"]

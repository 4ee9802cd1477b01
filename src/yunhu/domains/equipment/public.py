"""What other slices and the entrypoints may use of equipment."""

from yunhu.domains.equipment.probing import SMSC_TEST, TRUNK_TEST, find_test, run_test
from yunhu.domains.equipment.schemas import TestView

__all__ = ["SMSC_TEST", "TRUNK_TEST", "TestView", "find_test", "run_test"]

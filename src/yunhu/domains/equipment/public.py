"""What the entrypoints may use of equipment."""

from yunhu.domains.equipment.probing import SMSC_TEST, TRUNK_TEST

__all__ = ["SMSC_TEST", "TRUNK_TEST"]

"""What other slices and the entrypoints may use of incidents."""

from yunhu.domains.incidents.events import EVENT_TYPES
from yunhu.domains.incidents.visits import plan_support_visit

__all__ = ["EVENT_TYPES", "plan_support_visit"]

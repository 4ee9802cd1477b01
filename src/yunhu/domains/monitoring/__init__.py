"""Live monitor (全局监控): running calls as they stand, pauses, search, alarms."""

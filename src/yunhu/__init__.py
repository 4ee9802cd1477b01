"""云呼+: outbound notifications and call centre, from a queue event to a heard sentence."""

__version__ = "0.1.0"

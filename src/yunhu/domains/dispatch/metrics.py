"""What dispatch counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

VERDICTS = Counter("yunhu_verdicts_total", "Verdicts of the gate.", ["channel", "outcome", "reason"])
CALLS_STARTED = Counter("yunhu_calls_started_total", "Calls that were committed and handed to an engine.")
CALLS_ENDED = Counter("yunhu_calls_ended_total", "Calls by how they ended.", ["result"])
CALLS_LIVE = Gauge("yunhu_calls_live", "Calls in the air on this node.")
CREATED_TO_INVITE = Histogram(
    "yunhu_notification_to_invite_seconds",
    "From the commit of a notification that is due at once to its first INVITE on the wire.",
    buckets=(0.005, 0.01, 0.015, 0.03, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
MESSAGES_ENDED = Counter("yunhu_sms_messages_ended_total", "Short messages by their final state.", ["state"])
NODES_LOST = Counter("yunhu_nodes_lost_total", "Call nodes given up for lost by this one.")

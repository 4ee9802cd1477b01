"""Plain counters of the signalling, for the call node's metrics."""

from collections import defaultdict


class SipStats:
    """Counts since start. Codes and methods are bounded by the grammar that was checked before counting."""

    __slots__ = (
        "acks_repeated",
        "bytes_received",
        "bytes_sent",
        "dropped",
        "malformed",
        "refused_steps",
        "requests_absorbed",
        "requests_received",
        "requests_sent",
        "responses_received",
        "responses_sent",
        "retransmissions",
        "timeouts",
        "transport_errors",
    )

    def __init__(self) -> None:
        self.requests_sent: defaultdict[str, int] = defaultdict(int)
        """By method, without retransmissions."""
        self.requests_received: defaultdict[str, int] = defaultdict(int)
        """By known method, others under `other`; without retransmissions."""
        self.responses_received: defaultdict[int, int] = defaultdict(int)
        """By status."""
        self.responses_sent: defaultdict[int, int] = defaultdict(int)
        """By status, without retransmissions."""
        self.retransmissions = 0
        """Requests and responses sent again by a timer."""
        self.requests_absorbed = 0
        """Requests that came again and were answered from memory."""
        self.acks_repeated = 0
        """ACKs sent again for a repeated 2xx."""
        self.timeouts = 0
        """Client transactions that nobody answered (timers B and F)."""
        self.transport_errors = 0
        self.malformed = 0
        """Messages that were not SIP."""
        self.dropped = 0
        """Messages that fit no transaction, or came beyond a limit."""
        self.refused_steps = 0
        """Events that a state machine refused by its table."""
        self.bytes_sent = 0
        self.bytes_received = 0

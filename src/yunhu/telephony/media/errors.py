"""What can go wrong when a call asks for media."""


class MediaPortsExhaustedError(Exception):
    """No free pair of UDP ports (RTP even, RTCP the next odd one) could be bound."""

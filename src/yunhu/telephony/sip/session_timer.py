"""Session timers as pure decisions (RFC 4028)."""

import msgspec

from yunhu.telephony.sip.headers import parse_integer, parse_session_expires, tokens
from yunhu.telephony.sip.message import Request, Response

MIN_SE = 90
"""Shortest interval that the RFC permits, seconds (§4)."""
MAX_INTERVAL = 86_400
"""Longest interval that we honour, seconds."""


class SessionTimer(msgspec.Struct, frozen=True):
    """What both sides agreed on."""

    interval: int
    """Seconds after which the session is dead without a refresh."""
    we_refresh: bool

    @property
    def delay(self) -> float:
        """Seconds until we act: refresh at half the interval, or give up shortly before its end (§10)."""
        if self.we_refresh:
            return self.interval / 2
        return self.interval - min(32.0, self.interval / 3)


class SessionTimerWish(msgspec.Struct, frozen=True):
    """What a trunk is asked for."""

    expires: int = 1800
    """Seconds; 0 asks for no session timer."""
    min_se: int = MIN_SE
    """Shortest interval that we accept."""


def wish_headers(wish: SessionTimerWish, interval: int, refresher: str = "") -> tuple[tuple[str, str], ...]:
    """Session-Expires and Min-SE of our INVITE or UPDATE (§7.1). `interval` may have risen after a 422."""
    if not wish.expires:
        return ()
    suffix = f";refresher={refresher}" if refresher else ""
    return ("session-expires", f"{interval}{suffix}"), ("min-se", str(min(interval, wish.min_se)))


def raised_interval(response: Response, interval: int) -> int | None:
    """The interval to try again with after a 422 (§7.3); None when the 422 asks for nothing sensible."""
    minimum = parse_integer(response.headers.first("min-se"))
    return minimum if minimum is not None and interval < minimum <= MAX_INTERVAL else None


def agreed(response: Response) -> SessionTimer | None:
    """The timer that a 2xx to our INVITE or UPDATE sets (§7.2); None when it sets none."""
    found = parse_session_expires(response.headers.first("session-expires"))
    if found is None:
        return None
    seconds, refresher = found
    # A 2xx without the parameter breaks the RFC; we take the task, for a timer nobody refreshes ends the call.
    return SessionTimer(min(max(seconds, MIN_SE), MAX_INTERVAL), refresher != "uas")


class TimerAnswer(msgspec.Struct, frozen=True):
    """How a refresh of the peer is answered (§9)."""

    timer: SessionTimer | None
    session_expires: str | None = None
    require: bool = False
    too_small: int | None = None
    """Min-SE for a 422, when the peer's interval is below ours."""


def answer_refresh(request: Request, wish: SessionTimerWish, current: SessionTimer | None) -> TimerAnswer:
    """Decide on the Session-Expires of a re-INVITE or UPDATE of the peer."""
    asked = parse_session_expires(request.headers.first("session-expires"))
    peer_supports = "timer" in tokens(request.headers.all("supported"))
    if asked is None:
        if not peer_supports or current is None:
            return TimerAnswer(current)
        asked = (current.interval, None)
    seconds, refresher = asked
    if seconds < wish.min_se and peer_supports:
        return TimerAnswer(current, too_small=wish.min_se)
    seconds = min(max(seconds, wish.min_se), MAX_INTERVAL)
    if refresher is None:
        # §9 table 2: the role stays with whom it was; a peer that does not support timers cannot refresh.
        refresher = "uas" if not peer_supports or (current is not None and current.we_refresh) else "uac"
    timer = SessionTimer(seconds, refresher == "uas")
    return TimerAnswer(
        timer, f"{seconds};refresher={refresher}", require=peer_supports and refresher == "uac"
    )

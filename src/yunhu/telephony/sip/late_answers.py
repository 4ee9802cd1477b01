"""INVITEs that are over for us but not for the network: a 2xx may still come, and a phone with it."""

from yunhu.telephony.sip.answers import Answers
from yunhu.telephony.sip.message import Response
from yunhu.telephony.sip.timers import Timers

KEEP = 240.0
"""Seconds. Proxies give up on a ringing branch by timer C, which is longer than 3 minutes (RFC 3261 §16.6)."""
MAX_KEPT = 16_384
"""Most INVITEs remembered, about 1 KB each; the oldest goes first. Room for 68 unanswered calls a second."""


class LateAnswers:
    """Ended INVITEs by branch, oldest first. No timers: what is too old goes when something is added or asked."""

    __slots__ = ("_kept", "_timers")

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._kept: dict[str, tuple[float, Answers]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, branch: str, answers: Answers) -> None:
        """Remember an INVITE for `KEEP` seconds from now on."""
        self._drop_old()
        while len(self._kept) >= MAX_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[branch] = (self._timers.now() + KEEP, answers)

    def take(self, response: Response) -> bool:
        """ACK and BYE for a 2xx that came too late (RFC 3261 §9.1, §13.2.2.4); False when it is none of ours."""
        self._drop_old()
        kept = self._kept.get(response.via.branch)
        if kept is None or not kept[1].fits(response):
            return False
        if not kept[1].repeat(response):
            kept[1].release(response)
        return True

    def _drop_old(self) -> None:
        now = self._timers.now()
        while self._kept:
            branch = next(iter(self._kept))
            if self._kept[branch][0] > now:
                return
            del self._kept[branch]

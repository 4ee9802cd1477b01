"""Every SIPp scenario with what the product must make of it: one table for the good line and for the bad one."""

from dataclasses import dataclass, field

from yunhu.telephony.port import EndedBy, ResultClass


@dataclass(frozen=True)
class Dialogue:
    """One scenario and its expected ending."""

    name: str
    scenario: str
    result: ResultClass
    ended_by: EndedBy
    reason: str | None = None
    sip_code: int | None = None
    q850: int | None = None
    values: dict[str, str] = field(default_factory=dict)
    secret: str | None = None
    """Password, where the peer asks for one."""
    ring_timeout: float = 20.0
    """Seconds."""
    hang_up: bool = True
    """Whether we let go once it is answered and the prompt is over."""
    marks: tuple[str, ...] = ("sipp",)


_R, _E = ResultClass, EndedBy
_US = _E.PLATFORM


def _refusal(status: str, fields: str, result: ResultClass, by: EndedBy, q850: int | None) -> Dialogue:
    code = int(status.split(maxsplit=1)[0])
    cause = f"_q850_{q850}" if "Reason" in fields else ""
    values = {"status": status, "fields": fields}
    return Dialogue(f"refused_{code}{cause}", "final_response", result, by, None, code, q850, values)


def _challenge(status: str, algorithm: str) -> Dialogue:
    code = status.split(maxsplit=1)[0]
    proxy = code == "407"
    values = {
        "status": status,
        "challenge_field": "Proxy-Authenticate" if proxy else "WWW-Authenticate",
        "answer_field": "Proxy-Authorization" if proxy else "Authorization",
        "algorithm": algorithm,
        "nonce": f"nonce-of-{code}-{algorithm}",
    }
    name = f"challenge_{code}_{algorithm.lower()}"
    return Dialogue(name, "challenge", _R.ANSWERED, _US, "done", 200, 16, values, "s3cret:with colon")


_CAUSE = 'Reason: Q.850;cause={};text="test"'
DIALOGUES: tuple[Dialogue, ...] = (
    Dialogue("answer_echo", "answer_echo", _R.ANSWERED, _US, "done", 200, 16),
    Dialogue("callee_hangs_up", "callee_hangs_up", _R.ANSWERED, _E.CALLEE, None, 200, 16, hang_up=False),
    _refusal("486 Busy Here", _CAUSE.format(17), _R.BUSY, _E.CALLEE, 17),
    _refusal("486 Busy Here", "X-Nothing: 1", _R.BUSY, _E.CALLEE, 17),
    _refusal("603 Decline", "X-Nothing: 1", _R.REJECTED, _E.CALLEE, 21),
    _refusal("404 Not Found", "X-Nothing: 1", _R.NO_SUCH_NUMBER, _E.NETWORK, 1),
    _refusal("484 Address Incomplete", "X-Nothing: 1", _R.NO_SUCH_NUMBER, _E.NETWORK, 28),
    _refusal("480 Temporarily Unavailable", _CAUSE.format(20), _R.UNREACHABLE, _E.NETWORK, 20),
    _refusal("503 Service Unavailable", _CAUSE.format(34), _R.CONGESTION, _E.NETWORK, 34),
    _refusal("500 Server Error", "X-Nothing: 1", _R.TRUNK_FAILURE, _E.NETWORK, 41),
    Dialogue("no_answer", "no_answer", _R.NO_ANSWER, _US, "ring_timeout", 487, ring_timeout=1.5),
    Dialogue(
        "redirect_302", "immediate_response", _R.UNREACHABLE, _E.NETWORK, None, 302,
        values={"status": "302 Moved Temporarily", "fields": "Contact: <sip:13900001111@127.0.0.1:9>"},
    ),
    _challenge("401 Unauthorized", "MD5"),
    _challenge("407 Proxy Authentication Required", "MD5"),
    _challenge("401 Unauthorized", "SHA-256"),
    _challenge("407 Proxy Authentication Required", "SHA-256"),
    Dialogue("early_media_404", "early_media_404", _R.NO_SUCH_NUMBER, _E.NETWORK, None, 404, 1),
    Dialogue("early_media_answer", "early_media_answer", _R.ANSWERED, _US, "done", 200, 16),
    Dialogue("rel100", "rel100", _R.ANSWERED, _US, "done", 200, 16),
    Dialogue("reinvite_hold", "reinvite_hold", _R.ANSWERED, _US, "done", 200, 16),
    Dialogue("update", "update", _R.ANSWERED, _US, "done", 200, 16),
    Dialogue("late_200", "late_200_after_cancel", _R.NO_ANSWER, _US, "ring_timeout", ring_timeout=1.5),
    Dialogue("forked_200", "forked_200", _R.ANSWERED, _US, "done", 200, 16),
    Dialogue("repeated_200", "repeated_200", _R.ANSWERED, _US, "done", 200, 16),
    Dialogue("session_timer_422", "session_timer_422", _R.ANSWERED, _US, "done", 200, 16, {"min_se": "2400"}),
    Dialogue("digits", "digits", _R.ANSWERED, _US, "done", 200, 16, marks=("sipp-digits",)),
)  # fmt: skip
"""503 for failover, a silent carrier and TCP have tests of their own: they need more than one peer, or none."""

"""How simulated phones behave, by the last four digits of their number.

| number ends in | the phone |
|---|---|
| 1001 | is busy |
| 1002 | rings and is not answered |
| 1003 | is powered off |
| 1004 | declines |
| 1005 | does not exist |
| 1006 | answers by voicemail |
| 1007 | answers by an assistant |
| 1008 | cannot be reached for congestion |
| 1009 | answers and hangs up in the middle |
| 1010 | is out of coverage |
| 1011 | bars this caller number |
| 2001, 2002, 2009 | answers, listens, and presses 1, 2 or 9 |
| anything else | answers after 1.5 s and listens to the end |
"""

from types import MappingProxyType

import msgspec

from yunhu.foundation.phone import Phone
from yunhu.telephony.port import AnsweredBy, EndedBy, ResultClass, Termination


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """What one phone does. Times are seconds at speed 1."""

    ending: Termination | None = None
    """Ends the call before any answer, after `rings_for`."""
    rings: bool = True
    rings_for: float = 1.5
    """Until it is answered, or until `ending`; endless when None is answered (`answers` false)."""
    answers: bool = True
    answered_by: AnsweredBy = AnsweredBy.HUMAN
    listens_for: float | None = None
    """Hangs up so long after the answer; None leaves that to us."""
    presses: str = ""
    """One key, pressed a second after the last word that it was told."""


def _fails(result: ResultClass, by: EndedBy, reason: str, sip_code: int, q850: int) -> Behaviour:
    ending = Termination(result=result, ended_by=by, reason=reason, sip_code=sip_code, q850=q850)
    return Behaviour(ending=ending, rings=by is EndedBy.CALLEE, rings_for=0.5)


LISTENS = Behaviour()
PHONES = MappingProxyType(
    {
        "1001": _fails(ResultClass.BUSY, EndedBy.CALLEE, "user_busy", 486, 17),
        "1002": Behaviour(answers=False),
        "1003": _fails(ResultClass.POWERED_OFF, EndedBy.NETWORK, "powered_off", 480, 20),
        "1004": _fails(ResultClass.REJECTED, EndedBy.CALLEE, "call_rejected", 603, 21),
        "1005": _fails(ResultClass.NO_SUCH_NUMBER, EndedBy.NETWORK, "unallocated_number", 404, 1),
        "1006": Behaviour(answered_by=AnsweredBy.MACHINE),
        "1007": Behaviour(answered_by=AnsweredBy.ASSISTANT),
        "1008": _fails(ResultClass.CONGESTION, EndedBy.NETWORK, "no_circuit", 503, 34),
        "1009": Behaviour(listens_for=1.0),
        "1010": _fails(ResultClass.UNREACHABLE, EndedBy.NETWORK, "subscriber_absent", 480, 20),
        "1011": _fails(ResultClass.BARRED, EndedBy.NETWORK, "incoming_calls_barred", 403, 55),
        "2001": Behaviour(presses="1"),
        "2002": Behaviour(presses="2"),
        "2009": Behaviour(presses="9"),
    }
)
"""By the last four digits; every other phone `LISTENS`."""


def phone_of(number: Phone) -> Behaviour:
    """The behaviour of a number."""
    return PHONES.get(number.e164[-4:], LISTENS)

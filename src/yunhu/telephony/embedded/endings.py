"""From SIP's endings to the house's: two tables and one pure function (telecom-facts §3, RFC 3398 §7.2, Q.850)."""

from typing import NamedTuple

import msgspec

from yunhu.telephony.port import AnsweredBy, EndedBy, ResultClass, Termination
from yunhu.telephony.sip.ending import EndCause, SipEnding


class Meaning(NamedTuple):
    """What a code says."""

    result: ResultClass
    reason: str
    by: EndedBy = EndedBy.NETWORK


_R, _CALLEE = ResultClass, EndedBy.CALLEE

Q850_MEANINGS: dict[int, Meaning] = {
    1: Meaning(_R.NO_SUCH_NUMBER, "unallocated_number"),
    2: Meaning(_R.UNREACHABLE, "no_route_to_network"),
    3: Meaning(_R.UNREACHABLE, "no_route_to_destination"),
    17: Meaning(_R.BUSY, "user_busy", _CALLEE),
    18: Meaning(_R.UNREACHABLE, "no_user_responding"),
    19: Meaning(_R.NO_ANSWER, "no_answer"),
    20: Meaning(_R.UNREACHABLE, "subscriber_absent"),
    21: Meaning(_R.REJECTED, "call_rejected", _CALLEE),
    22: Meaning(_R.NO_SUCH_NUMBER, "number_changed"),
    26: Meaning(_R.UNREACHABLE, "non_selected_user_clearing"),
    27: Meaning(_R.UNREACHABLE, "destination_out_of_order"),
    28: Meaning(_R.NO_SUCH_NUMBER, "invalid_number_format"),
    29: Meaning(_R.BARRED, "facility_rejected"),
    34: Meaning(_R.CONGESTION, "no_circuit"),
    38: Meaning(_R.CONGESTION, "network_out_of_order"),
    41: Meaning(_R.CONGESTION, "temporary_failure"),
    42: Meaning(_R.CONGESTION, "switching_congestion"),
    43: Meaning(_R.TRUNK_FAILURE, "access_information_discarded"),
    44: Meaning(_R.CONGESTION, "channel_not_available"),
    46: Meaning(_R.CONGESTION, "precedence_call_blocked"),
    47: Meaning(_R.CONGESTION, "resource_unavailable"),
    50: Meaning(_R.BARRED, "facility_not_subscribed"),
    52: Meaning(_R.BARRED, "outgoing_calls_barred"),
    54: Meaning(_R.BARRED, "incoming_calls_barred"),
    55: Meaning(_R.BARRED, "incoming_calls_barred"),
    57: Meaning(_R.BARRED, "bearer_not_authorized"),
    58: Meaning(_R.CONGESTION, "bearer_not_available"),
    63: Meaning(_R.TRUNK_FAILURE, "service_unavailable"),
    65: Meaning(_R.TRUNK_FAILURE, "bearer_not_implemented"),
    69: Meaning(_R.TRUNK_FAILURE, "facility_not_implemented"),
    79: Meaning(_R.TRUNK_FAILURE, "service_not_implemented"),
    87: Meaning(_R.BARRED, "not_member_of_closed_group"),
    88: Meaning(_R.TRUNK_FAILURE, "incompatible_destination"),
    95: Meaning(_R.TRUNK_FAILURE, "invalid_message"),
    102: Meaning(_R.TRUNK_FAILURE, "recovery_on_timer_expiry"),
    111: Meaning(_R.TRUNK_FAILURE, "protocol_error"),
}
"""Causes that say more than the status. 16, 31 and 127 say nothing of their own and leave it to the status."""

SIP_MEANINGS: dict[int, Meaning] = {
    402: Meaning(_R.OWN_LINE_BLOCKED, "payment_required"),
    403: Meaning(_R.BARRED, "forbidden"),
    404: Meaning(_R.NO_SUCH_NUMBER, "not_found"),
    408: Meaning(_R.UNREACHABLE, "request_timeout"),
    410: Meaning(_R.NO_SUCH_NUMBER, "gone"),
    433: Meaning(_R.BARRED, "anonymity_disallowed"),
    480: Meaning(_R.UNREACHABLE, "temporarily_unavailable"),
    484: Meaning(_R.NO_SUCH_NUMBER, "address_incomplete"),
    485: Meaning(_R.NO_SUCH_NUMBER, "ambiguous"),
    486: Meaning(_R.BUSY, "busy_here", _CALLEE),
    487: Meaning(_R.NO_ANSWER, "request_terminated"),
    503: Meaning(_R.CONGESTION, "service_unavailable"),
    600: Meaning(_R.BUSY, "busy_everywhere", _CALLEE),
    603: Meaning(_R.REJECTED, "decline", _CALLEE),
    604: Meaning(_R.NO_SUCH_NUMBER, "does_not_exist"),
    607: Meaning(_R.REJECTED, "unwanted", _CALLEE),
    608: Meaning(_R.BARRED, "rejected_by_analytics"),
}
"""Every other status is a failure of the trunk, `sip_<status>`."""

ALERTED_MEANINGS: dict[int, Meaning] = {
    408: Meaning(_R.NO_ANSWER, "request_timeout"),
    480: Meaning(_R.NO_ANSWER, "temporarily_unavailable"),
}
"""What the ambiguous statuses mean after the phone rang."""

SIP_TO_Q850: dict[int, int] = {
    400: 41, 401: 21, 402: 21, 403: 21, 404: 1, 405: 63, 406: 79, 407: 21, 408: 102, 410: 22, 413: 127, 414: 127,
    415: 79, 416: 127, 420: 127, 421: 127, 423: 127, 480: 18, 481: 41, 482: 25, 483: 25, 484: 28, 485: 1, 486: 17,
    488: 127, 500: 41, 501: 79, 502: 38, 503: 41, 504: 102, 505: 127, 513: 127, 600: 17, 603: 21, 604: 1, 606: 127,
}  # fmt: skip
"""Causes derived from a status that came without a Reason (RFC 3398 §8.2.6.1)."""

CAUSE_MEANINGS: dict[EndCause, Meaning] = {
    EndCause.REDIRECT: Meaning(_R.UNREACHABLE, "redirect_refused"),
    EndCause.AUTHENTICATION: Meaning(_R.TRUNK_FAILURE, "authentication_failed"),
    EndCause.TIMEOUT: Meaning(_R.TRUNK_FAILURE, "no_response"),
    EndCause.TRANSPORT: Meaning(_R.TRUNK_FAILURE, "transport_error"),
    EndCause.CANCELLED: Meaning(_R.CANCELLED, "cancelled", EndedBy.PLATFORM),
    EndCause.BAD_ANSWER: Meaning(_R.TRUNK_FAILURE, "unusable_media", EndedBy.PLATFORM),
}
"""Endings before the answer that are no refusal by status."""

ANSWERED_REASONS: dict[EndCause, tuple[str, EndedBy]] = {
    EndCause.REMOTE_BYE: ("callee_hung_up", EndedBy.CALLEE),
    EndCause.LOCAL_BYE: ("hung_up", EndedBy.PLATFORM),
    EndCause.SESSION_EXPIRED: ("session_expired", EndedBy.NETWORK),
    EndCause.NO_ACK: ("no_ack", EndedBy.NETWORK),
    EndCause.BAD_ANSWER: ("unusable_media", EndedBy.PLATFORM),
}
"""Endings after the answer."""

ANSWERED_RESULTS: dict[AnsweredBy, ResultClass] = {
    AnsweredBy.HUMAN: _R.ANSWERED,
    AnsweredBy.MACHINE: _R.MACHINE,
    AnsweredBy.ASSISTANT: _R.ASSISTANT,
}


class Story(msgspec.Struct, frozen=True):
    """What the engine knows of the call beside SIP's ending."""

    answered: bool = False
    alerted: bool = False
    """Whether a 180 or a 183 came."""
    answered_by: AnsweredBy | None = None
    given_up: tuple[ResultClass, str] | None = None
    """Why we let go before the answer, when we did."""
    hang_up_reason: str | None = None
    """Why we let go after the answer, when we did."""


def termination_of(ending: SipEnding, story: Story) -> Termination:
    """The house's ending. A Q.850 cause from the network outweighs the status (telecom-facts §3)."""
    if story.answered:
        return _answered(ending, story)
    if story.given_up is not None and ending.cause in {EndCause.CANCELLED, EndCause.LOCAL_BYE}:
        meaning = Meaning(*story.given_up, EndedBy.PLATFORM)
    elif ending.cause is EndCause.RESPONSE:
        meaning = _refused(ending, story)
    else:
        meaning = CAUSE_MEANINGS.get(ending.cause, Meaning(_R.TRUNK_FAILURE, ending.cause.value))
    return Termination(
        result=meaning.result,
        ended_by=meaning.by,
        reason=meaning.reason,
        sip_code=ending.status,
        q850=ending.q850 or SIP_TO_Q850.get(ending.status or 0),
    )


def _refused(ending: SipEnding, story: Story) -> Meaning:
    status = ending.status or 500
    by_cause = Q850_MEANINGS.get(ending.q850 or 0)
    if by_cause is not None:
        return by_cause
    if story.alerted and status in ALERTED_MEANINGS:
        return ALERTED_MEANINGS[status]
    return SIP_MEANINGS.get(status, Meaning(_R.TRUNK_FAILURE, f"sip_{status}"))


def _answered(ending: SipEnding, story: Story) -> Termination:
    reason, by = ANSWERED_REASONS.get(ending.cause, (ending.cause.value, EndedBy.NETWORK))
    if ending.cause is EndCause.LOCAL_BYE and story.hang_up_reason:
        reason = story.hang_up_reason
    result = ANSWERED_RESULTS[story.answered_by or AnsweredBy.HUMAN]
    return Termination(result=result, ended_by=by, reason=reason, sip_code=200, q850=ending.q850 or 16)


def permits_failover(ending: SipEnding) -> bool:
    """Whether another trunk may be tried in the same attempt: the callee cannot have heard of this INVITE.

    Only a 503 as the very first word beyond 100 Trying qualifies: the hop itself refused (RFC 3261 §21.5.4; a proxy
    would not forward a 503 of somebody further on, §16.7), and no cause of the telephone network came with it. After
    a time-out or a lost connection the INVITE may have rung a phone: another try is dispatch's to decide (law 3).
    """
    return (
        ending.cause is EndCause.RESPONSE
        and ending.status == 503
        and not ending.progressed
        and (ending.q850 is None or Q850_MEANINGS.get(ending.q850, _SILENT).result is _R.CONGESTION)
    )


_SILENT = Meaning(_R.TRUNK_FAILURE, "")

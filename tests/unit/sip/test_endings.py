import pytest

from yunhu.telephony.embedded.endings import (
    Q850_MEANINGS,
    SIP_MEANINGS,
    Story,
    permits_failover,
    termination_of,
)
from yunhu.telephony.port import AnsweredBy, EndedBy, ResultClass
from yunhu.telephony.sip.ending import EndCause, SipEnding


def refused(status: int, q850: int | None = None, *, progressed: bool = False) -> SipEnding:
    return SipEnding(cause=EndCause.RESPONSE, status=status, q850=q850, progressed=progressed)


@pytest.mark.parametrize(
    ("status", "q850", "alerted", "result", "reason", "cause"),
    [
        (404, None, False, ResultClass.NO_SUCH_NUMBER, "not_found", 1),
        (486, None, False, ResultClass.BUSY, "busy_here", 17),
        (480, None, False, ResultClass.UNREACHABLE, "temporarily_unavailable", 18),
        (480, None, True, ResultClass.NO_ANSWER, "temporarily_unavailable", 18),
        (480, 19, False, ResultClass.NO_ANSWER, "no_answer", 19),
        (480, 20, True, ResultClass.UNREACHABLE, "subscriber_absent", 20),
        (603, None, True, ResultClass.REJECTED, "decline", 21),
        (410, None, False, ResultClass.NO_SUCH_NUMBER, "gone", 22),
        (484, None, False, ResultClass.NO_SUCH_NUMBER, "address_incomplete", 28),
        (503, None, False, ResultClass.CONGESTION, "service_unavailable", 41),
        (503, 17, False, ResultClass.BUSY, "user_busy", 17),
        (500, 34, False, ResultClass.CONGESTION, "no_circuit", 34),
        (486, 16, False, ResultClass.BUSY, "busy_here", 16),
        (404, 127, False, ResultClass.NO_SUCH_NUMBER, "not_found", 127),
        (402, None, False, ResultClass.OWN_LINE_BLOCKED, "payment_required", 21),
        (403, None, False, ResultClass.BARRED, "forbidden", 21),
        (488, None, False, ResultClass.TRUNK_FAILURE, "sip_488", 127),
        (699, None, False, ResultClass.TRUNK_FAILURE, "sip_699", None),
    ],
)
def test_given_a_refusal_when_it_is_told_then_the_cause_outweighs_the_status(
    status: int, q850: int | None, alerted: bool, result: ResultClass, reason: str, cause: int | None
) -> None:
    told = termination_of(refused(status, q850), Story(alerted=alerted))
    assert (told.result, told.reason, told.q850, told.sip_code) == (result, reason, cause, status)


@pytest.mark.parametrize(
    ("cause", "result", "reason"),
    [
        (EndCause.TIMEOUT, ResultClass.TRUNK_FAILURE, "no_response"),
        (EndCause.TRANSPORT, ResultClass.TRUNK_FAILURE, "transport_error"),
        (EndCause.AUTHENTICATION, ResultClass.TRUNK_FAILURE, "authentication_failed"),
        (EndCause.REDIRECT, ResultClass.UNREACHABLE, "redirect_refused"),
        (EndCause.BAD_ANSWER, ResultClass.TRUNK_FAILURE, "unusable_media"),
    ],
)
def test_given_no_refusal_by_status_when_the_call_ends_then_the_cause_says_why(
    cause: EndCause, result: ResultClass, reason: str
) -> None:
    told = termination_of(SipEnding(cause=cause), Story())
    assert (told.result, told.reason) == (result, reason)


def test_given_we_gave_up_when_the_call_ends_then_our_reason_counts() -> None:
    story = Story(given_up=(ResultClass.NO_ANSWER, "ring_timeout"))
    told = termination_of(SipEnding(cause=EndCause.CANCELLED, status=487), story)
    assert (told.result, told.reason, told.ended_by) == (
        ResultClass.NO_ANSWER,
        "ring_timeout",
        EndedBy.PLATFORM,
    )


def test_given_we_gave_up_when_a_refusal_crossed_the_cancel_then_it_is_told_as_ours() -> None:
    story = Story(given_up=(ResultClass.CANCELLED, "superseded"))
    assert (
        termination_of(SipEnding(cause=EndCause.CANCELLED, status=486), story).result is ResultClass.CANCELLED
    )


@pytest.mark.parametrize(
    ("by", "result"),
    [
        (None, ResultClass.ANSWERED),
        (AnsweredBy.MACHINE, ResultClass.MACHINE),
        (AnsweredBy.ASSISTANT, ResultClass.ASSISTANT),
    ],
)
def test_given_an_answer_when_the_callee_hangs_up_then_who_answered_is_the_result(
    by: AnsweredBy | None, result: ResultClass
) -> None:
    told = termination_of(SipEnding(cause=EndCause.REMOTE_BYE), Story(answered=True, answered_by=by))
    assert (told.result, told.ended_by, told.q850) == (result, EndedBy.CALLEE, 16)


@pytest.mark.parametrize(
    ("ending", "permitted"),
    [
        (refused(503), True),
        (refused(503, 34), True),
        (refused(503, 17), False),
        (refused(503, progressed=True), False),
        (refused(500), False),
        (refused(486), False),
        (SipEnding(cause=EndCause.TIMEOUT), False),
        (SipEnding(cause=EndCause.TRANSPORT), False),
        (SipEnding(cause=EndCause.CANCELLED, status=503), False),
    ],
)
def test_given_an_ending_when_failover_is_asked_then_only_an_untouched_callee_permits_it(
    ending: SipEnding, permitted: bool
) -> None:
    assert permits_failover(ending) is permitted


def test_given_the_tables_when_read_then_codes_are_codes_and_reasons_are_tokens() -> None:
    assert all(1 <= cause <= 127 for cause in Q850_MEANINGS)
    assert all(400 <= status <= 699 for status in SIP_MEANINGS)
    assert all(m.reason.replace("_", "").isalpha() for m in (*Q850_MEANINGS.values(), *SIP_MEANINGS.values()))

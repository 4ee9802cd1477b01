import pytest
from tests.support.sip.wire import SDP, Wire

from yunhu.telephony.sip import late_answers
from yunhu.telephony.sip.ending import EndCause
from yunhu.telephony.sip.late_answers import KEEP
from yunhu.telephony.sip.message import Request, Response, response_to


def given_up(wire: Wire) -> Request:
    """A call whose CANCEL brought no final response."""
    call = wire.call()
    invite = wire.request("INVITE")
    wire.answer(invite, 180, "b1")
    call.hang_up()
    wire.timers.advance(32.1)
    wire.sent()
    return invite


def unanswered(wire: Wire) -> Request:
    """A call that timer B ended."""
    wire.call()
    invite = wire.request("INVITE")
    wire.timers.advance(32.1)
    wire.sent()
    return invite


def refused(wire: Wire) -> Request:
    """A call that rang and was refused."""
    wire.call()
    invite = wire.request("INVITE")
    wire.answer(invite, 180, "b1")
    wire.answer(invite, 480, "b2")
    wire.sent()
    return invite


@pytest.mark.parametrize("ended", [given_up, unanswered, refused])
@pytest.mark.parametrize("wait", [0.0, 35.0, 180.0])
def test_given_an_invite_that_is_over_when_a_200_comes_within_3_minutes_then_ack_and_bye_leave(
    ended: object, wait: float
) -> None:
    wire = Wire()
    invite = ended(wire)  # type: ignore[operator]
    causes = [ending.cause for ending in wire.user.endings]
    wire.timers.advance(wait)
    wire.answer(invite, 200, "b1", SDP)
    ack, bye = wire.sent()
    assert isinstance(ack, Request)
    assert isinstance(bye, Request)
    assert (ack.method, ack.cseq.number, ack.uri) == ("ACK", 1, "sip:callee@192.0.2.9:5060")
    assert (bye.method, bye.cseq.number, bye.to.tag) == ("BYE", 2, "b1")
    wire.answer(invite, 200, "b1", SDP)
    assert wire.methods() == ["ACK"]
    assert [ending.cause for ending in wire.user.endings] == causes
    assert "answered" not in wire.user.log


def test_given_two_forks_when_both_answer_late_then_each_is_released() -> None:
    wire = Wire()
    invite = given_up(wire)
    wire.answer(invite, 200, "b1", SDP)
    wire.answer(invite, 200, "b2", SDP)
    assert wire.methods() == ["ACK", "BYE", "ACK", "BYE"]


def test_given_a_late_answer_when_its_bye_is_lost_then_it_is_repeated_until_answered() -> None:
    wire = Wire()
    invite = given_up(wire)
    wire.answer(invite, 200, "b1", SDP)
    assert wire.methods() == ["ACK", "BYE"]
    wire.timers.advance(2)
    assert wire.methods() == ["BYE", "BYE"]


@pytest.mark.parametrize("changed", ["call-id", "from", "cseq"])
def test_given_a_stranger_who_guessed_the_branch_when_its_200_comes_then_it_is_dropped(changed: str) -> None:
    wire = Wire()
    invite = given_up(wire)
    response: Response = response_to(invite, 200, "b1")
    value = {"call-id": "other", "from": "<sip:a@b>;tag=other", "cseq": "7 INVITE"}[changed]
    response.headers.set(changed, value)
    wire.arrive(response)
    assert wire.methods() == []
    assert wire.stats.dropped == 1


def test_given_the_time_is_over_when_a_200_comes_then_it_is_dropped_and_nothing_is_kept() -> None:
    wire = Wire()
    invite = given_up(wire)
    wire.timers.advance(KEEP)
    wire.answer(invite, 200, "b1", SDP)
    assert wire.methods() == []
    assert len(wire.agent.late) == 0
    assert wire.timers.waiting == 0


def test_given_more_ended_invites_than_are_kept_when_another_ends_then_the_oldest_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(late_answers, "MAX_KEPT", 3)
    wire = Wire()
    invites = [unanswered(wire) for _ in range(4)]
    assert len(wire.agent.late) == 3
    wire.answer(invites[0], 200, "b1", SDP)
    assert wire.methods() == []
    wire.answer(invites[1], 200, "b1", SDP)
    assert wire.methods() == ["ACK", "BYE"]


def test_given_calls_that_left_no_doubt_when_they_end_then_nothing_is_kept() -> None:
    wire = Wire()
    call, _ = wire.establish()
    call.hang_up()
    wire.call()
    wire.sent()
    wire.call()
    wire.answer(wire.request("INVITE"), 404, "x")
    assert len(wire.agent.late) == 0


@pytest.mark.parametrize("status", [401, 407, 422])
def test_given_a_phone_that_may_have_rung_when_the_invite_is_challenged_then_it_is_not_sent_again(
    status: int,
) -> None:
    from yunhu.telephony.sip.digest import Credentials

    wire = Wire()
    wire.call(Credentials("u", "p"), expires=1800)
    invite = wire.request("INVITE")
    wire.answer(invite, 183, "b1")
    name = {401: "www_authenticate", 407: "proxy_authenticate", 422: "min_se"}[status]
    wire.answer(invite, status, "x", **{name: "3600" if status == 422 else 'Digest realm="a", nonce="n"'})
    assert wire.methods() == ["ACK"]
    expected = EndCause.RESPONSE if status == 422 else EndCause.AUTHENTICATION
    assert [ending.cause for ending in wire.user.endings] == [expected]


@pytest.mark.parametrize("algorithms", [("MD5", "SHA-256"), ("SHA-256", "MD5")])
def test_given_a_second_challenge_by_the_other_algorithm_when_it_comes_then_it_is_answered_once(
    algorithms: tuple[str, str],
) -> None:
    from yunhu.telephony.sip.digest import Credentials

    wire = Wire()
    wire.call(Credentials("u", "p"))
    for algorithm in algorithms:
        invite = wire.request("INVITE")
        wire.answer(invite, 401, "x", www_authenticate=f'Digest realm="a", nonce="n", algorithm={algorithm}')
    signed = wire.request("INVITE")
    assert f"algorithm={algorithms[1]}" in (signed.headers.first("authorization") or "").replace('"', "")
    wire.answer(signed, 401, "x", www_authenticate=f'Digest realm="a", nonce="n", algorithm={algorithms[0]}')
    assert wire.methods() == ["ACK"]
    assert wire.user.endings[0].cause is EndCause.AUTHENTICATION

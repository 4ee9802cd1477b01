import pytest
from tests.support.sip.wire import SDP, Wire

from yunhu.telephony.sip.call_model import CallState
from yunhu.telephony.sip.digest import Credentials
from yunhu.telephony.sip.ending import EndCause
from yunhu.telephony.sip.errors import SendRefusedError
from yunhu.telephony.sip.message import Request
from yunhu.telephony.sip.transport import Hop

CHALLENGE = 'Digest realm="a", nonce="n1", qop="auth", algorithm=SHA-256'


def test_given_no_answer_when_time_passes_then_invite_repeats_by_timer_a_and_gives_up_by_timer_b() -> None:
    wire = Wire()
    wire.call()
    wire.timers.advance(31.9)
    assert wire.methods() == ["INVITE"] * 7
    wire.timers.advance(0.2)
    assert wire.user.endings[0].cause is EndCause.TIMEOUT
    assert len(wire.layer) == 0


def test_given_tcp_when_no_answer_comes_then_nothing_is_repeated() -> None:
    wire = Wire("TCP")
    wire.call()
    wire.timers.advance(40)
    assert wire.methods() == ["INVITE"]


def test_given_a_repeated_200_when_it_comes_again_then_the_same_ack_leaves() -> None:
    wire = Wire()
    wire.call()
    invite = wire.request("INVITE")
    wire.answer(invite, 180, "b1")
    wire.answer(invite, 200, "b1", SDP)
    first = wire.carrier.sent[-1]
    wire.answer(invite, 200, "b1", SDP)
    assert wire.carrier.sent[-1] == first
    assert wire.methods() == ["ACK", "ACK"]
    assert wire.user.log == [(180, False), "answered"]


def test_given_two_forks_answer_when_the_second_200_comes_then_it_gets_ack_and_bye() -> None:
    wire = Wire()
    call, invite = wire.establish("b1")
    wire.answer(invite, 200, "b2", SDP)
    assert wire.methods() == ["ACK", "BYE"]
    assert call.state is CallState.CONFIRMED
    wire.answer(invite, 200, "b2", SDP)
    assert wire.methods() == ["ACK"]


def test_given_no_provisional_when_hung_up_then_cancel_waits_for_one() -> None:
    wire = Wire()
    call = wire.call()
    invite = wire.request("INVITE")
    call.hang_up()
    assert wire.methods() == []
    wire.answer(invite, 100)
    cancel = wire.request("CANCEL")
    assert cancel.via.branch == invite.via.branch
    assert cancel.uri == invite.uri
    wire.answer(cancel, 200)
    wire.answer(invite, 487, "b1")
    assert wire.methods() == ["ACK"]
    assert wire.user.endings[0].cause is EndCause.CANCELLED


def test_given_cancel_sent_when_a_late_200_comes_then_ack_and_bye_leave() -> None:
    wire = Wire()
    call = wire.call()
    invite = wire.request("INVITE")
    wire.answer(invite, 180, "b1")
    call.hang_up()
    wire.request("CANCEL")
    wire.answer(invite, 200, "b1", SDP)
    assert wire.methods() == ["ACK", "BYE"]
    assert wire.user.endings[0].cause is EndCause.CANCELLED
    assert "answered" not in wire.user.log


def test_given_cancel_sent_when_no_final_response_comes_then_the_call_ends_after_64_t1() -> None:
    wire = Wire()
    call = wire.call()
    wire.answer(wire.request("INVITE"), 180, "b1")
    call.hang_up()
    wire.timers.advance(32.1)
    assert wire.user.endings[0].cause is EndCause.CANCELLED
    wire.timers.advance(40)
    assert len(wire.layer) == 0


@pytest.mark.parametrize(("status", "header"), [(401, "authorization"), (407, "proxy-authorization")])
def test_given_a_challenge_when_credentials_exist_then_the_invite_is_sent_again_signed(
    status: int, header: str
) -> None:
    wire = Wire()
    wire.call(Credentials("u", "s3cret"))
    invite = wire.request("INVITE")
    name = "www-authenticate" if status == 401 else "proxy-authenticate"
    wire.answer(invite, status, "x", **{name: CHALLENGE})
    ack, again = wire.sent()
    assert isinstance(ack, Request)
    assert ack.method == "ACK"
    assert isinstance(again, Request)
    assert again.cseq.number == 2
    assert again.call_id == invite.call_id
    assert "nc=00000001" in (again.headers.first(header) or "")
    assert b"s3cret" not in again.to_bytes()


def test_given_a_wrong_password_when_the_same_challenge_comes_again_then_the_call_ends() -> None:
    wire = Wire()
    wire.call(Credentials("u", "wrong"))
    wire.answer(wire.request("INVITE"), 401, "x", www_authenticate=CHALLENGE)
    wire.answer(wire.request("INVITE"), 401, "x", www_authenticate=CHALLENGE)
    assert wire.user.endings[0].cause is EndCause.AUTHENTICATION
    assert wire.methods() == ["ACK"]


def test_given_ever_new_stale_nonces_when_challenged_then_the_tries_are_bounded() -> None:
    wire = Wire()
    wire.call(Credentials("u", "p"))
    for count in range(20):
        invites = [m for m in wire.sent() if isinstance(m, Request) and m.method == "INVITE"]
        if not invites:
            break
        wire.answer(invites[0], 401, "x", www_authenticate=f'Digest realm="a", nonce="n{count}", stale=true')
    assert wire.stats.requests_sent["INVITE"] == 6
    assert wire.user.endings[0].cause is EndCause.AUTHENTICATION


def test_given_a_redirect_when_302_comes_then_it_is_not_followed() -> None:
    wire = Wire()
    wire.call()
    wire.answer(wire.request("INVITE"), 302, "x", contact="<sip:elsewhere@192.0.2.77>")
    assert wire.methods() == ["ACK"]
    assert wire.user.endings[0].cause is EndCause.REDIRECT


def test_given_a_reliable_183_when_it_comes_then_prack_leaves_once_and_media_is_early() -> None:
    wire = Wire()
    wire.call()
    invite = wire.request("INVITE")
    for _ in range(2):
        wire.answer(invite, 183, "b1", SDP, require="100rel", rseq="7")
    assert wire.request("PRACK").headers.first("rack") == "7 1 INVITE"
    wire.answer(invite, 183, "b1", SDP, require="100rel", rseq="9")
    assert wire.methods() == []
    assert [answered for _, answered in wire.user.media] == [False]


def test_given_a_refusal_with_a_reason_when_404_comes_then_the_cause_is_told() -> None:
    wire = Wire()
    wire.call()
    wire.answer(wire.request("INVITE"), 404, "x", reason='Q.850;cause=17;text="busy"')
    assert (wire.user.endings[0].status, wire.user.endings[0].q850) == (404, 17)


def test_given_a_too_small_interval_when_422_comes_then_the_invite_asks_for_more() -> None:
    wire = Wire()
    wire.call(expires=1800)
    wire.answer(wire.request("INVITE"), 422, "x", min_se="3600")
    assert wire.request("INVITE").headers.first("session-expires") == "3600"


def test_given_a_gate_that_refuses_when_a_call_starts_then_nothing_leaves() -> None:
    def gate(_request: Request, _hop: Hop) -> None:
        raise SendRefusedError("no")

    wire = Wire(gate=gate)
    with pytest.raises(SendRefusedError):
        wire.call()
    assert wire.carrier.sent == []
    assert len(wire.agent) == 0


def test_given_routes_when_the_answer_records_them_then_ack_goes_by_the_reversed_set() -> None:
    wire = Wire()
    wire.call()
    record = "<sip:192.0.2.7;lr>, <sip:192.0.2.8:5070;lr>"
    wire.answer(wire.request("INVITE"), 200, "b1", SDP, record_route=record)
    ack = wire.request("ACK")
    assert ack.headers.all("route") == ["<sip:192.0.2.8:5070;lr>", "<sip:192.0.2.7;lr>"]
    assert ack.uri == "sip:callee@192.0.2.9:5060"
    assert wire.carrier.sent[-1][0] == ("192.0.2.8", 5070)

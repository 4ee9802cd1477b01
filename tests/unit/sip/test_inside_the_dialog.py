from tests.support.sip.wire import SDP, Wire

from yunhu.telephony.sip.call_model import CallState
from yunhu.telephony.sip.digest import Authenticator, Credentials
from yunhu.telephony.sip.ending import EndCause
from yunhu.telephony.sip.message import Request


def test_given_an_answered_call_when_the_peer_says_bye_then_200_leaves_and_the_call_ends() -> None:
    wire = Wire()
    _, invite = wire.establish()
    bye = wire.peer_request(invite, "BYE", 1, reason="Q.850;cause=16")
    wire.arrive(bye)
    assert wire.methods() == ["200", "200"]
    assert [(e.cause, e.q850) for e in wire.user.endings] == [(EndCause.REMOTE_BYE, 16)]
    assert wire.stats.requests_absorbed == 1


def test_given_an_answered_call_when_we_hang_up_then_bye_repeats_until_answered() -> None:
    wire = Wire()
    call, _ = wire.establish()
    call.hang_up()
    call.hang_up()
    wire.timers.advance(2)
    assert wire.methods() == ["BYE"] * 3
    assert [e.cause for e in wire.user.endings] == [EndCause.LOCAL_BYE]


def test_given_hold_when_a_reinvite_comes_then_it_is_answered_recvonly_until_acked() -> None:
    wire = Wire()
    _, invite = wire.establish()
    wire.peer_request(invite, "INVITE", 1, body=SDP + b"a=sendonly\r\n")
    response = wire.response()
    assert response.status == 200
    assert b"a=recvonly" in response.body
    assert wire.user.media[-1][0].send is False
    wire.timers.advance(1.6)
    assert wire.methods() == ["200", "200"]
    wire.peer_request(invite, "ACK", 1)
    wire.timers.advance(20)
    assert wire.methods() == []


def test_given_a_reinvite_without_offer_when_its_ack_brings_the_answer_then_media_follows() -> None:
    wire = Wire()
    _, invite = wire.establish()
    wire.peer_request(invite, "INVITE", 1)
    assert b"m=audio 4000" in wire.response().body
    wire.peer_request(invite, "ACK", 1, body=SDP)
    assert len(wire.user.media) == 2


def test_given_no_ack_when_64_t1_pass_then_bye_leaves() -> None:
    wire = Wire()
    _, invite = wire.establish()
    wire.peer_request(invite, "INVITE", 1, body=SDP)
    wire.timers.advance(32.1)
    assert wire.user.endings[0].cause is EndCause.NO_ACK
    assert "BYE" in wire.methods()


def test_given_our_reinvite_pending_when_the_peer_reinvites_then_491() -> None:
    wire = Wire()
    _, invite = wire.establish(expires=1800, session_expires="1800;refresher=uac")
    wire.timers.advance(900)
    wire.request("INVITE")
    wire.peer_request(invite, "INVITE", 1, body=SDP)
    assert wire.response().status == 491


def test_given_unusable_codecs_when_a_reinvite_comes_then_488_and_the_call_goes_on() -> None:
    wire = Wire()
    call, invite = wire.establish()
    wire.peer_request(
        invite, "INVITE", 1, body=SDP.replace(b"8 101", b"18").replace(b"a=rtpmap:8 PCMA/8000", b"a=x")
    )
    assert wire.response().status == 488
    assert call.state is CallState.CONFIRMED


def test_given_update_with_a_short_session_when_it_comes_then_422() -> None:
    wire = Wire()
    _, invite = wire.establish(expires=1800)
    wire.peer_request(invite, "UPDATE", 1, session_expires="30", supported="timer")
    assert (wire.response().headers.first("min-se")) == "90"


def test_given_we_refresh_when_half_the_interval_is_over_then_update_leaves_where_allowed() -> None:
    wire = Wire()
    wire.establish(expires=1800, session_expires="1800;refresher=uac", allow="INVITE, UPDATE")
    wire.timers.advance(900)
    update = wire.request("UPDATE")
    assert update.headers.first("session-expires") == "1800;refresher=uac"
    wire.answer(update, 200, session_expires="1800;refresher=uac")
    wire.timers.advance(890)
    assert wire.user.endings == []


def test_given_the_peer_refreshes_when_it_does_not_then_bye_before_the_interval_ends() -> None:
    wire = Wire()
    wire.establish(expires=1800, session_expires="1800;refresher=uas")
    wire.timers.advance(1768)
    assert wire.user.endings[0].cause is EndCause.SESSION_EXPIRED
    assert "BYE" in wire.methods()


def test_given_an_old_cseq_when_a_request_comes_then_500() -> None:
    wire = Wire()
    _, invite = wire.establish()
    wire.peer_request(invite, "OPTIONS", 5)
    assert wire.response().status == 200
    wire.peer_request(invite, "OPTIONS", 4)
    assert wire.response().status == 500


def test_given_an_unknown_dialog_when_a_request_comes_then_481() -> None:
    wire = Wire()
    _, invite = wire.establish()
    wire.peer_request(invite, "BYE", 1, tag="stranger")
    assert wire.response().status == 481
    assert wire.user.endings == []


def test_given_an_unsupported_extension_when_required_then_420_names_it() -> None:
    wire = Wire()
    _, invite = wire.establish()
    wire.peer_request(invite, "OPTIONS", 1, require="foo")
    response = wire.response()
    assert (response.status, response.headers.first("unsupported")) == (420, "foo")


def test_given_all_timers_ran_out_when_a_call_is_over_then_nothing_is_left() -> None:
    wire = Wire()
    call, _ = wire.establish(expires=1800, session_expires="1800;refresher=uac")
    call.hang_up()
    wire.answer(wire.request("BYE"), 200)
    wire.timers.advance(33)
    assert (len(wire.layer), len(wire.agent), wire.timers.waiting) == (0, 0, 0)


def test_given_ever_stale_nonces_when_our_reinvite_is_challenged_then_the_tries_are_bounded() -> None:
    wire = Wire()
    call, _ = wire.establish(expires=1800, session_expires="1800;refresher=uac")
    call.auth = Authenticator(Credentials("u", "p"))
    wire.timers.advance(900)
    for count in range(20):
        invites = [m for m in wire.sent() if isinstance(m, Request) and m.method == "INVITE"]
        if invites:
            wire.answer(
                invites[0], 401, "b1", www_authenticate=f'Digest realm="a", nonce="n{count}", stale=true'
            )
    assert wire.stats.requests_sent["INVITE"] == 7

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from tests.support.sip.wire import PEER, SDP, Wire

from yunhu.telephony.sip.digest import Authenticator, Credentials, parse_challenge
from yunhu.telephony.sip.errors import SdpError, SipParseError
from yunhu.telephony.sip.framing import StreamFramer
from yunhu.telephony.sip.headers import (
    parse_name_addr,
    parse_rack,
    parse_reason_cause,
    parse_session_expires,
    parse_via,
    tokens,
)
from yunhu.telephony.sip.message import Headers, Response
from yunhu.telephony.sip.params import parse_params, split_commas
from yunhu.telephony.sip.parser import MAX_BODY, MAX_HEAD, parse_message
from yunhu.telephony.sip.sdp import parse_audio
from yunhu.telephony.sip.transport import Origin
from yunhu.telephony.sip.uri import parse_uri

VALID = (
    b'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1;rport\r\nFrom: "x" <sip:a@b>;tag=1\r\n'
    b"To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContact: <sip:c@d>\r\nContent-Length: 0\r\n\r\n"
)
PIECES = st.sampled_from(
    [
        '"',
        "\\",
        "<",
        ">",
        ";",
        ",",
        "=",
        ":",
        "@",
        " ",
        "sip:",
        "[",
        "]",
        "%00",
        "\udc80",
        "SIP/2.0/UDP",
        "9" * 40,
        "é",
    ]
)
TEXT = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(VALID)
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 6))] = draw(st.binary(max_size=6))
    return bytes(data)


@given(st.one_of(st.binary(max_size=600), damaged()))
def test_given_any_datagram_when_it_arrives_then_the_agent_survives(data: bytes) -> None:
    wire = Wire()
    wire.layer.receive(data, Origin(*PEER))
    assert len(wire.layer) <= 1
    wire.timers.advance(40)
    assert len(wire.layer) == 0


@given(damaged())
def test_given_a_readable_message_when_written_and_read_again_then_it_is_the_same(data: bytes) -> None:
    with suppress(SipParseError):
        first = parse_message(data)
        assert parse_message(first.to_bytes()).to_bytes() == first.to_bytes()


@given(TEXT)
def test_given_any_header_value_when_read_then_only_parse_errors_come(text: str) -> None:
    for parse in (parse_name_addr, parse_via, parse_uri, parse_params, split_commas):
        with suppress(SipParseError):
            parse(text)
    tokens([text])
    parse_reason_cause([text, f"Q.850;{text}"])
    parse_session_expires(text)
    parse_rack(text)


@given(TEXT)
def test_given_any_challenge_when_answered_then_nothing_breaks_and_no_secret_shows(text: str) -> None:
    assert parse_challenge(text) is None or text.lstrip().lower().startswith("digest")
    auth = Authenticator(Credentials("user", "s3cret-word"))
    response = Response(401, "x", Headers({"www-authenticate": [f"Digest {text}", f'Digest nonce="{text}"']}))
    auth.learn(response)
    assert "s3cret-word" not in repr(auth)


@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(
            st.sampled_from(
                [
                    b"m=audio 1 RTP/AVP 8\r\n",
                    b"c=IN IP4 1.1.1.1\r\n",
                    b"a=rtpmap:8 PCMA/x\r\n",
                    b"t=a b\r\n",
                    b"b=AS:x\r\n",
                    b"m=audio\r\n",
                    b"a=rtpmap:8 PCMA/8000/z\r\n",
                    SDP,
                ]
            ),
            max_size=20,
        ).map(b"".join),
    )
)
def test_given_any_description_when_read_then_audio_or_an_sdp_error(body: bytes) -> None:
    with suppress(SdpError):
        audio = parse_audio(body, ("PCMA", "PCMU"))
        assert 0 <= audio.port < 65536
        assert 0 <= audio.payload_type < 128


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_given_any_stream_when_cut_then_the_buffer_stays_bounded(chunks: list[bytes]) -> None:
    framer = StreamFramer()
    with suppress(SipParseError):
        for chunk in chunks:
            assert all(len(message) <= MAX_HEAD + MAX_BODY + 4 for message in framer.feed(chunk))


@given(st.integers(1, 5), st.lists(st.integers(1, 40), max_size=40))
def test_given_messages_in_a_stream_when_cut_anywhere_then_each_comes_whole(
    count: int, cuts: list[int]
) -> None:
    stream, framer, found = VALID * count, StreamFramer(), []
    for cut in cuts:
        found += framer.feed(stream[:cut])
        stream = stream[cut:]
    found += framer.feed(stream)
    assert found == [VALID] * count
    assert framer.is_idle

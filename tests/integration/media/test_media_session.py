"""The plane against a peer on loopback sockets."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from tests.support.media.audio import cadence, encode_alaw
from tests.support.media.packets import key_press, rtp
from tests.support.media.peer import RtpPeer, even_port, ignore, peer, running_plane, until
from tests.support.media.wav import read_stereo_alaw

from yunhu.telephony.media import (
    AnswerDetected,
    Codec,
    DigitHeard,
    MediaConfig,
    MediaEvent,
    MediaPortsExhaustedError,
    MediaSession,
    MediaTimeout,
    PromptEnded,
    RemoteMedia,
    ToneDetected,
)
from yunhu.telephony.media.g711 import ALAW_TO_ULAW
from yunhu.telephony.port import Prompt

E = TypeVar("E")
SPEECH = bytes(0x80 | (index // 160) % 64 for index in range(160 * 25))
"""0.5 s, each frame of another octet; none of them silence."""
PROMPT = Prompt("speech", SPEECH)
LONG = Prompt("long", b"\x81" * 8000 * 60)


def of(events: list[MediaEvent], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


async def test_given_a_connected_session_when_a_prompt_plays_then_every_octet_arrives_in_an_unbroken_stream() -> (
    None
):
    events: list[MediaEvent] = []
    async with running_plane() as plane, peer() as callee:
        session = plane.open(uuid4(), events.append, recording=None)
        session.connect(callee.remote(), answered=True)
        await until(lambda: len(callee.packets) >= 3)
        session.play(PROMPT)
        await until(lambda: bool(of(events, PromptEnded)))
        session.close()
        stats = await session.wait_complete()
        await until(lambda: len(callee.packets) == stats.packets_sent)
    assert session.local_port % 2 == 0
    assert set(callee.sources) == {("127.0.0.1", session.local_port)}
    assert callee.audio.strip(b"\xd5") == SPEECH
    first = callee.headers[0]
    for index, (one, two, sequence, timestamp, ssrc) in enumerate(callee.headers):
        assert (one, two, ssrc) == (0x80, 0x88 if index == 0 else 8, first[4])
        assert sequence == (first[2] + index) & 0xFFFF
        assert (timestamp - first[3]) & 0xFFFFFFFF == index * 160
    assert [(event.prompt_id, event.completed) for event in of(events, PromptEnded)] == [("speech", True)]


async def test_given_pcmu_when_a_prompt_plays_then_it_is_translated() -> None:
    async with running_plane() as plane, peer() as callee:
        session = plane.open(uuid4(), ignore, recording=None)
        session.play(PROMPT)
        session.connect(callee.remote(Codec.PCMU), answered=True)
        await until(lambda: len(callee.packets) >= 30)
    assert SPEECH.translate(ALAW_TO_ULAW) + b"\xfe" * 160 in callee.audio
    assert {header[1] & 0x7F for header in callee.headers} == {0}


async def test_given_a_call_that_is_echoed_when_closed_then_the_recording_holds_both_sides(
    tmp_path: Path,
) -> None:
    events: list[MediaEvent] = []
    path = tmp_path / "call.wav"
    async with running_plane() as plane, peer(echo=True) as callee:
        session = plane.open(uuid4(), events.append, recording=path)
        session.play(PROMPT)
        session.connect(callee.remote(), answered=True)
        await until(lambda: bool(of(events, PromptEnded)) and len(callee.packets) >= 40)
        session.close()
        stats = await session.wait_complete()
        wav = read_stereo_alaw(path)
    assert len(wav.left) == stats.packets_sent * 160
    assert wav.left.strip(b"\xd5") == SPEECH
    assert wav.right.strip(b"\xd5") == SPEECH
    assert stats.packets_received >= 25
    assert (stats.packets_lost, stats.packets_discarded, stats.recording_errors) == (0, 0, 0)


async def test_given_a_pcmu_callee_when_recorded_then_the_right_side_is_alaw(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    async with running_plane() as plane, peer() as callee:
        session = plane.open(uuid4(), ignore, recording=path)
        session.connect(callee.remote(Codec.PCMU), answered=True)
        await until(lambda: len(callee.packets) >= 2)
        callee.send(rtp(1, 0, b"\x00" * 160, payload_type=0), session.local_port)
        await until(lambda: session.stats.packets_received == 1)
        await until(lambda: len(callee.packets) >= 6)
        session.close()
        await session.wait_complete()
    assert read_stereo_alaw(path).right.strip(b"\xd5") == b"\x2a" * 160


async def test_given_early_media_only_when_connected_then_silence_is_sent_and_strangers_are_not_heard() -> (
    None
):
    async with running_plane() as plane, peer() as callee, peer() as stranger:
        session = plane.open(uuid4(), ignore, recording=None)
        session.connect(callee.remote(), answered=False)
        await until(lambda: len(callee.packets) >= 3)
        stranger.speak(session.local_port, frames=20)
        await until(lambda: session.stats.packets_discarded == 20)
        assert session.stats.packets_received == 0
    assert set(callee.audio) == {0xD5}
    assert stranger.packets == []


async def test_given_the_answer_and_a_silent_sdp_source_when_another_speaks_then_we_follow_it_and_only_it() -> (
    None
):
    async with running_plane() as plane, peer() as announced, peer() as actual, peer() as stranger:
        session = plane.open(uuid4(), ignore, recording=None)
        session.connect(announced.remote(), answered=True)
        actual.speak(session.local_port, frames=10)
        await until(lambda: len(actual.packets) >= 3)
        await until(lambda: session.stats.packets_received == 6)
        sent_before = len(announced.packets)
        stranger.speak(session.local_port, frames=10)
        announced.speak(session.local_port, frames=10)
        actual.speak(session.local_port)
        await until(lambda: session.stats.packets_received == 7)
        assert len(announced.packets) == sent_before
    assert session.stats.packets_received == 7
    assert stranger.packets == []


async def test_given_a_source_that_pauses_when_strangers_speak_then_they_are_not_heard_and_it_is_heard_again() -> (
    None
):
    async with running_plane() as plane, peer() as callee, peer() as stranger:
        session = plane.open(uuid4(), ignore, recording=None)
        port = session.local_port
        session.connect(callee.remote(), answered=True)
        for round_ in range(1, 4):
            callee.speak(port, frames=2)
            await until(lambda wanted=2 * round_: session.stats.packets_received == wanted)
            stranger.speak(port, frames=3)
            ticks, sent = plane.load.ticks, len(callee.packets)
            await until(lambda ticks=ticks: plane.load.ticks >= ticks + 60)
            assert len(callee.packets) >= sent + 50
    assert session.stats.packets_received == 6
    assert stranger.packets == []


async def test_given_a_machine_of_two_addresses_when_the_peer_uses_the_one_that_its_route_has_not_then_it_is_heard() -> (
    None
):
    async with running_plane(MediaConfig(bind_host="0.0.0.0")) as plane, peer() as callee:
        session = plane.open(uuid4(), ignore, recording=None)
        session.connect(callee.remote(), answered=True)
        assert callee.transport is not None
        for index in range(250):
            packet = rtp(index, index * 160, bytes(160))
            callee.transport.sendto(packet, ("127.0.0.2", session.local_port))
            ticks = plane.load.ticks
            await until(lambda ticks=ticks: plane.load.ticks > ticks)
    # Once it was heard it is not for 0.64 s at most, until the plane notices.
    assert session.stats.packets_received > 200


async def test_given_keys_when_pressed_then_each_is_one_event() -> None:
    events: list[MediaEvent] = []
    async with running_plane() as plane, peer() as callee:
        session = plane.open(uuid4(), events.append, recording=None)
        session.connect(callee.remote(), answered=True)
        for index, key in enumerate([1, 1, 11, 9]):
            for packet in key_press(key, index * 7, index * 3000):
                callee.send(packet, session.local_port)
        await until(lambda: len(of(events, DigitHeard)) == 4)
        await until(lambda: session.stats.packets_received == 28)
    assert [event.digit for event in of(events, DigitHeard)] == ["1", "1", "#", "9"]


async def test_given_prompts_in_the_queue_when_stopped_then_silence_follows_and_each_ends_once() -> None:
    events: list[MediaEvent] = []
    async with running_plane() as plane, peer() as callee:
        session = plane.open(uuid4(), events.append, recording=None)
        session.play(LONG)
        session.play(PROMPT)
        session.connect(callee.remote(), answered=True)
        await until(lambda: 0x81 in callee.audio)
        session.stop_playing()
        await until(lambda: len(of(events, PromptEnded)) == 2)
        stopped = len(callee.packets)
        await until(lambda: len(callee.packets) >= stopped + 5)
        session.play(PROMPT)
        session.close()
        session.close()
        session.play(PROMPT)
        session.connect(callee.remote(), answered=True)
        session.stop_playing()
        await session.wait_complete()
        await until(lambda: len(of(events, PromptEnded)) == 4)
    assert callee.audio.endswith(b"\xd5" * 160)
    assert [event.completed for event in of(events, PromptEnded)] == [False] * 4


async def test_given_a_hold_when_resumed_then_sending_pauses_and_the_prompt_goes_on_with_a_marker() -> None:
    async with running_plane() as plane, peer() as callee:
        session = plane.open(uuid4(), ignore, recording=None)
        session.play(LONG)
        session.connect(callee.remote(), answered=True)
        await until(lambda: len(callee.packets) >= 3)
        session.connect(callee.remote(send=False, receive=False), answered=True)
        ticks = plane.load.ticks
        await until(lambda: plane.load.ticks >= ticks + 3)
        held = len(callee.packets)
        ticks = plane.load.ticks
        await until(lambda: plane.load.ticks >= ticks + 10)
        assert len(callee.packets) == held
        session.connect(callee.remote(), answered=True)
        await until(lambda: len(callee.packets) >= held + 3)
    before, after = callee.headers[held - 1], callee.headers[held]
    assert after[1] & 0x80
    assert after[2] == (before[2] + 1) & 0xFFFF
    assert (after[3] - before[3]) & 0xFFFFFFFF >= 11 * 160
    assert set(callee.audio) == {0x81}


async def test_given_a_silent_callee_when_the_limit_passes_then_it_is_told_once_and_not_while_on_hold() -> (
    None
):
    config = MediaConfig(bind_host="127.0.0.1", media_timeout=timedelta(milliseconds=300))
    silent: list[MediaEvent] = []
    others: list[MediaEvent] = []
    async with running_plane(config) as plane, peer() as callee, peer(echo=True) as talker:
        speaking = plane.open(uuid4(), others.append, recording=None)
        speaking.connect(talker.remote(), answered=True)
        held = plane.open(uuid4(), others.append, recording=None)
        held.connect(callee.remote(receive=False), answered=True)
        ringing = plane.open(uuid4(), others.append, recording=None)
        ringing.connect(callee.remote(), answered=False)
        session = plane.open(uuid4(), silent.append, recording=None)
        session.connect(callee.remote(), answered=True)
        await until(lambda: bool(of(silent, MediaTimeout)))
        ticks = plane.load.ticks
        await until(lambda: plane.load.ticks >= ticks + 40)
    assert len(silent) == 1
    assert others == []


async def test_given_busy_in_early_media_when_heard_then_the_tone_is_told() -> None:
    alaw = encode_alaw(cadence(*([350, 350] * 20)))
    events: list[MediaEvent] = []
    async with running_plane() as plane, peer() as callee:
        session = plane.open(uuid4(), events.append, recording=None)
        session.connect(callee.remote(), answered=False)
        # An exchange repeats it until somebody hangs up; a frame that this process sends too late breaks its measure.
        await play_in_step(callee, session, alaw, lambda: bool(of(events, ToneDetected)))
        await until(lambda: bool(of(events, ToneDetected)))
    assert [event.tone for event in of(events, ToneDetected)] == ["busy"]


async def play_in_step(
    callee: RtpPeer, session: MediaSession, alaw: bytes, enough: Callable[[], bool] = lambda: False
) -> None:
    """Send a frame for every frame that arrives, until they are all sent or it is enough."""
    start = len(callee.packets)
    for index in range(len(alaw) // 160):
        if enough():
            return
        await until(lambda index=index: len(callee.packets) > start + index)
        callee.send(rtp(index, index * 160, alaw[index * 160 : index * 160 + 160]), session.local_port)


class Sure:
    """Decides at the first frame that is not silence."""

    def feed(self, alaw_20ms: bytes) -> tuple[str, str] | None:
        return None if set(alaw_20ms) == {0xD5} else ("human", f"{len(alaw_20ms)} octets")


async def test_given_a_detector_when_the_callee_speaks_after_the_answer_then_its_verdict_is_told_once() -> (
    None
):
    events: list[MediaEvent] = []
    async with running_plane() as plane, peer() as callee:
        session = plane.open(uuid4(), events.append, recording=None, detector=Sure())
        session.connect(callee.remote(), answered=False)
        callee.speak(session.local_port, frames=2)
        await until(lambda: session.stats.packets_received == 2)
        ticks = plane.load.ticks
        await until(lambda: plane.load.ticks >= ticks + 30)
        assert events == []
        session.connect(callee.remote(), answered=True)
        callee.speak(session.local_port, frames=3)
        await until(lambda: bool(events))
        ticks = plane.load.ticks
        await until(lambda: plane.load.ticks >= ticks + 30)
    assert [(event.answered_by, event.reason) for event in of(events, AnswerDetected)] == [
        ("human", "160 octets")
    ]
    assert len(events) == 1


async def test_given_a_small_range_of_ports_when_used_up_then_it_is_said_and_closing_gives_them_back() -> (
    None
):
    first = even_port()
    async with running_plane(
        MediaConfig(bind_host="127.0.0.1", port_first=first, port_last=first + 1)
    ) as plane:
        session = plane.open(uuid4(), ignore, recording=None)
        assert session.local_port == first
        with pytest.raises(MediaPortsExhaustedError):
            plane.open(uuid4(), ignore, recording=None)
        session.close()
        await session.wait_complete()
        assert plane.open(uuid4(), ignore, recording=None).local_port == first


@pytest.mark.parametrize(
    ("host", "port", "payload_type"),
    [("example.invalid", 4000, 8), ("::1", 4000, 8), ("127.0.0.1", 0, 8), ("127.0.0.1", 4000, 128)],
)
def test_given_an_sdp_that_cannot_be_used_when_read_then_it_is_refused(
    host: str, port: int, payload_type: int
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        RemoteMedia(host, port, Codec.PCMA, payload_type, None)


@pytest.mark.parametrize(("first", "last"), [(80, 90), (5000, 5000), (6000, 5000), (5000, 70000), (0, 5000)])
def test_given_a_range_of_ports_that_is_none_when_configured_then_it_is_refused(
    first: int, last: int
) -> None:
    with pytest.raises(ValueError, match="RTP ports"):
        MediaConfig(bind_host="127.0.0.1", port_first=first, port_last=last)


async def test_given_many_sessions_when_the_plane_stops_then_all_are_complete_and_prompts_ended(
    tmp_path: Path,
) -> None:
    events: list[MediaEvent] = []
    async with peer(echo=True) as callee, running_plane() as plane:
        sessions = []
        for index in range(20):
            session = plane.open(uuid4(), events.append, recording=tmp_path / f"{index}.wav")
            session.play(LONG)
            session.connect(callee.remote(), answered=True)
            sessions.append(session)
        await until(lambda: all(session.stats.packets_received for session in sessions))
    assert plane.load.sessions == 0
    assert [event.completed for event in of(events, PromptEnded)] == [False] * 20
    for index, session in enumerate(sessions):
        assert (
            round(read_stereo_alaw(tmp_path / f"{index}.wav").seconds * 50, 6) == session.stats.packets_sent
        )

"""Keys under an SSRC of their own, as gateways send them (RFC 4733 §2.1), while the audio's stream goes on."""

from tests.support.media.packets import key_press, rtp

from yunhu.telephony.media import Codec, RemoteMedia
from yunhu.telephony.media.datagrams import endpoint
from yunhu.telephony.media.inbound import Inbound
from yunhu.telephony.media.tape import Tape

SDP = endpoint("192.0.2.1", 4000)
NAT = endpoint("203.0.113.9", 5004)
AUDIO, KEYS = 0xA0A0A0A0, 0x0B0B0B0B


class Line:
    """A receiver that hears one frame of audio a tick, and what is put in between."""

    def __init__(self, source: bytes = SDP) -> None:
        self.told: list[str] = []
        self.inbound = Inbound(Tape(), self.told.append)
        self.inbound.configure(RemoteMedia("192.0.2.1", 4000, Codec.PCMA, 8, 101))
        self.inbound.latch.announce(SDP, answered=True)
        self._source = source
        self._arrival = 1_000_000_000

    def arrive(self, data: bytes) -> None:
        self.inbound.take(data, self._source, self._arrival)

    def tick(self, *packets: bytes) -> None:
        self._arrival += 20_000_000
        self.inbound.tape.write(bytes([0xD5]) * 160)
        for packet in packets:
            self.arrive(packet)


def audio(index: int) -> bytes:
    return rtp(1000 + index, index * 160, bytes([index]) * 160, ssrc=AUDIO)


def test_given_keys_of_another_ssrc_between_audio_then_every_key_is_told_and_the_account_stays_whole() -> (
    None
):
    line = Line()
    keys = [packet for key in range(4) for packet in key_press(key, 40_000 + key * 7, key * 2000, ssrc=KEYS)]
    for index in range(28):
        line.tick(audio(index), keys[index])
    assert line.told == ["0", "1", "2", "3"]
    assert (line.inbound.received, line.inbound.lost, line.inbound.discarded) == (56, 0, 0)
    assert line.inbound.state.ssrc == AUDIO
    assert line.inbound.state.extended_highest == 1027
    assert line.inbound.state.jitter_ms == 0


def test_given_keys_of_another_ssrc_when_audio_comes_late_then_the_tape_keeps_its_place() -> None:
    line = Line()
    for index in range(4):
        line.tick(audio(index))
    line.tick(key_press(5, 9, 0, ssrc=KEYS)[0])
    line.tick(audio(4), audio(5))
    heard = line.inbound.tape.take(everything=True)[2]
    assert b"".join(bytes([index]) * 160 for index in range(6)).startswith(heard.lstrip(b"\xd5"))
    assert line.told == ["5"]


def test_given_audio_lost_while_keys_come_then_the_loss_is_counted() -> None:
    line = Line()
    line.tick(audio(0))
    line.tick(key_press(5, 9, 0, ssrc=KEYS)[0])
    line.tick(audio(3))
    assert line.inbound.lost == 2


def test_given_an_unannounced_source_that_sends_both_then_it_is_accepted_after_its_probation() -> None:
    line = Line(NAT)
    keys = key_press(7, 500, 0, ssrc=KEYS)
    for index in range(6):
        line.tick(audio(index), keys[index])
    assert line.inbound.latch.locked == NAT
    assert line.told == ["7"]

"""Offers and answers for one G.711 audio stream (RFC 8866, RFC 3264). Reading is aiosipua's, checked here."""

import msgspec
from aiosipua.sdp import MediaDescription, SdpMessage, parse_sdp

from yunhu.telephony.sip.errors import SdpError
from yunhu.telephony.sip.message import Message
from yunhu.telephony.sip.transport import is_address, is_any
from yunhu.telephony.sip.uri import bracketed

MAX_SDP = 16 * 1024
"""Longest description read, in bytes."""
MAX_STREAMS = 16
"""Most `m=` lines of an offer."""
EVENT_PAYLOAD = 101
"""Payload type that we offer for telephone-event (RFC 4733)."""
STATIC_PAYLOADS = {"PCMU": 0, "PCMA": 8}
"""Static payload types (RFC 3551 §6)."""


class RemoteAudio(msgspec.Struct, frozen=True):
    """Where and how the peer wants its audio."""

    host: str
    port: int
    """0 when the peer refused the stream."""
    codec: str
    """`PCMA` or `PCMU`, the first of the peer's that we speak."""
    payload_type: int
    telephone_event: int | None
    send: bool
    """Whether we may send."""
    receive: bool
    """Whether the peer will send."""
    streams: tuple[tuple[str, str, str], ...]
    """Media, protocol and formats of every `m=` line, for the answer."""
    audio_index: int
    """Which of the streams is ours."""


def is_sdp(message: Message) -> bool:
    """Whether the body is a session description."""
    kind = (message.headers.first("content-type") or "").partition(";")[0]
    return kind.strip().lower() == "application/sdp"


def parse_audio(body: bytes, codecs: tuple[str, ...]) -> RemoteAudio:
    """Read the first usable audio stream; `codecs` are those that we speak. Raises `SdpError`."""
    if len(body) > MAX_SDP:
        raise SdpError("the description is too long")
    try:
        description = parse_sdp(body.decode("utf-8", "replace"))
    except (ValueError, IndexError, OverflowError) as error:
        raise SdpError("the description cannot be read") from error
    if not description.media or len(description.media) > MAX_STREAMS:
        raise SdpError("the description has no streams, or too many")
    for index, media in enumerate(description.media):
        if media.media == "audio" and media.proto == "RTP/AVP":
            return _read_audio(description, index, media, codecs)
    raise SdpError("there is no RTP audio stream")


def _read_audio(
    description: SdpMessage, index: int, media: MediaDescription, codecs: tuple[str, ...]
) -> RemoteAudio:
    connection = media.connection or description.connection
    host = connection.address.partition("/")[0] if connection is not None else ""
    if not is_address(host) or not 0 <= media.port < 65536:
        raise SdpError("the audio stream has no usable address")
    codec, payload_type = _choose(media, codecs)
    held = is_any(host)  # RFC 3264 §8.4: the old way to hold
    direction = _direction(description, media)
    return RemoteAudio(
        host=host,
        port=media.port,
        codec=codec,
        payload_type=payload_type,
        telephone_event=_event_payload(media),
        send=direction in {"sendrecv", "recvonly"} and not held,
        receive=direction in {"sendrecv", "sendonly"},
        streams=tuple((item.media, item.proto, " ".join(item.formats)) for item in description.media),
        audio_index=index,
    )


def _choose(media: MediaDescription, codecs: tuple[str, ...]) -> tuple[str, int]:
    for offered in media.codecs:
        name = offered.encoding_name.upper()
        if name in codecs and offered.clock_rate == 8000 and 0 <= offered.payload_type < 128:
            return name, offered.payload_type
    raise SdpError("there is no codec in common")


def _event_payload(media: MediaDescription) -> int | None:
    for offered in media.codecs:
        is_event = offered.encoding_name.lower() == "telephone-event" and offered.clock_rate == 8000
        if is_event and 0 <= offered.payload_type < 128:
            return offered.payload_type
    return None


def _direction(description: SdpMessage, media: MediaDescription) -> str:
    for attributes in (media.attributes, description.attributes):
        for direction in ("sendrecv", "sendonly", "recvonly", "inactive"):
            if direction in attributes:
                return direction
    return "sendrecv"


class LocalAudio:
    """Our side of a session's description; its version rises with every change (RFC 3264 §8)."""

    __slots__ = ("_host", "_last", "_port", "_session", "_version", "codecs")

    def __init__(self, host: str, port: int, codecs: tuple[str, ...], session: int) -> None:
        self.codecs = codecs
        """In order of preference; `PCMA`, `PCMU`."""
        self._host = host
        self._port = port
        self._session = session
        self._version = 0
        self._last = ""

    def offer(self) -> bytes:
        """A fresh offer, or the same again while nothing changed."""
        numbers = [str(STATIC_PAYLOADS[codec]) for codec in self.codecs]
        lines = [f"m=audio {self._port} RTP/AVP {' '.join(numbers)} {EVENT_PAYLOAD}"]
        lines += [f"a=rtpmap:{STATIC_PAYLOADS[codec]} {codec}/8000" for codec in self.codecs]
        lines += _event_lines(EVENT_PAYLOAD)
        lines += ["a=ptime:20", "a=sendrecv"]
        return self._describe(lines)

    def answer(self, offer: RemoteAudio) -> bytes:
        """Accept the audio stream as offered and refuse every other one (RFC 3264 §6)."""
        lines: list[str] = []
        for index, (media, proto, formats) in enumerate(offer.streams):
            if index == offer.audio_index and offer.port:
                lines += self._accept(offer)
            else:
                lines.append(f"m={media} 0 {proto} {formats}")
        return self._describe(lines)

    def repeat(self) -> bytes:
        """The last description, unchanged, for a re-INVITE that only refreshes (RFC 4028 §7.4)."""
        return self._text().encode() if self._last else self.offer()

    def _accept(self, offer: RemoteAudio) -> list[str]:
        formats = [str(offer.payload_type)]
        lines = [f"a=rtpmap:{offer.payload_type} {offer.codec}/8000"]
        if offer.telephone_event is not None:
            formats.append(str(offer.telephone_event))
            lines += _event_lines(offer.telephone_event)
        direction = {
            (True, True): "sendrecv",
            (True, False): "sendonly",
            (False, True): "recvonly",
            (False, False): "inactive",
        }[offer.send, offer.receive]
        return [f"m=audio {self._port} RTP/AVP {' '.join(formats)}", *lines, "a=ptime:20", f"a={direction}"]

    def _describe(self, lines: list[str]) -> bytes:
        media = "\r\n".join(lines)
        if media != self._last:
            self._version += 1
            self._last = media
        return self._text().encode("utf-8", "replace")

    def _text(self) -> str:
        family = "IP6" if ":" in bracketed(self._host) else "IP4"
        return (
            f"v=0\r\no=- {self._session} {self._version} IN {family} {self._host}\r\ns=-\r\n"
            f"c=IN {family} {self._host}\r\nt=0 0\r\n{self._last}\r\n"
        )


def _event_lines(payload: int) -> list[str]:
    return [f"a=rtpmap:{payload} telephone-event/8000", f"a=fmtp:{payload} 0-15"]

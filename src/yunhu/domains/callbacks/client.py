"""One signed request to a receiver that nobody can trust to be quick, short or well-behaved."""

import asyncio
import re
import ssl
import time

import certifi
import httpcore
import msgspec

from yunhu.domains.callbacks.address import AddressRefusedError, GuardedBackend

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
_BODY_LIMIT = 16_384
_EXCERPT_CHARACTERS = 300
_RETRY_AFTER = re.compile(rb"[0-9]{1,6}")
_USER_AGENT = "yunhu-callbacks/1"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one request."""

    status: int | None
    """HTTP status; None when there was no answer."""
    error: str | None
    """Why it does not count as delivered, for the delivery log."""
    milliseconds: int
    retry_after: int = 0
    """Seconds that the receiver asks us to wait (`Retry-After`)."""

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it: any 2xx. A redirect is not followed and does not count."""
        return self.error is None

    @property
    def gone(self) -> bool:
        """410: the receiver wants nothing more at this address."""
        return self.status == 410


class CallbackClient:
    """Posts. Each request has a connection of its own, so no tenant's request ever rides on another's."""

    def __init__(self, backend: GuardedBackend, ssl_context: ssl.SSLContext | None = None) -> None:
        self._backend = backend
        self._ssl = ssl_context or _trusting_public_and_system()

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """Send and judge the answer; never raises for anything that the other side does."""
        begun = time.monotonic()
        status, retry_after, error = None, 0, None
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                status, retry_after, error = await self._exchange(url, headers, body)
        except AddressRefusedError as refused:
            error = f"not sent: {refused}"
        except TimeoutError:
            error = f"no answer within {TOTAL_SECONDS:g} s"
        except httpcore.TimeoutException:
            error = f"no connection within {CONNECT_SECONDS:g} s"
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as failure:
            error = f"{type(failure).__name__}: {failure}"[:_EXCERPT_CHARACTERS]
        milliseconds = round((time.monotonic() - begun) * 1000)
        return Answer(status=status, error=error, milliseconds=milliseconds, retry_after=retry_after)

    async def _exchange(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, int, str | None]:
        target = httpcore.URL(url)
        connection = httpcore.AsyncHTTPConnection(
            target.origin, ssl_context=self._ssl, network_backend=self._backend
        )
        all_headers: list[tuple[bytes | str, bytes | str]] = [
            ("host", _host_header(target)),
            ("user-agent", _USER_AGENT),
            ("content-length", str(len(body))),
            *headers.items(),
        ]
        request = httpcore.Request(
            "POST",
            target,
            headers=all_headers,
            content=body,
            extensions={"timeout": {"connect": CONNECT_SECONDS}},
        )
        try:
            response = await connection.handle_async_request(request)
            # The status decides. A receiver that took the message may be slow or endless in its body.
            if 200 <= response.status < 300:
                return response.status, 0, None
            return response.status, _retry_after(response), await _fault(response)
        finally:
            await connection.aclose()


def _host_header(url: httpcore.URL) -> str:
    host = url.host.decode("ascii")
    host = f"[{host}]" if ":" in host else host
    usual = {b"http": 80, b"https": 443}[url.scheme]
    return host if url.port in (None, usual) else f"{host}:{url.port}"


def _retry_after(response: httpcore.Response) -> int:
    value = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
    return int(value) if _RETRY_AFTER.fullmatch(value) else 0


async def _fault(response: httpcore.Response) -> str:
    if 300 <= response.status < 400:
        return f"HTTP {response.status}: redirects are not followed"
    head = b""
    try:
        async for part in response.aiter_stream():
            head += part[: _BODY_LIMIT - len(head)]
            if len(head) >= _BODY_LIMIT:
                break
    except (httpcore.NetworkError, httpcore.ProtocolError):
        head = b""
    excerpt = " ".join(head[: _EXCERPT_CHARACTERS * 4].decode(errors="replace").split())
    printable = "".join(character for character in excerpt if character.isprintable())
    return f"HTTP {response.status}: {printable[:_EXCERPT_CHARACTERS]}".rstrip(": ")


def _trusting_public_and_system() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()  # an operator's own authority, installed in the system
    return context

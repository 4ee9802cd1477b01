"""Tests the ways by which cards go out, as far as that is possible without ringing a phone."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from yunhu.foundation.clock import Clock
from yunhu.foundation.phone import Phone
from yunhu.foundation.probes import ProbeStep
from yunhu.messaging.cards.port import Card
from yunhu.messaging.cards.push import HttpPushCards
from yunhu.messaging.cards.rich_call_data import PassportSigner, digest_of, verify_identity

STEP_SECONDS = 8.0
_MOST_BYTES = 65_536
_REFUSED_SIGNATURE = frozenset({401, 403})
_KNOWS_NO_TESTS = frozenset({400, 415, 422})
_SAMPLE = Card(
    push_id=UUID(int=0),
    call_id=UUID(int=0),
    callee=Phone("+8613800000000"),
    caller_number=Phone("+8613800000000"),
    name="测试",
    reason="测试",
)
"""Signed by the test and sent nowhere."""


class _FailedError(Exception):
    """The step did not go well, for the reason in its text."""


async def probe_push(clock: Clock, url: str, secret: str) -> list[ProbeStep]:
    """Connects, then sends a signed test order, which names no phone. Raises `ValueError` for a secret of another form."""
    cards = HttpPushCards(clock, url, secret, timedelta())
    steps: list[ProbeStep] = []
    try:
        steps.append(await _timed("connect", lambda: _connect(url)))
        if steps[0].ok:
            steps.append(await _timed("test_order", lambda: _test_order(cards)))
    finally:
        await cards.close()
    return steps


async def probe_rich_call_data(
    clock: Clock, signer: PassportSigner | None, certificate_url: str, card_url: str, card_digest: str
) -> list[ProbeStep]:
    """Fetches what phones and networks fetch. Without an address of the card, or a signer, that part is left out."""
    steps: list[ProbeStep] = []
    async with httpx.AsyncClient(timeout=STEP_SECONDS, follow_redirects=False) as http:
        if card_url:
            steps.append(await _timed("served_card", lambda: _served_card(http, card_url, card_digest)))
        if signer is not None:
            found: list[x509.Certificate] = []
            fetched = await _timed("certificate", lambda: _certificate(http, clock, certificate_url, found))
            steps.append(fetched)
            if fetched.ok:
                steps.append(await _timed("passport", lambda: _passport(clock, signer, found[0])))
    return steps


async def probe_sandbox(directory: Path) -> list[ProbeStep]:
    """Whether cards can be written there."""
    return [await _timed("sandbox", lambda: asyncio.to_thread(_write, directory / "cards"))]


def _write(directory: Path) -> tuple[None, str]:
    directory.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=directory, prefix=".test-") as file:
        file.write(b"{}")
    return None, ""


async def _connect(url: str) -> tuple[None, str]:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    context = ssl.create_default_context() if secure else None
    _, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
    writer.close()
    return None, ""


async def _test_order(cards: HttpPushCards) -> tuple[int, str]:
    status = await cards.send_test()
    if status in _REFUSED_SIGNATURE:
        raise _FailedError(f"{status}: the service does not accept the signature")
    if status in _KNOWS_NO_TESTS:
        return (
            status,
            "the service answers, and knows no test orders: whether it accepts the signature is not known",
        )
    if not 200 <= status < 300:
        raise _FailedError(f"{status}: the service does not take orders at this address")
    return status, ""


async def _served_card(http: httpx.AsyncClient, url: str, digest: str) -> tuple[int, str]:
    status, body = await _fetch(http, url)
    if digest_of(body) != digest:
        raise _FailedError("what is served there is not the approved card")
    return status, ""


async def _certificate(
    http: httpx.AsyncClient, clock: Clock, url: str, found: list[x509.Certificate]
) -> tuple[int, str]:
    status, body = await _fetch(http, url)
    try:
        certificate = x509.load_pem_x509_certificates(body)[0]
    except ValueError as error:
        raise _FailedError("no certificate in PEM form is there") from error
    if not certificate.not_valid_before_utc <= clock.now() <= certificate.not_valid_after_utc:
        raise _FailedError(
            f"it holds from {certificate.not_valid_before_utc:%F} to {certificate.not_valid_after_utc:%F}"
        )
    found.append(certificate)
    return status, f"until {certificate.not_valid_after_utc:%F}"


async def _passport(clock: Clock, signer: PassportSigner, certificate: x509.Certificate) -> tuple[None, str]:
    key = certificate.public_key()
    identity = signer.identity(_SAMPLE, int(clock.now().timestamp()))
    try:
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise _FailedError("the certificate is not one of curve P-256")
        verify_identity(identity, key)
    except InvalidSignature as error:
        raise _FailedError("the certificate belongs to another key") from error
    return None, ""


async def _fetch(http: httpx.AsyncClient, url: str) -> tuple[int, bytes]:
    async with http.stream("GET", url) as response:
        if response.status_code != httpx.codes.OK:
            raise _FailedError(f"HTTP {response.status_code}")
        body = b""
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _MOST_BYTES:
                raise _FailedError(f"more than {_MOST_BYTES} bytes are there")
    return response.status_code, body


async def _timed(step: str, work: Callable[[], Awaitable[tuple[int | None, str]]]) -> ProbeStep:
    begun = time.perf_counter()
    ok, detail = False, ""
    code: int | None = None
    try:
        async with asyncio.timeout(STEP_SECONDS):
            code, detail = await work()
        ok = True
    except _FailedError as error:
        detail = str(error)
    except TimeoutError:
        detail = "no answer in time"
    except ssl.SSLError as error:
        detail = f"TLS: {error.reason or type(error).__name__}"
    except OSError as error:
        detail = error.strerror or type(error).__name__
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        detail = type(error).__name__
    took = round((time.perf_counter() - begun) * 1000, 1)
    return ProbeStep(step=step, ok=ok, code=code, milliseconds=took, detail=detail)

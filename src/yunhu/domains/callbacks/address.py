"""Where callbacks may go: public hosts over HTTP, and never into the operator's own networks (SSRF).

A URL is judged twice: when an endpoint is made, by its form; and for every request, by the addresses that its host
resolves to at that moment. The connection is made to the very address that was judged, so a name that resolves
differently a moment later (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

import httpcore

from yunhu.domains.callbacks.errors import CallbackUrlRefusedError

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

MOST_CHARACTERS = 2048
_FIRST_UNPRIVILEGED_PORT = 1024
_WEB_PORTS = frozenset({80, 443})
_MOST_ADDRESSES = 8
# RFC 6052 §2.1: behind this prefix stands an IPv4 address that a translator connects to.
_TRANSLATED = IPv6Network("64:ff9b::/96")
# RFC 4291 §2.5.5.1: the long-deprecated form ::a.b.c.d.
_COMPATIBLE = IPv6Network("::/96")
# Site-local (RFC 3879) and local-use translation (RFC 8215), which `is_global` does not know in every Python.
_LOCAL_USE = (IPv6Network("fec0::/10"), IPv6Network("64:ff9b:1::/48"))


class AddressRefusedError(Exception):
    """The host resolves to nothing that callbacks may go to."""


def check_url(url: str, *, allow_private: bool) -> None:
    """Judge the form of an endpoint's URL. Raises `CallbackUrlRefusedError` that says what is wrong."""
    if len(url) > MOST_CHARACTERS:
        raise CallbackUrlRefusedError(f"the URL is longer than {MOST_CHARACTERS} characters")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise CallbackUrlRefusedError("the URL holds characters that must be percent-encoded")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise CallbackUrlRefusedError("the URL cannot be read") from error
    fault = _form_fault(parts, port)
    if fault:
        raise CallbackUrlRefusedError(fault)
    literal = _literal(parts.hostname or "")
    reason = refused_reason(literal, allow_private=allow_private) if literal else None
    if reason:
        raise CallbackUrlRefusedError(f"the address is {reason}")


def _form_fault(parts: SplitResult, port: int | None) -> str | None:
    if parts.scheme not in ("http", "https"):
        return "only http and https are spoken"
    if not parts.hostname or len(parts.hostname) > 253:
        return "the URL names no host"
    if parts.username is not None or parts.password is not None:
        return "a URL with a user name or password is not taken: the signature proves who sends"
    if parts.fragment:
        return "the part after # never reaches a server"
    if port is not None and port not in _WEB_PORTS and port < _FIRST_UNPRIVILEGED_PORT:
        return "the port must be 80, 443 or at least 1024"
    return None


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def refused_reason(address: Address, *, allow_private: bool) -> str | None:
    """Why callbacks do not go to this address; None when they do.

    Private, loopback and link-local ones can be allowed by a setting; multicast, unspecified and reserved ones
    are never those of a server.
    """
    embedded = _embedded(address)
    if embedded is not None:
        return refused_reason(embedded, allow_private=allow_private)
    never = _never(address)
    if never:
        return never
    return None if allow_private else _private(address)


def _never(address: Address) -> str | None:
    if address.is_multicast:
        return "a multicast address"
    if address.is_unspecified:
        return "the unspecified address"
    kept = address.is_loopback or address.is_link_local or address.is_global
    return "a reserved address" if address.is_reserved and not kept else None


def _private(address: Address) -> str | None:
    if address.is_loopback:
        return "a loopback address"
    if address.is_link_local:
        return "a link-local address"
    local_use = isinstance(address, IPv6Address) and any(address in network for network in _LOCAL_USE)
    return "a private address" if local_use or not address.is_global else None


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4, Teredo, or behind a translator."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _TRANSLATED or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


async def resolve(host: str, port: int) -> list[Address]:
    """Every address of a host, in the system's order of preference."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A scope (fe80::1%eth0) chooses an interface of ours; what is judged is the address itself.
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return [ip_address(text) for text in texts]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to judged addresses only. TLS above it still speaks to the host by its name."""

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = resolve,
        inner: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, judge, connect to the first judged address that answers within `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                return await self._connect_first(host, port, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("no connection in time") from error

    async def _connect_first(
        self,
        host: str,
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        failed: httpcore.ConnectError | None = None
        for address in await self._judged(host, port):
            try:
                return await self._inner.connect_tcp(str(address), port, None, local_address, socket_options)
            except httpcore.ConnectError as error:
                failed = error
        raise failed or httpcore.ConnectError("the host has no address")

    async def _judged(self, host: str, port: int) -> list[Address]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the host name cannot be resolved") from error
        reasons = [refused_reason(address, allow_private=self._allow_private) for address in addresses]
        judged = [address for address, reason in zip(addresses, reasons, strict=True) if reason is None]
        if addresses and not judged:
            raise AddressRefusedError(f"the host resolves to {reasons[0]}")
        return judged[:_MOST_ADDRESSES]

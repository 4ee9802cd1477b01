"""Whose address a request comes from."""

import ipaddress
from collections.abc import Iterable

from litestar.types import Scope

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class PeerReader:
    """Reads the peer's address; behind a proxy of one's own, the one that this proxy vouches for.

    `X-Forwarded-For` can be written by anybody: it is read from its right end, only as far as the addresses are
    those of trusted proxies.
    """

    def __init__(self, trusted: Iterable[str]) -> None:
        self._trusted: tuple[_Network, ...] = tuple(ipaddress.ip_network(block) for block in trusted)

    def address_of(self, scope: Scope) -> str | None:
        """The address, or None where the server knows none."""
        client = scope.get("client")
        address = client[0] if client else None
        if address is None or not self._trusted or not self._is_trusted(address):
            return address
        for hop in reversed(_forwarded(scope)):
            if _parsed(hop) is None:
                return address
            address = hop
            if not self._is_trusted(hop):
                return address
        return address

    def _is_trusted(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._trusted)


def _forwarded(scope: Scope) -> list[str]:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [hop.strip() for hop in ",".join(values).split(",") if hop.strip()]


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped  # a socket that listens on both families shows IPv4 peers like this
    return parsed

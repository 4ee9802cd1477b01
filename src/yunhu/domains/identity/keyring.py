"""From a token to who is calling, with a short memory so that a busy key does not ask the database each time."""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from yunhu.domains.identity import repository
from yunhu.domains.identity.caller import Caller
from yunhu.domains.identity.errors import AddressNotAllowedError, UnauthenticatedError
from yunhu.domains.identity.models import ApiKey
from yunhu.domains.identity.scopes import Scope
from yunhu.domains.identity.service import has_ended
from yunhu.domains.identity.tokens import looks_like_token
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database

REMEMBERED_SECONDS = 3.0
"""A key that another process revoked is refused here at the latest after this."""
_MOST_REMEMBERED = 4096


class AllowList:
    """Networks that a key may be used from; empty means from anywhere."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ipaddress.ip_network(network) for network in networks)

    def permits(self, address: str | None) -> bool:
        """Whether a peer's address is inside."""
        if not self._networks:
            return True
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped  # a socket that listens on both families shows IPv4 peers like this
        return any(parsed in network for network in self._networks)


class RememberedKey(msgspec.Struct, frozen=True):
    """What there is to know of a key."""

    caller: Caller
    key_id: UUID
    networks: AllowList
    rate_per_minute: int
    expires_at: datetime | None


class KeyRing:
    """Looks keys up. Knows nothing of requests."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, monotonic: Callable[[], float]
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._monotonic = monotonic
        self._remembered: OrderedDict[bytes, tuple[float, RememberedKey | None]] = OrderedDict()

    async def key_of(self, token: str, address: str | None) -> RememberedKey:
        """The key behind a token. Raises `UnauthenticatedError`, `AddressNotAllowedError`."""
        if not looks_like_token(token):
            raise UnauthenticatedError
        digest = self._vault.digest_token(token)
        key = self._recall(digest)
        if key is None:
            key = await self._look_up(digest)
        if key is None or (key.expires_at is not None and key.expires_at <= self._clock.now()):
            raise UnauthenticatedError
        if not key.networks.permits(address):
            raise AddressNotAllowedError
        return key

    def forget(self, key_id: UUID) -> None:
        """Drop a key that was changed in this process, so that the change holds at once."""
        stale = [digest for digest, (_, key) in self._remembered.items() if key and key.key_id == key_id]
        for digest in stale:
            del self._remembered[digest]

    def _recall(self, digest: bytes) -> RememberedKey | None:
        until, key = self._remembered.get(digest, (0.0, None))
        if until <= self._monotonic():
            return None
        if key is None:
            raise UnauthenticatedError
        return key

    async def _look_up(self, digest: bytes) -> RememberedKey | None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await repository.key_by_digest(session, digest)
            key = None if row is None or has_ended(row, now) else _as_remembered(row)
            if key is not None:
                await repository.touch(session, key.key_id, now)
        self._remembered[digest] = (self._monotonic() + REMEMBERED_SECONDS, key)
        self._remembered.move_to_end(digest)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return key


def _as_remembered(row: ApiKey) -> RememberedKey:
    caller = Caller(
        actor=Actor(ActorKind.KEY, row.name, row.id),
        tenant=row.tenant_id,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        key_id=row.id,
        of_operator=row.tenant_id is None,
    )
    return RememberedKey(caller, row.id, AllowList(row.allowed_networks), row.rate_per_minute, row.expires_at)

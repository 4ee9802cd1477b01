"""The trunks of one call node: which engine carries each, and which can be used now."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import text

from yunhu.domains.calls.public import TrunkConfig
from yunhu.domains.dispatch.public import Way
from yunhu.domains.monitoring.public import TrunkLook
from yunhu.domains.numbers.public import SHOWABLE
from yunhu.foundation.clock import Clock, natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.phone import Phone
from yunhu.foundation.secret_ref import resolve_secret
from yunhu.foundation.settings import Settings
from yunhu.telephony.embedded import EmbeddedEngine, EngineConfig
from yunhu.telephony.embedded import TrunkConfig as SipTrunk
from yunhu.telephony.media import AnnouncementEar, AnswerDetector, MediaConfig, MediaPlane
from yunhu.telephony.port import CallEngine
from yunhu.telephony.simulator import SimulatedEngine, SimulatorConfig
from yunhu.telephony.sip.digest import Credentials
from yunhu.telephony.sip.transport import TransportConfig

log = structlog.get_logger()

# The engine refuses every number that is not in this list: the second net below dispatch's own choice (row C6).
_TRUNKS = text(
    f"""
    SELECT t.id, t.name, t.kind, t.config,
        array(SELECT e164 FROM caller_numbers AS n WHERE n.trunk_id = t.id AND {SHOWABLE}) AS numbers
    FROM trunks AS t WHERE t.enabled ORDER BY t.name
    """  # noqa: S608 constant text
)


_SANDBOX_LIMIT = 1_000_000
"""Nobody is called there, so no carrier has a say."""


class TrunkRow(msgspec.Struct, frozen=True):
    """A trunk as the database has it, with the numbers that it may show."""

    id: UUID
    name: str
    kind: str
    config: dict[str, Any]
    numbers: frozenset[str]
    """Its own, and those of the trunks that it stands in for."""

    @property
    def backups(self) -> tuple[str, ...]:
        """Names of trunks that may show its own numbers as well."""
        return tuple(self.config.get("backups", ()))

    @property
    def limit(self) -> int:
        """Calls at a time of all nodes together."""
        return (
            _SANDBOX_LIMIT
            if self.kind == "sandbox"
            else msgspec.convert(self.config, TrunkConfig).max_concurrent
        )


class TrunkBoard:
    """Implements dispatch's `Trunks` over the engines of this node."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        detectors: Callable[[], AnswerDetector],
        vault: Vault | None = None,
        ear: AnnouncementEar | None = None,
    ) -> None:
        self._ear = ear
        self._vault = vault
        self._settings = settings
        self._database = database
        self._clock = clock
        self._detectors = detectors
        self._rows: tuple[TrunkRow, ...] = ()
        self._engines: dict[str, CallEngine] = {}
        self._kinds: dict[UUID, tuple[str, str]] = {}
        self._limits: dict[UUID, int] = {}

    @property
    def engines(self) -> Sequence[CallEngine]:
        """What runs."""
        return tuple(self._engines.values())

    @property
    def sip(self) -> EmbeddedEngine | None:
        """The engine that speaks SIP, when a trunk needs one."""
        engine = self._engines.get("sip")
        return engine if isinstance(engine, EmbeddedEngine) else None

    def usable(self) -> list[UUID]:
        """Trunks that a call could leave by just now."""
        health = {kind: engine.health() for kind, engine in self._engines.items()}
        return [
            trunk_id
            for trunk_id, (kind, name) in self._kinds.items()
            if (state := health.get(kind, {}).get(name)) is not None and state.usable
        ]

    def ways(self) -> list[Way]:
        """Usable trunks by whose numbers may leave by them: the own one first, then its backups in their order."""
        usable = set(self.usable())
        by_name = {row.name: row for row in self._rows if row.id in usable}
        ways = []
        for row in self._rows:
            for name in (row.name, *row.backups):
                way = by_name.get(name)
                if way is not None and way.kind == row.kind:
                    ways.append(Way(row.id, way.id, self._limits[way.id]))
        return ways

    def looks(self) -> list[TrunkLook]:
        """How each trunk is just now, for the monitors."""
        health = {kind: engine.health() for kind, engine in self._engines.items()}
        looks = []
        for trunk_id, (kind, name) in self._kinds.items():
            state = health.get(kind, {}).get(name)
            detail = _without_times(state.detail) if state else "not loaded"
            looks.append(TrunkLook(trunk_id, state is not None and state.usable, detail))
        return looks

    def engine_of(self, trunk_id: UUID) -> tuple[CallEngine, str]:
        """The engine, and the trunk's name in it."""
        kind, name = self._kinds[trunk_id]
        return self._engines[kind], name

    async def load(self) -> None:
        """Read the trunks; start, change or replace engines where they changed."""
        async with self._database.transaction() as session:
            found = (await session.execute(_TRUNKS, {"day": natural_day(self._clock.now())})).all()
        rows = tuple(TrunkRow(row.id, row.name, row.kind, row.config, _shown_on(row, found)) for row in found)
        if rows == self._rows:
            return
        self._rows = rows
        await self._apply("sandbox", self._make_sandbox)
        await self._apply("sip", self._make_sip)
        self._kinds = {row.id: (row.kind, row.name) for row in rows if row.kind in self._engines}
        self._limits = {row.id: row.limit for row in rows}
        log.info("trunks.loaded", trunks=[row.name for row in rows])

    async def stop(self, grace: timedelta) -> None:
        """Drain every engine."""
        for engine in self.engines:
            await engine.stop(grace)

    async def _apply(self, kind: str, make: Callable[[list[TrunkRow]], CallEngine]) -> None:
        rows = [row for row in self._rows if row.kind == kind]
        running = self._engines.get(kind)
        if running is None:
            if rows:
                engine = make(rows)
                await engine.start()
                self._engines[kind] = engine
        elif isinstance(running, EmbeddedEngine):
            await running.change_trunks(self._sip_trunks(rows))
        elif isinstance(running, SimulatedEngine):
            running.change_trunks(_sandbox_trunks(rows))

    def _make_sandbox(self, rows: list[TrunkRow]) -> CallEngine:
        config = SimulatorConfig(trunks=_sandbox_trunks(rows), directory=self._settings.sandbox_dir)
        return SimulatedEngine(config, self._clock)

    def _make_sip(self, rows: list[TrunkRow]) -> CallEngine:
        settings = self._settings
        media = MediaPlane(
            MediaConfig(
                bind_host=settings.sip_bind,
                port_first=settings.rtp_port_first,
                port_last=settings.rtp_port_last,
            ),
            self._ear,
        )
        trunks = self._sip_trunks(rows)
        sip = TransportConfig(
            bind_host=settings.sip_bind,
            port=settings.sip_port,
            advertised_host=settings.sip_advertise,
            tcp=any(trunk.transport == "TCP" for trunk in trunks),
        )
        return EmbeddedEngine(EngineConfig(trunks=trunks, sip=sip), media, self._clock, self._detectors)

    def _sip_trunks(self, rows: list[TrunkRow]) -> tuple[SipTrunk, ...]:
        trunks = []
        for row in rows:
            try:
                trunks.append(sip_trunk(row, self._vault))
            except (YunhuError, ValueError) as error:
                log.error("trunk.left_out", trunk=row.name, detail=str(error))
        return tuple(trunks)


def _shown_on(trunk: Any, others: Sequence[Any]) -> frozenset[str]:
    """Its own numbers, and those of every trunk that names it as a backup."""
    stood_in_for = [
        other
        for other in others
        if other.kind == trunk.kind and trunk.name in other.config.get("backups", ())
    ]
    return frozenset(number for row in (trunk, *stood_in_for) for number in row.numbers)


def _without_times(detail: str) -> str:
    """Each probe takes other milliseconds: that alone is no news."""
    return re.sub(r" in [0-9]+ ms$", "", detail)


def _sandbox_trunks(rows: list[TrunkRow]) -> dict[str, frozenset[Phone]]:
    return {row.name: frozenset(map(Phone, row.numbers)) for row in rows}


def sip_trunk(row: TrunkRow, vault: Vault | None = None) -> SipTrunk:
    """The engine's form of a trunk. Raises `SettingsError` when its secret is not there."""
    config = msgspec.convert(row.config, TrunkConfig)
    credentials = None
    if config.auth_user is not None and config.secret is not None:
        credentials = Credentials(config.auth_user, resolve_secret(config.secret, vault=vault))
    proxy_host, proxy_port = _next_hop(config)
    return SipTrunk(
        name=row.name,
        proxy_host=proxy_host,
        proxy_port=proxy_port,
        transport=config.transport.upper(),
        domain=config.domain or config.host,
        caller_numbers=frozenset(map(Phone, row.numbers)),
        routes=(f"<sip:{config.outbound_proxy};lr>",) if config.outbound_proxy else (),
        credentials=credentials,
        from_uri=config.from_uri,
        asserted_identity=config.asserted_identity,
        request_uri=config.request_uri,
        register=config.register,
        register_expires=config.register_seconds,
        options_interval=config.options_seconds,
        codecs=config.codecs,
        max_concurrent=config.max_concurrent,
        session_expires=config.session_expires,
        min_se=config.min_se,
    )


def _next_hop(config: TrunkConfig) -> tuple[str, int]:
    """Where requests go first: the outbound proxy where there is one (RFC 3261 §8.1.2)."""
    if config.outbound_proxy is None:
        return config.host, config.port
    host, colon, port = config.outbound_proxy.rpartition(":")
    return (host, int(port)) if colon and port.isdecimal() else (config.outbound_proxy, 5060)

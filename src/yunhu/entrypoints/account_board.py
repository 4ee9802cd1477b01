"""The SMSC connections of one call node, by account."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import text

from yunhu.domains.dispatch.public import MessageEndings
from yunhu.domains.sms.public import SmscConfig
from yunhu.foundation.clock import Clock
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.secret_ref import resolve_secret
from yunhu.foundation.settings import Settings
from yunhu.messaging.port import SmscClient
from yunhu.messaging.simulator import SimulatedSmsc, SimulatorSettings
from yunhu.messaging.smpp import SmppAccount, SmppClient
from yunhu.messaging.smpp.account import DestinationForm, FlashBy

log = structlog.get_logger()

_ACCOUNTS = text("SELECT id, name, kind, config FROM smsc_accounts WHERE enabled ORDER BY name")


class _Connected(msgspec.Struct):
    kind: str
    config: dict[str, object]
    client: SmscClient
    receipts: asyncio.Task[None]


class AccountBoard:
    """Implements dispatch's `SmscClients`."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        endings: MessageEndings,
        vault: Vault | None = None,
    ) -> None:
        self._vault = vault
        self._settings = settings
        self._database = database
        self._clock = clock
        self._endings = endings
        self._connected: dict[UUID, _Connected] = {}

    def clients(self) -> Mapping[UUID, SmscClient]:
        """Every account that is connected or trying to."""
        return {account_id: connected.client for account_id, connected in self._connected.items()}

    async def load(self) -> None:
        """Read the accounts; connect new ones, drop those that went, replace those that changed."""
        async with self._database.transaction() as session:
            rows = {row.id: row for row in (await session.execute(_ACCOUNTS)).all()}
        for account_id, connected in list(self._connected.items()):
            row = rows.get(account_id)
            if row is None or (row.kind, row.config) != (connected.kind, connected.config):
                del self._connected[account_id]
                await _disconnect(connected, timedelta(seconds=10))
        for account_id, row in rows.items():
            if account_id not in self._connected:
                await self._connect(account_id, row.name, row.kind, row.config)

    async def stop(self, grace: timedelta) -> None:
        """Wait for answers and leave."""
        for connected in self._connected.values():
            await _disconnect(connected, grace)
        self._connected.clear()

    async def _connect(self, account_id: UUID, name: str, kind: str, config: dict[str, object]) -> None:
        try:
            client = self._make(name, kind, config)
        except (YunhuError, ValueError) as error:
            log.error("smsc.left_out", account=name, detail=str(error))
            return
        await client.start()
        receipts = asyncio.create_task(self._endings.follow(account_id, client), name=f"receipts-{name}")
        self._connected[account_id] = _Connected(kind, config, client, receipts)

    def _make(self, name: str, kind: str, config: dict[str, object]) -> SmscClient:
        if kind == "sandbox":
            return SimulatedSmsc(
                SimulatorSettings(directory=self._settings.sandbox_dir, name=name), self._clock
            )
        return SmppClient(smpp_account(name, config, self._vault), self._clock)


async def _disconnect(connected: _Connected, grace: timedelta) -> None:
    await connected.client.stop(grace)
    connected.receipts.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await connected.receipts


def smpp_account(name: str, config: dict[str, object], vault: Vault | None = None) -> SmppAccount:
    """The adapter's form of an account. Raises `SettingsError` when its secret is not there, `ValueError`."""
    wanted = msgspec.convert(config, SmscConfig)
    return SmppAccount(
        name=name,
        host=wanted.host,
        port=wanted.port,
        system_id=wanted.system_id,
        password=resolve_secret(wanted.secret, vault=vault),
        system_type=wanted.system_type,
        source_ton=wanted.source_ton,
        source_npi=wanted.source_npi,
        destination_ton=wanted.destination_ton,
        destination_npi=wanted.destination_npi,
        destination_form=DestinationForm(wanted.destination_form),
        flash_by=FlashBy(wanted.flash_by),
        window=wanted.window,
        messages_per_second=wanted.messages_per_second,
        max_parts=wanted.max_parts,
    )

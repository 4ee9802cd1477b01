"""The ways of one call node by which cards go out."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text

from yunhu.domains.call_cards.public import (
    CarrierKind,
    HttpPushConfig,
    RichCallDataConfig,
    enabled_carriers,
    read_config,
)
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.secret_ref import resolve_secret
from yunhu.foundation.settings import Settings
from yunhu.messaging.cards.flash import FlashCards
from yunhu.messaging.cards.port import CardCarrier
from yunhu.messaging.cards.push import HttpPushCards
from yunhu.messaging.cards.rich_call_data import PassportSigner, RichCallData
from yunhu.messaging.cards.simulator import SimulatedCards
from yunhu.messaging.port import SmscClient

log = structlog.get_logger()

_ACCOUNTS = text("SELECT tenant_id, id, config ->> 'source' AS source FROM smsc_accounts WHERE enabled")
_Key = tuple[str, str, int]


class CardBoard:
    """Implements dispatch's `CardCarriers`."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        clients: Callable[[], Mapping[UUID, SmscClient]],
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._clients = clients
        self._carriers: dict[UUID, tuple[_Key, CardCarrier]] = {}

    def carrier(self, carrier_id: UUID) -> CardCarrier | None:
        """One way; None when it was taken out of use."""
        found = self._carriers.get(carrier_id)
        return found[1] if found else None

    async def load(self) -> None:
        """Read the ways; make new ones, drop those that went, replace those that changed."""
        async with self._database.transaction() as session:
            rows = await enabled_carriers(session)
            accounts = {row.tenant_id: row for row in (await session.execute(_ACCOUNTS)).all()}
        wanted = {}
        for row in rows:
            account = accounts.get(row.tenant_id)
            key = (row.kind, f"{row.config!r} {account and account.id}", row.lead_ms)
            wanted[row.id] = (key, row, account)
        for carrier_id, (key, carrier) in list(self._carriers.items()):
            if carrier_id not in wanted or wanted[carrier_id][0] != key:
                del self._carriers[carrier_id]
                await carrier.close()
        for carrier_id, (key, row, account) in wanted.items():
            if carrier_id in self._carriers:
                continue
            try:
                self._carriers[carrier_id] = (key, self._make(row, account))
            except (YunhuError, ValueError) as error:
                log.error("card_carrier.left_out", tenant_id=str(row.tenant_id), detail=str(error))

    async def stop(self) -> None:
        """Close what is open."""
        for _, carrier in self._carriers.values():
            await carrier.close()
        self._carriers.clear()

    def _make(self, row: Any, account: Any | None) -> CardCarrier:
        lead = timedelta(milliseconds=row.lead_ms)
        config = read_config(CarrierKind(row.kind), row.config)
        if isinstance(config, HttpPushConfig):
            return HttpPushCards(self._clock, config.url, resolve_secret(config.secret), lead)
        if isinstance(config, RichCallDataConfig):
            return RichCallData(self._clock, signer_of(config))
        if row.kind == CarrierKind.SANDBOX:
            return SimulatedCards(self._settings.sandbox_dir, lead)
        account_id = account.id if account else None
        return FlashCards(
            lambda: self._clients().get(account_id) if account_id else None,
            (account.source if account else None) or "",
            lead,
        )


def signer_of(config: RichCallDataConfig) -> PassportSigner | None:
    """Raises `SettingsError` for a key that is not there, `ValueError` for one of another kind."""
    if config.identity_key is None or config.certificate_url is None:
        return None
    return PassportSigner(resolve_secret(config.identity_key), config.certificate_url)

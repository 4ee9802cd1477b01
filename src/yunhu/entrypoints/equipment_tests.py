"""Task handlers of a call node that test a trunk, an SMSC account or the way of a tenant's cards."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
from sqlalchemy import select

from yunhu.domains.call_cards.public import (
    CARD_TEST,
    CardCarrierRow,
    CarrierKind,
    HttpPushConfig,
    RichCallDataConfig,
    card_digest,
    card_on_show,
    card_url,
    logo_url,
    read_config,
)
from yunhu.domains.calls.public import Trunk
from yunhu.domains.equipment.public import SMSC_TEST, TRUNK_TEST
from yunhu.domains.sms.public import SmscAccount
from yunhu.domains.tasks.public import TaskContext, TaskHandler
from yunhu.entrypoints.account_board import smpp_account
from yunhu.entrypoints.card_board import signer_of
from yunhu.entrypoints.trunk_board import TrunkRow, sip_trunk
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.http import Services
from yunhu.foundation.probes import ProbeStep
from yunhu.foundation.secret_ref import resolve_secret
from yunhu.messaging.cards.probe import probe_push, probe_rich_call_data, probe_sandbox
from yunhu.messaging.smpp.probe import probe_account
from yunhu.telephony.embedded.probe import probe_trunk

_SANDBOX = ProbeStep(step="sandbox", ok=True, detail="simulated: there is nothing to reach")


def handlers(services: Services) -> Mapping[str, TaskHandler]:
    """By kind of task."""

    async def test_trunk(context: TaskContext) -> None:
        async with services.database.transaction() as session:
            row = await session.get_one(Trunk, UUID(context.parameters["id"]))
        _report(context, services, await _trunk_steps(services, row))

    async def test_account(context: TaskContext) -> None:
        async with services.database.transaction() as session:
            row = await session.get_one(SmscAccount, UUID(context.parameters["id"]))
        _report(context, services, await _account_steps(services, row))

    async def test_cards(context: TaskContext) -> None:
        async with services.database.transaction() as session:
            row = await session.get_one(CardCarrierRow, UUID(context.parameters["id"]))
        _report(context, services, await _card_steps(services, row))

    return {TRUNK_TEST: test_trunk, SMSC_TEST: test_account, CARD_TEST: test_cards}


async def _trunk_steps(services: Services, row: Trunk) -> list[ProbeStep]:
    if row.kind == "sandbox":
        return [_SANDBOX]
    try:
        config = sip_trunk(TrunkRow(row.id, row.name, row.kind, row.config, frozenset()), services.vault)
    except (YunhuError, ValueError) as error:
        return [ProbeStep(step="settings", ok=False, detail=str(error))]
    settings = services.settings
    return await probe_trunk(config, bind_host=settings.sip_bind, advertised_host=settings.sip_advertise)


async def _account_steps(services: Services, row: SmscAccount) -> list[ProbeStep]:
    if row.kind == "sandbox":
        return [_SANDBOX]
    try:
        account = smpp_account(row.name, row.config, services.vault)
    except (YunhuError, ValueError) as error:
        return [ProbeStep(step="settings", ok=False, detail=str(error))]
    return await probe_account(account)


async def _card_steps(services: Services, row: CardCarrierRow) -> list[ProbeStep]:
    try:
        config = read_config(CarrierKind(row.kind), row.config)
        if isinstance(config, HttpPushConfig):
            return await probe_push(services.clock, config.url, resolve_secret(config.secret))
        if isinstance(config, RichCallDataConfig):
            return await _rich_call_data_steps(services, row.tenant_id, config)
    except (YunhuError, ValueError) as error:
        return [ProbeStep(step="settings", ok=False, detail=str(error))]
    if row.kind == CarrierKind.SANDBOX:
        return await probe_sandbox(services.settings.sandbox_dir)
    async with services.database.transaction() as session:
        query = select(SmscAccount).where(SmscAccount.tenant_id == row.tenant_id, SmscAccount.enabled)
        account = await session.scalar(query)
    if account is None:
        return [ProbeStep(step="settings", ok=False, detail="the tenant has no SMSC account in use")]
    return await _account_steps(services, account)


async def _rich_call_data_steps(
    services: Services, tenant_id: UUID, config: RichCallDataConfig
) -> list[ProbeStep]:
    """Raises `YunhuError` for a secret that is not there, `ValueError` for a key of another kind."""
    signer, public_url = signer_of(config), services.settings.public_url or ""
    if signer is None and not public_url:
        detail = "neither a public address nor a signing key is set"
        return [ProbeStep(step="settings", ok=False, detail=detail)]
    url = digest = ""
    async with services.database.transaction() as session:
        shown = await card_on_show(session, tenant_id) if public_url else None
    if shown is not None:
        profile, logo = shown
        url = card_url(public_url, profile.id)
        digest = card_digest(profile.name, logo_url(public_url, profile.id) if logo else "")
    elif signer is None:
        return [ProbeStep(step="settings", ok=False, detail="no card of this tenant is approved")]
    return await probe_rich_call_data(services.clock, signer, config.certificate_url or "", url, digest)


def _report(context: TaskContext, services: Services, steps: list[ProbeStep]) -> None:
    context.report.update(node=services.settings.node_name, steps=msgspec.to_builtins(steps))

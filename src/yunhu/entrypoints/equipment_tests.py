"""Task handlers of a call node that test a trunk or an SMSC account."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from yunhu.domains.calls.public import Trunk
from yunhu.domains.equipment.public import SMSC_TEST, TRUNK_TEST
from yunhu.domains.sms.public import SmscAccount
from yunhu.domains.tasks.public import TaskContext, TaskHandler
from yunhu.entrypoints.account_board import smpp_account
from yunhu.entrypoints.trunk_board import TrunkRow, sip_trunk
from yunhu.foundation.errors import YunhuError
from yunhu.foundation.http import Services
from yunhu.foundation.probes import ProbeStep
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

    return {TRUNK_TEST: test_trunk, SMSC_TEST: test_account}


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


def _report(context: TaskContext, services: Services, steps: list[ProbeStep]) -> None:
    context.report.update(node=services.settings.node_name, steps=msgspec.to_builtins(steps))

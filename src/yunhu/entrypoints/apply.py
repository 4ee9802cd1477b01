"""`yunhu apply`: one file becomes one tenant, in one transaction, or nothing of it does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.call_cards.public import CardWish, provision_card
from yunhu.domains.callbacks.public import Endpoints
from yunhu.domains.calls.trunks_provision import TrunkWish, provision_trunks
from yunhu.domains.contracts.provision import provision_contract
from yunhu.domains.contracts.public import ItemKind, check_allocation
from yunhu.domains.notifications.public import PROMPTS_CHANNEL
from yunhu.domains.notifications.scenarios import ScenarioWish, provision_scenarios
from yunhu.domains.numbers.provision import NumberWish, provision_numbers
from yunhu.domains.scripts.provision import ScriptWish, provision_scripts
from yunhu.domains.scripts.public import Channel, approved_scripts
from yunhu.domains.sms.accounts_provision import AccountWish, provision_account
from yunhu.entrypoints.apply_callbacks import provision_callbacks
from yunhu.entrypoints.apply_file import CallbackPart, SandboxTrunkPart, SipTrunkPart, TenantFile
from yunhu.entrypoints.apply_tenant import provision_robots, provision_tenant
from yunhu.foundation.changes import CONFIG_CHANNEL, Change, ChangeKind
from yunhu.foundation.clock import Clock, natural_day
from yunhu.foundation.crypto import Vault
from yunhu.foundation.db import Database, notify
from yunhu.foundation.errors import SettingsError
from yunhu.foundation.phone import Phone
from yunhu.foundation.secret_ref import SecretRef, resolve_secret

_LOCK = 0x79756E6876  # one apply at a time: two files must not fight for one number half way


class ApplyContext(msgspec.Struct, frozen=True):
    """What applying needs of its surroundings."""

    database: Database
    vault: Vault
    clock: Clock
    environ: Mapping[str, str]
    """Where the secrets of callbacks are read from."""
    callbacks_to_private: bool
    """Whether callbacks may go to private addresses."""


class ApplyReport(msgspec.Struct, frozen=True):
    """What was done, or with a dry run would be."""

    changes: tuple[Change, ...]
    warnings: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether anything differs."""
        return any(change.kind is not ChangeKind.UNCHANGED for change in self.changes)


async def apply_file(context: ApplyContext, file: TenantFile, *, dry_run: bool) -> ApplyReport:
    """Bring the database in line with the file.

    A dry run does all of it and rolls back, so it shows exactly what would be done. Raises `YunhuError` classes
    of the slices for what contradicts the database, `SettingsError` for a missing callback secret.
    """
    secrets = [
        (callback, resolve_secret(callback.secret, context.environ)) for callback in file.callbacks or ()
    ]
    async with context.database.sessions() as session:
        changes = await _provision(session, context, file, secrets)
        await (session.rollback() if dry_run else session.commit())
    return ApplyReport(tuple(changes), tuple(_warnings(file, context.environ)))


async def _provision(
    session: AsyncSession,
    context: ApplyContext,
    file: TenantFile,
    callbacks: Sequence[tuple[CallbackPart, str]],
) -> list[Change]:
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    now = context.clock.now()
    change, tenant_id = await provision_tenant(session, file.tenant, now)
    trunk_changes, trunk_ids = await provision_trunks(
        session, tenant_id, [_trunk_wish(part) for part in file.trunks], now
    )
    contract_changes = []
    if file.contract is not None:
        contract_changes = await provision_contract(session, tenant_id, file.contract, now)
    await _check_allocations(session, tenant_id, file, now)
    names = {id_: name for name, id_ in trunk_ids.items()}
    numbers = [
        NumberWish(
            phone=Phone.parse(number),
            trunk_id=trunk_ids[group.trunk],
            trunk=group.trunk,
            per_minute=group.per_minute,
            per_hour=group.per_hour,
            per_day=group.per_day,
            max_concurrent=group.max_concurrent,
            registered_to=group.registered_to or file.tenant.name,
        )
        for group in file.caller_numbers
        for number in group.numbers
    ]
    changes = [
        change,
        *contract_changes,
        *trunk_changes,
        *await provision_numbers(session, tenant_id, numbers, names, now),
        *await provision_robots(session, tenant_id, file.robot_names),
        *await provision_account(session, tenant_id, _account_wish(file), now),
        *await provision_scripts(session, tenant_id, _script_wishes(file), now, file.filing),
        *await provision_scenarios(session, tenant_id, _scenario_wishes(file), now),
    ]
    if file.call_card is not None:
        wish = CardWish(**msgspec.structs.asdict(file.call_card))
        changes += await provision_card(session, tenant_id, wish, now)
    if file.callbacks is not None:
        changes += await provision_callbacks(
            session, tenant_id, callbacks, _endpoints(context), context.vault
        )
    if any(change.kind is not ChangeKind.UNCHANGED for change in changes):
        await notify(session, CONFIG_CHANNEL, str(tenant_id))
        for script in (await approved_scripts(session, tenant_id)).values():
            if script.channel is Channel.VOICE:
                await notify(session, PROMPTS_CHANNEL, f"version:{script.version_id}")
    return changes


async def _check_allocations(session: AsyncSession, tenant_id: UUID, file: TenantFile, now: datetime) -> None:
    """Nobody gets more robots or numbers than the contract says (rows B2, B3)."""
    numbers = sum(len(group.numbers) for group in file.caller_numbers)
    for kind, wanted in ((ItemKind.ROBOT, len(file.robot_names)), (ItemKind.CALLER_NUMBER, numbers)):
        if wanted:
            await check_allocation(session, tenant_id, kind, wanted, natural_day(now))


def _trunk_wish(part: SipTrunkPart | SandboxTrunkPart) -> TrunkWish:
    return TrunkWish(part.name, _kind(part), part.settings)


def _endpoints(context: ApplyContext) -> Endpoints:
    return Endpoints(context.vault, context.clock, allow_private=context.callbacks_to_private)


def _account_wish(file: TenantFile) -> AccountWish | None:
    return AccountWish(file.sms.name, _kind(file.sms), file.sms.settings) if file.sms else None


def _kind(part: msgspec.Struct) -> str:
    return str(part.__struct_config__.tag)


def _script_wishes(file: TenantFile) -> list[ScriptWish]:
    return [
        ScriptWish(part.slug, part.name, part.channel, part.text, part.slots, part.approved_by)
        for part in file.scripts
    ]


def _scenario_wishes(file: TenantFile) -> list[ScenarioWish]:
    return [ScenarioWish(part.slug, part.name, part.hall, part.plan) for part in file.scenarios]


def _warnings(file: TenantFile, environ: Mapping[str, str]) -> list[str]:
    """Secrets that are needed by the call node and are not to be seen from here."""
    references: list[tuple[str, SecretRef]] = [
        (f"trunk {part.name}", part.settings.secret)
        for part in file.trunks
        if isinstance(part, SipTrunkPart) and part.settings.secret is not None
    ]
    secret = getattr(file.sms.settings, "secret", None) if file.sms else None
    if file.sms and secret is not None:
        references.append((f"SMSC account {file.sms.name}", secret))
    warnings = []
    for owner, reference in references:
        try:
            resolve_secret(reference, environ)
        except SettingsError as error:
            warnings.append(f"{owner}: {error}; the call node will need it")
    return warnings

"""`yunhu evidence`: make a pack, verify one anywhere, look after the key that signs them."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
import msgspec

from yunhu.domains.documents.public import DocumentStore, document_by_id, open_document
from yunhu.domains.evidence.public import (
    MEANINGS,
    EvidenceRequest,
    KeyFolder,
    PackBuilder,
    PublicKey,
    Report,
    Requester,
    build_pack,
    places_of,
    read_public_keys,
    request_pack,
    verify_pack,
)
from yunhu.entrypoints.commands.workplace import (
    json_option,
    open_workplace,
    read_settings,
    runs_async,
    tenant_id_of,
    tenant_option,
)
from yunhu.foundation.actor import Actor, ActorKind

_ACTOR = Actor(ActorKind.COMMAND, "yunhu evidence make")
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def evidence() -> None:
    """Evidence packs (证据包): signed archives for regulators and auditors."""


@evidence.command()
@click.option("--call", "call_id", type=click.UUID, help="One call.")
@click.option("--phone", help="One person, by phone number.")
@click.option("--complaint", "complaint_id", type=click.UUID, help="One complaint.")
@click.option("--from", "first", type=_DAY, help="First day of a period (China time).")
@click.option("--to", "last", type=_DAY, help="Its last day.")
@click.option("--recordings", is_flag=True, help="Put the recordings themselves in.")
@click.option("--whole-phones", is_flag=True, help="Show phone numbers whole.")
@click.option("--reason", required=True, help="Why; kept in the audit log.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
@tenant_option
@runs_async
async def make(
    *,
    call_id: UUID | None,
    phone: str | None,
    complaint_id: UUID | None,
    first: datetime | None,
    last: datetime | None,
    recordings: bool,
    whole_phones: bool,
    reason: str,
    out: Path,
    tenant: str | None,
) -> None:
    """Make a pack now. The tenant's standing grant for evidence is needed (row D8).

    \b
    Examples:
      yunhu evidence make --call 01a20b83-2b69-770c-839d-3e87a9f5da35 --reason "12321 complaint" --out call.zip
      yunhu evidence make --from 2026-03-01 --to 2026-03-31 --reason "monthly inspection" --out march.zip
    """
    values = {
        "call_id": call_id,
        "phone": phone,
        "complaint_id": complaint_id,
        "first_day": first.date() if first else None,
        "last_day": last.date() if last else None,
        "with_recordings": recordings,
        "whole_phones": whole_phones,
        "reason": reason,
    }
    try:
        wish = msgspec.convert(values, EvidenceRequest)
    except msgspec.ValidationError as error:
        raise click.BadParameter(str(error)) from None
    requester = Requester(actor=_ACTOR, of_operator=True, may_see_phones=True, may_hear=True)
    async with open_workplace() as place:
        store = DocumentStore(place.settings.documents_dir, place.vault)
        builder = PackBuilder(place.database, place.vault, place.clock, places_of(place.settings))
        async with place.database.transaction() as session:
            tenant_id = await tenant_id_of(session, tenant)
            now = place.clock.now()
            pack = await request_pack(session, place.vault, requester, tenant_id, wish, now, enqueue=False)
        pack = await build_pack(place.database, builder, store, pack.id, tenant_id, now, _progress)
        if pack.document_id is None:
            raise click.ClickException("the pack was not finished")
        async with place.database.transaction() as session:
            document = await document_by_id(session, pack.document_id, tenant_id)
        with out.open("wb") as file:
            async for piece in open_document(store, document):
                file.write(piece)
    click.echo(f"{out}: {document.bytes} bytes, {pack.attempts} calls and messages")
    click.echo(f"content {pack.content_sha256}, signed by key {pack.key_id}")


async def _progress(done: int, total: int) -> None:
    if total > 1000:
        click.echo(f"\r{done} of {total}", nl=done >= total, err=True)


@evidence.command()
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "named",
    multiple=True,
    help="Public key: a file (JSON, PEM or hexadecimal) or 64 hexadecimal digits; may be given again. "
    "Left out, the keys of this installation.",
)
@json_option
def verify(path: Path, named: tuple[str, ...], *, as_json: bool) -> None:
    """Verify a pack. Needs no database and no network; exit code 1 says what is broken.

    \b
    Examples:
      yunhu evidence verify call.zip --key operator-key.json
      yunhu evidence verify call.zip --key 0f3c…
    """
    keys = [key for name in named for key in _read_keys(name)]
    if not named:
        keys = KeyFolder(read_settings().keys_dir).public()
    if not keys:
        raise click.UsageError("this installation has no key yet: name one with --key")
    report = verify_pack(path, keys)
    if as_json:
        click.echo(msgspec.json.encode(_as_json(report)))
    else:
        _tell(path, report)
    if not report.sound:
        raise SystemExit(1)


@evidence.command()
@click.option("--rotate", is_flag=True, help="Sign with a new key from now on; the old public key stays.")
@click.option("--pem", is_flag=True, help="The key in use as PEM.")
@click.option("--all", "every", is_flag=True, help="Every public key there ever was, as one JSON document.")
def key(*, rotate: bool, pem: bool, every: bool) -> None:
    """Show the public key that packs are signed with. Give it to whoever shall verify, by another way than the packs."""
    folder, now = KeyFolder(read_settings().keys_dir), datetime.now(UTC)
    current: PublicKey = folder.rotate(now) if rotate else folder.signer(now).public
    if every:
        click.echo(msgspec.json.encode({"items": folder.public()}))
    elif pem:
        click.echo(current.pem, nl=False)
    else:
        click.echo(msgspec.json.encode(current))


def _read_keys(name: str) -> list[PublicKey]:
    path = Path(name)
    is_file = len(name) < 1024 and path.is_file()
    return read_public_keys(path.read_text(encoding="utf-8") if is_file else name)


def _as_json(report: Report) -> dict[str, object]:
    return {
        "sound": report.sound,
        "key_id": report.key_id,
        "files": report.files,
        "content_sha256": report.manifest.content_sha256 if report.manifest else None,
        "faults": report.faults,
    }


def _tell(path: Path, report: Report) -> None:
    if report.manifest is not None:
        pack = report.manifest.pack
        click.echo(f"pack {pack.get('id')}, requested {pack.get('requested_at')}: {pack.get('reason')}")
        click.echo(f"content {report.manifest.content_sha256}")
    if report.sound:
        click.echo(f"完好 SOUND: {report.files} files as signed by key {report.key_id}")
        return
    for fault in report.faults:
        click.echo(f"  {MEANINGS[fault.what]}  {fault.where}".rstrip(), err=True)
    click.echo(f"已损坏 BROKEN: {path}, {len(report.faults)} faults", err=True)

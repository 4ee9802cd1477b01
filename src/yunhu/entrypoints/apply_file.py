"""A tenant in one file: its form, and what must hold between its parts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from yunhu.domains.call_cards.public import CardText, CarrierKind
from yunhu.domains.callbacks.public import OFFERED
from yunhu.domains.calls.trunks import SandboxTrunkConfig, TrunkConfig
from yunhu.domains.contracts.file import ContractFile, file_faults
from yunhu.domains.contracts.public import ItemKind
from yunhu.domains.filings.public import FilingTerms
from yunhu.domains.notifications.public import ScenarioPlan, Slug
from yunhu.domains.notifications.scenarios import plan_faults, scripts_used
from yunhu.domains.scripts.public import Channel
from yunhu.domains.scripts.rules import faults_of
from yunhu.domains.sms.accounts import SandboxSmscConfig, SmscConfig
from yunhu.entrypoints.apply_yaml import Fault, FileInvalidError, Path, Places, read_typed
from yunhu.foundation.phone import InvalidPhoneError, Phone
from yunhu.foundation.secret_ref import SecretRef
from yunhu.speech.reading import Slot

Name = Annotated[str, Meta(min_length=1, max_length=120)]
Limit = Annotated[int, Meta(ge=1, le=100_000)]


class TenantPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """甲方: who uses the platform."""

    slug: Slug
    name: Name


class SipTrunkPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="sip"):
    """A trunk to a carrier."""

    name: Slug
    settings: TrunkConfig


class SandboxTrunkPart(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="sandbox"
):
    """A trunk into the sandbox."""

    name: Slug
    settings: SandboxTrunkConfig = SandboxTrunkConfig()


class NumbersPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """外显号码: caller numbers that share a trunk and limits."""

    trunk: Slug
    numbers: Annotated[tuple[str, ...], Meta(min_length=1, max_length=10_000)]
    per_minute: Limit = 30
    per_hour: Limit = 60
    per_day: Limit = 400
    max_concurrent: Limit = 30
    registered_to: str = ""
    """实名: whose name the carrier has for them."""


class SmppPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="smpp"):
    """An account at a carrier's SMS centre."""

    name: Slug
    settings: SmscConfig


class SandboxSmscPart(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="sandbox"
):
    """The sandbox's SMS centre."""

    name: Slug
    settings: SandboxSmscConfig = SandboxSmscConfig()


class ScriptPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """话术: a filed text."""

    slug: Slug
    name: Name
    channel: Channel
    text: str
    slots: tuple[Slot, ...] = ()
    approved_by: Name | None = None


class ScenarioPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one hall wants to happen to its visitors."""

    slug: Slug
    name: Name
    plan: ScenarioPlan
    hall: Annotated[str, Meta(min_length=1, max_length=64)] = "main"


class CallbackPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address that wants to be told."""

    url: Annotated[str, Meta(pattern=r"^https?://[^\s]{3,2000}$")]
    secret: SecretRef
    event_types: tuple[str, ...] = ()
    """Empty means all but those that have to be named."""


class CardPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """来电名片: what phones show, by which way, and who approved it."""

    kind: CarrierKind
    config: dict[str, Any] = {}
    lead_ms: Annotated[int, Meta(ge=0, le=3000)] | None = None
    name: CardText
    reasons: dict[Slug, CardText] = {}
    submitted_by: Name
    approved_by: Name


class TenantFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. What is not in it is taken away, apart from API keys, which are never in it."""

    tenant: TenantPart
    contract: ContractFile | None = None
    """Left out, the contract stays as it is; without one nothing may leave."""
    filing: FilingTerms | None = None
    """备案: left out, the widest plan that the rules know is taken as filed."""
    call_card: CardPart | None = None
    """Left out, cards stay as they are."""
    trunks: tuple[SipTrunkPart | SandboxTrunkPart, ...] = ()
    caller_numbers: tuple[NumbersPart, ...] = ()
    robots: Annotated[int, Meta(ge=0, le=10_000)] | tuple[Slug, ...] = 0
    """A count, or a name each."""
    sms: SmppPart | SandboxSmscPart | None = None
    scripts: tuple[ScriptPart, ...] = ()
    scenarios: tuple[ScenarioPart, ...] = ()
    callbacks: tuple[CallbackPart, ...] | None = None
    """Left out, callback endpoints stay as the API made them."""

    @property
    def robot_names(self) -> tuple[str, ...]:
        """The name of each robot."""
        if isinstance(self.robots, int):
            return tuple(f"robot-{number}" for number in range(1, self.robots + 1))
        return self.robots


def read_tenant_file(text: str) -> TenantFile:
    """Read and check a file. Raises `FileInvalidError` with every fault."""
    file, places = read_typed(text, TenantFile)
    faults = list(_faults(file, places))
    if faults:
        raise FileInvalidError(faults)
    return file


def _faults(file: TenantFile, places: Places) -> Iterator[Fault]:
    checks = (_doubles, _contract_faults, _number_faults, _script_faults, _scenario_faults, _callback_faults)
    for check in checks:
        for path, message in check(file):
            yield places.fault(path, message)


Found = Iterator[tuple[Path, str]]


def _doubles(file: TenantFile) -> Found:
    lists: dict[str, Iterable[tuple[str, Path]]] = {
        "trunk": ((part.name, ("trunks", at)) for at, part in enumerate(file.trunks)),
        "robot": ((name, ("robots", at)) for at, name in enumerate(file.robot_names)),
        "script": ((part.slug, ("scripts", at)) for at, part in enumerate(file.scripts)),
        "scenario": ((part.slug, ("scenarios", at)) for at, part in enumerate(file.scenarios)),
        "scenario of hall": ((part.hall, ("scenarios", at)) for at, part in enumerate(file.scenarios)),
        "callback": ((part.url, ("callbacks", at)) for at, part in enumerate(file.callbacks or ())),
    }
    for object_, named in lists.items():
        seen: Counter[str] = Counter()
        for name, path in named:
            seen[name] += 1
            if seen[name] > 1:
                yield path, f"{object_} {name!r} stands here a second time"


def _contract_faults(file: TenantFile) -> Found:
    for path, message in file_faults(file.contract) if file.contract else ():
        yield ("contract", *path), message
    if file.contract is None:
        return
    granted = {kind: sum(i.quota for i in file.contract.items if i.kind is kind) for kind in ItemKind}
    numbers = sum(len(group.numbers) for group in file.caller_numbers)
    for place, kind, wanted in (
        ("robots", ItemKind.ROBOT, len(file.robot_names)),
        ("caller_numbers", ItemKind.CALLER_NUMBER, numbers),
    ):
        if wanted > granted[kind]:
            yield (place,), f"{wanted} are wanted, the contract grants {granted[kind]}"


def _number_faults(file: TenantFile) -> Found:
    trunks = {part.name for part in file.trunks}
    seen: set[Phone] = set()
    for at, group in enumerate(file.caller_numbers):
        if group.trunk not in trunks:
            yield ("caller_numbers", at, "trunk"), f"there is no trunk {group.trunk!r} in this file"
        for position, text in enumerate(group.numbers):
            path: Path = ("caller_numbers", at, "numbers", position)
            try:
                phone = Phone.parse(text)
            except InvalidPhoneError as error:
                yield path, str(error)
                continue
            if phone in seen:
                yield path, "the number stands here a second time"
            seen.add(phone)


def _script_faults(file: TenantFile) -> Found:
    for at, script in enumerate(file.scripts):
        for fault in faults_of(script.text, script.slots, script.channel):
            yield ("scripts", at, "slots" if "slot" in fault and script.slots else "text"), fault


def _scenario_faults(file: TenantFile) -> Found:
    scripts = {script.slug: script for script in file.scripts}
    for at, scenario in enumerate(file.scenarios):
        plan: Path = ("scenarios", at, "plan")
        for place, message in plan_faults(scenario.plan):
            yield (*plan, *_split(place)), message
        for place, slug, channel in scripts_used(scenario.plan):
            script = scripts.get(slug)
            path = (*plan, *_split(place))
            if script is None:
                yield path, f"there is no script {slug!r} in this file"
            elif script.channel is not channel:
                yield (
                    path,
                    f"script {slug!r} is for {script.channel.value}, a {channel.value} script is needed",
                )
            elif script.approved_by is None:
                yield path, f"script {slug!r} is not approved (approved_by)"


def _callback_faults(file: TenantFile) -> Found:
    for at, callback in enumerate(file.callbacks or ()):
        for position, type_ in enumerate(callback.event_types):
            if type_ not in OFFERED:
                known = ", ".join(OFFERED)
                yield (
                    ("callbacks", at, "event_types", position),
                    f"there is no event {type_!r}; known are {known}",
                )


def _split(place: str) -> Path:
    return tuple(int(part) if part.isdigit() else part for part in place.split(".") if part)

"""Trunks and SMSC accounts over the wire. A secret goes in and never comes out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from yunhu.domains.calls.public import TrunkConfig
from yunhu.domains.sms.public import SandboxSmscConfig, SmscConfig
from yunhu.foundation.probes import ProbeStep
from yunhu.foundation.secret_ref import SecretRef

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Password = Annotated[str, Meta(min_length=1, max_length=256, description="Write-only.")]


class TrunkSettings(TrunkConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SIP trunk, as a carrier describes it. Its password may come as `password` beside it."""

    def __post_init__(self) -> None:
        """Judged when it is whole, with its secret."""


class SmscSettings(SmscConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account at a carrier's SMS centre. Its password may come as `password` beside it."""

    secret: SecretRef | None = None  # type: ignore[assignment]
    """Where the password lies, where it is not given."""


class TrunkRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trunk as it should be."""

    name: Name
    kind: Literal["sip", "sandbox"] = "sip"
    enabled: bool = True
    settings: TrunkSettings | None = None
    """For kind `sip`."""
    password: Password | None = None
    """Kept sealed. Left out: what is kept stays, or lies where `settings.secret` says."""


class AccountRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An SMSC account as it should be."""

    tenant: Annotated[str, Meta(min_length=1, max_length=64)]
    """Slug."""
    name: Name
    kind: Literal["smpp", "sandbox"] = "smpp"
    enabled: bool = True
    settings: SmscSettings | None = None
    """For kind `smpp`."""
    sandbox: SandboxSmscConfig | None = None
    """For kind `sandbox`."""
    password: Password | None = None
    """Kept sealed. Left out: what is kept stays, or lies where `settings.secret` says."""


class NodeState(msgspec.Struct, frozen=True, kw_only=True):
    """How one node sees a trunk."""

    node: str
    usable: bool
    detail: str
    changed_at: datetime
    """Since when it is so."""


class EquippedTrunk(msgspec.Struct, frozen=True, kw_only=True):
    """A trunk with its settings."""

    id: UUID
    name: str
    kind: str
    enabled: bool
    settings: dict[str, Any]
    """Without the secret."""
    secret: str | None
    """Where the password lies: `env …`, `file …`, `stored`; null: there is none."""
    numbers: int
    """Caller numbers on it."""
    tenants: list[str]
    """Slugs of tenants whose numbers are on it."""
    states: list[NodeState]
    created_at: datetime
    updated_at: datetime


class EquippedAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An SMSC account with its settings."""

    id: UUID
    tenant: str
    name: str
    kind: str
    enabled: bool
    settings: dict[str, Any]
    """Without the secret."""
    secret: str | None
    """Where the password lies: `env …`, `file …`, `stored`; null: there is none."""
    created_at: datetime
    updated_at: datetime


class TestView(msgspec.Struct, frozen=True, kw_only=True):
    """A test of a trunk or an account, done by a call node."""

    id: UUID
    state: str
    """`queued` or `running` where no node has finished it yet: ask again by its id; `done` or `failed`."""
    ok: bool | None
    """Whether every step went well; null until it is done."""
    node: str | None
    steps: list[ProbeStep]
    message: str
    """Why it could not be done at all."""


def shown_settings(config: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """A stored configuration for people: without the secret, and where that lies."""
    secret = config.get("secret")
    plain = {name: value for name, value in config.items() if name != "secret"}
    return plain, None if secret is None else str(msgspec.convert(secret, SecretRef))

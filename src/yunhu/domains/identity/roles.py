"""Roles are sets of permissions. The presets are the roles of the contract's parties; each side can make its own."""

from collections.abc import Collection, Mapping
from enum import StrEnum

import msgspec

from yunhu.domains.identity.scopes import OPERATOR_SCOPES, TENANT_SCOPES, Scope


class Side(StrEnum):
    """Whose staff a user belongs to."""

    OPERATOR = "operator"
    TENANT = "tenant"


class Preset(msgspec.Struct, frozen=True):
    """A role that every installation has."""

    name: str
    title: str
    title_zh: str
    side: Side
    scopes: frozenset[Scope]
    apart_from_administration: bool = False
    """Whoever has this role manages neither users nor grants, by whatever other role."""


_READING = frozenset(scope for scope in TENANT_SCOPES if scope.endswith(":read"))
_PRESETS = (
    Preset("administrator", "Administrator", "管理员", Side.OPERATOR, OPERATOR_SCOPES),
    Preset(
        "compliance_reviewer",
        "Compliance reviewer",
        "合规审核员",
        Side.OPERATOR,
        frozenset(
            {
                Scope.OPERATOR_FILINGS,
                Scope.OPERATOR_SCREENING,
                Scope.OPERATOR_CONSENTS,
                Scope.OPERATOR_COMPLAINTS,
                Scope.OPERATOR_EVIDENCE,
                Scope.OPERATOR_CARDS,
                Scope.OPERATOR_DOCUMENTS,
                Scope.OPERATOR_CALENDAR,
                Scope.OPERATOR_AUDIT,
                Scope.DOCUMENTS_READ,
                Scope.DOCUMENTS_WRITE,
            }
        ),
        apart_from_administration=True,
    ),
    Preset(
        "finance",
        "Finance",
        "财务",
        Side.OPERATOR,
        frozenset(
            {
                Scope.OPERATOR_CONTRACTS,
                Scope.OPERATOR_BILLING,
                Scope.OPERATOR_DOCUMENTS,
                Scope.OPERATOR_REPORTS,
                Scope.DOCUMENTS_READ,
                Scope.DOCUMENTS_WRITE,
            }
        ),
    ),
    Preset(
        "support",
        "Support",
        "客服支持",
        Side.OPERATOR,
        frozenset(
            {
                Scope.OPERATOR_NUMBERS,
                Scope.OPERATOR_INCIDENTS,
                Scope.OPERATOR_COMPLAINTS,
                Scope.OPERATOR_REPORTS,
                Scope.OPERATOR_MONITOR,
                Scope.OPERATOR_EQUIPMENT,
                Scope.DOCUMENTS_READ,
                Scope.DOCUMENTS_WRITE,
            }
        ),
    ),
    Preset("administrator", "Administrator", "管理员", Side.TENANT, TENANT_SCOPES),
    Preset(
        "supervisor",
        "Supervisor",
        "主管",
        Side.TENANT,
        TENANT_SCOPES
        - {
            Scope.EVENTS_WRITE,
            Scope.CALLBACKS_MANAGE,
            Scope.KEYS_MANAGE,
            Scope.USERS_MANAGE,
            Scope.GRANTS_MANAGE,
            Scope.AUDIT_READ,
        },
    ),
    Preset(
        "agent",
        "Agent",
        "座席",
        Side.TENANT,
        frozenset(
            {
                Scope.NOTIFICATIONS_READ,
                Scope.CALLS_READ,
                Scope.REFUSALS_WRITE,
                Scope.SCRIPTS_READ,
                Scope.CONSENTS_READ,
                Scope.COMPLAINTS_READ,
                Scope.COMPLAINTS_WRITE,
                Scope.INCIDENTS_READ,
                Scope.MONITOR_READ,
            }
        ),
    ),
    Preset("auditor", "Auditor", "审计员", Side.TENANT, _READING, apart_from_administration=True),
    Preset(
        "integrator",
        "Integrator",
        "集成商",
        Side.TENANT,
        frozenset(
            {
                Scope.EVENTS_WRITE,
                Scope.NOTIFICATIONS_READ,
                Scope.NOTIFICATIONS_WRITE,
                Scope.CALLBACKS_MANAGE,
                Scope.CALLS_READ,
                Scope.REFUSALS_WRITE,
                Scope.KEYS_MANAGE,
                Scope.MONITOR_READ,
                Scope.SCENARIOS_READ,
            }
        ),
    ),
)
PRESETS: Mapping[tuple[Side, str], Preset] = {(preset.side, preset.name): preset for preset in _PRESETS}
ADMINISTRATOR = "administrator"
ADMINISTRATION = frozenset({Scope.USERS_MANAGE, Scope.GRANTS_MANAGE, Scope.OPERATOR_USERS})
"""Permissions over other people's permissions."""


def presets_of(side: Side) -> list[Preset]:
    """The presets of one side, in a fixed order."""
    return [preset for preset in _PRESETS if preset.side is side]


def permissions_of(side: Side, presets: Collection[str], custom_scopes: Collection[str]) -> frozenset[Scope]:
    """What somebody with these roles may do. A preset or a permission that is no more gives nothing."""
    held = {Scope(scope) for scope in custom_scopes if scope in _VALUES}
    for name in presets:
        preset = PRESETS.get((side, name))
        if preset is not None:
            held |= preset.scopes
    return frozenset(held) & allowed_on(side)


def allowed_on(side: Side) -> frozenset[Scope]:
    """Every permission that one side can have."""
    return OPERATOR_SCOPES if side is Side.OPERATOR else TENANT_SCOPES


def managing_scope(side: Side) -> Scope:
    """The permission that makes an administrator."""
    return Scope.OPERATOR_USERS if side is Side.OPERATOR else Scope.USERS_MANAGE


def second_factor_is_mandatory(side: Side, scopes: Collection[Scope], *, for_all: bool) -> bool:
    """Row D5: the operator's staff, a tenant's administrators, and everybody where the side says so."""
    return side is Side.OPERATOR or for_all or not ADMINISTRATION.isdisjoint(scopes)


def mixes_apart(side: Side, presets: Collection[str], scopes: Collection[Scope]) -> bool:
    """Whether reviewing and administering would be joined in one person."""
    kept_apart = any(
        preset.apart_from_administration for preset in presets_of(side) if preset.name in presets
    )
    return kept_apart and not ADMINISTRATION.isdisjoint(scopes)


_VALUES = frozenset(scope.value for scope in Scope)

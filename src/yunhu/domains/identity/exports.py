"""Users, keys and tenants for export. No secret is in any of these lists."""

from yunhu.domains.exports.public import CellKind, Column, Door, ListOffer
from yunhu.domains.identity.roles import PRESETS
from yunhu.domains.identity.scopes import Scope

PRESET_TITLES = {preset.name: preset.title_zh for preset in PRESETS.values()}
_STATES = {"invited": "待开通", "active": "正常", "disabled": "已停用"}
USERS = ListOffer(
    name="users",
    title_zh="用户",
    title="Users",
    tenant=Door("/users", Scope.USERS_MANAGE),
    operator=Door("/operator/users", Scope.OPERATOR_USERS),
    columns=(
        Column("login", "登录名", "Login", width=24),
        Column("display_name", "姓名", "Name"),
        Column("mail", "邮箱", "Mail", width=28),
        Column("state", "状态", "State", width=10, words=_STATES),
        Column("presets", "角色", "Roles", width=30, words=PRESET_TITLES),
        Column("second_factor", "双因素认证", "Second factor", width=12),
        Column("locked_until", "锁定至", "Locked until", CellKind.MOMENT, 20),
        Column("last_signed_in_at", "最近登录", "Last signed in at", CellKind.MOMENT, 20),
        Column("password_changed_at", "密码修改时间", "Password changed at", CellKind.MOMENT, 20),
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
    ),
)
KEYS = ListOffer(
    name="api_keys",
    title_zh="API 密钥",
    title="API keys",
    tenant=Door("/api-keys", Scope.KEYS_MANAGE),
    operator=Door("/operator/api-keys", Scope.OPERATOR_USERS),
    columns=(
        Column("name", "名称", "Name", width=24),
        Column("prefix", "前缀", "Prefix"),
        Column("scopes", "权限", "Permissions", width=60),
        Column("allowed_networks", "允许的网段", "Allowed networks", width=30),
        Column("rate_per_minute", "每分钟上限", "Requests a minute", CellKind.NUMBER, 12),
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("expires_at", "有效期至", "Expires at", CellKind.MOMENT, 20),
        Column("revoked_at", "吊销时间", "Revoked at", CellKind.MOMENT, 20),
        Column("last_used_at", "最近使用", "Last used at", CellKind.MOMENT, 20),
    ),
)
TENANTS = ListOffer(
    name="tenants",
    title_zh="租户",
    title="Tenants",
    operator=Door("/operator/tenants", Scope.OPERATOR_TENANTS),
    columns=(
        Column("name", "名称", "Name", width=30),
        Column("slug", "标识", "Tenant", width=20),
        Column("disabled_at", "停用时间", "Disabled at", CellKind.MOMENT, 20),
        Column("created_at", "创建时间", "Created at", CellKind.MOMENT, 20),
        Column("id", "系统编号", "Id", width=38),
    ),
)
ROLES = ListOffer(
    name="roles",
    title_zh="角色",
    title="Roles",
    tenant=Door("/roles", Scope.USERS_MANAGE, paged=False),
    operator=Door("/operator/roles", Scope.OPERATOR_USERS, paged=False),
    columns=(
        Column("title_zh", "名称", "Name in Chinese", width=20),
        Column("title", "英文名称", "Name", width=20),
        Column("preset", "预设", "Preset", width=8),
        Column("scopes", "权限", "Permissions", width=80),
    ),
)
OFFERS = (
    USERS,
    KEYS,
    TENANTS,
    ROLES,
)

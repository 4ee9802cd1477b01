"""What changing equipment refuses."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class TrunkNotFoundError(NotFoundError):
    """There is no such trunk."""

    id = "equipment.trunk_not_found"
    title = "There is no such trunk"
    title_zh = "中继不存在"


class AccountNotFoundError(NotFoundError):
    """There is no such SMSC account."""

    id = "equipment.account_not_found"
    title = "There is no such SMSC account"
    title_zh = "短信账号不存在"


class TestNotFoundError(NotFoundError):
    """There is no such test."""

    id = "equipment.test_not_found"
    title = "There is no such test"
    title_zh = "测试不存在"


class NameTakenError(ConflictError):
    """Something of the kind has that name. Details: `name`."""

    id = "equipment.name_taken"
    title = "The name is taken"
    title_zh = "名称已被使用"


class TenantHasAccountError(ConflictError):
    """A tenant has one SMSC account. Details: `tenant`."""

    id = "equipment.tenant_has_account"
    title = "The tenant has an SMSC account already"
    title_zh = "该租户已有短信账号"


class KindFixedError(ConflictError):
    """A trunk or account that was used stays what it is: real, or the sandbox's."""

    id = "equipment.kind_fixed"
    title = "The kind of a trunk or account cannot be changed; make a new one"
    title_zh = "类型不可更改，请新建"


class EquipmentInvalidError(InvalidInputError):
    """The settings contradict themselves. Details: `errors`, one entry a place."""

    id = "equipment.invalid"
    title = "The settings contradict themselves"
    title_zh = "设置自相矛盾"


class EquipmentTenantUnknownError(NotFoundError):
    """There is no such tenant. Details: `tenant`."""

    id = "equipment.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"

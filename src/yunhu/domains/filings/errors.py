"""What filings refuse."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError, YunhuError


class FilingNotFoundError(NotFoundError):
    """There is no such filing, or it belongs to another tenant."""

    id = "filings.not_found"
    title = "There is no such filing"
    title_zh = "备案不存在"


class FilingStateError(ConflictError):
    """The step does not fit the state. Details: `state`, `step`."""

    id = "filings.state"
    title = "The filing is in a state in which that is not possible"
    title_zh = "备案当前状态不允许该操作"


class FilingExistsError(ConflictError):
    """The tenant has a filing of that name. Details: `filing_id`."""

    id = "filings.exists"
    title = "There is a filing of that name"
    title_zh = "同名备案已存在"


class FilingOpenError(ConflictError):
    """A change of this filing is being drafted or reviewed. Details: `version_id`, `state`."""

    id = "filings.open"
    title = "A change of this filing is open already"
    title_zh = "该备案已有未办结的变更"


class FilingInvalidError(InvalidInputError):
    """The package cannot be filed as it is. Details: `faults`, each with `code`, `message`, `message_zh`, `of`."""

    id = "filings.invalid"
    title = "The filing is not complete or contradicts itself"
    title_zh = "备案材料不完整或相互矛盾"


class ContentRefusedError(InvalidInputError):
    """A script holds content that may not be filed. Details: `script`, `findings`."""

    id = "filings.content_refused"
    title = "The content of a script was refused by screening"
    title_zh = "话术内容未通过内容审查"


class SamePersonError(YunhuError):
    """Who drafted, submitted or reviewed a filing cannot take the next step of its review."""

    id = "filings.same_person"
    status = 403
    title = "The person who drafted, submitted or reviewed a filing cannot decide on it"
    title_zh = "备案的起草人、提交人不得审核，初审人不得终审同一备案"


class ScriptFiledElsewhereError(ConflictError):
    """Another filing that is in force at the same time has a wording of the script. Details: `scripts`."""

    id = "filings.script_elsewhere"
    title = "A script stands in another filing for the same time"
    title_zh = "话术在同一时段已归属另一备案"


class ValidityInvalidError(InvalidInputError):
    """The last day lies before the first, in the past, or before the notice has run. Details: `earliest`."""

    id = "filings.validity"
    title = "The validity leaves the filing no day to be in force"
    title_zh = "备案有效期不正确"


class TenantSubmitsError(YunhuError):
    """A filing is submitted by a person of the tenant, also where the operator helped to draft it."""

    id = "filings.tenant_submits"
    status = 403
    title = "The operator cannot submit a filing for a tenant"
    title_zh = "备案须由甲方人员提交"


class FilingTenantUnknownError(NotFoundError):
    """There is no such tenant. Details: `tenant`."""

    id = "filings.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "甲方不存在"

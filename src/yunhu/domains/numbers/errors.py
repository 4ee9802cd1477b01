"""Expected errors of caller numbers."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class NumberTakenError(ConflictError):
    """A number is allocated to another tenant. Details: `numbers`, as dialled."""

    id = "numbers.taken"
    title = "The caller number is allocated to another tenant"
    title_zh = "该外显号码已分配给其他租户"


class NumberStepRefusedError(ConflictError):
    """The number is not in a state for this. Details: `state`, `step`."""

    id = "numbers.step_refused"
    title = "The caller number is not in a state for this"
    title_zh = "外显号码当前状态不允许该操作"


class NumberNotFoundError(NotFoundError):
    """There is no such number."""

    id = "numbers.not_found"
    title = "There is no such caller number"
    title_zh = "外显号码不存在"


class NumberInvalidError(InvalidInputError):
    """Not a number that can be shown. Details: `number` as it was given, `row`."""

    id = "numbers.invalid"
    title = "This is not a phone number that can be shown"
    title_zh = "外显号码格式无效"


class NumberKnownError(ConflictError):
    """Some of the numbers to import are here already. Details: `numbers`."""

    id = "numbers.known"
    title = "Some of these caller numbers have been imported already"
    title_zh = "部分外显号码已导入"


class TooFewAvailableError(ConflictError):
    """Fewer numbers are free than were asked for. Details: `wanted`, `available`."""

    id = "numbers.too_few_available"
    title = "Not enough caller numbers are available"
    title_zh = "可分配的外显号码不足"


class NotRegisteredError(ConflictError):
    """The carrier has other people's names for these numbers. Details: `numbers`, `registered_to`."""

    id = "numbers.not_registered"
    title = "Some of these caller numbers are registered to somebody else"
    title_zh = "部分外显号码的实名主体与租户不一致"


class TrunkUnknownError(InvalidInputError):
    """There is no such trunk. Details: `trunk`."""

    id = "numbers.trunk_unknown"
    title = "There is no such trunk"
    title_zh = "中继不存在"


class TenantUnknownError(NotFoundError):
    """There is no such tenant. Details: `tenant`."""

    id = "numbers.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"

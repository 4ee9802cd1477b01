"""What the allocation of caller numbers refuses."""

from yunhu.foundation.errors import ConflictError


class NumberTakenError(ConflictError):
    """A number is allocated to another tenant. Details: `numbers`, as dialled."""

    id = "numbers.taken"
    title = "The caller number is allocated to another tenant"
    title_zh = "该外显号码已分配给其他租户"

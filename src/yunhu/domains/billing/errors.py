"""What can go wrong with statements and reconciliation."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class ContractUnknownError(NotFoundError):
    """There is no such contract, or nothing was ever billed on it."""

    id = "billing.contract_unknown"
    title = "There is no such contract"
    title_zh = "合同不存在"


class StatementNotFoundError(NotFoundError):
    """There is no such statement."""

    id = "billing.statement_not_found"
    title = "There is no such statement"
    title_zh = "对账单不存在"


class SettlementNotFoundError(NotFoundError):
    """The contract is not there, or its account is not closed."""

    id = "billing.settlement_not_found"
    title = "There is no closing account"
    title_zh = "结算单不存在"


class ReconciliationNotFoundError(NotFoundError):
    """There is no such run."""

    id = "billing.reconciliation_not_found"
    title = "There is no such reconciliation"
    title_zh = "对账记录不存在"


class MonthNotOverError(ConflictError):
    """A month is closed when it is over and the one before is closed. Details: `month`."""

    id = "billing.month_not_over"
    title = "The month cannot be closed yet"
    title_zh = "该月份尚不能结账"


class MonthClosedError(ConflictError):
    """A closed month does not change. Details: `statement_id`."""

    id = "billing.month_closed"
    title = "The month is closed"
    title_zh = "该月份已结账"


class CallDetailsInvalidError(InvalidInputError):
    """The carrier's file cannot be read. Details: `columns` that are missing."""

    id = "billing.call_details_invalid"
    title = "The call detail file cannot be read"
    title_zh = "话单文件无法读取"

"""What the monitor refuses."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class MonitoredCallNotFoundError(NotFoundError):
    """There is no such call, or it belongs to another tenant."""

    id = "monitoring.call_not_found"
    title = "There is no such call"
    title_zh = "通话不存在"


class CallEndedError(ConflictError):
    """The call has ended. Details: `result`."""

    id = "monitoring.call_ended"
    title = "The call has already ended"
    title_zh = "通话已结束"


class PauseNotFoundError(NotFoundError):
    """There is no such pause, or it belongs to another tenant."""

    id = "monitoring.pause_not_found"
    title = "There is no such pause"
    title_zh = "暂停记录不存在"


class AlreadyPausedError(ConflictError):
    """It is paused already. Details: `pause_id`."""

    id = "monitoring.already_paused"
    title = "It is paused already"
    title_zh = "已处于暂停状态"


class PauseOverError(ConflictError):
    """The pause is over already."""

    id = "monitoring.pause_over"
    title = "The pause is over already"
    title_zh = "暂停已结束"


class PausedByOperatorError(ConflictError):
    """The operator paused it; only the operator can go on."""

    id = "monitoring.paused_by_operator"
    title = "The operator paused this; only the operator can resume it"
    title_zh = "该暂停由运营方发起，仅运营方可恢复"


class PauseUntilInvalidError(InvalidInputError):
    """A pause ends in the future, within 31 days."""

    id = "monitoring.pause_until"
    title = "A pause must end in the future, within 31 days"
    title_zh = "暂停截止时间须晚于当前时间且不超过31天"


class ScenarioUnknownError(NotFoundError):
    """The tenant has no such scenario. Details: `scenario`."""

    id = "monitoring.scenario_unknown"
    title = "There is no such scenario"
    title_zh = "场景不存在"


class MonitoredTenantUnknownError(NotFoundError):
    """There is no such tenant. Details: `tenant`."""

    id = "monitoring.tenant_unknown"
    title = "There is no such tenant"
    title_zh = "租户不存在"


class AlarmNotFoundError(NotFoundError):
    """There is no such alarm, or it concerns somebody else."""

    id = "monitoring.alarm_not_found"
    title = "There is no such alarm"
    title_zh = "告警不存在"


class AlarmClearedError(ConflictError):
    """The alarm is over already."""

    id = "monitoring.alarm_cleared"
    title = "The alarm is over already"
    title_zh = "告警已消除"

"""What changing a scenario refuses."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class ScenarioNotFoundError(NotFoundError):
    """There is no such scenario, or it belongs to another tenant."""

    id = "scenarios.not_found"
    title = "There is no such scenario"
    title_zh = "场景不存在"


class ScenarioInvalidError(InvalidInputError):
    """The plan contradicts itself, or names a script that there is not. Details: `errors`, one entry a place."""

    id = "scenarios.invalid"
    title = "The plan contradicts itself"
    title_zh = "场景计划自相矛盾"


class OutsideFilingError(InvalidInputError):
    """The plan goes beyond the filing in force (row C3). Details: `faults`, one entry a place."""

    id = "scenarios.outside_filing"
    title = "The plan goes beyond what was filed; file the change first"
    title_zh = "场景计划超出已备案的拨打计划，请先变更备案"


class ScenarioChangedError(ConflictError):
    """Somebody changed it meanwhile. Details: `version`."""

    id = "scenarios.changed"
    title = "The scenario has been changed meanwhile"
    title_zh = "场景已被他人修改，请刷新后重试"


class HallTakenError(ConflictError):
    """Another enabled scenario answers the hall. Details: `hall`."""

    id = "scenarios.hall_taken"
    title = "Another enabled scenario answers this hall"
    title_zh = "该大厅已有启用的场景"

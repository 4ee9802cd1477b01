"""What the filing of scripts refuses."""

from yunhu.foundation.errors import ConflictError, InvalidInputError, NotFoundError


class ScriptInvalidError(InvalidInputError):
    """The text and its slots do not fit together. Details: `faults`, each a sentence."""

    id = "scripts.invalid"
    title = "The script cannot be filed as it is"
    title_zh = "话术内容不符合备案要求"


class ParameterInvalidError(InvalidInputError):
    """A parameter is missing, unknown, or not of its declared kind or length.

    Details: `parameter`, and `reason`, one of `missing`, `unknown`, `empty`, `too_long`, `control_character`,
    `format`, `range`, `pattern`. The value itself is never repeated: it may be somebody's name or number.
    """

    id = "scripts.parameter_invalid"
    title = "A parameter does not fit the slot that was filed for it"
    title_zh = "变量取值不符合备案的类型或长度"


class ScriptNotFoundError(NotFoundError):
    """There is no such script, none of its versions is approved, or it belongs to another tenant. Details: `script`."""

    id = "scripts.not_found"
    title = "There is no approved script of that name"
    title_zh = "没有该名称的已审核话术"


class VersionFinalError(ConflictError):
    """The version was approved or retired before. Details: `state`."""

    id = "scripts.version_final"
    title = "Only a draft can be approved"
    title_zh = "只有草稿版本可以审核通过"


class ChannelFixedError(ConflictError):
    """A script keeps the channel that it was first filed for. Details: `script`, `channel`."""

    id = "scripts.channel_fixed"
    title = "A script cannot move to another channel; file it under another name"
    title_zh = "话术的发送渠道不可更改，请使用新的名称备案"


class ScriptExistsError(ConflictError):
    """The tenant has a script of that name. Details: `script_id`."""

    id = "scripts.exists"
    title = "There is a script of that name"
    title_zh = "同名话术已存在"


class VersionNotFoundError(NotFoundError):
    """The script has no version of that number. Details: `script`, `number`."""

    id = "scripts.version_not_found"
    title = "There is no such version of the script"
    title_zh = "话术版本不存在"


class ReadingImpossibleError(InvalidInputError):
    """Exactly one of `version_id` and `text` is needed."""

    id = "scripts.reading_impossible"
    title = "Give a version or a wording, and not both"
    title_zh = "请提供版本或文本其一"


class ReadingBusyError(ConflictError):
    """Others are listening; ask again. Details: `retry_after`, seconds."""

    id = "scripts.reading_busy"
    status = 503
    title = "The voice is busy; try again in a moment"
    title_zh = "试听繁忙，请稍后再试"

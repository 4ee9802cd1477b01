"""Refusals of the reading room: what of a template or a slot's value cannot be used."""

from yunhu.speech.errors import SpeechError


class ReadingError(SpeechError):
    """Root of what reading refuses."""

    id = "reading.refused"
    status = 422
    title = "The text cannot be read aloud"
    title_zh = "文本无法朗读"


class SlotValueError(ReadingError):
    """A value is not of its slot's declared kind or length.

    Details: `slot`, `kind`, and `reason`, one of `empty`, `too_long`, `control_character`, `format`, `range`.
    """

    id = "reading.slot_value_invalid"
    title = "The value of a slot is not of its declared kind or length"
    title_zh = "变量取值不符合声明的类型或长度"


class TemplateError(ReadingError):
    """A brace is not part of a `{name}` placeholder. Details: `position`, in characters from 1."""

    id = "reading.template_malformed"
    title = "A brace in the template is not part of a {name} placeholder"
    title_zh = "模板中的花括号不成对，或变量名不合规"


class SlotUndeclaredError(ReadingError):
    """The template uses a placeholder for which no slot is declared. Details: `slot`."""

    id = "reading.slot_undeclared"
    title = "The template uses a slot that is not declared"
    title_zh = "模板使用了未声明的变量"


class ValueMissingError(ReadingError):
    """A placeholder got no value. Details: `slot`."""

    id = "reading.value_missing"
    title = "A slot of the template got no value"
    title_zh = "缺少模板变量的取值"


class ValueUnknownError(ReadingError):
    """A value was given for a name that the template does not use. Details: `slot`."""

    id = "reading.value_unknown"
    title = "A value was given for a slot that the template does not use"
    title_zh = "模板中没有该变量"

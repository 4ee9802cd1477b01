"""Filed text + parameters → what is spoken or texted, word for word (row C2)."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from yunhu.domains.scripts.errors import ParameterInvalidError
from yunhu.domains.scripts.models import Channel
from yunhu.domains.scripts.patterns import matches
from yunhu.speech.reading import (
    ReadingStyle,
    Slot,
    SlotValueError,
    ValueMissingError,
    ValueUnknownError,
    render_text,
    render_words,
)


class ApprovedScript(msgspec.Struct, frozen=True):
    """The wording of a script that may be used now."""

    version_id: UUID
    script_id: UUID
    slug: str
    channel: Channel
    text: str
    """As filed, with `{slot}` placeholders."""
    slots: tuple[Slot, ...]
    text_hash: str
    """SHA-256 of the text and its slots, hexadecimal."""


class FilledText(msgspec.Struct, frozen=True):
    """A filed text with its slots filled."""

    text: str
    """Character for character as filed, with the parameters as given: what is shown, texted and proved."""
    words: str
    """The same as a voice speaks it."""


def fill(
    approved: ApprovedScript, parameters: Mapping[str, str], style: ReadingStyle | None = None
) -> FilledText:
    """Check every parameter by its slot's kind, length and pattern, then render.

    Raises `ParameterInvalidError` for the first parameter that does not fit.
    """
    try:
        words = render_words(approved.text, approved.slots, parameters, style)
        check_patterns(approved.slots, parameters)
        return FilledText(render_text(approved.text, parameters), words)
    except ValueMissingError as error:
        raise ParameterInvalidError(parameter=error.details["slot"], reason="missing") from None
    except ValueUnknownError as error:
        raise ParameterInvalidError(parameter=error.details["slot"], reason="unknown") from None
    except SlotValueError as error:
        raise ParameterInvalidError(
            parameter=error.details["slot"], kind=error.details["kind"], reason=error.details["reason"]
        ) from None


def check_patterns(slots: Iterable[Slot], parameters: Mapping[str, str]) -> None:
    """`ParameterInvalidError` for the first parameter that its slot's pattern does not match."""
    for slot in slots:
        if slot.pattern is not None and not matches(slot.pattern, parameters[slot.name]):
            raise ParameterInvalidError(parameter=slot.name, kind=slot.kind.value, reason="pattern")

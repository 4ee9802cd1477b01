"""Filed text + parameters → what is spoken or texted, word for word (row C2)."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from yunhu.domains.scripts.errors import ParameterInvalidError
from yunhu.domains.scripts.models import Channel
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
    """Screen every parameter by its slot's kind and length, then render.

    Raises `ParameterInvalidError` for the first parameter that does not fit.
    """
    try:
        words = render_words(approved.text, approved.slots, parameters, style)
        return FilledText(render_text(approved.text, parameters), words)
    except ValueMissingError as error:
        raise ParameterInvalidError(parameter=error.details["slot"], reason="missing") from None
    except ValueUnknownError as error:
        raise ParameterInvalidError(parameter=error.details["slot"], reason="unknown") from None
    except SlotValueError as error:
        raise ParameterInvalidError(
            parameter=error.details["slot"], kind=error.details["kind"], reason=error.details["reason"]
        ) from None

"""Patterns of slots: regular expressions that tenants write, and that can hold nobody up."""

import regex

MOST_CHARACTERS = 100
_SECONDS = 0.02


def pattern_fault(pattern: str) -> str | None:
    """What keeps it from being used, as a phrase; None when it can be."""
    if len(pattern) > MOST_CHARACTERS:
        return f"is longer than {MOST_CHARACTERS} characters"
    try:
        regex.compile(pattern)
    except (regex.error, OverflowError, RecursionError):
        return "is not a regular expression"
    return None


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value fits. One that takes longer than 20 ms to decide does not."""
    try:
        return regex.fullmatch(pattern, value, timeout=_SECONDS) is not None
    except (TimeoutError, regex.error):
        return False

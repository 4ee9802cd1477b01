"""How well a caller number is received, against the other numbers of its own pool.

A number that callees' phones mark as a nuisance is answered less and declined more than its pool. Both are judged
as deviations from what the rest of the pool would let one expect, in standard deviations of a binomial count, so
that a bad day of the whole hall does not take every number out, and a handful of calls proves nothing.
"""

import math
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec

WINDOW_DAYS = 7
FEWEST_CALLS = 30
"""Calls within the window below which nothing is concluded."""
WATCH, POOR = 2.0, 3.0
"""Standard deviations: by chance 1 number in 44, and 1 in 740, lies beyond."""
REST = timedelta(hours=24)
MOST_RESTING = 1 / 3
"""Of a pool: the worst rest first, the others carry on, so that health never stops a hall."""
FLAGS_TO_QUARANTINE = 3
RESTS_TO_QUARANTINE = 3
"""Rests within 30 days."""


class Counts(msgspec.Struct, frozen=True):
    """What became of calls within the window."""

    reached: int = 0
    answered: int = 0
    refused: int = 0
    flagged: int = 0


class Health(msgspec.Struct, frozen=True):
    """What the figures say of one number."""

    score: int
    """100 is like the pool or better; 0 the worst."""
    reasons: tuple[str, ...] = ()
    """`answer_rate`, `refusals`, `flagged`: what is far off."""
    poor: bool = False


def health_of(own: Counts, others: Counts) -> Health:
    """Judge a number by its own calls and those of the rest of the pool."""
    penalty, reasons = 20 * own.flagged, ["flagged"] if own.flagged else []
    poor = own.flagged > 0
    if own.reached >= FEWEST_CALLS and others.reached >= FEWEST_CALLS:
        missing = -_deviation(own.answered, own.reached, others.answered / others.reached)
        refused = _deviation(own.refused, own.reached, others.refused / others.reached)
        for reason, deviation in (("answer_rate", missing), ("refusals", refused)):
            penalty += round(15 * max(0.0, deviation))
            if deviation >= WATCH:
                reasons.append(reason)
            poor = poor or deviation >= POOR
    return Health(max(0, 100 - penalty), tuple(reasons), poor)


def resting(judged: Mapping[UUID, Health], already: int) -> list[UUID]:
    """The numbers of a pool that should rest now, worst first, `already` of it resting."""
    places = max(0, math.floor(len(judged) * MOST_RESTING) - already)
    poor = sorted((health.score, number) for number, health in judged.items() if health.poor)
    return [number for _, number in poor[:places]]


def _deviation(seen: int, of: int, expected_share: float) -> float:
    """How many standard deviations a count lies above what the share lets expect (at least one call each way)."""
    share = min(max(expected_share, 1 / of), 1 - 1 / of)
    return (seen - of * share) / math.sqrt(of * share * (1 - share))

"""From one sampling rate to another without aliases: a polyphase filter, linear in phase."""

from math import gcd
from typing import Final

import numpy as np

from yunhu.speech.port import Samples

_ZERO_CROSSINGS: Final = 80
"""Of the filter on each side, counted at the lower rate: the transition is about 0.06 of the lower Nyquist rate."""
_KAISER_BETA: Final = 8.0
"""Stop band about 80 dB down."""
_CUT_OFF: Final = 0.965
"""Middle of the transition, of the lower Nyquist rate; the stop band begins at about 1."""


def resample(samples: Samples, sample_rate: int, wanted_rate: int) -> Samples:
    """`samples` at `wanted_rate`, shape (⌈n·wanted/rate⌉,), in time with the original; nothing folds back."""
    if sample_rate == wanted_rate or not len(samples):
        return samples
    # A quarter of what the API loads at its start otherwise: only who renders or transcribes pays for it.
    from scipy.signal import firwin, resample_poly  # noqa: PLC0415

    divisor = gcd(sample_rate, wanted_rate)
    up, down = wanted_rate // divisor, sample_rate // divisor
    slowest = max(up, down)
    taps = firwin(2 * _ZERO_CROSSINGS * slowest + 1, _CUT_OFF / slowest, window=("kaiser", _KAISER_BETA))
    return np.asarray(resample_poly(samples, up, down, window=taps), np.float32)

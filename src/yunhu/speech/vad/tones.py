"""Pure tones in a frame: the beep after a greeting, and the network's signals."""

import numpy as np

from yunhu.speech.tts import g711
from yunhu.speech.vad.port import check_frame

_LOWEST_HZ, _HIGHEST_HZ = 350, 2_500
_BIN_HZ = 50
"""160 samples at 8 kHz."""
_PURITY = 0.85
"""Share of the frame's energy within one bin either side of the strongest."""
_FLOOR = 256.0
"""Mean magnitude of 16-bit samples; quieter frames are silence."""
_WINDOW = np.hanning(160)


def is_tone(alaw: bytes) -> bool:
    """Whether a 20 ms frame holds one sine between 350 and 2,500 Hz and little else."""
    check_frame(alaw)
    samples = g711.decode(alaw).astype(np.float64)
    if np.abs(samples).mean() < _FLOOR:
        return False
    power = np.abs(np.fft.rfft(samples * _WINDOW)) ** 2
    peak = int(power.argmax())
    if not _LOWEST_HZ <= peak * _BIN_HZ <= _HIGHEST_HZ:
        return False
    return bool(power[max(0, peak - 1) : peak + 2].sum() >= _PURITY * power.sum())

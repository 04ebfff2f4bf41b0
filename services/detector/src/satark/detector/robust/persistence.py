"""From evidence to pages: when an alarm of an entity opens, when it is worse, and when it is over.

An alarm opens on enough evidence, and that pages. It is over after `close_samples` samples in which no series is elevated.
While it is open it may become worse by a further confirmed shift upwards, which is an update. Silence neither opens nor
closes.
"""

from enum import IntEnum

import numpy as np

from satark.detector.robust.arrays import Flags
from satark.detector.robust.config import Config
from satark.detector.robust.words import Words


class Cause(IntEnum):
    """Why an alarm opened."""

    NONE = 0
    LIMIT = 1
    UNUSUAL = 2
    RECENT = 3
    SHIFT = 4
    NOVEL = 5


def advance(words: Words, *, seen: Flags, bad: Flags, elevated: Flags, config: Config) -> tuple[Flags, Flags]:
    """Take in one sample, in place; return which alarms are open, and which have opened. All flags are [entities]."""
    active = words.active > 0
    if not (active.any() or bad.any()):
        return active, bad
    calm = seen & ~elevated & ~bad
    count = np.where(calm, words.calm + 1, np.where(seen, 0, words.calm))
    opened = bad & ~active
    active = bad | (active & (count < config.close_samples))
    words.active[:], words.calm[:] = active, count * active
    return active, opened

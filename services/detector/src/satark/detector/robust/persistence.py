"""From evidence to pages: when an alarm of an entity opens, when it is worse, and when it is over.

An alarm opens on enough evidence, and that pages. It is over after `close_samples` samples in which no series is elevated.
While it is open it may become worse by a further confirmed shift upwards, which is an update. Silence neither opens nor
closes.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from satark.detector.robust.arrays import Array, Flags, Floats
from satark.detector.robust.config import Config


class Cause(IntEnum):
    """Why an alarm opened."""

    NONE = 0
    LIMIT = 1
    UNUSUAL = 2
    RECENT = 3
    SHIFT = 4
    NOVEL = 5


@dataclass(slots=True)
class Alarm:
    """Whether an alarm is open, and how many calm samples it has had; both [entities]."""

    active: Flags
    calm: Floats


def empty(entities: int) -> Alarm:
    """Return no alarms."""
    return Alarm(np.zeros(entities, np.bool_), np.zeros(entities, np.float32))


def advance(alarm: Alarm, *, seen: Flags, bad: Flags, elevated: Flags, config: Config) -> tuple[Alarm, Flags]:
    """Return the alarms after one sample, and which have opened by it. All flags are [entities]."""
    calm = seen & ~elevated & ~bad
    count: Array = np.where(calm, alarm.calm + 1, np.where(seen, 0, alarm.calm))
    opened = bad & ~alarm.active
    active = bad | (alarm.active & (count < config.close_samples))
    return Alarm(active, (count * active).astype(np.float32)), opened

"""When an entity's normal is told: at its first sample of each half-hour, and when it has been learnt. Pure.

Looking at a normal and telling it costs as much as judging some tens of samples. In the course of things that is a sample
in six, spread over half an hour; when samples of days ago are read, it would be all that is done. So there are so many
looks a second, and who finds none waits for its next sample. An entity whose half-hour is over goes before one of which it
is only to be seen whether it still learns.
"""

from collections.abc import Sequence
from datetime import timedelta

from satark.schemas.baselines import SLOT, BaselineState, EntityBaseline
from satark.schemas.metrics import MetricSample, Time

LOOKS_A_SECOND = 100.0
"""Enough for 180,000 entities of a process in half an hour; some hundredths of a core at most."""
AT_ONCE = 500.0
MOST = 500_000
"""So many entities are remembered; of more, some are told twice."""


class Beat:
    """Which entities are due. Not shared between threads; `now_s` is of any clock that never goes back."""

    def __init__(self) -> None:
        self._next: dict[str, Time] = {}
        self._learning: dict[str, Time] = {}
        self._looks = AT_ONCE
        self._at_s: float | None = None

    def due(self, samples: Sequence[MetricSample], now_s: float) -> dict[str, MetricSample]:
        """Return by entity the samples that are reason for a look, at most as many as there are looks; they are taken then."""
        turning: dict[str, MetricSample] = {}
        learning: dict[str, MetricSample] = {}
        for sample in samples:
            following = self._next.get(sample.entity)
            if following is None or sample.time >= following:
                turning[sample.entity] = sample
            elif sample.entity in self._learning and sample.time >= self._learning[sample.entity]:
                learning[sample.entity] = sample
        if not turning and not learning:
            return {}
        looks = self._granted(now_s)
        chosen = dict(
            list((turning | {name: one for name, one in learning.items() if name not in turning}).items())[:looks]
        )
        self._looks -= len(chosen)
        return chosen

    def looked(self, sample: MetricSample, baseline: EntityBaseline | None) -> bool:
        """Note what a look at an entity gave (None: nothing of it is watched); return whether it is to be told."""
        entity, following = sample.entity, self._next.get(sample.entity)
        if baseline is None:
            self._note(entity, slot_of(sample.time) + SLOT)
            return False
        was_learning = self._learning.pop(entity, None) is not None
        learns = baseline.state is BaselineState.LEARNING
        if learns:
            self._learning[entity] = baseline.time
        is_new = following is None or baseline.time >= following
        self._note(entity, baseline.until)
        return is_new or was_learning is not learns

    def clear(self) -> None:
        """Forget who was told of: they belong to others now, or are told again."""
        self._next.clear()
        self._learning.clear()

    def _note(self, entity: str, following: Time) -> None:
        if len(self._next) >= MOST and entity not in self._next:
            self.clear()
        self._next[entity] = following

    def _granted(self, now_s: float) -> int:
        passed_s = 0.0 if self._at_s is None else now_s - self._at_s
        self._at_s = now_s
        self._looks = min(AT_ONCE, self._looks + passed_s * LOOKS_A_SECOND)
        return int(self._looks)


def slot_of(time: Time) -> Time:
    """Return the start of the half-hour of an aware time."""
    return time - timedelta(seconds=time.timestamp() % SLOT.total_seconds())

"""What is judged and not yet safe: which states have to be written before which chunks may be acknowledged. Pure.

A state is written once for all samples that changed it meanwhile, because writing costs several times what judging does.
So it is written when nothing else is to be done, a second after the last time at the soonest. While samples are waiting, it
is written when it has changed often enough to be worth it, or a few seconds have passed: so many are judged again after a
crash, with the state from before them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WORTH = 8
"""Samples for each state to write that make it worth writing while others wait."""

PATIENCE_S = 10.0
"""Nothing waits longer to be safe, however many samples come."""


@dataclass(frozen=True, slots=True)
class Unsafe:
    """States to write, by partition and in order of change; then chunks to acknowledge, in order of reading."""

    entities: Mapping[int, Sequence[str]]
    chunks: Sequence[Any]


class Backlog:
    """What has been judged since all was safe last. Times are seconds of any clock that never goes back."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._entities: dict[int, dict[str, None]] = {}
        self._chunks: list[Any] = []
        self._samples = 0
        self._since_s = float("-inf")

    def __bool__(self) -> bool:
        """Return whether anything waits to be safe."""
        return bool(self._chunks)

    def changed(self, partition: int, entities: Iterable[str]) -> None:
        """Note that states differ from what is written."""
        self._entities.setdefault(partition, {}).update(dict.fromkeys(entities))

    def written(self, partition: int, entities: Iterable[str]) -> None:
        """Note that states are written as they are now."""
        waiting = self._entities.get(partition, {})
        for entity in entities:
            waiting.pop(entity, None)

    def judged(self, chunks: Sequence[Any], samples: int) -> None:
        """Note chunks that may be acknowledged once all that changed is written."""
        self._chunks.extend(chunks)
        self._samples += samples

    def due_in_s(self, now_s: float) -> float | None:
        """Return how long one may wait for more samples; None: for ever."""
        return max(0.0, self._since_s + self._interval_s - now_s) if self._chunks else None

    def is_due(self, now_s: float, *, is_idle: bool) -> bool:
        """Return whether to write now; `is_idle` says that no sample is waiting."""
        waited_s = now_s - self._since_s
        if not self._chunks or waited_s < self._interval_s:
            return False
        states = sum(map(len, self._entities.values()))
        return is_idle or waited_s >= PATIENCE_S or self._samples >= WORTH * states

    def take(self, now_s: float) -> Unsafe:
        """Return what waits; it is the caller's to make safe now."""
        taken = Unsafe({number: tuple(names) for number, names in self._entities.items() if names}, tuple(self._chunks))
        self.clear()
        self._since_s = now_s
        return taken

    def clear(self) -> None:
        """Forget what waits: it is read and judged again."""
        self._entities.clear()
        self._chunks.clear()
        self._samples = 0

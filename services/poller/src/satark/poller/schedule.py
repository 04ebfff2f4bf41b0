"""When to read what: aligned windows behind the data delay, by the orchestrator's clock.

A sample of the interval starting at t is complete at about t + sample + delay (the vendor says t + 10 minutes, and its
own averages miss the last ten minutes). So at time `now` everything before `target(now)` may be read, and nothing
after. Each edge has a position: all before it was read. A reading goes from the position to the target, and begins
some buckets earlier because data may come late; what was published already is known by the ledger.
Positions older than the largest backfill are moved up to it: what lies between is lost, and counted.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHUNK_S = 86_400
"""The vendor drops queries over long intervals."""

TOLERATED_SKEW_S = 60.0
INVENTORY_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Window:
    """From `start`, inclusive, to `end`, exclusive; both aware and aligned."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The settings that decide on time, in seconds."""

    interval_s: float = 300.0
    sample_s: int = 300
    data_delay_s: float = 600.0
    backfill_s: int = 3_900
    max_backfill_s: int = 86_400
    late_buckets: int = 2

    @property
    def late(self) -> timedelta:
        """How far back late data is looked for."""
        return timedelta(seconds=self.late_buckets * self.sample_s)

    @property
    def memory(self) -> timedelta:
        """How far before a position the published samples must be known: a new edge is backfilled from there."""
        return timedelta(seconds=_ceil(self.backfill_s, self.sample_s)) + self.late


@dataclass(frozen=True, slots=True)
class Reading:
    """What to read of one edge: `windows` oldest first, new from `fresh_from` on; `skipped` buckets are lost."""

    windows: tuple[Window, ...]
    fresh_from: datetime
    skipped: int


def floored(time: datetime, step_s: int) -> datetime:
    """Return the start of the bucket that holds the time."""
    return time - (time - EPOCH) % timedelta(seconds=step_s)


def target(now: datetime, rules: Rules) -> datetime:
    """Return the end of the newest window that is complete."""
    return floored(now - timedelta(seconds=rules.data_delay_s), rules.sample_s)


def first_start(goal: datetime, rules: Rules) -> datetime:
    """Return where to begin with an orchestrator or an edge that was never read."""
    return goal - timedelta(seconds=_ceil(rules.backfill_s, rules.sample_s))


def oldest_start(goal: datetime, rules: Rules) -> datetime:
    """Return the start of the oldest window that is read after an outage."""
    return goal - timedelta(seconds=_ceil(rules.max_backfill_s, rules.sample_s))


def plan(position: datetime, goal: datetime, known_since: datetime, rules: Rules) -> Reading:
    """Return what to read of an edge that was read up to `position`.

    Nothing before `known_since` is read: whether it was published already is not known.
    """
    start = max(position, oldest_start(goal, rules))
    skipped = max(0, (min(start, goal) - position) // timedelta(seconds=rules.sample_s))
    if start >= goal:
        return Reading((), start, skipped)
    begin = max(start - rules.late, min(known_since, start))
    return Reading(tuple(_chunks(begin, goal)), start, skipped)


def next_look_s(now: datetime, rules: Rules, *, elapsed_s: float) -> float:
    """Return the seconds to wait after a look that began at `now` and took `elapsed_s`; never less than a tick."""
    due = target(now, rules) + timedelta(seconds=rules.sample_s + rules.data_delay_s)
    wait_s = min(rules.interval_s, (due - now).total_seconds())
    return max(0.05, wait_s - elapsed_s)


def is_set_back(position: datetime, now: datetime) -> bool:
    """Return whether the orchestrator's clock is behind what was already read from it: it was set back, or is another."""
    return position > now + timedelta(seconds=TOLERATED_SKEW_S)


@dataclass(slots=True)
class Positions:
    """How far each edge was read. A key may also stand for an enterprise whose edges are not known yet."""

    ends: dict[Hashable, datetime] = field(default_factory=dict)

    def start(self, key: Hashable, at: datetime) -> datetime:
        """Return a key's position, beginning at `at` when it is new."""
        return self.ends.setdefault(key, at)

    def advance(self, key: Hashable, end: datetime) -> None:
        """Everything of the key before `end` was read or is given up."""
        self.ends[key] = max(end, self.ends.get(key, end))

    def keep_only(self, keys: Iterable[Hashable]) -> None:
        """Forget what left the inventory: it must not hold the others back."""
        wanted = set(keys)
        self.ends = {key: end for key, end in self.ends.items() if key in wanted}

    def low(self, goal: datetime) -> datetime:
        """Return the time before which everything was read; the goal when there is nothing to read."""
        return min((*self.ends.values(), goal))

    def high(self) -> datetime:
        """Return the end of the newest window that was read; the epoch before any was."""
        return max(self.ends.values(), default=EPOCH)


def _chunks(start: datetime, end: datetime) -> Iterable[Window]:
    while start < end:
        stop = min(end, start + timedelta(seconds=CHUNK_S))
        yield Window(start, stop)
        start = stop


def _ceil(seconds: float, step_s: int) -> int:
    return int(-(-seconds // step_s)) * step_s

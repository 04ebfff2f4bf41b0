"""When to read what: aligned windows behind the data delay, by the orchestrator's clock. Pure.

A sample of the interval starting at t is complete at about t + sample + delay (the vendor says t + 10 minutes, and its
own averages miss the last ten minutes). So at time `now` everything before `target(now)` may be read, and nothing
after. What an orchestrator needs more than that is learnt (`delay`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
    max_data_delay_s: float = 1_800.0
    backfilled_after_s: float = 1_800.0
    backfill_s: int = 3_900
    max_backfill_s: int = 86_400

    @property
    def step(self) -> timedelta:
        """Length of a sample."""
        return timedelta(seconds=self.sample_s)

    @property
    def late(self) -> timedelta:
        """How far behind the newest sample missing ones are still expected, in whole samples."""
        return timedelta(seconds=_ceil(self.max_data_delay_s - self.data_delay_s, self.sample_s))

    @property
    def memory(self) -> timedelta:
        """How far before a position the published samples must be known: a new edge is backfilled from there."""
        return timedelta(seconds=_ceil(self.backfill_s, self.sample_s)) + self.late


def floored(time: datetime, step_s: int) -> datetime:
    """Return the start of the bucket that holds the time."""
    return time - (time - EPOCH) % timedelta(seconds=step_s)


def target(now: datetime, delay_s: float, rules: Rules) -> datetime:
    """Return the end of the newest window that is complete when data takes `delay_s`."""
    return floored(now - timedelta(seconds=delay_s), rules.sample_s)


def first_start(goal: datetime, rules: Rules) -> datetime:
    """Return where to begin with an orchestrator or an edge that was never read."""
    return goal - timedelta(seconds=_ceil(rules.backfill_s, rules.sample_s))


def oldest_start(goal: datetime, rules: Rules) -> datetime:
    """Return the start of the oldest window that is read after an outage."""
    return goal - timedelta(seconds=_ceil(rules.max_backfill_s, rules.sample_s))


def is_backfilled(start: datetime, now: datetime, rules: Rules) -> bool:
    """Return whether a sample comes so late that nobody should be alarmed about it."""
    return now - start > timedelta(seconds=rules.sample_s + rules.data_delay_s + rules.backfilled_after_s)


def next_look_s(now: datetime, delay_s: float, rules: Rules, *, elapsed_s: float) -> float:
    """Return the seconds to wait after a look that began at `now` and took `elapsed_s`; never less than a tick."""
    due = target(now, delay_s, rules) + timedelta(seconds=rules.sample_s + delay_s)
    wait_s = min(rules.interval_s, (due - now).total_seconds())
    return max(0.05, wait_s - elapsed_s)


def is_set_back(position: datetime, now: datetime) -> bool:
    """Return whether the orchestrator's clock is behind what was already read from it: it was set back, or is another."""
    return position > now + timedelta(seconds=TOLERATED_SKEW_S)


def chunks(start: datetime, end: datetime, longest: timedelta) -> Iterable[Window]:
    """Yield the windows that together go from start to end, none longer than `longest`."""
    while start < end:
        stop = min(end, start + longest)
        yield Window(start, stop)
        start = stop


def _ceil(seconds: float, step_s: int) -> int:
    return int(-(-seconds // step_s)) * step_s

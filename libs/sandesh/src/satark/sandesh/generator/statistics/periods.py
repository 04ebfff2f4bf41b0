"""When periodic results are due, and when a UVE has not been updated for too long (clause 5.6)."""

from satark.sandesh.generator.identities import Key
from satark.sandesh.generator.statistics.plans import Plan
from satark.sandesh.generator.uves import Entry

TICK_S = 30


def cycle_of(plan: Plan, tick: int) -> int | None:
    """The number of the period, from 1, that ends with this tick of `TICK_S` seconds; None if none does."""
    if not plan.period_s:
        return None
    cycle, rest = divmod(tick, max(plan.period_s // TICK_S, 1))
    return None if rest else cycle


class Timeouts:
    """Which UVEs are given up: those not updated from one look at them to the next but one."""

    def __init__(self) -> None:
        self._marks: dict[Key, float] = {}

    def is_over(self, entry: Entry, plan: Plan, cycle: int) -> bool:
        """Whether it was not updated during n to 2n periods, for a timeout of n; asked at the end of each period."""
        if not plan.timeout or cycle % plan.timeout or entry.deleted:
            return False
        if self._marks.get(entry.key) == entry.updated_s:
            del self._marks[entry.key]
            return True
        self._marks[entry.key] = entry.updated_s
        return False

    def forget(self, key: Key) -> None:
        """The UVE is gone."""
        self._marks.pop(key, None)

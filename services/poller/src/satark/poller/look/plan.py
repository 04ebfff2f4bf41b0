"""What to ask in which order: the fewest calls, the past in order, and never at the cost of the present. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from satark.poller.memory.progress import EdgeKey, Gap
from satark.poller.readings import Scope
from satark.poller.schedule import Window


@dataclass(frozen=True, slots=True)
class Job:
    """One call: a scope's bulk over one sample, or the detail of one edge (`edge`) over some. It answers for `edges`."""

    window: Window
    edges: tuple[EdgeKey, ...]
    scope: Scope | None = None
    edge: EdgeKey | None = None


Lane = tuple[Job, ...]
"""Calls that must follow each other, oldest first, because they concern the same links."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Lanes that may run side by side: the newest sample, and what was missed before it."""

    present: tuple[Lane, ...]
    past: tuple[Lane, ...]

    @property
    def past_calls(self) -> int:
        """How many calls the past takes."""
        return sum(len(lane) for lane in self.past)


def plan(gaps: Sequence[Gap], scopes: Sequence[Scope], goal: datetime, *, step: timedelta, detail_buckets: int) -> Plan:
    """Return the calls that fill the gaps before the goal.

    Edges within a scope are read in bulk, a call a sample, unless a call an edge is cheaper; others by edge.
    """
    present: list[Lane] = []
    past: list[Lane] = []
    newest = goal - step
    missing = _by_edge(gaps)
    for scope in scopes:
        keys = {key: starts for key, starts in missing.items() if key[0] in scope.keys}
        missing = {key: starts for key, starts in missing.items() if key not in keys}
        now = tuple(key for key, starts in keys.items() if starts[-1] == newest)
        if now:
            present.append((Job(Window(newest, goal), now, scope=scope),))
        older = {key: rest for key, starts in keys.items() if (rest := tuple(s for s in starts if s < newest))}
        past += _cheapest(older, scope, step, detail_buckets)
    present += [_edge_lane(key, starts, step, detail_buckets) for key, starts in missing.items() if key[1]]
    return Plan(tuple(present), tuple(past))


def _by_edge(gaps: Iterable[Gap]) -> dict[EdgeKey, tuple[datetime, ...]]:
    return {key: gap.starts for gap in gaps for key in gap.edges}


def _cheapest(
    older: Mapping[EdgeKey, tuple[datetime, ...]], scope: Scope, step: timedelta, detail_buckets: int
) -> list[Lane]:
    """Return bulk calls over all missing samples, or calls by edge where those are fewer."""
    edges_of: dict[datetime, list[EdgeKey]] = {}
    for key, starts in older.items():
        for start in starts:
            edges_of.setdefault(start, []).append(key)
    by_edge = [_edge_lane(key, starts, step, detail_buckets) for key, starts in older.items() if key[1]]
    if sum(len(lane) for lane in by_edge) < len(edges_of) and len(by_edge) == len(older):
        return by_edge
    bulk = [Job(Window(start, start + step), tuple(edges_of[start]), scope=scope) for start in sorted(edges_of)]
    return [tuple(bulk)] if bulk else []


def _edge_lane(key: EdgeKey, starts: Sequence[datetime], step: timedelta, detail_buckets: int) -> Lane:
    """Return calls that cover the samples, each from the first missing one on as far as one call reaches."""
    jobs: list[Job] = []
    rest = list(starts)
    while rest:
        first = rest[0]
        inside = [start for start in rest if start < first + max(1, detail_buckets) * step]
        jobs.append(Job(Window(first, inside[-1] + step), (key,), edge=key))
        rest = rest[len(inside) :]
    return tuple(jobs)

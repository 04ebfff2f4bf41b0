"""When edges and links were down: the intervals behind the events and alerts.

An outage of an edge takes all its links with it; an outage of a link is its own. Overlapping causes are one outage.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from satark.simulators.vco.feed import Feed
from satark.simulators.vco.topology import Edge, Link


@dataclass(frozen=True, slots=True, order=True)
class Outage:
    """One interval; `ends` is None while no end is known."""

    begins: datetime
    ends: datetime | None = None

    def holds(self, when: datetime) -> bool:
        """Return whether it lasts at a time."""
        return self.begins <= when and (self.ends is None or when < self.ends)


def edge_outages(feed: Feed, edge: Edge, start: datetime, end: datetime) -> list[Outage]:
    """Return when an edge was offline, of what touches [start, end), oldest first."""
    own = [Outage(edge.offline_since)] if edge.offline_since is not None else []
    return merged([*own, *_scripted(feed.timeline.edge_outages(edge.id, start, end))], start, end)


def link_outages(feed: Feed, link: Link, start: datetime, end: datetime) -> list[Outage]:
    """Return when a link itself was down (not its edge), of what touches [start, end), oldest first."""
    own = [Outage(link.until)] if link.until is not None else []
    return merged([*own, *_scripted(feed.timeline.link_outages(link.internal_id, start, end))], start, end)


def merged(outages: Iterable[Outage], start: datetime, end: datetime) -> list[Outage]:
    """Join what overlaps or touches, and keep what touches [start, end)."""
    joined: list[Outage] = []
    for one in sorted(outages, key=lambda outage: outage.begins):
        last = joined[-1] if joined else None
        if last is not None and (last.ends is None or one.begins <= last.ends):
            ends = None if last.ends is None or one.ends is None else max(last.ends, one.ends)
            joined[-1] = Outage(last.begins, ends)
        else:
            joined.append(one)
    return [one for one in joined if one.begins < end and (one.ends is None or one.ends >= start)]


def _scripted(intervals: Iterable[tuple[datetime, datetime | None]]) -> list[Outage]:
    return [Outage(begins, ends) for begins, ends in intervals]

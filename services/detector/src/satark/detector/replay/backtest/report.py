"""All that a backtest found, as one value: for the screen, for JSON and for the picture. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from satark.detector.replay.backtest.comparison import Change, Difference
from satark.detector.replay.backtest.episodes import Episode
from satark.detector.replay.backtest.totals import Row, Watched, by_link, by_week, total


@dataclass(frozen=True, slots=True)
class Report:
    """Two versions' rules by name, what they were tried on, and every incident of either.

    `groups` are their groups, and `mails` how many beginnings each version tells: of groups, and of incidents in none.
    `start` and `end` are those of the samples; `links` counts all that were watched, also those without incidents.
    """

    running: str
    new: str
    source: str
    start: datetime
    end: datetime
    samples: int
    links: int
    rejected: int
    watched: Watched
    differences: Sequence[Difference]
    groups: Sequence[Difference] = ()
    mails: tuple[int, int] = (0, 0)

    def as_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        row = total(self.differences)
        return {
            "running": self.running,
            "new": self.new,
            "source": self.source,
            "start": self.start,
            "end": self.end,
            "samples": self.samples,
            "links": self.links,
            "rejected": self.rejected,
            "link_weeks": round(self.watched.weeks, 4),
            "total": _row(row),
            "by_link": [{"entity": entity} | _row(row) for entity, row in by_link(self.differences).items()],
            "by_week": [_row(row) for row in by_week(self.differences).values()],
            "differences": [_difference(one) for one in self.differences],
            "mails": {"running": self.mails[0], "new": self.mails[1]},
            "groups": {"total": _row(total(self.groups)), "differences": [_difference(one) for one in self.groups]},
        }


def _row(row: Row) -> dict[str, Any]:
    counts = {change.value: row.changes[change] for change in Change}
    return {"name": row.name, "running": row.running, "new": row.new, **counts}


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "change": difference.change.value,
        "entity": difference.either.entity,
        "place": difference.either.place,
        "notes": difference.notes(),
        "running": _episode(difference.running),
        "new": _episode(difference.new),
    }


def _episode(episode: Episode | None) -> dict[str, Any] | None:
    if episode is None:
        return None
    return {
        "incident": episode.incident,
        "began": episode.began,
        "told": episode.told,
        "ended": episode.ended,
        "severity": episode.severity.value,
        "metrics": episode.metrics,
    } | ({"members": episode.members} if episode.members else {})

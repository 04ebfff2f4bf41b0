"""What a comparison comes to: over all, by link and by week. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from satark.detector.replay.backtest.comparison import Change, Difference
from satark.schemas.metrics import MetricSample

WEEK_S = 7 * 86_400


@dataclass(slots=True)
class Row:
    """How many incidents each version has under one name, and what became of them."""

    name: str
    running: int = 0
    new: int = 0
    changes: Counter[Change] = field(default_factory=Counter)

    def add(self, difference: Difference) -> None:
        """Count an incident."""
        self.running += difference.running is not None
        self.new += difference.new is not None
        self.changes[difference.change] += 1

    @property
    def differing(self) -> int:
        """How many are not the same in both versions."""
        return sum(count for change, count in self.changes.items() if change is not Change.SAME)


@dataclass(slots=True)
class Watched:
    """How long which links were watched."""

    seconds: int = 0

    def see(self, sample: MetricSample) -> None:
        """Count a sample."""
        self.seconds += sample.interval_s

    @property
    def weeks(self) -> float:
        """For how many weeks of one link that is."""
        return self.seconds / WEEK_S

    def a_week(self, incidents: int) -> float:
        """Return how many incidents that is for one link in one week."""
        return incidents / self.weeks if self.seconds else 0.0


def total(differences: Iterable[Difference]) -> Row:
    """Return the count of all."""
    row = Row("all")
    for difference in differences:
        row.add(difference)
    return row


def by_link(differences: Iterable[Difference]) -> dict[str, Row]:
    """Return the counts by entity, named by its place, those with the most differences first."""
    rows = _grouped(differences, lambda difference: difference.either.entity, lambda d: d.either.place)
    return dict(sorted(rows.items(), key=lambda item: (-item[1].differing, -item[1].running, item[1].name, item[0])))


def by_week(differences: Iterable[Difference]) -> dict[str, Row]:
    """Return the counts by ISO week (UTC), oldest first."""
    rows = _grouped(differences, _week, _week)
    return dict(sorted(rows.items()))


def _week(difference: Difference) -> str:
    year, week, _ = difference.either.began.isocalendar()
    return f"{year}-W{week:02}"


def _grouped(
    differences: Iterable[Difference], key: Callable[[Difference], str], name: Callable[[Difference], str]
) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for difference in differences:
        rows.setdefault(key(difference), Row(name(difference))).add(difference)
    return rows

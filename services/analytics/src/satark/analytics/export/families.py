"""Metrics made of the store's rows. Pure.

There are so many series and no more; what was left out is a metric itself, so that nobody takes silence for health.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from satark.analytics.export.naming import entity_labels, metric_of, statistic_of, tag_labels
from satark.analytics.store.statement import Row

SERIES = "satark_export_series"
SERIES_MEANING = "Series in this export."
CUT = "satark_export_series_cut"
CUT_MEANING = "At least so many series were left out of this export: there are too many."
ENDED = "satark_sample_end_timestamp_seconds"
ENDED_MEANING = "When the newest sample of an entity ended."

LINKS, STATISTICS = "links", "statistics"


class Families:
    """Metrics by name, with at most so many series; of two that are the same the first counts."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._families: dict[str, Metric] = {}
        self._seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        self.cut = 0

    def __len__(self) -> int:
        return len(self._seen)

    def __iter__(self) -> Iterator[Metric]:
        return iter(self._families[name] for name in sorted(self._families))

    def add(self, name: str, meaning: str, labels: Mapping[str, str], value: float) -> None:
        """Add a series."""
        series = (name, tuple(sorted(labels.items())))
        if series in self._seen or not isfinite(value):
            return
        if len(self._seen) >= self._most:
            self.cut += 1
            return
        self._seen.add(series)
        family = self._families.setdefault(name, GaugeMetricFamily(name, meaning))
        family.add_sample(name, dict(labels), value)


def of_links(rows: Sequence[Row], labels: Mapping[str, Mapping[str, str]], *, most: int) -> Families:
    """Return the metrics of entities; `labels` are theirs, by their keys."""
    found = Families(most)
    for entity, kind, metric, value, ended_s, _ in rows:
        name, direction = metric_of(kind, metric)
        known = entity_labels(entity, labels.get(entity, {}))
        found.add(
            name, f"{metric.removesuffix('_rx').removesuffix('_tx')} of a {kind}, newest.", known | direction, value
        )
        found.add(ENDED, ENDED_MEANING, known, ended_s)
    found.cut += _unread(rows)
    return found


def of_statistics(rows: Sequence[Row], tags: Iterable[Row], *, most: int) -> Families:
    """Return the metrics of statistics; `tags` are the statistics' columns that tell rows apart."""
    found = Families(most)
    known = {(stat, column) for stat, column in tags}
    for stat, source, name, texts, integers, doubles, _ in rows:
        attribute = stat.partition(".")[2]
        telling = {column: text for column, text in texts.items() if (stat, column) in known}
        labels = tag_labels(source, name, attribute, telling)
        for column, value in sorted({**integers, **doubles}.items()):
            found.add(statistic_of(stat, column), f"{column} of {stat}, newest.", labels, float(value))
    found.cut += _unread(rows)
    return found


def told(parts: Mapping[str, Families]) -> Iterator[Metric]:
    """Yield all metrics, and how many they are and were left out, by part."""
    for families in parts.values():
        yield from families
    series, cut = GaugeMetricFamily(SERIES, SERIES_MEANING), GaugeMetricFamily(CUT, CUT_MEANING)
    for part, families in parts.items():
        series.add_sample(SERIES, {"of": part}, len(families))
        cut.add_sample(CUT, {"of": part}, families.cut)
    yield from (series, cut)


def _unread(rows: Sequence[Row]) -> int:
    """Return how many rows there are that were not read: each row says how many there are."""
    return rows[0][-1] - len(rows) if rows else 0

"""How each metric is watched: by its own past, by a limit that holds for all, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from satark.detector.settings import DetectorSettings


@dataclass(frozen=True, slots=True)
class Watch:
    """Of one metric: its spread floor, its absolute limit if it has one, and how many samples in a row open and end."""

    floor: float
    limit: float | None
    open_after: int
    resolve_after: int


def watch_of(metric: str, rules: DetectorSettings) -> Watch | None:
    """Return how the metric is watched, or None: not judged. A limit goes before a floor, and acts at once."""
    limit = setting_of(metric, rules.limits)
    if limit is not None:
        return Watch(LIMIT_FLOOR, limit, open_after=1, resolve_after=1)
    floor = setting_of(metric, rules.spread_floors)
    return None if floor is None else Watch(floor, None, rules.open_after, rules.resolve_after)


LIMIT_FLOOR = 1.0
"""Distances from zero are counted in whole units of a metric with a limit: it has no spread."""


def setting_of(metric: str, by_name: Mapping[str, float]) -> float | None:
    """Return the setting of the longest name that the metric is or begins with, or None."""
    matching = [name for name in by_name if metric == name or metric.startswith(name + "_")]
    return by_name[max(matching, key=len)] if matching else None

"""The methods under measurement, each run over a whole set at once: what it told, when, and how sure it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from satark.detector.robust import ROUND_TRIP, WAN_LINK, Layout, empty, histograms, step

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Told:
    """Pages [samples, entities], and for each entity the times of reported changes of level, epoch seconds."""

    pages: Flags
    changes: tuple[tuple[int, ...], ...]


class Method(Protocol):
    """A detection method with its one configuration."""

    name: str

    def judge(self, times: Array, values: Array, maintenance: Flags, *, link: bool) -> Iterator[Told | None]:
        """Run over values [samples, series, entities]; yield None a sample, for a progress bar, and what it told last.

        `link`: the series are the six of a link; else one round-trip time.
        """
        ...

    def surprise(self, times: Array, values: Array) -> Iterator[Array | None]:
        """Run over any series [samples, series]; yield None a sample, and last the scores, 0 where it tells nothing."""
        ...


class Robust:
    """The product's default."""

    name = "robust"

    def judge(self, times: Array, values: Array, maintenance: Flags, *, link: bool) -> Iterator[Told | None]:
        """Run `satark.detector.robust`."""
        layout: Layout = WAN_LINK if link else ROUND_TRIP
        entities = values.shape[2]
        state, pages = empty(layout, entities), np.zeros((len(values), entities), np.bool_)
        changes: list[list[int]] = [[] for _ in range(entities)]
        for sample, now in enumerate(times):
            there = np.isfinite(values[sample])
            state, verdicts = step(state, now, values[sample], there, layout, maintenance=maintenance[sample])
            pages[sample] = verdicts.page
            for row, entity in zip(*np.nonzero(verdicts.changed), strict=True):
                changes[entity].append(int(verdicts.since[row, entity]))
            yield None
        yield Told(pages, tuple(map(tuple, changes)))

    def surprise(self, times: Array, values: Array) -> Iterator[Array | None]:
        """Run its histograms."""
        state, scores = histograms.empty(values.shape[1]), np.zeros(values.shape)
        for sample, now in enumerate(times):
            _, scores[sample] = histograms.advance(state, now, values[sample], np.isfinite(values[sample]))
            yield None
        yield scores


class Seed:
    """The rule of the application Satark grew from: beyond mean + 2 standard deviations of the twelve samples before."""

    name = "seed"
    factor, history = 2.0, 12

    def judge(self, times: Array, values: Array, maintenance: Flags, *, link: bool) -> Iterator[Told | None]:  # noqa: ARG002 - one rule for all
        """Page where an entity's alarm begins; report each beginning as a change of level."""
        flat = values.reshape(len(values), -1)
        alarms = np.zeros((len(values), values.shape[2]), np.bool_)
        for sample, distance in enumerate(self._distances(flat)):
            alarms[sample] = (distance > self.factor).reshape(values.shape[1:]).any(axis=0)
            yield None
        alarms &= ~maintenance
        pages = alarms & ~np.vstack([np.zeros_like(alarms[:1]), alarms[:-1]])
        yield Told(pages, tuple(tuple(times[pages[:, e], e].tolist()) for e in range(values.shape[2])))

    def surprise(self, times: Array, values: Array) -> Iterator[Array | None]:  # noqa: ARG002 - it knows no time of day
        """Score by the distance in standard deviations."""
        scores = np.zeros(values.shape)
        for sample, distance in enumerate(self._distances(values)):
            scores[sample] = np.maximum(distance, 0)
            yield None
        yield scores

    def _distances(self, values: Array) -> Iterator[Array]:
        ring = np.full((self.history, values.shape[1]), np.nan)
        for sample, now in enumerate(values):
            count = np.isfinite(ring).sum(axis=0)
            mean = np.where(np.isfinite(ring), ring, 0).sum(axis=0) / np.maximum(count, 1)
            spread = np.sqrt(np.where(np.isfinite(ring), (ring - mean) ** 2, 0).sum(axis=0) / np.maximum(count - 1, 1))
            above = now - mean
            distance = np.where(spread > 0, above / np.where(spread > 0, spread, 1), np.where(above > 0, np.inf, 0))
            yield np.where((count > 1) & np.isfinite(now), distance, 0)
            ring[sample % self.history] = now


METHODS: tuple[Method, ...] = (Seed(), Robust())

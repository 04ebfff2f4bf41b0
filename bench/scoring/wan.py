"""The synthetic WAN benchmark: scenes of its generator, and the rule by which openings are matched to incidents.

The generator is a module of the benchmark's data, loaded by path. A scene is what a detector may see of its dataset, and
the truth; small ones are kept as npz, so that a test needs no generator. An opening in [start, end + 2 samples) of an
incident detects it; in the hour after that it is neither right nor wrong; any other is false.
"""

import importlib.util
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

GRACE, RECOVERY = 2, 12
STEP_MIN = 5.0
WEEK = 2016

Openings = Sequence[Sequence[int]]
"""For each link the samples at which somebody was told."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Values [samples, 6, links] in ms, ms, %, NaN where there is none in time; times in epoch seconds; and the truth.

    incidents: link, start, end, the sample that time to detect counts from. maintenance: link, start, end. spikes: link,
    sample. Openings before `warmup` are not scored.
    """

    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    incidents: npt.NDArray[np.int64]
    maintenance: npt.NDArray[np.int64]
    spikes: npt.NDArray[np.int64]
    warmup: int

    @property
    def links(self) -> int:
        """How many links there are."""
        return int(self.values.shape[2])

    def in_maintenance(self) -> npt.NDArray[np.bool_]:
        """Return when links are in announced maintenance, with the quarter of an hour after it; [samples, links]."""
        marked = np.zeros((len(self.times), self.links), np.bool_)
        for link, start, end in self.maintenance:
            marked[start : end + 3, link] = True
        return marked

    def save(self, path: Path) -> None:
        """Keep the scene as a compressed file; values as the orchestrator's whole hundredths."""
        whole = np.where(np.isnan(self.values), -1, np.rint(self.values * 100)).astype(np.int32)
        kept = {name: getattr(self, name) for name in ("times", "incidents", "maintenance", "spikes", "warmup")}
        np.savez_compressed(path, values=np.diff(whole, axis=0, prepend=0), **kept)


def load(path: Path) -> Scene:
    """Return a kept scene."""
    kept: Any = np.load(path)
    whole = np.cumsum(kept["values"], axis=0)
    values = np.where(whole < 0, np.nan, whole / 100).astype(np.float32)
    return Scene(kept["times"], values, kept["incidents"], kept["maintenance"], kept["spikes"], int(kept["warmup"]))


def generator(path: Path) -> Any:
    """Return the generator's module."""
    spec = importlib.util.spec_from_file_location("wan_bench", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def scene(dataset: Any) -> Scene:
    """Return the scene of a generated dataset; late samples are missing."""
    values = np.where(dataset.late > 0, np.nan, dataset.x).astype(np.float32)
    incidents = [(i.link, i.start, i.end, i.t_ref) for i in dataset.incidents]
    return Scene(
        times=np.asarray(dataset.ts, np.int64),
        values=np.ascontiguousarray(values.T.reshape(len(dataset.ts), -1, 6).transpose(0, 2, 1)),
        incidents=np.array(incidents, np.int64).reshape(-1, 4),
        maintenance=np.array(dataset.maintenance, np.int64).reshape(-1, 3),
        spikes=np.array(dataset.spikes, np.int64).reshape(-1, 2),
        warmup=int(dataset.warmup),
    )


@dataclass(frozen=True, slots=True)
class Score:
    """What a detector did in one or more scenes; delays in minutes."""

    incidents: int
    detected: int
    false: int
    told: int
    in_maintenance: int
    spikes: int
    spikes_told: int
    link_weeks: float
    delays_min: tuple[float, ...]

    @property
    def precision(self) -> float:
        """Detected incidents over those and false openings."""
        return self.detected / max(self.detected + self.false, 1)

    @property
    def recall(self) -> float:
        """Detected incidents over all."""
        return self.detected / max(self.incidents, 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.detected / max(self.incidents + self.detected + self.false, 1)


def evaluate(truth: Scene, openings: Openings) -> Score:
    """Score the openings of one scene."""
    found: dict[int, float] = {}
    false = told = during = 0
    spiky: set[tuple[int, int]] = set()
    for link, opened in enumerate(openings):
        own = np.flatnonzero(truth.incidents[:, 0] == link)
        for at in (sample for sample in opened if sample >= truth.warmup):
            inside = [i for i in own if truth.incidents[i, 1] <= at < truth.incidents[i, 2] + GRACE]
            if inside:
                told += 1
                incident = inside[-1]
                if truth.incidents[incident, 1] >= truth.warmup:
                    delay = max(at - int(truth.incidents[incident, 3]), 0) + 1
                    found.setdefault(int(incident), delay * STEP_MIN)
            elif not any(0 <= at - truth.incidents[i, 2] - GRACE < RECOVERY for i in own):
                false += 1
                during += _in_maintenance(truth, link, at)
                spiky |= _spikes(truth, link, at)
    scored = truth.incidents[:, 1] >= truth.warmup
    return Score(
        incidents=int(scored.sum()),
        detected=len(found),
        false=false,
        told=told,
        in_maintenance=during,
        spikes=int((truth.spikes[:, 1] >= truth.warmup).sum()),
        spikes_told=len(spiky),
        link_weeks=truth.links * (len(truth.times) - truth.warmup) / WEEK,
        delays_min=tuple(found.values()),
    )


def _in_maintenance(truth: Scene, link: int, at: int) -> bool:
    return any(of == link and start <= at < end + GRACE for of, start, end in truth.maintenance)


def _spikes(truth: Scene, link: int, at: int) -> set[tuple[int, int]]:
    near = truth.spikes[(truth.spikes[:, 0] == link) & (truth.spikes[:, 1] <= at) & (truth.spikes[:, 1] >= at - 2)]
    return {(link, int(near[-1, 1]))} if len(near) else set()


def total(scores: Iterable[Score]) -> Score:
    """Return the score of several scenes together."""
    each = list(scores)
    return Score(
        incidents=sum(s.incidents for s in each),
        detected=sum(s.detected for s in each),
        false=sum(s.false for s in each),
        told=sum(s.told for s in each),
        in_maintenance=sum(s.in_maintenance for s in each),
        spikes=sum(s.spikes for s in each),
        spikes_told=sum(s.spikes_told for s in each),
        link_weeks=sum(s.link_weeks for s in each),
        delays_min=tuple(delay for s in each for delay in s.delays_min),
    )

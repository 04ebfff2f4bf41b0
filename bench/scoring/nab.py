"""The Numenta Anomaly Benchmark: its series, and its scoring (Lavin and Ahmad, 2015, arXiv 1510.03336, section III).

A window's first alarm counts the more the earlier it is, an alarm outside costs the more the further behind the last
window it is, a window without one costs. One threshold serves all series, the best for each profile, as NAB does it. The
score is 0 for no alarm at all and 100 for one at the start of each window.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

PROBATION, PROBATION_ROWS = 0.15, 5000
FAR = 3.0
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """One file: epoch seconds, values, and the labelled windows as first and last rows."""

    name: str
    times: npt.NDArray[np.int64]
    values: Floats
    windows: tuple[tuple[int, int], ...]

    @property
    def probation(self) -> int:
        """The rows at the start that are not scored."""
        return int(PROBATION * min(len(self.values), PROBATION_ROWS))


def load(folder: Path) -> Iterator[Series]:
    """Yield the series of a folder with `data` and `labels`."""
    labelled = json.loads((folder / "labels" / "combined_windows.json").read_text())
    for path in sorted((folder / "data").rglob("*.csv")):
        name = path.relative_to(folder / "data").as_posix()
        with path.open(newline="") as file:
            rows = list(csv.reader(file))[1:]
        times = np.array([_seconds(row[0]) for row in rows], np.int64)
        windows = [np.flatnonzero((times >= _seconds(a)) & (times <= _seconds(b))) for a, b in labelled[name]]
        bounds = tuple((int(rows[0]), int(rows[-1])) for rows in windows if len(rows))
        yield Series(name, times, np.array([float(row[1]) for row in rows]), bounds)


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def profiles(path: Path) -> dict[str, tuple[float, float, float]]:
    """Return the weights of each profile: of hits, of false alarms, of misses."""
    known = json.loads(path.read_text())
    costs = {name: each["CostMatrix"] for name, each in known.items()}
    return {name: (cost["tpWeight"], cost["fpWeight"], cost["fnWeight"]) for name, cost in costs.items()}


def _sigmoid(place: Floats) -> Floats:
    return np.asarray(2 / (1 + np.exp(5 * place)) - 1)


def _weights(series: Series) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return for each row its window (-1: none) and what an alarm there is worth."""
    rows = len(series.values)
    window, worth = np.full(rows, -1), np.full(rows, -1.0)
    best = float(_sigmoid(np.array(-1.0)))
    for number, (first, last) in enumerate(series.windows):
        length = last - first + 1
        inside = np.arange(first, last + 1)
        window[inside], worth[inside] = number, _sigmoid(-(last - inside + 1) / length) / best
        following = series.windows[number + 1][0] if number + 1 < len(series.windows) else rows
        behind = np.arange(last + 1, following)
        place = (behind - last) / max(length - 1, 1)
        worth[behind] = np.where(place > FAR, -1.0, _sigmoid(place))
    return window, worth


def score(corpus: Sequence[Series], scores: Sequence[Floats], weights: tuple[float, float, float]) -> float:
    """Return the score of a corpus under a profile with its best threshold; a score of 0 is never an alarm."""
    hit, false, miss = weights
    windows = sum(len(series.windows) for series in corpus)
    alarms: list[tuple[float, int, float]] = []
    offset = 0
    for series, found in zip(corpus, scores, strict=True):
        window, worth = _weights(series)
        for row in np.flatnonzero(found > 0):
            if row >= series.probation:
                number = int(window[row]) + offset if window[row] >= 0 else -1
                alarms.append((float(found[row]), number, float(worth[row])))
        offset += len(series.windows)
    alarms.sort(reverse=True)
    reached = best = -miss * windows
    earned: dict[int, float] = {}
    for place, (value, window_number, each) in enumerate(alarms):
        if window_number < 0:
            reached += false * each
        elif window_number not in earned or hit * each > earned[window_number]:
            reached += hit * each - earned.get(window_number, -miss)
            earned[window_number] = hit * each
        if place + 1 == len(alarms) or alarms[place + 1][0] < value:
            best = max(best, reached)
    return 100 * (best + miss * windows) / (windows * (hit + miss))

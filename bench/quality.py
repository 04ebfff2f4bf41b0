"""How good the detection is: one table for the seed's rule and the default method, each from its one configuration.

Run: python bench/quality.py [--data FOLDER] [--seeds 101-105] [--quick] [--method robust]
The folder holds `wan_bench.py`, `ripe/ripe_rtt.npz` and `nab/`; see docs/adr/0014-robust-method.md for what they are.
Without a set its rows are left out, with a word about it. A page is what somebody would be woken for: that an alarm opens,
and that an open one rises anew from a level that had been steady. That an alarm is worse is an update and not counted.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from bench.scoring import nab, ripe, wan  # noqa: E402 - a script finds its neighbours only after the line above
from bench.scoring.methods import METHODS, Method, Robust, Told  # noqa: E402

Result = TypeVar("Result")
Row = tuple[str, str]
QUICK = REPOSITORY / "tests" / "data" / "detection"
"""One small scene and ten traces, kept with the tests."""


def progress(name: str, steps: Iterator[Result | None], total: int) -> Result:
    """Drain a run with a bar on standard error; return its last word."""
    for done, result in enumerate(steps):
        if result is not None:
            print("\r" + " " * 60 + "\r", end="", file=sys.stderr)
            return result
        if done % 256 == 0 and sys.stderr.isatty():
            filled = 30 * done // max(total, 1)
            print(f"\r{name:<24} {'█' * filled}{'·' * (30 - filled)}", end="", file=sys.stderr, flush=True)
    raise RuntimeError(f"{name} said nothing")


def wan_told(method: Method, scenes: list[wan.Scene]) -> Told:
    """Return what a method tells of scenes of the same times, one behind the other."""
    values = np.concatenate([scene.values for scene in scenes], axis=2)
    maintenance = np.concatenate([scene.in_maintenance() for scene in scenes], axis=1)
    times = np.broadcast_to(scenes[0].times[:, None], maintenance.shape)
    return progress(f"{method.name} wan", method.judge(times, values, maintenance, link=True), len(values))


def wan_score(scenes: list[wan.Scene], told: Told) -> wan.Score:
    """Return how good that is."""
    begin, scores = 0, []
    for scene in scenes:
        own = told.pages[:, begin : begin + scene.links]
        scores.append(wan.evaluate(scene, [np.flatnonzero(own[:, link]).tolist() for link in range(scene.links)]))
        begin += scene.links
    return wan.total(scores)


def wan_rows(score: wan.Score) -> list[Row]:
    """Return the lines of the table about the synthetic set."""
    delays = np.array(score.delays_min or (np.nan,))
    return [
        ("wan F1", f"{score.f1:.3f}"),
        ("wan precision / recall", f"{score.precision:.3f} / {score.recall:.3f}"),
        ("wan false pages a link-week", f"{score.false / score.link_weeks:.3f}"),
        ("wan pages in maintenance", f"{score.in_maintenance}"),
        ("wan spikes that page", f"{score.spikes_told / max(score.spikes, 1):.2%}"),
        ("wan minutes to detect, median / p90", f"{np.median(delays):.0f} / {np.percentile(delays, 90):.0f}"),
        ("wan pages an incident", f"{score.told / max(score.detected, 1):.2f}"),
    ]


def ripe_scores(method: Method, traces: list[ripe.Trace]) -> tuple[float, ripe.Counts]:
    """Return the mean F1 of change points and the counts of pages."""
    samples = max(len(trace.times) for trace in traces)
    values = np.full((samples, 1, len(traces)), np.nan)
    times = np.zeros((samples, len(traces)), np.int64)
    for place, trace in enumerate(traces):
        own = len(trace.times)
        values[:own, 0, place], times[:own, place] = trace.rtt_ms, trace.times
        times[own:, place] = trace.times[-1] + 240 * np.arange(1, samples - own + 1)
    never = np.zeros((samples, len(traces)), np.bool_)
    told: Told = progress(f"{method.name} ripe", method.judge(times, values, never, link=False), samples)
    scores, pages = [], ripe.Counts()
    for place, trace in enumerate(traces):
        reports = np.searchsorted(trace.times, told.changes[place]).tolist()
        scores.append(ripe.match(reports, trace.labels).f1)
        pages += ripe.pages(trace, np.flatnonzero(told.pages[: len(trace.times), place]).tolist())[0]
    return float(np.mean(scores)), pages


def ripe_rows(changes: float, pages: ripe.Counts) -> list[Row]:
    """Return the lines of the table about the measured set."""
    return [
        ("ripe change points, mean F1", f"{changes:.3f}"),
        ("ripe pages on up-shifts of 8 ms, F1", f"{pages.f1:.3f}"),
        ("ripe pages, precision / recall", f"{pages.precision:.3f} / {pages.recall:.3f}"),
    ]


def nab_rows(method: Method, folder: Path) -> list[Row]:
    """Return the line of the table about NAB."""
    corpus = list(nab.load(folder))
    samples = max(len(series.values) for series in corpus)
    values, times = np.full((samples, len(corpus)), np.nan), np.zeros((samples, len(corpus)), np.int64)
    for place, series in enumerate(corpus):
        values[: len(series.values), place], times[: len(series.times), place] = series.values, series.times
    found = progress(f"{method.name} nab", method.surprise(times, values), samples)
    scores = [found[: len(series.values), place] for place, series in enumerate(corpus)]
    each = [nab.score(corpus, scores, weights) for weights in nab.profiles(folder / "profiles.json").values()]
    return [("nab standard / low FP / low FN", " / ".join(f"{value:.1f}" for value in each))]


def record(path: Path = QUICK / "pages.json") -> None:
    """Write down which pages the default gives for the small scene, for a test that they stay the same."""
    told = wan_told(Robust(), [wan.load(QUICK / "wan.npz")])
    path.write_text(json.dumps(np.argwhere(told.pages).tolist()) + "\n")


def seeds_of(text: str) -> list[int]:
    """Return the seeds of `101-105` or `1,2,7`."""
    ranges = (part.partition("-") for part in text.split(","))
    return [seed for first, _, last in ranges for seed in range(int(first), int(last or first) + 1)]


def table(method: Method, data: Path, seeds: list[int], *, quick: bool) -> list[Row]:
    """Return the rows of a method."""
    if quick:
        scenes = [wan.load(QUICK / "wan.npz")]
        score = wan_score(scenes, wan_told(method, scenes))
        return wan_rows(score) + ripe_rows(*ripe_scores(method, list(ripe.load(QUICK / "ripe.npz"))))
    rows: list[Row] = []
    if (data / "wan_bench.py").exists():
        generate = wan.generator(data / "wan_bench.py").generate
        batches = (seeds[at : at + 5] for at in range(0, len(seeds), 5))
        scenes_of = ([wan.scene(generate(seed=seed)) for seed in batch] for batch in batches)
        rows += wan_rows(wan.total(wan_score(scenes, wan_told(method, scenes)) for scenes in scenes_of))
    if (data / "ripe" / "ripe_rtt.npz").exists():
        rows += ripe_rows(*ripe_scores(method, list(ripe.load(data / "ripe" / "ripe_rtt.npz"))))
    if (data / "nab" / "data").exists():
        rows += nab_rows(method, data / "nab")
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 0, or 1 without any data."""
    parser = argparse.ArgumentParser(description="quality of detection on three sets")
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "bench", help="folder of the sets")
    parser.add_argument("--seeds", type=seeds_of, default="101-105", help="of the synthetic set, as 101-105 or 1,2,7")
    parser.add_argument("--quick", action="store_true", help="one small scene and ten traces, kept with the tests")
    parser.add_argument("--method", choices=[method.name for method in METHODS], help="only this one")
    parser.add_argument(
        "--record", action="store_true", help="write down the small scene's pages, which a test compares"
    )
    options = parser.parse_args(arguments)
    if options.record:
        record()
        return 0
    chosen = [method for method in METHODS if options.method in {None, method.name}]
    columns = [dict(table(method, options.data, options.seeds, quick=options.quick)) for method in chosen]
    if not columns[0]:
        print(f"no set in {options.data}: name the folder with wan_bench.py, ripe/ and nab/ by --data, or say --quick")
        return 1
    print(f"{'measure':<38}" + "".join(f"{method.name:>24}" for method in chosen))
    for measure in columns[0]:
        print(f"{measure:<38}" + "".join(f"{column[measure]:>24}" for column in columns))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

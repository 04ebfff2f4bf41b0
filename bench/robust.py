"""What the default method costs: nanoseconds a sample and bytes a series, by how many series are judged at once.

Run: python bench/robust.py [--series 600,10000,100000,600000] [--rounds 3]
A sample is one value of one series; links have six. All links are judged at each step, from a memory that is kept, as the
engine does: taken, judged, put back. A round is twelve steps (an hour), as every sixth learns a half-hour and every fourth
the spreads of statistics. `mean` is of all steps; `least` takes each of the twelve at its fastest round, which says what a
machine without other work would need. `take`, `put`, `encode`, `decode` are microseconds a link, in batches of 500 links
from anywhere in the memory. All is processor time.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from satark.detector.robust import WAN_LINK, State, decode, empty, encode, step

START, STEP_S = 1_704_067_200, 300
BEFORE, ROUND = 60, 12
BATCH = 500
MISSING, LOSSY = 0.005, 0.02
Array = npt.NDArray[Any]


def samples(links: int) -> Iterator[tuple[Array, Array, Array]]:
    """Yield times, values [6, links] and which are there: noise on levels of their own, whole as an orchestrator's."""
    draw = np.random.default_rng(1)
    level = np.array([20, 20, 2, 2, 0, 0])[:, None] * draw.uniform(0.5, 3, links)
    spread = np.array([1, 1, 0.7, 0.7, 0, 0])[:, None]
    noise = draw.normal(0, 1, (16, 6, links)).astype(np.float32)
    lossy = draw.random((16, 6, links)) < LOSSY
    for at in range(sys.maxsize):
        now = at % 16
        values = np.rint(np.maximum(level + spread * noise[now], 0))
        values[4:] += 0.12 * lossy[now, 4:]
        seen = np.ones(values.shape, np.bool_)
        seen[:, draw.random(links) < MISSING] = False
        yield np.full(links, START + STEP_S * at), values, seen


def stepped(links: int, rounds: int) -> tuple[State, Array]:
    """Return a state that has seen some hours, and the seconds of each step after them [rounds, steps]."""
    state, spent = empty(WAN_LINK, links), np.zeros(rounds * ROUND)
    for at, (times, values, seen) in zip(range(BEFORE + len(spent)), samples(links), strict=False):
        begin = time.process_time()
        state, _ = step(state, times, values, seen, WAN_LINK)
        if at >= BEFORE:
            spent[at - BEFORE] = time.process_time() - begin
        if sys.stderr.isatty():
            print(f"\r{6 * links} series {at}", end="", file=sys.stderr, flush=True)
    return state, spent.reshape(rounds, ROUND)


def microseconds(work: Callable[[], object], links: int) -> float:
    """Return what a link costs, at the fastest of ten."""
    spent = []
    for _ in range(10):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return 1e6 * min(spent) / links


def row(series: int, rounds: int) -> str:
    """Return the line of the table for so many series."""
    links = series // 6
    state, spent = stepped(links, rounds)
    columns = np.random.default_rng(2).permutation(links)[:BATCH]
    part = state.take(columns)
    stored = encode(part)
    moved = [
        microseconds(work, len(columns))
        for work in (
            lambda: state.take(columns),
            lambda: state.put(columns, part),
            lambda: encode(part),
            lambda: decode(stored, WAN_LINK),
        )
    ]
    mean, least = (1e9 * each.mean() / series for each in (spent, spent.min(axis=0)))
    tick = 1e3 * spent.min(axis=0).mean()
    cells = "".join(f"{each:>8.2f}" for each in moved)
    return f"{series:>8}{mean:>8.0f}{least:>8.0f}{tick:>10.1f}{len(stored[0]) / 6:>14.0f}{cells}"


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="cost of the default method")
    parser.add_argument("--series", default="600,10000,100000,600000", help="how many, a list")
    parser.add_argument("--rounds", type=int, default=3, help="of twelve steps each")
    options = parser.parse_args(arguments)
    print(f"{'':>8}{'ns/sample':>16}{'ms/tick':>10}{'bytes/series':>14}{'us/link':>14}")
    names = "".join(f"{name:>8}" for name in ("take", "put", "encode", "decode"))
    print(f"{'series':>8}{'mean':>8}{'least':>8}{'least':>10}{'':>14}{names}")
    for series in map(int, options.series.split(",")):
        print(f"\r{row(series, options.rounds)}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

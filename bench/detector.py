"""The detector against others on real Kafka: metric points a second of one worker on one core, on the same records.

Run: `python bench/detector.py [--points 1200000] [--series 1000,10000,100000] [--only satark,decode] [--quick]`.
`make bench-install` before, for Quix Streams; Kafka and Kafka Streams need Java 17 and Maven, as the tests do.

Each contender is a process of its own on a core of its own, on a fresh broker; broker and bench share the others. It
settles on a small scene; then the measured part is written in one go, and clock and CPU run until its consumer group
has committed all. What it told of the scene must be exactly the links with a fault. What each does is printed.

`a second` is by the clock, and `of (a)` and `Satark is` are by CPU: on a machine that does nothing else both say the
same, as all of them are bound by their core; on a busy one only the latter means anything. `state` is the live part of
the changelogs, by series. A record holds six points.
"""

import argparse
import asyncio
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.rivals import contenders
from bench.rivals.measure import Contender, Limits, Measured, RivalEndedError, measure
from bench.rivals.tools import MissingToolError
from bench.rivals.world import world

POINTS = 1_200_000
QUICK_POINTS = 120_000
SERIES = (1_000, 10_000, 100_000)
METHODS = ("seed", "robust")
CPU_S = 30.0
TARGETS: Mapping[str, tuple[str, float]] = {
    "decode": ("at least half of decoding alone", 0.5),
    "faust": ("at least 20 times plain Faust", 20.0),
    "quix": ("at least 3 times Quix Streams", 3.0),
    "streams": ("at least as much as Kafka Streams", 1.0),
}
HEAD = (
    f"{'contender':<16}{'series':>9}{'points':>11}{'a second':>11}{'a CPU s':>11}{'of (a)':>8}"
    f"{'Satark is':>11}{'CPU s/1M':>10}{'state B':>9}  told"
)


def field(methods: Sequence[str], extra: Mapping[str, str]) -> dict[str, Contender]:
    """Return all contenders by the names that --only knows, the measure of all first and Satark last."""
    rivals = {
        "decode": contenders.DECODE,
        "faust": contenders.FAUST,
        "quix": contenders.QUIX,
        "streams": contenders.STREAMS,
    }
    return rivals | {f"satark-{method}": contenders.satark(method, extra) for method in methods}


def chosen(all_of_them: Mapping[str, Contender], only: str) -> dict[str, Contender]:
    """Return those whose name begins with one of the comma separated words; all of them for no word.

    Raises ValueError for a word that names nobody.
    """
    words = [word for word in only.split(",") if word]
    for word in words:
        if not any(name.startswith(word) for name in all_of_them):
            raise ValueError(f"nobody is called {word}: there are {', '.join(all_of_them)}")
    return {
        name: each for name, each in all_of_them.items() if not words or any(name.startswith(word) for word in words)
    }


def table(rows: Mapping[tuple[str, int], Measured]) -> Iterator[str]:
    """Return the lines of the table: for each size all contenders; ratios are to the same size."""
    yield HEAD
    for series in sorted({size for _, size in rows}):
        at_size = {name: row for (name, size), row in rows.items() if size == series}
        own = next((row for name, row in reversed(at_size.items()) if name.startswith("satark")), None)
        for row in at_size.values():
            alone = _ratio(row, at_size.get("decode"))
            yield (
                f"{row.contender:<16}{row.series:>9,}{row.points:>11,}{row.a_second:>11,.0f}{row.a_core:>11,.0f}"
                f"{alone:>7.0%} {_ratio(own, row):>10.2f}x{row.cost_us:>10.2f}{row.state_bytes:>9,.0f}"
                f"  {'right' if row.right else 'WRONG'}{'' if row.complete else ', cut off'}"
            )


def verdicts(rows: Mapping[tuple[str, int], Measured]) -> Iterator[str]:
    """Return a line for each target and size, and one about how flat Satark's cost is."""
    for (name, size), row in rows.items():
        if not name.startswith("satark"):
            continue
        for rival, (text, least) in TARGETS.items():
            other = rows.get((rival, size))
            if other is not None:
                found = _ratio(row, other)
                yield f"{row.contender}, {size:,} series: {text}: {found:.2f} {'yes' if found >= least else 'NO'}"
    for name in dict.fromkeys(name for name, _ in rows if name.startswith("satark")):
        costs = [row.cost_us for (each, _), row in sorted(rows.items(), key=_size) if each == name]
        if len(costs) > 1:
            yield f"{name}: CPU of a point from the fewest series to the most: {costs[-1] / costs[0]:.2f} times"


def _ratio(row: Measured | None, other: Measured | None) -> float:
    return row.a_core / other.a_core if row is not None and other is not None and other.a_core else math.nan


def _size(item: tuple[tuple[str, int], Measured]) -> int:
    return item[0][1]


async def race(field_: Mapping[str, Contender], points: int, sizes: Sequence[int], limits: Limits) -> int:
    """Run everybody at every size and print the tables; return 1 when somebody told the wrong links or did not run."""
    rows: dict[tuple[str, int], Measured] = {}
    failed = False
    for each in field_.values():
        print(f"{each.name}: {each.does}")
    for size in sizes:
        for name, contender in field_.items():
            try:
                rows[name, size] = await measure(contender, world(points, size), limits)
            except (RivalEndedError, MissingToolError) as error:
                print(f"{contender.name}, {size:,} series: {error}", file=sys.stderr)
                failed = True
            else:
                found = rows[name, size].a_core
                print(f"{contender.name}, {size:,} series: {found:,.0f} points a CPU second", file=sys.stderr)
    lines = [*table(rows), "", *verdicts(rows)]
    print("\n".join(lines))
    return int(failed or not all(row.right for row in rows.values()))


def main() -> int:
    """Read the options and race."""
    parser = argparse.ArgumentParser(description="metric points a second of one worker on one core, on real Kafka")
    parser.add_argument("--points", type=int, default=POINTS, help=f"points of the measured part ({POINTS:,})")
    parser.add_argument("--series", default=",".join(map(str, SERIES)), help="numbers of series, comma separated")
    parser.add_argument("--only", default="", help="who runs, by the beginning of the name, comma separated (all)")
    parser.add_argument("--methods", default=",".join(METHODS), help="Satark's methods, comma separated")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a variable for Satark")
    parser.add_argument("--cpu-seconds", type=float, default=CPU_S, help=f"most CPU seconds of a run ({CPU_S:g})")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_POINTS:,} points of 1,000 series")
    options = parser.parse_args()
    try:
        field_ = chosen(
            field(options.methods.split(","), dict(pair.split("=", 1) for pair in options.set)), options.only
        )
    except ValueError as error:
        parser.error(str(error))
    sizes = SERIES[:1] if options.quick else [int(text) for text in options.series.split(",")]
    points = QUICK_POINTS if options.quick else options.points
    return asyncio.run(race(field_, points, sizes, Limits.here(options.cpu_seconds)))


if __name__ == "__main__":
    sys.exit(main())

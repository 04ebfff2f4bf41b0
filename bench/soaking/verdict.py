"""The verdict on a soak: a line for each thing that was promised, and whether it was kept. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.soaking.stories import Judged
from bench.soaking.trends import RISE, SLOPE_A_DAY, Trend, trend
from bench.soaking.watching import GROUPS, MIB, Row


@dataclass(frozen=True, slots=True)
class Slack:
    """So much may come and go, whatever share of a process that is: MiB, file descriptors, threads."""

    mib: float
    fds: int
    threads: int


FEW = Slack(2.0, 3, 1)
"""Kafka's connections, a thread that waits for work."""

SLACK = {"analytics": Slack(80.0, 12, 4)}
"""The store's engine: two caches that fill with what is stored, as large as `store/engine.xml` lets them become, and threads
of pools that merge more as there is more to merge, each with three files of the kernel's."""

FALSE_A_LINK_WEEK = 0.03
"""What decision 0014 promises of the default method."""

AGAIN_AN_EPISODE = 0.02
"""As well: what is over and comes back at once, as some noise just after trouble may, is another incident."""

SHOWN = 5
LEAST_DAYS = 1.0
"""Shorter runs say nothing of growth: everything still warms up."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise: whether it was kept, None where this run cannot say."""

    what: str
    kept: bool | None
    detail: str

    def __str__(self) -> str:
        word = {True: "yes", False: "NO", None: "-"}[self.kept]
        return f"{word:<4}{self.what}: {self.detail}"


def growth(rows: Sequence[Row], names: Sequence[str]) -> Iterator[Finding]:
    """Yield whether memory, file descriptors and threads of the processes are flat."""
    days = [row.day for row in rows]
    for name in names:
        of, slack = [row.usage[name] for row in rows], SLACK.get(name, FEW)
        yield _flat(f"memory of {name}", days, [one.own_bytes / MIB for one in of], slack.mib, " MiB")
        yield _flat(f"file descriptors of {name}", days, [one.fds for one in of], slack.fds)
        yield _flat(f"threads of {name}", days, [one.threads for one in of], slack.threads)


def work(rows: Sequence[Row], names: Sequence[str]) -> Iterator[Finding]:
    """Yield whether a day costs as much CPU at the end as before: what slows down falls behind one day.

    Neighbours on the machine make the same work dearer, so this is told and not judged.
    """
    for name in names:
        spent = [row.usage[name].cpu_s for row in rows]
        days = [row.day for row in rows]
        course = [(b - a) / (v - u) for a, b, u, v in zip(spent, spent[1:], days, days[1:], strict=False) if v > u]
        found = trend(days[1 : len(course) + 1], course)
        if found is not None:
            yield Finding(f"CPU of {name}", None, f"{found.before:.1f} s a day, at the end {found.after:.1f}")


def lag(rows: Sequence[Row], most: int) -> Iterator[Finding]:
    """Yield whether each group kept up: never more than `most` records behind."""
    for name in GROUPS:
        course = [row.topics.lag[name] for row in rows]
        found = trend([row.day for row in rows], course)
        text = f"at most {max(course):,} records"
        if found is not None:
            text += f"; median {found.before:,.0f}, in the last quarter {found.after:,.0f}"
        yield Finding(f"lag of {name}", max(course) <= most, text)


def samples(wrong: Counter[str], wanted: int, backfilled: int) -> Iterator[Finding]:
    """Yield whether each sample is there exactly once, and in time."""
    yield _none("samples exactly once", wrong, f"{wanted:,} of links")
    yield Finding("samples in time", backfilled == 0, f"{backfilled} were marked as backfilled")


def stored(wanted: Mapping[str, int], found: Mapping[str, int]) -> Iterator[Finding]:
    """Yield whether the store has as many rows as the topics had events."""
    for table, count in wanted.items():
        have = found.get(table, 0)
        yield Finding(f"rows of {table}", have == count, f"{have:,} in the store, {count:,} on the topic")


def incidents(judged: Judged, link_weeks: float) -> Iterator[Finding]:
    """Yield whether what was told is what the script says."""
    text = f"{judged.expected - len(judged.missed)} of {judged.expected} links in trouble were told (recall {judged.recall:.3f})"
    yield Finding("incidents of the script", not judged.missed, text + _first(judged.missed))
    share = len(judged.false) / link_weeks
    text = f"{len(judged.false)}, {share:.3f} a link-week (precision {judged.precision:.3f})"
    yield Finding("incidents of nothing", share <= FALSE_A_LINK_WEEK, text + _first(judged.false))
    text = f"{1 + judged.repeated:.3f} incidents of each link in trouble"
    yield Finding("not again and again", judged.repeated <= AGAIN_AN_EPISODE, text + _first(judged.again))
    yield Finding("each once", not judged.wrong, f"{len(judged.wrong)} are not" + _first(judged.wrong))


def nothing(what: str, found: Mapping[str, int]) -> Finding:
    """Return whether there is nothing of something."""
    return _none(what, Counter(found), "none")


def _none(what: str, wrong: Counter[str], right: str) -> Finding:
    bad = {name: count for name, count in wrong.items() if count}
    return Finding(what, not bad, ", ".join(f"{count:,} {name}" for name, count in sorted(bad.items())) or right)


def listed(what: str, wrong: Sequence[str], right: str) -> Finding:
    """Return whether there is nothing wrong, with the first lines of what is."""
    return Finding(what, not wrong, f"{len(wrong)} wrong" + _first(wrong) if wrong else right)


def _first(lines: Sequence[str]) -> str:
    return "".join(f"\n      {line}" for line in lines[:SHOWN]) + ("\n      …" if len(lines) > SHOWN else "")


def _flat(what: str, days: Sequence[float], values: Sequence[float], slack: float, unit: str = "") -> Finding:
    found = trend(days, values)
    if found is None or days[-1] - days[0] < LEAST_DAYS:
        return Finding(what, None, f"{values[0]:.0f}{unit}, at the end {values[-1]:.0f}{unit}: too short to say")
    return Finding(what, found.is_flat(slack), _told(found, unit))


def _told(found: Trend, unit: str) -> str:
    return (
        f"{found.before:.1f}{unit} in the second quarter, {found.after:.1f}{unit} in the last ({found.rise:+.1%}, "
        f"limit {RISE:.0%}); {found.slope_a_day:+.2%} a day (limit {SLOPE_A_DAY:.0%})"
    )

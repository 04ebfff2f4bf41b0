from collections import Counter
from dataclasses import replace

import pytest

from bench.soaking.stories import Judged
from bench.soaking.verdict import Finding, growth, incidents, lag, listed, nothing, samples, stored, work
from bench.soaking.watching import MIB, Row, Topics, Usage, heading, line, totals

NAMES = ("detector",)


def row(day: float, *, mib: float = 100, fds: int = 10, threads: int = 2, cpu_s: float = 0, waiting: int = 0) -> Row:
    """Return what is seen at a day, a minute of the machine's time each."""
    return Row(
        at_s=day * 60,
        day=day,
        usage={"detector": Usage(int(mib * MIB), int(mib * MIB), fds, threads, cpu_s)},
        topics=Topics({"detector": waiting, "notifier": 0, "analytics": 0}, 1_000, 2_000, {}),
        stored_rows=6_000,
        stored_bytes=MIB,
        kafka_bytes=MIB,
        mails=3,
        sessions=5,
    )


DAYS = [at / 10 for at in range(71)]


def kept(findings: list[Finding]) -> dict[str, bool | None]:
    """Return what was kept by what it is."""
    return {finding.what: finding.kept for finding in findings}


def test_flat_processes_are_flat() -> None:
    """Memory, file descriptors and threads are looked at apart."""
    found = kept([*growth([row(day) for day in DAYS], NAMES)])

    assert {
        "memory of detector": True,
        "file descriptors of detector": True,
        "threads of detector": True,
    } == found


@pytest.mark.parametrize(
    ("what", "rows"),
    [
        ("memory", [row(day, mib=100 + 4 * day) for day in DAYS]),
        ("file descriptors", [row(day, fds=10 + int(2 * day)) for day in DAYS]),
        ("threads", [row(day, threads=2 + int(day)) for day in DAYS]),
    ],
)
def test_what_grows_is_found(what: str, rows: list[Row]) -> None:
    """Each of them alone."""
    found = kept([*growth(rows, NAMES)])

    assert [f"{what} of detector"] == [name for name, flat in found.items() if not flat]


def test_caches_of_the_store_s_engine_may_fill() -> None:
    """But no further than it lets them: what grows beyond is found there too."""
    filling = [row(day, mib=500 + 10 * day, fds=80 + int(day), threads=30 + int(day / 3)) for day in DAYS]
    leaking = [row(day, mib=500 + 40 * day, fds=80 + int(5 * day), threads=30 + int(2 * day)) for day in DAYS]

    def judged(rows: list[Row]) -> set[bool | None]:
        as_engine = [replace(each, usage={"analytics": each.usage["detector"]}) for each in rows]
        return set(kept([*growth(as_engine, ["analytics"])]).values())

    assert {True} == judged(filling)
    assert {False} == judged(leaking)


def test_short_run_says_nothing_of_growth() -> None:
    """Everything warms up for hours."""
    found = kept([*growth([row(day / 10, mib=100 * (1 + day)) for day in DAYS], NAMES)])

    assert {None} == set(found.values())


def test_lag_must_be_bounded() -> None:
    """A group that was once too far behind did not keep up."""
    good = [row(day, waiting=int(500 * (day < 6))) for day in DAYS]

    assert kept([*lag(good, 1_000)])["lag of detector"]
    assert not kept([*lag(good, 400)])["lag of detector"]


def test_work_is_told_and_not_judged() -> None:
    """CPU seconds of a day, in the second quarter and in the last."""
    (found,) = work([row(day, cpu_s=day * 20) for day in DAYS], NAMES)

    assert None is found.kept
    assert "20.0 s a day, at the end 20.0" == found.detail


def test_each_sample_once_and_in_time() -> None:
    """A sample that is marked as backfilled would not page."""
    assert {True} == set(kept([*samples(Counter(), 100, 0)]).values())
    assert [False, False] == [finding.kept for finding in samples(Counter(missing=2), 100, 1)]


def test_store_has_all_rows() -> None:
    """A row more is as wrong as one less."""
    found = [*stored({"samples": 5, "incidents": 2, "notifications": 1}, {"samples": 5, "incidents": 3})]

    assert [True, False, False] == [finding.kept for finding in found]


def test_incidents_are_judged_by_recall_and_false_pages() -> None:
    """Nothing may be missed or told twice; false pages and incidents that come back may be as many as the method promises."""
    few = Judged(right=100, expected=100, false=["x"], again=["x", "y"])
    bad = Judged(right=99, expected=100, missed=["y"], false=["x", "z"], wrong=["w"], again=["x", "y", "z"])

    assert [True, True, True, True] == [finding.kept for finding in incidents(few, 50.0)]
    assert [False, False, False, False] == [finding.kept for finding in incidents(bad, 50.0)]


def test_lines_show_the_first_wrong_things() -> None:
    """Not all of a thousand."""
    text = str(listed("objects", [f"line {number}" for number in range(9)], "none"))

    assert text.startswith("NO  objects: 9 wrong\n      line 0\n")
    assert text.endswith("line 4\n      …")
    assert "yes objects: all" == str(listed("objects", [], "all"))


def test_nothing_is_nothing() -> None:
    """Zeros do not count."""
    assert "yes dead letters: none" == str(nothing("dead letters", {"a": 0}))
    assert "NO  dead letters: 3 b" == str(nothing("dead letters", {"a": 0, "b": 3}))


def test_table_has_a_column_for_each_process() -> None:
    """Headings and rows have the same width."""
    shown = line(row(1.0), NAMES, 0.5, 90.0)

    assert len(heading(NAMES)) == len(shown)
    assert "50%   1:30" in shown
    assert "100 10f 2t" in shown


def test_totals_add_up_labels() -> None:
    """Only of the metric that is asked for."""
    page = ["# HELP a_total x", 'a_total{kind="x"} 2.0', 'a_total{kind="y"} 3.0', "a_total_created 9.0", "b_total 7"]

    assert 5 == totals(page, "a_total")

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bench.soaking.samples import Counted, differences, wanted
from bench.soaking.watching import size, usage
from bench.soaking.week import Week, week
from satark.schemas.metrics import WAN_LINK, MetricSample

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
LINK = "wan-link/vco.soak/a/b"


@pytest.fixture(scope="module")
def short() -> Week:
    """Six hours of twenty links."""
    return week(20, 200, BEGIN, learning=40)


def sample(times: Week, bucket: int, *, kind: str = WAN_LINK, metric: str = "latency_ms_rx") -> MetricSample:
    """Return a sample of a bucket."""
    return MetricSample.of(
        entity=LINK, kind=kind, time=times.time(bucket), interval_s=300, labels={}, metrics={metric: 1.0}
    )


def test_links_have_every_sample_but_while_they_are_down(short: Week) -> None:
    """A link that is down for eighteen buckets lacks them, one that flaps lacks half, all others lack none."""
    lacking = {entity: flags.count(0) for entity, flags in wanted(short).items() if 0 in flags}
    down = {each.entities[0]: each.kind.buckets for each in short.episodes if each.kind.name == "down"}
    flap = {each.entities[0]: each.kind.buckets // 2 for each in short.episodes if each.kind.name == "flap"}

    assert down | flap == lacking
    assert down
    assert flap
    assert 20 == len(wanted(short))


def test_samples_are_counted_by_link_and_bucket(short: Week) -> None:
    """What is not of a link, says that one is missing, or lies before the week is counted apart."""
    found = Counted(short.buckets)
    for one in (
        sample(short, 3),
        sample(short, 3),
        sample(short, -2),
        sample(short, 4, kind="generator"),
        sample(short, 5, metric="missing_cycles"),
    ):
        found.take(short, one)

    assert {LINK} == set(found.links)
    assert 2 == found.links[LINK][3]
    assert 2 == sum(found.links[LINK])
    assert (1, 1, 5) == (found.others, found.missing, found.values)


def test_what_is_wrong_is_counted_by_how() -> None:
    """Missing, doubled, and there although the simulator has none."""
    right = {"a": bytearray([1, 1, 0]), "b": bytearray([1, 1, 1])}
    found = {"a": bytearray([1, 2, 1]), "b": bytearray([0, 1, 1]), "c": bytearray([0, 0, 1])}

    assert Counter(missing=1, doubled=1, strange=2) == differences(right, found)
    assert Counter() == differences(right, right)


def test_backfilled_samples_are_counted_within_the_week(short: Week) -> None:
    """The look back of a first start is marked so, and lies before."""
    found = Counted(short.buckets)
    for at in (-5, 5):
        found.take(short, msgspec.structs.replace(sample(short, at), backfilled=True))

    assert 1 == found.backfilled


def test_own_process_has_memory_and_files() -> None:
    """As /proc tells of it."""
    found = usage(os.getpid())

    assert found.rss_bytes > found.own_bytes > 10_000_000
    assert found.fds >= 3
    assert found.threads >= 1
    assert found.cpu_s > 0


def test_size_is_of_all_files_below(tmp_path: Path) -> None:
    """A folder that is not there is empty."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"x" * 10_000)

    assert size(tmp_path) >= 10_000
    assert 0 == size(tmp_path / "none")

"""The orchestrator answers, and what it says is wrong: nobody believes it, nobody is alarmed, and the truth is read later."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from satark.runtime.deadletter import about
from satark.runtime.kafka import read_to_end
from satark.runtime.records import Record
from satark.schemas import topics
from satark.simulators.vco.faults import FailureKind
from tests.faults.recovery import Clock
from tests.faults.truth import SETTLE_BUCKETS, assert_every_sample_once, assert_told_once, link_samples, measured
from tests.support.estate import BAD_BUCKETS, BUCKET, Estate, doubles, estate
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import Event, SatarkProcess, SatarkProcesses
from tests.support.waiting import NeverHappenedError, eventually

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(180)]

AGGREGATE = "monitoring/getAggregateEdgeLinkMetrics"
SERIES = "metrics/getEdgeLinkSeries"
EDGES = "enterprise/getEnterpriseEdges"
DEAD_LETTERS = topics.BY_NAME[topics.METRICS].dead_letter_name
LATENCY = "latency_ms_rx"
ABSURD_MS = 400
"""Less than what a revised answer adds to each latency, and more than any of the script's."""
LEARNT_S = 200
"""Looks by a wrong clock find nothing, from which the poller learns that data takes longer."""

FIRST = -13
"""The oldest bucket that a first start reads."""


@pytest.fixture
async def whole(tmp_path: Path, own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> AsyncIterator[Estate]:
    """An estate on a Kafka of its own."""
    async with estate(tmp_path, own_kafka, satark) as running:
        yield running


@dataclass(frozen=True)
class Lie:
    """What is said for a time instead of the truth, and how the log shows that it was noticed."""

    name: str
    kinds: dict[str, FailureKind]
    noticed: Callable[[Event], bool]
    delays_s: int = 0
    """Nothing usable came, so that the poller learns that data takes a minute longer than it thought."""

    waits_s: int = 0
    """What single links owe is asked for again with the next sample."""


def _failed(reason: str) -> Callable[[Event], bool]:
    return lambda event: event["event"] == "call_failed" and event["reason"] == reason


def _looked(**fields: bool) -> Callable[[Event], bool]:
    return lambda event: event["event"] == "looked" and all(event[name] == value for name, value in fields.items())


def _left_out(reason: str) -> Callable[[Event], bool]:
    return lambda event: event["event"] == "looked" and reason in event["left_out"]


def _unreadable(reason: str) -> Callable[[Event], bool]:
    return lambda event: event["event"] == "orchestrator_unreadable" and event["reason"] == reason


def _awaits(event: Event) -> bool:
    return bool(event["event"] == "looked" and event["awaited"])


def _publishes(event: Event) -> bool:
    return bool(event["event"] == "looked" and event["samples"].get("published"))


PASSING = (
    Lie("answers of another shape", {AGGREGATE: "wrong_shape"}, _failed("wrong_shape")),
    Lie("a login page with 200", {AGGREGATE: "login_page"}, _unreadable("auth_failed")),
    Lie("answers cut off", {AGGREGATE: "truncated"}, _failed("broken_answer")),
    Lie("NaN", {AGGREGATE: "not_json_numbers"}, _failed("broken_answer")),
    Lie("a link less", {AGGREGATE: "lost_row"}, _awaits, waits_s=300),
    Lie("an edge less, inventory included", {AGGREGATE: "lost_row", EDGES: "lost_row"}, _publishes, waits_s=300),
    Lie("no link at all", {AGGREGATE: "empty_result"}, _looked(late=True), delays_s=65),
    Lie("another orchestrator's links", {AGGREGATE: "foreign"}, _left_out("unwanted_enterprise"), delays_s=65),
)
"""After these the truth can still be had."""


async def _noticed(poller: SatarkProcess, lie: Lie, seen: int) -> None:
    await poller.until(lambda: any(map(lie.noticed, poller.events()[seen:])), what=f"a word on {lie.name}")


def _begin_at(poller: SatarkProcess, day: str) -> bool:
    return any(f"they begin at {day}" in event["error"] for event in poller.events("call_failed"))


async def _letters(whole: Estate) -> list[Record]:
    return [record async for record in read_to_end(whole.settings, DEAD_LETTERS)]


async def test_passing_lies(whole: Estate, recovery: Clock) -> None:
    """Wrong answers of many kinds are named and kept as they came, and every sample is read once when they are over."""
    sim = whole.vco.sim
    sim.fail(SERIES, "seconds", times=None)
    poller = whole.start("poller", SATARK_POLLER_RETRIES="0")
    for process in (whole.start("detector"), whole.start("notifier")):
        await process.ready()
    await poller.until(lambda: _begin_at(poller, "1970-01-"), what="a word on times in seconds")
    sim.change(fail=[{"kind": "future", "method": SERIES, "times": None}])
    tomorrow = whole.begin + timedelta(days=1) - timedelta(seconds=3_900)
    await poller.until(lambda: _begin_at(poller, f"{tomorrow:%F}"), what="a word on times in the future")
    with recovery("the past is read, after times in seconds and in the future"):
        sim.heal()
        await whole.samples_until(FIRST)
        await whole.samples_until(-1)
    learnt_s, bucket = 0, 0
    for lie in PASSING:
        seen = len(poller.events())
        sim.change(fail=[{"kind": kind, "method": method, "times": None} for method, kind in lie.kinds.items()])
        whole.show(bucket)
        sim.advance(learnt_s)
        await _noticed(poller, lie, seen)
        learnt_s += lie.delays_s
        with recovery(f"read again after: {lie.name}"):
            sim.heal()
            sim.advance(lie.delays_s or lie.waits_s)
            await whole.samples_until(bucket)
        bucket += 2 if lie.waits_s else 1
    last = bucket + SETTLE_BUCKETS
    whole.show(last)
    sim.advance(learnt_s)
    await whole.samples_until(last)
    letters = await _letters(whole)
    told = {about(letter)["reason"] for letter in letters}

    await assert_told_once(whole)
    await assert_every_sample_once(whole, last)
    assert told == {"wrong_shape", "broken_answer"}
    assert any((letter.value or b"").startswith(b'{"surprise":[{') for letter in letters)
    assert any(b":NaN," in (letter.value or b"") for letter in letters)
    assert all(letter.key == b"vco.test" for letter in letters)
    assert len({letter.value for letter in letters}) == len(letters)


async def test_lies_that_stand(whole: Estate, recovery: Clock) -> None:
    """What cannot be told from the truth is taken once, as it came first; numbers that cannot be spoil no baseline."""
    sim = whole.vco.sim
    poller = whole.start("poller")
    for process in (whole.start("detector"), whole.start("notifier"), poller):
        await process.ready()
    await whole.samples_until(-1)
    sim.fail(AGGREGATE, "doubled")
    whole.show(0)
    await whole.samples_until(0)
    sim.fail(AGGREGATE, "odd_numbers")
    whole.show(1)
    with recovery("the rest is taken, after numbers that cannot be"):
        await whole.samples_until(1)
        left_out = (await poller.event("answer_left_out"))["reasons"]
    await poller.terminate()
    sim.change(fail=[{"kind": "revised", "method": method, "times": None} for method in (AGGREGATE, SERIES)])
    again = whole.start("poller")
    with recovery("a new process holds its own against other numbers for the past"):
        await again.until(lambda: _duplicates(again), what="samples that were told before")
    sim.heal()
    for bucket, skew_s in ((2, 86_400), (4, -86_400)):
        sim.change(date_skew_s=skew_s)
        looks = len(again.events("looked"))
        await again.until(lambda seen=looks: len(again.events("looked")) > seen, what="a look by a wrong clock")
        with recovery(
            f"read again after a clock that was {abs(skew_s) // 3600} h {'ahead' if skew_s > 0 else 'behind'}"
        ):
            sim.heal()
            whole.show(bucket)
            sim.advance(LEARNT_S)
            await whole.samples_until(bucket)
    last = BAD_BUCKETS + SETTLE_BUCKETS + 1
    whole.show(last)
    sim.advance(LEARNT_S)
    await whole.samples_until(last)
    since = whole.begin + FIRST * BUCKET  # by a clock of yesterday some of yesterday is read too
    shown = measured(whole.vco, since, whole.begin + (last + 1) * BUCKET).keys()

    async def all_there() -> bool:
        return shown <= {(each.labels["link_id"], each.time) for each in await link_samples(whole)}

    with suppress(NeverHappenedError):  # what is missing is named below
        await eventually(all_there, 60)  # gaps are filled behind the present
    samples = await link_samples(whole)
    odd = [sample for sample in samples if sample.time == whole.begin + BUCKET and LATENCY not in sample.metrics]
    # What the poller says of itself by a clock of tomorrow is the detector's to refuse.
    letters = [letter.value or b"" for letter in await _letters(whole) if about(letter)["service"] == "poller"]

    await assert_told_once(whole)
    assert doubles(samples) == {}
    assert {(s.labels["link_id"], s.time) for s in samples if s.time >= since} == shown
    assert max(sample.metrics[LATENCY] for sample in samples if LATENCY in sample.metrics) < ABSURD_MS
    assert left_out == ["not_a_number", "out_of_range"]
    assert len(odd) == len(letters) == 2
    assert any(b'"bestLatencyMsRx":"12.5"' in letter for letter in letters)


def _duplicates(poller: SatarkProcess) -> bool:
    return any(event["samples"].get("duplicate") for event in poller.events("looked"))

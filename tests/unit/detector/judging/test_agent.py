import asyncio
from collections import Counter
from pathlib import Path

import pytest

from satark.schemas.baselines import EntityBaseline
from satark.schemas.incidents import IncidentOpened, IncidentResolved
from satark.schemas.metrics import LATENCY_MS_RX, MetricSample
from tests.unit.detector.judging.logs import Log, Process, Raw, records
from tests.unit.detector.worlds import sample

LINKS = 4
SICK = {"wan-link/vco/1/0", "wan-link/vco/1/3"}


def partition_of(entity: str) -> int:
    """Return the partition of a link."""
    return int(entity[-1]) % 2


def scene() -> list[MetricSample]:
    """An hour of calm, a fault of two links, calm again."""
    found = []
    for bucket in range(21):
        for link in range(LINKS):
            entity = f"wan-link/vco/1/{link}"
            bad = entity in SICK and 12 <= bucket < 15
            found.append(sample(bucket, {LATENCY_MS_RX: 90.0 if bad else 20.0 + bucket % 2}, entity))
    return found


def log_of_the_scene(*, kill_at: int = -1) -> Log:
    """Return a log with the scene, of which nothing is read."""
    return Log(records(scene(), partition_of), kill_at=kill_at)


async def test_incidents_are_told_and_all_is_acknowledged(tmp_path: Path) -> None:
    """Each sick link's incident opens and resolves once, and each partition's chunks are acknowledged in order."""
    log = log_of_the_scene()

    assert await Process(log, tmp_path).run()
    for kind in (IncidentOpened, IncidentResolved):
        assert sorted(SICK) == sorted(event.entity for event in log.told if isinstance(event, kind))
    for number in log.records:
        offsets = [offset for partition, offset in log.acknowledged if partition == number]
        assert sorted(offsets) == offsets
    assert {f"wan-link/vco/1/{link}".encode() for link in range(LINKS)} == set(log.states())


async def test_under_load_a_state_is_written_once_for_many_samples(tmp_path: Path) -> None:
    """What waits is judged first; only states of which something was told are written meanwhile."""
    log = log_of_the_scene()
    await Process(log, tmp_path).run()

    assert len(scene()) >= 4 * sum(map(len, log.changelog.values()))


@pytest.mark.parametrize("batch", [4, 84])
async def test_a_crash_at_any_moment_changes_nothing(tmp_path: Path, batch: int) -> None:
    """Whenever it is killed, the next process tells what was not told, the same otherwise, and ends with the same states."""
    whole = log_of_the_scene()
    await Process(whole, tmp_path, batch=batch).run()
    expected = [event.id for event in whole.told]

    for kill_at in range(1, 2 * whole.moments):
        log = log_of_the_scene(kill_at=kill_at)
        if await Process(log, tmp_path, batch=batch).run():
            break
        assert await Process(log, tmp_path, batch=batch).run()

        assert sorted(expected) == sorted({event.id for event in log.told}), kill_at
        assert 2 >= max(Counter(event.id for event in log.told).values()), kill_at
        assert whole.states() == log.states(), kill_at


async def test_of_a_partition_that_is_lost_nothing_is_written(tmp_path: Path) -> None:
    """What is judged and not safe when partitions are shared out anew is neither stored nor acknowledged, nor remembered."""
    log = log_of_the_scene()
    process = Process(log, tmp_path, batch=4 * len(scene()))
    told, proceed = asyncio.Event(), asyncio.Event()
    publish = log.publish

    async def slow(event: IncidentOpened | EntityBaseline) -> None:
        if isinstance(event, IncidentOpened):
            told.set()
            await proceed.wait()
        await publish(event)

    log.publish = slow  # type: ignore[method-assign, assignment]
    process.feed()
    working = process.start()
    await told.wait()
    stored = {number: list(rows) for number, rows in log.changelog.items()}
    acknowledged = list(log.acknowledged)
    leaving = asyncio.create_task(process.judging._on_revoked())
    await asyncio.sleep(0)
    proceed.set()
    await leaving
    process.app.consumer_generation_id = 2
    process.feed(generation=1)
    await process.taken()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert stored == log.changelog
    assert acknowledged == log.acknowledged
    assert 0 == len(process.judging._detection)


async def test_what_is_judged_is_safe_when_the_process_stops(tmp_path: Path) -> None:
    """An orderly end writes the states and acknowledges, without waiting for its time."""
    log = log_of_the_scene()
    process = Process(log, tmp_path, batch=84, interval_s=60.0)
    process.judging._backlog.take(asyncio.get_running_loop().time())
    process.feed()
    working = process.start()
    await process.taken()
    await process.judging._on_shutdown()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert log.is_read()


async def test_poison_is_set_aside_and_the_rest_is_judged(tmp_path: Path) -> None:
    """Records that are no samples become dead letters, each once, wherever they are in a chunk."""
    log = log_of_the_scene()
    for number, found in log.records.items():
        bad = [
            Raw(number, 0, b"k", b"{"),
            *found[:10],
            Raw(number, 0, None, found[0].value, found[0].headers),
            *found[10:],
        ]
        log.records[number] = [Raw(number, at, one.key, one.value, one.headers) for at, one in enumerate(bad)]

    assert await Process(log, tmp_path).run()
    assert 4 == len(log.letters)
    assert sorted(SICK) == sorted(event.entity for event in log.told if isinstance(event, IncidentOpened))


async def test_a_sample_that_cannot_be_judged_takes_no_other_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that fails is judged one by one."""
    log = log_of_the_scene()
    process = Process(log, tmp_path, batch=84)
    judge = process.judging._detection.judge

    def fails(samples: list[MetricSample], now: object) -> object:
        if any(one.entity.endswith("/1") and one.time.minute == 5 for one in samples):
            raise ZeroDivisionError
        return judge(samples, now)  # type: ignore[arg-type]

    monkeypatch.setattr(process.judging._detection, "judge", fails)

    assert await process.run()
    assert 2 == len(log.letters)
    assert sorted(SICK) == sorted(event.entity for event in log.told if isinstance(event, IncidentOpened))


async def test_a_fault_of_ours_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing after it is judged, written or acknowledged: Faust would commit across it."""
    log = log_of_the_scene()
    process = Process(log, tmp_path)
    crashed = asyncio.Event()

    async def fails(*_args: object, **_options: object) -> None:
        raise ZeroDivisionError

    async def crash(_error: BaseException) -> None:
        crashed.set()

    monkeypatch.setattr(process.judging._saving, "save", fails)
    monkeypatch.setattr(process.app, "crash", crash)
    process.feed()
    working = process.start()
    await crashed.wait()
    waiting = process.stream.queue.qsize()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert waiting
    assert not process.judging._backlog
    assert [] == log.acknowledged

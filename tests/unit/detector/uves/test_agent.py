import asyncio
from pathlib import Path
from typing import Any

import pytest
from faust.types import TP

from satark.detector.uves import agent as agents
from satark.schemas import topics
from satark.schemas.uves import SharesWithdrawn, UveShare
from satark.uve import views
from satark.uve.told import told_of, withdrawal_of
from satark.uve.uves import Uves
from tests.unit.detector.judging.logs import Raw
from tests.unit.detector.uves.logs import PARTITIONS, Process, UveLog, records
from tests.unit.uve.say import EPOCH, G1, G2, scalar, share

Events = list[UveShare | SharesWithdrawn]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several batches are needed for a short story, and nobody waits between them."""
    monkeypatch.setattr(agents, "CHUNK_RECORDS", 3)
    monkeypatch.setattr(agents, "MAX_BATCH", 6)
    monkeypatch.setattr(agents, "PAUSE_S", 0.0)


def gone(generator: str, through: int) -> SharesWithdrawn:
    """The end of a generator's sessions."""
    return SharesWithdrawn(
        id="1", generator=generator, gateway="gw", time=EPOCH, through=through, reason="session_lost"
    )


def story() -> Events:
    """Two generators say something of four objects; one says it again in another session, one falls silent."""
    events: Events = []
    for number in range(1, 4):
        for generator in (G1, G2):
            for at in range(4):
                said = scalar(str(number + at), aggtype="sum")
                events.append(share(generator, number=number, entity=f"ObjectVNTable:vn{at}", n=said))
    events.append(gone(G2, 7))
    events += [share(G1, session=8, entity=f"ObjectVNTable:vn{at}", n=scalar("100", aggtype="sum")) for at in range(2)]
    events.append(share(G2, session=9, entity="ObjectVNTable:vn3", n=scalar("1000", aggtype="sum")))
    return events


def truth(events: Events) -> dict[str, Any]:
    """What all of that comes to. Each partition hears of a session that begins from its own objects only."""
    found: dict[str, Any] = {}
    for number in range(PARTITIONS):
        uves = Uves()
        for event in events:
            if isinstance(event, SharesWithdrawn):
                uves.withdraw(withdrawal_of(event))
            elif int(event.entity[-1]) % PARTITIONS == number:
                uves.apply(told_of(event), seen_us=0)
        found |= {entity: views.flat(uves[entity]) for entity in uves}
    return found


async def test_objects_are_told_and_all_is_acknowledged_in_order(tmp_path: Path) -> None:
    """The states are those of an aggregation from scratch; each partition's chunks are acknowledged in order."""
    log = UveLog(records(story()))

    assert await Process(log, tmp_path).run()
    assert truth(story()) == log.states()
    for number in log.records:
        offsets = [offset for partition, offset in log.acknowledged if partition == number]
        assert sorted(offsets) == offsets


async def test_an_object_of_a_batch_is_told_once(tmp_path: Path) -> None:
    """Under load, a state is published once for all changes of a batch."""
    log = UveLog(records([share(number=number, n=scalar(str(number))) for number in range(1, 7)]))
    await Process(log, tmp_path).run()

    assert 1 == sum(len(log.topics.get((topics.UVE_STATES, number), [])) for number in range(PARTITIONS))


async def test_a_crash_at_any_moment_changes_nothing(tmp_path: Path) -> None:
    """Whenever it is killed, the next process ends with the states that all of it comes to, and with no other rows."""
    whole = UveLog(records(story()))
    await Process(whole, tmp_path).run()
    rows = [dict(whole.rows(number)) for number in range(PARTITIONS)]

    for kill_at in range(1, 2 * whole.moments):
        log = UveLog(records(story()), kill_at=kill_at)
        if await Process(log, tmp_path).run():
            break
        assert await Process(log, tmp_path).run()

        assert truth(story()) == log.states(), kill_at
        assert [{key for key, value in each.items() if value is not None} for each in rows] == [
            {key for key, value in dict(log.rows(number)).items() if value is not None} for number in range(PARTITIONS)
        ], kill_at


async def test_a_kept_partitions_rows_are_not_read_again(tmp_path: Path) -> None:
    """Faust is told where our last row is; of a partition that is not ours it knows nothing."""
    log = UveLog(records(story()))
    process = Process(log, tmp_path)
    await process.run()
    process.table._ours.discard(1)
    process.table.wrote([(1, 10_000)])

    assert len(log.rows(0)) - 1 == process.table.persisted_offset(TP(topics.UVE_CHANGELOG, 0))
    assert 10_000 != process.table.persisted_offset(TP(topics.UVE_CHANGELOG, 1))


async def test_of_a_partition_that_is_lost_no_row_is_written(tmp_path: Path) -> None:
    """What was taken in when somebody else got it is neither stored nor acknowledged."""
    log = UveLog(records(story()))
    process = Process(log, tmp_path)
    write = log.write

    async def lose(written: Any) -> list[tuple[int, int]]:
        if any(record.topic == topics.UVE_STATES for record in written):
            process.agent._holding.end(1)
        return await write(written)

    log.write = lose  # type: ignore[method-assign]
    process.feed()
    working = process.start()
    await process.taken()
    await process.agent._on_revoked()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert log.rows(0)
    assert not log.rows(1)
    assert {0} == {number for number, _ in log.acknowledged}


async def test_what_was_fetched_before_partitions_were_shared_out_is_not_taken_in(tmp_path: Path) -> None:
    """It comes again, and in its place."""
    log = UveLog(records(story()))
    process = Process(log, tmp_path)
    process.feed()
    process.app.consumer_generation_id = 2
    working = process.start()
    await process.taken()
    await process.agent._on_revoked()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert ({}, []) == (log.topics, log.acknowledged)


async def test_what_cannot_be_used_is_a_dead_letter(tmp_path: Path) -> None:
    """It is there before its chunk is acknowledged, and the rest of the chunk is taken in."""
    log = UveLog(records(story()))
    good = log.records[0]
    bad = [Raw(0, 0, b"k", b"{", (), topics.UVES), *good]
    log.records[0] = [Raw(0, at, one.key, one.value, one.headers, topics.UVES) for at, one in enumerate(bad)]

    assert await Process(log, tmp_path).run()
    assert [(b"k", b"{")] == log.topics[f"{topics.UVES}.dlq", 0]
    assert truth(story()) == log.states()


async def test_a_fault_of_ours_ends_the_process(tmp_path: Path) -> None:
    """Nothing after it is taken in or acknowledged: what was noted as written may not be."""
    log = UveLog(records(story()))
    process = Process(log, tmp_path)

    async def fail(_written: Any) -> list[tuple[int, int]]:
        raise RuntimeError("a fault of ours")

    log.write = fail  # type: ignore[method-assign, assignment]
    process.feed()
    working = process.start()
    crash = await process.crash
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    assert "a fault of ours" == str(crash)
    assert [] == log.acknowledged

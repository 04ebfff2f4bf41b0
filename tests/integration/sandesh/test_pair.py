import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

from satark.sandesh.generator import Asked, run_in_thread
from satark.sandesh.generator.messages.requests import SandeshMessageStatsReq, SandeshUVECacheReq
from satark.sandesh.generator.messages.traces import SandeshTraceRequest, SandeshTraceTextResponse
from satark.sandesh.session.causes import TxCause
from satark.sandesh.session.levels import Mark
from satark.sandesh.session.queue import SendQueue
from satark.sandesh.types import Level
from tests.integration.sandesh.pair import Notes, collector, generator, log, uve
from tests.support.waiting import eventually
from tests.unit.sandesh.probe import ProbeRequest


async def test_all_arrives_in_order() -> None:
    """Logs that were sent before there was a session arrive once, in order; both sides count alike."""
    notes = Notes()
    async with collector(notes) as there, generator(there.address) as here:
        for number in range(500):
            here.send(log(number))
        here.send(uve("vn1", 5))
        await eventually(lambda: len(notes.logs()) == 500 and notes.uves())

        sent, received = here.outbox.counters.sent, there.counters.received
        assert list(range(500)) == notes.logs()
        assert {"vn1": (5, False)} == notes.uves()
        assert sent["ProbeSystemLog"].messages == received["ProbeSystemLog"].messages
        assert sent["ProbeSystemLog"].bytes == received["ProbeSystemLog"].bytes
        assert not sent["ProbeSystemLog"].dropped


async def test_crash_of_the_collector() -> None:
    """After a crash in mid-stream every UVE is there again, deletions too, and no log is sent twice."""
    before, after = Notes(), Notes()
    crashed = collector(before)
    await crashed.__aenter__()
    async with generator(crashed.address) as here:
        for number in range(200):
            here.send(uve(f"vn{number}", number))
            here.send(log(number))
        await eventually(lambda: len(before.logs()) > 50)
        here.send(uve("vn0", deleted=True))
        await crashed.close()
        await eventually(lambda: not here.is_established)
        for number in range(200, 300):
            here.send(uve(f"vn{number}", number))
            here.send(log(number))
        async with collector(after, port=crashed.port):
            await eventually(lambda: here.is_established and len(after.uves()) == 300 and 299 in after.logs())

            expected = {f"vn{number}": (number, False) for number in range(1, 300)}
            assert {**expected, "vn0": (0, True)} == after.uves()
            logs = before.logs() + after.logs()
            assert sorted(set(logs)) == logs
            assert list(range(200, 300)) == after.logs()[-100:]
            await eventually(lambda: len(here.outbox.cache.graves) == 0, what="the deletion is freed once told")


async def test_incremental() -> None:
    """A collector that kept what it had is sent only what it lacks."""
    notes = Notes()
    async with collector(notes, incremental=True) as there, generator(there.address) as here:
        await eventually(lambda: here.is_established)
        here.send(uve("vn1", 1))
        await eventually(notes.uves)
        notes.deliveries.clear()
        there.drop(here.identity)
        await eventually(lambda: not there.generators)
        here.send(uve("vn2", 2))

        await eventually(lambda: "vn2" in notes.uves())

        assert {"vn2": (2, False)} == notes.uves()


async def test_fail_over() -> None:
    """When its collector goes, a generator turns to the next, which gets every UVE."""
    first, second = Notes(), Notes()
    async with collector(second) as there:
        gone = collector(first)
        await gone.__aenter__()
        async with generator(gone.address, there.address) as here:
            here.send(uve("vn1", 1))
            await eventually(first.uves)

            await gone.close()

            await eventually(second.uves)
            assert {"vn1": (1, False)} == second.uves()
            assert there.address == here.session.collector


async def test_reconfigure() -> None:
    """A new list of collectors takes effect at once."""
    first, second = Notes(), Notes()
    async with collector(first) as one, collector(second) as two, generator(one.address) as here:
        here.send(uve("vn1", 1))
        await eventually(first.uves)

        here.reconfigure([two.address])

        await eventually(second.uves)
        assert {"vn1": (1, False)} == second.uves()


async def test_slow_collector() -> None:
    """A collector that does not read makes logs drop by level, counted, and never blocks; the rest arrives."""
    notes = Notes()
    high = (Mark(100_000, Level.SYS_DEBUG), Mark(200_000, Level.SYS_ERR), Mark(10_000_000, Level.SYS_UVE))
    low = (Mark(2_000, Level.INVALID), Mark(50_000, Level.SYS_DEBUG), Mark(150_000, Level.SYS_ERR))
    queue = SendQueue(high_marks=high, low_marks=low, max_bytes=400_000)
    async with collector(notes) as there, generator(there.address, queue=queue) as here:
        await eventually(lambda: here.is_established)
        there.pause_reading()
        text = "x" * 5_000
        sent = 0
        for _ in range(20_000):
            if here.outbox.counters.lost().get(TxCause.NO_QUEUE):
                break
            here.send(log(sent, text), level=Level.SYS_CRIT)
            here.send(log(-1, text), level=Level.SYS_DEBUG)
            sent += 1
            await asyncio.sleep(0)

        lost = here.outbox.counters.lost()
        assert lost[TxCause.QUEUE_LEVEL] > 0
        there.resume_reading()
        tally = here.outbox.counters.sent["ProbeSystemLog"]
        await eventually(lambda: not len(here.outbox.queue) and len(notes.logs()) == tally.messages)
        assert sent * 2 == tally.total
        assert list(range(sent - lost[TxCause.NO_QUEUE])) == [each for each in notes.logs() if each >= 0]


async def test_requests() -> None:
    """A request is answered page by page in its context; a handler that fails, or is missing, harms nothing."""
    notes = Notes()
    async with collector(notes) as there, generator(there.address) as here:

        @here.on(ProbeRequest)
        async def pages(request: ProbeRequest, _asked: Asked) -> AsyncIterator[Any]:
            for number in range(request.count or 0):
                yield SandeshTraceTextResponse(traces=[f"{request.name}{number}"])
            if not request.count:
                raise RuntimeError("a mistake")

        await eventually(lambda: there.generators)
        there.request(here.identity, ProbeRequest(name="bad"), context="c0")
        there.request(here.identity, ProbeRequest(name="p", count=3), context="c1")
        await eventually(lambda: notes.names()["SandeshTraceTextResponse"] == 3)
        there.request(here.identity, SandeshMessageStatsReq(), context="c2")
        await eventually(lambda: notes.names()["SandeshMessageStatsResp"])

        answers = [each.received for each in notes.deliveries if each.received.header.context]
        assert ["c1", "c1", "c1", "c2"] == [each.header.context for each in answers]
        assert ["true", "true", "false", "false"] == [_more(each.body) for each in answers]


async def test_cache_and_traces_over_the_connection() -> None:
    """A collector may ask for cached UVEs, and for traces, each of which it gets once."""
    notes = Notes()
    async with collector(notes) as there, generator(there.address) as here:
        here.traces.create("ring", 10)
        here.trace("ring", log(7))
        here.send(uve("vn1", 1))
        await eventually(notes.uves)
        notes.deliveries.clear()

        there.request(here.identity, SandeshUVECacheReq(tname="ProbeUve"))
        there.request(here.identity, SandeshTraceRequest(buf_name="ring"))
        there.request(here.identity, SandeshTraceRequest(buf_name="ring"))
        there.request(here.identity, SandeshMessageStatsReq())
        await eventually(lambda: notes.names()["SandeshMessageStatsResp"])

        assert {"vn1": (1, False)} == notes.uves()
        assert [7] == notes.logs()
        assert 1 == notes.names()["SandeshUVECacheResp"]


async def test_threads() -> None:
    """Any number of threads may send; nothing is lost, and numbers follow each other without gaps."""
    notes = Notes()
    async with collector(notes) as there, generator(there.address) as here:

        def send() -> None:
            for number in range(200):
                here.send(log(number))

        threads = [threading.Thread(target=send) for _ in range(4)]
        for each in threads:
            each.start()
        await eventually(lambda: len(notes.logs()) == 800)
        for each in threads:
            each.join()

        numbers = [
            each.received.header.sequence_number for each in notes.deliveries if each.received.name == "ProbeSystemLog"
        ]
        assert list(range(1, 801)) == numbers


async def test_run_in_thread() -> None:
    """A program without an event loop has a generator that runs by itself, and flushes at the end."""
    notes = Notes()
    async with collector(notes) as there:

        def program() -> None:
            with run_in_thread("probe", "host", collectors=[there.address]) as here:
                here.send(log(1))
                connected.wait(10)

        connected = threading.Event()
        work = asyncio.get_running_loop().run_in_executor(None, program)
        await eventually(lambda: there.generators)
        connected.set()
        await work

        await eventually(lambda: notes.logs() == [1])


async def test_status_of_itself() -> None:
    """A generator tells of its session and, with a table, of its process and its connections."""
    notes = Notes()
    async with collector(notes) as there, generator(there.address, node_table="ObjectVRouter") as here:
        here.connection_state("XMPP", "control", "Up")

        await eventually(lambda: notes.names()["NodeStatusUVE"] and notes.names()["SandeshModuleClientTrace"])

        assert ["host:Compute:probe:0"] == [str(each) for each in there.generators]
        assert "ProbeUve" in there.hellos[here.identity].uve_types


def _more(body: Any) -> Any:
    return body["more"]

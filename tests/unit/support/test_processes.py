import asyncio
from pathlib import Path

import pytest

from tests.support.processes import ProcessEndedError, SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import NeverHappenedError


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak just enough HTTP."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n" + b'{"ready":1}')
    await writer.drain()
    writer.close()


class TestHttpGet:
    async def test_returns_the_answer(self) -> None:
        """Status and body of a server come back."""
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            found = await http_get(f"http://127.0.0.1:{port}/readyz?full=1")

        assert found is not None
        assert (found.status, found.json()) == (200, {"ready": 1})

    async def test_nobody_there(self) -> None:
        """A closed port is no error: nobody answers."""
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]

        assert await http_get(f"http://127.0.0.1:{port}/") is None


class TestSatarkProcess:
    async def test_runs_the_command(self, satark: SatarkProcesses) -> None:
        """A command's exit status and output are there."""
        process = satark.start("topics", "--help", environment={})

        assert await process.ended() == 0
        assert "usage: satark topics" in process.output_tail()

    async def test_wrong_settings(self, satark: SatarkProcesses) -> None:
        """The child sees the given settings."""
        process = satark.start("topics", "list", environment={"SATARK_KAFKA_BROKERS": "nonsense"})

        assert await process.ended() == 78
        assert "is not host:port" in process.output_tail()

    async def test_waiting_ends_with_the_process(self, satark: SatarkProcesses) -> None:
        """Waiting for an event of a process that has ended fails at once, with its output."""
        process = satark.start("topics", "--help", environment={})

        with pytest.raises(ProcessEndedError, match=r"(?s)satark topics --help ended: 0.*usage: satark topics"):
            await process.event("never_logged", timeout_s=60.0)

    async def test_kill_leaves_nothing(self, satark: SatarkProcesses) -> None:
        """A killed process has the status of the signal and leaves nothing over."""
        process = satark.start("topics", "list", environment={"SATARK_KAFKA_BROKERS": "127.0.0.1:1"})

        status = await process.kill()

        assert (status, process.leftovers) == (-9, False)

    async def test_events(self, tmp_path: Path) -> None:
        """Log lines are found by name and values; other lines do not disturb."""
        process = SatarkProcess(tmp_path / "run", ("topics", "--help"), {})
        await process.ended()
        process.log_file.write_text('{"event":"a","n":1}\nplain words\n[1]\n{"event":"a","n":2}\n{"event":"b"}\n{"ev')

        assert [event["n"] for event in process.events("a")] == [1, 2]
        assert (process.events("a", n=2), len(process.events())) == ([{"event": "a", "n": 2}], 3)

    async def test_event_that_never_comes(self, satark: SatarkProcesses) -> None:
        """Waiting in vain ends with the event's name."""
        process = satark.start("topics", "list", environment={"SATARK_KAFKA_BROKERS": "127.0.0.1:1"})

        with pytest.raises(NeverHappenedError, match="event rain"):
            await process.event("rain", timeout_s=0.1)

"""`satark simulate generators`, as a process."""

import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.environment import child_environment
from tests.support.owned import Owned, run_owned
from tests.support.ports import free_port
from tests.support.waiting import eventually
from tests.unit.simulators.generators.held import Held

PATIENCE_S = 60.0
COMMAND = (sys.executable, "-m", "satark.runtime.cli", "simulate", "generators")


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    """Return what a running collector holds."""
    one = Held()
    async with one.collector:
        yield one


def run(folder: Path, *arguments: str) -> Owned:
    """Run the command; its output goes to the files `out` and `err`."""
    return run_owned((*COMMAND, *arguments), folder / "out", child_environment({}), errors=folder / "err")


class TestCommand:
    async def test_runs_and_stops(self, held: Held, tmp_path: Path) -> None:
        """It runs until it is stopped, then ends its sessions and tells what was sent."""
        process = run(tmp_path, "--collector", held.collector.address, "--count", "5", "--scenario", "steady")
        try:
            await eventually(lambda: len(held.collector.generators) == 5, PATIENCE_S)
            process.signal(signal.SIGTERM)

            assert 0 == await process.ended(PATIENCE_S)
        finally:
            await process.kill()
        await eventually(lambda: not held.collector.generators, PATIENCE_S)
        assert "sent by 5 daemons" in (tmp_path / "out").read_text()
        assert "" == (tmp_path / "err").read_text()

    async def test_for_a_while(self, held: Held, tmp_path: Path) -> None:
        """It ends by itself, with bad peers beside it."""
        arguments = ("--count", "3", "--duration", "2", "--speed", "20", "--hostile", "half-open", "--rate", "20")
        process = run(tmp_path, "--collector", held.collector.address, *arguments)
        try:
            assert 0 == await process.ended(PATIENCE_S)
        finally:
            await process.kill()

        assert "half-open: 1 connections, 0 refused" in (tmp_path / "out").read_text()
        assert held.names["LoadLog"] > 0

    async def test_nobody_there(self, tmp_path: Path) -> None:
        """Without a collector it runs as well, and fails at the end."""
        process = run(tmp_path, "--collector", f"127.0.0.1:{free_port()}", "--duration", "1")
        try:
            assert 1 == await process.ended(PATIENCE_S)
        finally:
            await process.kill()

    async def test_mistakes(self, tmp_path: Path) -> None:
        """A mistake is one readable line, before anything runs."""
        broken = tmp_path / "ca.pem"
        broken.write_text("no certificate")
        ends = []
        for arguments in (("--count", "0"), ("--tls-ca", str(broken))):
            process = run(tmp_path, *arguments)
            try:
                ends.append(await process.ended(PATIENCE_S))
            finally:
                await process.kill()

        assert [2, 2] == ends
        lines = (tmp_path / "err").read_text().splitlines()
        assert 2 == len(lines)
        assert "--count 0: must be from 1" in lines[0]
        assert "--tls-*:" in lines[1]

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import REPOSITORY
from tests.support.owned import Owned, run_owned
from tests.support.reaper import Leash, locked, reap
from tests.support.waiting import eventually

LONG = ["sleep", "600"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that something big lies in."""
    big = tmp_path / "big"
    big.mkdir()
    (big / "data").write_text("x")
    return big


def started(tmp_path: Path, leash: Leash) -> Owned:
    """Start something that would run for ever."""
    return run_owned(LONG, tmp_path / "out", {"PATH": os.defpath}, leash=leash)


def holder_of_a_child(out: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start a test process that owns a child; return it and the child's id."""
    program = (
        "import os, sys; from pathlib import Path; from tests.support.owned import run_owned\n"
        f"p = run_owned({LONG}, Path(sys.argv[1]), dict(PATH=os.defpath))\n"
        "print(p.pid, flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY
    )
    assert holder.stdout is not None
    return holder, int(holder.stdout.readline())


def alive(pid: int) -> bool:
    """Tell whether a process that is not our child runs; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


async def died_by(process: Owned) -> int:
    """Wait for the end of a process that nobody here ends."""
    return await process.ended(20.0)


class TestReap:
    def test_keeps_what_was_not_spared(self) -> None:
        """What is announced is cleaned up, unless it is spared later."""
        said = [b"kill 10\n", b"kill 11\n", b"spare 10\n", b"remove /a b\n"]

        assert reap(said) == ({11}, {Path("/a b")})


class TestPrivateLeash:
    async def test_kills_and_removes_at_the_end(self, tmp_path: Path, folder: Path) -> None:
        """Letting go kills what is left and removes the folder."""
        leash = Leash.private()
        process = started(tmp_path, leash)
        leash.remove(folder)

        leash.close()

        assert await died_by(process) == -signal.SIGKILL
        assert not await asyncio.to_thread(folder.exists)

    async def test_spares_what_has_ended(self, tmp_path: Path) -> None:
        """A process that is spared lives on."""
        leash = Leash.private()
        process = started(tmp_path, leash)
        leash.spare(process.pid)

        leash.close()

        assert process.running
        await process.terminate(5.0)

    async def test_acts_when_the_holder_is_killed(self, tmp_path: Path) -> None:
        """A holder that dies by SIGKILL takes what it started with it."""
        holder, child = await asyncio.to_thread(holder_of_a_child, tmp_path / "out")
        with holder:
            holder.kill()

        await eventually(lambda: not alive(child), 20.0, what="the child's end")


class TestSharedLeash:
    async def test_the_last_holder_ends_it(self, tmp_path: Path, folder: Path) -> None:
        """What is shared lives until the last holder lets go, then dies and is removed."""
        fifo, lock = tmp_path / "leash", tmp_path / "lock"
        with locked(lock):
            first = Leash.shared(fifo, lock)
            second = Leash.join(fifo)
        assert second is not None
        process = started(tmp_path, first)
        second.remove(folder)

        first.close()
        alive_with_one = process.running
        second.close()

        assert alive_with_one
        assert await died_by(process) == -signal.SIGKILL
        await eventually(lambda: not folder.exists(), 10.0, what="the folder's end")
        assert Leash.join(fifo) is None

    async def test_a_latecomer_saves_it(self, tmp_path: Path) -> None:
        """Somebody who joins before the reaper has the lock keeps what is shared alive, and can add to it."""
        fifo, lock = tmp_path / "leash", tmp_path / "lock"
        with locked(lock):
            first = Leash.shared(fifo, lock)
            process = started(tmp_path, first)
            first.close()
            late = Leash.join(fifo)
            assert late is not None
            other = started(tmp_path, late)
        with locked(lock):
            again = Leash.join(fifo)
            assert again is not None

        late.close()
        alive = process.running and other.running
        again.close()

        assert alive
        assert [await died_by(process), await died_by(other)] == [-signal.SIGKILL] * 2

    def test_nobody_to_join(self, tmp_path: Path) -> None:
        """Without a reaper there is nothing to hold on to."""
        assert Leash.join(tmp_path / "leash") is None

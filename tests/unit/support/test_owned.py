import os
import signal
from pathlib import Path

import pytest

from tests.support.owned import Owned, run_owned
from tests.support.waiting import NeverHappenedError, eventually


def shell(script: str, tmp_path: Path) -> Owned:
    """Start a shell script; its output goes to `out`."""
    return run_owned(["sh", "-c", script], tmp_path / "out", {"PATH": os.defpath}, errors=tmp_path / "err")


def known(pid: int) -> bool:
    """Tell whether the kernel has a process, be it a dead one, with this number."""
    return Path(f"/proc/{pid}").is_dir()


class TestOwned:
    async def test_gives_status_and_output(self, tmp_path: Path) -> None:
        """Output and errors are in their files, the exit status is kept."""
        process = shell("echo told; echo wrong >&2; exit 3", tmp_path)

        status = await process.ended(20.0)

        assert (status, process.running) == (3, False)
        assert ((tmp_path / "out").read_text(), (tmp_path / "err").read_text()) == ("told\n", "wrong\n")

    async def test_terminate_lets_it_finish(self, tmp_path: Path) -> None:
        """A process that handles SIGTERM ends with its own status."""
        process = shell("trap 'exit 7' TERM; echo up; while :; do sleep 0.05; done", tmp_path)
        await eventually(lambda: (tmp_path / "out").exists() and (tmp_path / "out").read_text())

        assert await process.terminate(20.0) == 7

    async def test_terminate_is_not_patient_for_ever(self, tmp_path: Path) -> None:
        """A process that ignores SIGTERM is killed after the time."""
        process = shell("trap '' TERM; echo up; while :; do sleep 0.05; done", tmp_path)
        await eventually(lambda: (tmp_path / "out").exists() and (tmp_path / "out").read_text())

        assert await process.terminate(0.2) == -signal.SIGKILL

    async def test_kill_ends_children_too(self, tmp_path: Path) -> None:
        """Children that outlive their parent are seen as left over and are killed with its group."""
        process = shell("sleep 600 & echo up", tmp_path)
        await process.ended(20.0)
        left_over = process.group_alive

        await process.kill()

        assert left_over
        await eventually(lambda: not process.group_alive)

    async def test_an_ended_one_keeps_its_number(self, tmp_path: Path) -> None:
        """Until its group is gone nobody else can get the number of an ended process; afterwards it is not used."""
        process = shell("sleep 600 & exit 4", tmp_path)

        status = await process.ended(20.0)
        still_known = known(process.pid)
        again = [await process.kill(), await process.kill()]

        assert (status, still_known, again) == (4, True, [4, 4])
        assert not known(process.pid)

    async def test_ended_gives_up(self, tmp_path: Path) -> None:
        """Waiting for the end of something that runs on fails after the time."""
        process = shell("sleep 600", tmp_path)

        with pytest.raises(NeverHappenedError, match=f"the end of process {process.pid}"):
            await process.ended(0.05)
        await process.kill()

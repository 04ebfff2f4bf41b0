import asyncio
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from satark.runtime.backoff import Backoff
from satark.standalone.plan import ProcessPlan
from satark.standalone.process import Child
from satark.standalone.supervisor import ChildFailedError, Policy, Supervisor
from tests.support.environment import child_environment
from tests.support.waiting import eventually

QUICK = Policy(max_crashes=3, backoff=Backoff(first_s=0.01, max_s=0.01), grace_s=1.0)

SLEEPER = "import time, pathlib, sys\npathlib.Path(sys.argv[1]).write_text('up')\ntime.sleep(600)\n"
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPER
CRASHING = "import sys\nprint('out of luck', file=sys.stderr)\nsys.exit(3)\n"
MISTAKEN = "import sys\nprint('SATARK_X is missing', file=sys.stderr)\nsys.exit(78)\n"
SERVER = """import http.server, os, pathlib, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"ready": false, "conditions": [{"name": "vco", "ready": false, "reason": "nobody answers"}]}'
        self.send_response(503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
host, _, port = os.environ["LISTEN"].rpartition(":")
server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
pathlib.Path(sys.argv[1]).write_text(str(server.server_port))
server.serve_forever()
"""
ONCE = "import pathlib, sys\nflag = pathlib.Path('{flag}')\nif not flag.exists():\n    flag.touch()\n    sys.exit(1)\n"


class Nursery:
    """Children made of source text, under one supervisor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.supervisor = Supervisor(tell=self.said.append, policy=QUICK)

    def child(self, source: str, name: str = "child") -> Child:
        """Return a child that runs the source; it is bound when it has written its file."""
        (self.folder / f"{name}_module.py").write_text(source)
        bound = self.folder / f"{name}.bound"
        plan = ProcessPlan(name, f"{name}_module", (str(bound),), {}, {"bound": bound}, has_ops=False)
        return Child(plan, self.folder, child_environment({"PYTHONPATH": str(self.folder)}))


@pytest.fixture
async def nursery(tmp_path: Path) -> AsyncIterator[Nursery]:
    """A nursery that is empty afterwards."""
    made = Nursery(tmp_path)
    yield made
    made.supervisor.kill()
    await made.supervisor.stop()


class TestStart:
    async def test_waits_until_a_child_is_bound(self, nursery: Nursery) -> None:
        """Starting returns when the child has written its port file."""
        child = nursery.child(SLEEPER)

        assert await nursery.supervisor.start(child) > 0
        assert ("up", True) == (child.port("bound"), child.running)

    async def test_restarts_a_child_that_crashed(self, nursery: Nursery, tmp_path: Path) -> None:
        """One crash is told and forgiven."""
        child = nursery.child(ONCE.replace("{flag}", str(tmp_path / "flag")) + SLEEPER)

        await nursery.supervisor.start(child)

        assert child.running
        assert ["child ended with status 1; restarting in 0.0 s"] == nursery.said

    async def test_gives_up_on_a_child_that_crashes_again_and_again(self, nursery: Nursery) -> None:
        """After the third crash in a row the reason and the log are named."""
        with pytest.raises(
            ChildFailedError, match=r"child ended 3 times in a row.*status 3(.|\n)*out of luck"
        ) as caught:
            await nursery.supervisor.start(nursery.child(CRASHING))

        assert 1 == caught.value.status

    async def test_wrong_settings_end_everything_at_once(self, nursery: Nursery) -> None:
        """Exit status 78 is not retried: what the child said about its settings is handed on."""
        with pytest.raises(ChildFailedError, match="SATARK_X is missing") as caught:
            await nursery.supervisor.start(nursery.child(MISTAKEN))

        assert (78, []) == (caught.value.status, nursery.said)

    async def test_a_child_that_dies_later_is_started_again(self, nursery: Nursery) -> None:
        """Kill -9 of a running child brings it back."""
        child = nursery.child(SLEEPER)
        await nursery.supervisor.start(child)
        before = child.pid

        os.kill(before, signal.SIGKILL)

        await eventually(lambda: child.running and child.pid != before, 20, what="another child")


class TestStop:
    async def test_ends_the_last_started_first(self, nursery: Nursery) -> None:
        """All are gone afterwards."""
        children = [nursery.child(SLEEPER, name) for name in ("first", "second")]
        for child in children:
            await nursery.supervisor.start(child)

        await nursery.supervisor.stop()

        assert [False, False] == [child.running for child in children]

    async def test_kills_who_does_not_listen(self, nursery: Nursery) -> None:
        """A child that ignores SIGTERM is killed after the grace period, and that is said."""
        child = nursery.child(STUBBORN)
        await nursery.supervisor.start(child)

        await nursery.supervisor.stop()

        assert not child.running
        assert ["child did not stop within 1 s: killed"] == nursery.said

    async def test_asks_the_next_only_when_the_last_has_ended(self, nursery: Nursery) -> None:
        """The order of the ends is the reverse of the order of the starts."""
        order = nursery.folder / "order"
        for name in ("one", "two", "three"):
            end = f"pathlib.Path({str(order)!r}).open('a').write('{name}\\n'), sys.exit(0)"
            source = f"import signal, sys, pathlib\nsignal.signal(signal.SIGTERM, lambda *_: ({end}))\n{SLEEPER}"
            await nursery.supervisor.start(nursery.child(source, name))

        await nursery.supervisor.stop(grace_s=20)

        assert ["three", "two", "one"] == order.read_text().split()

    async def test_a_kill_ends_a_stop(self, nursery: Nursery) -> None:
        """Who does not want to wait for a stubborn child need not."""
        patient = Supervisor(tell=nursery.said.append, policy=dataclasses.replace(QUICK, grace_s=60.0))
        child = nursery.child(STUBBORN)
        await patient.start(child)
        stopping = asyncio.create_task(patient.stop())
        await asyncio.sleep(0)

        patient.kill()

        async with asyncio.timeout(10):
            await stopping
        assert not child.running

    async def test_nothing_starts_behind_our_back(self, nursery: Nursery) -> None:
        """What was about to be restarted stays down once all are stopped."""
        slow = Supervisor(tell=nursery.said.append, policy=dataclasses.replace(QUICK, backoff=Backoff(first_s=0.2)))
        child = nursery.child(SLEEPER)
        await slow.start(child)
        child.kill()
        await eventually(lambda: nursery.said, 20, what="the news of a crash")

        await slow.stop()

        assert (False, ["child ended with status -9"]) == (child.running, [nursery.said[0].split(";")[0]])


class TestWatch:
    async def test_what_takes_its_data_along_is_not_restarted(self, nursery: Nursery) -> None:
        """A new embedded broker would be empty, and elsewhere: that is the end."""
        child = nursery.child(SLEEPER, "broker")
        child.plan = dataclasses.replace(child.plan, restart=False)
        await nursery.supervisor.start(child)

        child.kill()

        async with asyncio.timeout(20):
            error = await nursery.supervisor.failure()
        assert str(error).startswith("broker ended with status -9, and what it held is gone with it; its log is ")
        assert (1, []) == (error.status, nursery.said)

    async def test_a_restarted_child_has_its_port_again(self, nursery: Nursery) -> None:
        """The others look for it where it was."""
        child = nursery.child(SERVER)
        environment = {"LISTEN": "127.0.0.1:0"}
        child.plan = dataclasses.replace(child.plan, environment=environment, listens={"bound": "LISTEN"})
        await nursery.supervisor.start(child)
        port, pid = child.port("bound"), child.pid

        child.kill()

        await eventually(lambda: child.running and child.pid != pid and child.port("bound"), 20, what="a new child")
        assert port == child.port("bound")

    async def test_crashes_after_a_steady_time_are_forgiven(self, nursery: Nursery) -> None:
        """They do not add up."""
        forgiving = Supervisor(tell=nursery.said.append, policy=dataclasses.replace(QUICK, steady_s=0.0))
        starting = asyncio.create_task(forgiving.start(nursery.child(CRASHING)))

        await eventually(lambda: len(nursery.said) > QUICK.max_crashes, 60, what="many crashes")

        assert not starting.done()
        starting.cancel()
        await forgiving.stop()


class TestChild:
    async def test_says_what_it_waits_for(self, nursery: Nursery) -> None:
        """The unmet conditions of /readyz, for the screen."""
        child = nursery.child(SERVER)
        ports = {"ops": nursery.folder / "child.bound"}
        child.plan = dataclasses.replace(child.plan, environment={"LISTEN": "127.0.0.1:0"}, ports=ports, has_ops=True)
        starting = asyncio.create_task(nursery.supervisor.start(child))

        await eventually(lambda: child.waits_for == "vco: nobody answers", 20, what="a reason")

        assert not starting.done()
        starting.cancel()

    async def test_makes_room_when_a_log_has_grown(self, nursery: Nursery) -> None:
        """What was there is kept beside; a log within the limit is left alone."""
        child = nursery.child(SLEEPER)
        child.log_file.write_bytes(b"old\n" * 100)
        child.error_file.write_bytes(b"few\n")

        child.trim_logs(limit_bytes=100)

        beside = child.log_file.with_name("child.jsonl.1")
        assert (b"", b"old\n" * 100) == (child.log_file.read_bytes(), beside.read_bytes())
        assert b"few\n" == child.error_file.read_bytes()

    async def test_last_words_are_few(self, nursery: Nursery) -> None:
        """However much it complained, only the end is told."""
        child = nursery.child(SLEEPER)
        child.error_file.write_text("x" * 100_000 + "the end")

        assert child.last_words().endswith("the end")
        assert len(child.last_words()) <= 4_000


PARENT = """
import asyncio, sys
from pathlib import Path
from satark.standalone.plan import ProcessPlan
from satark.standalone.process import Child

async def main() -> None:
    folder = Path(sys.argv[1])
    plan = ProcessPlan("child", "child_module", (str(folder / "bound"),), {}, {"bound": folder / "bound"}, has_ops=False)
    child = Child(plan, folder, {"PYTHONPATH": str(folder)})
    await child.start()
    await child.bound()
    print(child.pid, flush=True)
    await child.ended()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent death signal is Linux's")
async def test_children_do_not_outlive_a_parent_that_is_killed_hard(tmp_path: Path) -> None:
    """Kill -9 of the parent ends its child."""
    (tmp_path / "child_module.py").write_text(SLEEPER)
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), stdout=subprocess.PIPE, env=child_environment({})
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())

    parent.kill()
    await parent.wait()

    def gone() -> bool:
        stat = Path(f"/proc/{pid}/stat")
        return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"

    await eventually(gone, 20, what="the child's end")

"""What `satark up --demo` keeps, asked as a person asks it: by the commands and over HTTP."""

import asyncio
import json
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.standalone import shown, shows
from tests.support.environment import child_environment
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(280)]

HURRY = {
    "SATARK_SIMULATE_VCO_RATE": "180",
    "SATARK_NOTIFIER_GROUP_WAIT_S": "3",
    "SATARK_ANALYTICS_LISTEN": "127.0.0.1:0",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its status."""

    status: int
    out: str
    errors: str


@dataclass(frozen=True, slots=True)
class Satark:
    """Runs commands against the REST API of a run."""

    url: str

    async def says(self, *arguments: str) -> Said:
        """Run a command to its end."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "satark.runtime.cli", *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=child_environment({"SATARK_API_URL": self.url, "TZ": "UTC"}),
        )
        out, errors = await process.communicate()
        return Said(process.returncode or 0, out.decode(), errors.decode())

    async def lines(self, *arguments: str) -> list[str]:
        """Run a command until it has something to say; return its lines."""
        said: list[str] = []

        async def something() -> bool:
            answered = await self.says(*arguments)
            assert answered.status == 0, answered.errors
            said[:] = answered.out.splitlines()
            return bool(said)

        await eventually(something, 60, what=f"an answer to satark {' '.join(arguments)}")
        return said


async def _satark(up: SatarkProcess, run_dir: Path) -> Satark:
    await shows(up, "the console is at", 120)
    return Satark(f"http://127.0.0.1:{(run_dir / 'analytics.port').read_text().strip()}")


async def test_what_the_demo_keeps_is_found_again(tmp_path: Path, satark: SatarkProcesses) -> None:
    """Logs, statistics, sessions, objects and the incident of the demo are found by the commands and over HTTP."""
    up = satark.start("up", "--demo", "--run-dir", str(tmp_path / "run"), environment=HURRY)
    ask = await _satark(up, tmp_path / "run")

    logs = await ask.lines("logs", "--last", "30m", "--source", "compute-00000")
    tables = await ask.lines("stats", "--json")
    sessions = await ask.lines("sessions", "--last", "30m", "--csv")
    incidents = json.loads("".join(await ask.lines("incidents", "--state", "all", "--json")) or "[]")
    vrouters = await http_get(f"{ask.url}/analytics/uves/vrouters")

    assert all(" compute-00000 [Compute:" in line for line in logs)
    assert "NodeStatus.process_mem_cpu_usage" in {row["table"] for row in json.loads("".join(tables))}
    assert sessions[0].startswith("T=,vn,remote_vn")
    assert vrouters is not None
    assert "compute-00000" in {link["name"] for link in vrouters.json()}
    if not incidents:
        await shows(up, "mail      [OPENED]", 120)
        await eventually(lambda: _opened(ask, incidents), 60, what="the incident")
    story = await ask.says("incidents", incidents[0]["incident"])
    assert "LDN-vVCE / BT Business Broadband" in story.out
    assert "opened: first symptom" in story.out
    up.signal(signal.SIGINT)
    assert 0 == await up.ended(timeout_s=60), up.output_tail()
    assert "Traceback" not in shown(up)


async def _opened(ask: Satark, incidents: list[dict[str, str]]) -> bool:
    said = await ask.says("incidents", "--state", "all", "--json")
    incidents[:] = json.loads(said.out)
    return bool(incidents)


async def test_a_taken_port_is_a_mistake_of_the_settings(tmp_path: Path, satark: SatarkProcesses) -> None:
    """A port that somebody else has ends the start with status 78 and one line that names the setting."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {
            "SATARK_ANALYTICS_LISTEN": f"127.0.0.1:{taken.getsockname()[1]}",
            "SATARK_ANALYTICS_STORE": f"chdb://{tmp_path / 'store'}",
            "SATARK_KAFKA_BROKERS": f"127.0.0.1:{free_port()}",
        }

        analytics = satark.start("analytics", environment=environment)

        assert 78 == await analytics.ended(timeout_s=60), analytics.output_tail()
    told = analytics.error_file.read_text()
    assert told.startswith("satark analytics: SATARK_ANALYTICS_LISTEN: cannot listen on 127.0.0.1:")
    assert "Traceback" not in told

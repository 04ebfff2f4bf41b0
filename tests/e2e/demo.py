"""`satark up --demo` as a world under test: its console, its mails, and the clock of its orchestrator."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.standalone import shows
from tests.support.ports import free_port
from tests.support.processes import SatarkProcess, SatarkProcesses, http_get
from tests.support.waiting import eventually

EDGE, LINK = "LDN-vVCE", "BT Business Broadband"
"""The link that goes bad, about 25 minutes after the orchestrator's clock begins to run."""

SLOW, FAST = 1.0, 180.0
START_S, HAPPENS_S = 120.0, 120.0


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo, whose console answers at `url`."""

    up: SatarkProcess
    run_dir: Path
    url: str

    async def run_at(self, rate: float) -> None:
        """Let so many seconds pass at the orchestrator in each second."""
        port = (self.run_dir / "simulate-vco.port").read_text().strip()
        clock = f"http://127.0.0.1:{port}/__sim/clock"
        async with aiohttp.ClientSession(raise_for_status=True) as session, session.post(clock, json={"rate": rate}):
            pass

    async def until_it_goes_bad(self) -> str:
        """Hurry until an incident is open, then let time pass as it does elsewhere, so that it stays; return its id."""
        await self.run_at(FAST)
        (incident,) = await self.until(self.incidents, "the incident")
        await self.run_at(SLOW)
        return str(incident["incident"])

    async def until(self, look: Any, what: str) -> Any:
        """Wait for something that takes the demo a while."""
        return await self.up.until(look, HAPPENS_S, what=what)

    async def incidents(self) -> list[dict[str, Any]]:
        """Return the incidents that are open."""
        return list((await self.ask("v1/incidents?state=open"))["incidents"])

    async def ask(self, path: str) -> Any:
        """Return what the REST API answers."""
        answer = await http_get(f"{self.url}/{path}")
        assert answer is not None, path
        assert answer.status == 200, answer.body
        return answer.json()

    def mails(self) -> list[EmailMessage]:
        """Return the mails so far."""
        files = sorted((self.run_dir / "mails").glob("*.eml"))
        return [BytesParser(policy=policy.default).parsebytes(file.read_bytes()) for file in files]

    async def link_of_the_mail(self) -> str:
        """Wait for the mail that tells of the incident; return the address of the console's page that it names."""
        (mail, *_) = await self.until(self.mails, "a mail")
        found = {re.search(r"http://[^\s\"<>]*/console/incidents/[^\s\"<>)]*", text) for text in texts(mail)}
        (address,) = {each[0] for each in found if each}
        return address


def texts(mail: EmailMessage) -> list[str]:
    """Return a mail as text and as HTML."""
    bodies = (mail.get_body((kind,)) for kind in ("plain", "html"))
    return [body.get_content() for body in bodies if body is not None]


@asynccontextmanager
async def demo(satark: SatarkProcesses, run_dir: Path) -> AsyncIterator[Demo]:
    """Run the demo until its console answers; its orchestrator's time hardly passes until it is told to hurry."""
    address = f"127.0.0.1:{free_port()}"
    environment = {
        "SATARK_SIMULATE_VCO_RATE": str(SLOW),
        "SATARK_NOTIFIER_GROUP_WAIT_S": "3",
        "SATARK_ANALYTICS_LISTEN": address,
    }
    up = satark.start("up", "--demo", "--run-dir", str(run_dir), environment=environment)
    await shows(up, "the console is at", START_S)
    running = Demo(up, run_dir, f"http://{address}")
    await eventually(lambda: http_get(f"{running.url}/v1/links"), START_S, what="the console")
    yield running

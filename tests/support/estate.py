"""A whole estate under test: a simulated orchestrator, real Kafka, the services as processes, and a mail catcher."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.runtime.topics import apply
from satark.schemas import codec, topics
from satark.schemas.incidents import IncidentEvent
from satark.schemas.metrics import WAN_LINK
from satark.schemas.notifications import Outcome
from satark.simulators.mail.parse import Summary
from satark.simulators.mail.server import RunningMailCatcher, running_mail_catcher
from satark.simulators.vco.scenario import Incident, Script
from satark.simulators.vco.server import RunningVco, running_vco
from satark.simulators.vco.topology import World
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses
from tests.support.waiting import eventually

PARTITIONS = 3
"""Enough to be shared out; each costs the broker and the detector time."""

BUCKET = timedelta(minutes=5)
EDGE, LINK = "LDN-BR-01", "Broadband B"
BAD_BUCKETS = 4

SCRIPT = Script(
    incidents=(
        Incident(
            edge=EDGE,
            link=LINK,
            kind="step",
            start_s=0,
            duration_s=BAD_BUCKETS * 300,
            add={"latency_ms_rx": 67, "jitter_ms_rx": 28, "loss_pct_rx": 2},
        ),
    )
)


def recent() -> datetime:
    """Return a five-minute boundary six hours ago: old enough to have a future, young enough to be told."""
    now = datetime.now(UTC) - timedelta(hours=6)
    return now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)


@dataclass
class Estate:
    """The running parts. `start` starts or restarts a service; the incident lasts from `begin` for four buckets."""

    begin: datetime
    vco: RunningVco
    mail: RunningMailCatcher
    kafka: KafkaEndpoint
    satark: SatarkProcesses

    @property
    def settings(self) -> KafkaSettings:
        """How to reach Kafka."""
        return KafkaSettings(brokers=self.kafka.brokers, partitions=PARTITIONS, replication_factor=self.kafka.copies)

    def environment(self) -> dict[str, str]:
        """Return the settings of all services."""
        return {
            **self.kafka.environment(),
            "SATARK_KAFKA_PARTITIONS": str(PARTITIONS),
            "SATARK_POLLER_VCO_URL": self.vco.url,
            "SATARK_POLLER_ORCHESTRATOR": "vco.test",
            "SATARK_POLLER_VCO_TOKEN": self.token,
            "SATARK_POLLER_INTERVAL_S": "0.2",
            "SATARK_POLLER_REQUESTS_PER_S": "1000",
            # Its normal is learnt within the hour that these scripts are long.
            "SATARK_DETECTOR_METHOD": "seed",
            "SATARK_NOTIFIER_SMTP_URL": f"smtp://{self.mail.host}:{self.mail.port}",
            "SATARK_NOTIFIER_SENDER": "satark@example.net",
            "SATARK_NOTIFIER_RECEIVERS": "noc@example.net",
            "SATARK_NOTIFIER_RETRY_AFTER_S": "0.2",
            "SATARK_NOTIFIER_GROUP_WAIT_S": "0",
        }

    @property
    def token(self) -> str:
        """The operator's API token."""
        token = self.vco.accounts["operator"].token
        assert token is not None
        return token.reveal()

    def start(self, service: str, **more: str) -> SatarkProcess:
        """Start a service with the estate's settings."""
        mine = f"SATARK_{service.upper()}_"
        shared = {k: v for k, v in self.environment().items() if k.startswith((mine, "SATARK_KAFKA_"))}
        return self.satark.start(service, environment=shared | more)

    def show(self, bucket: int) -> None:
        """Set the orchestrator's clock so that the given bucket (0 is the first bad one) is the youngest to be seen."""
        self.vco.sim.set_time(self.begin + (bucket + 1) * BUCKET + timedelta(seconds=610))

    async def records(self, topic: str) -> list[Any]:
        """Return all events of a topic."""
        found = [r async for r in read_to_end(self.settings, topic)]
        return [codec.decode(r.topic, r.value, r.headers) for r in found]

    async def incidents(self) -> list[IncidentEvent]:
        """Return all incident events."""
        return await self.records(topics.ANOMALIES)

    async def samples_until(self, bucket: int) -> None:
        """Wait until the samples of all links of a bucket are on the topic."""
        start = self.begin + bucket * BUCKET

        async def there() -> bool:
            samples = [s for s in await self.records(topics.METRICS) if s.kind == WAN_LINK]
            links = {s.entity for s in samples}
            return bool(links) and links == {s.entity for s in samples if s.time == start}

        await eventually(there, 60, what=f"samples of bucket {bucket}")

    async def outcomes_until(self, count: int) -> None:
        """Wait until the notifier has published a number of outcomes `sent`: before that a kill may repeat a mail.

        Between the mail server's 250 and that record lies the one gap that SMTP leaves open (decision 0007).
        """

        async def there() -> bool:
            outcomes = await self.records(topics.NOTIFICATIONS)
            return len([o for o in outcomes if o.outcome is Outcome.SENT]) >= count

        await eventually(there, 60, what=f"{count} outcomes")

    async def mails(self, count: int) -> list[Summary]:
        """Wait for a number of mails; return the headers of all that came, oldest first."""
        return [mail.summary for mail in await self.mail.wait_for(count, timeout_s=60)]


@asynccontextmanager
async def estate(
    folder: Path,
    kafka: KafkaEndpoint,
    satark: SatarkProcesses,
    *,
    world: World | str = "northwind",
    script: Script = SCRIPT,
) -> AsyncIterator[Estate]:
    """Bring up the parts around the services, the topics included. The clock stands before the incident."""
    begin = recent()
    async with (
        running_vco(world=world, script=script, clock=begin) as vco,
        running_mail_catcher(folder=folder / "mails") as mail,
    ):
        whole = Estate(begin, vco, mail, kafka, satark)
        async with Admin(whole.settings) as admin:
            await apply(whole.settings, admin)
        whole.show(-1)
        yield whole


def doubles(events: list[Any]) -> dict[str, int]:
    """Return the ids that occur more than once."""
    return {event: n for event, n in Counter(event.id for event in events).items() if n > 1}

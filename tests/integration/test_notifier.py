import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from satark.notifier.app import NotifierApp
from satark.notifier.events import Event
from satark.notifier.settings import NotifierSettings
from satark.runtime import topics
from satark.runtime.admin import Admin
from satark.runtime.deadletter import about, revived
from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.links import LinkSettings
from satark.runtime.records import OutgoingRecord, Record
from satark.runtime.service import ServiceContext
from satark.schemas.codec import decode, encode
from satark.schemas.incidents import IncidentOpened
from satark.schemas.notifications import Notification, Outcome
from satark.schemas.topics import ANOMALIES, BY_NAME, NOTIFICATIONS
from tests.support.kafka import KafkaEndpoint
from tests.support.ports import free_port
from tests.support.waiting import eventually
from tests.unit.notifier.channels.mail_server import Fault, MailServer, running
from tests.unit.notifier.scenes import LONDON, OLDEST_S, opened, resolved, updated

pytestmark = pytest.mark.kafka

DEAD_LETTERS = BY_NAME[ANOMALIES].dead_letter_name
NOC, BOSS = "noc@example.net", "boss@example.net"
SOON_S = 60.0
"""A mail with its picture takes 0.2 s on a busy machine, and the first one some seconds more."""


class Stage:
    """One broker, and what a test does on it."""

    def __init__(self, kafka: KafkaSettings, producer: Producer) -> None:
        self.kafka = kafka
        self._producer = producer

    async def publish(self, *events: Event) -> None:
        """Publish incidents and groups as the detector does."""
        encoded = [encode(event, source="/satark/detector") for event in events]
        await self.write(*(OutgoingRecord(e.topic, e.key, e.value, e.headers) for e in encoded))

    async def write(self, *records: OutgoingRecord) -> None:
        """Write records as they are."""
        await self._producer.send_all(records)

    async def records(self, topic: str) -> list[Record]:
        """Read a topic."""
        return [record async for record in read_to_end(self.kafka, topic)]

    async def outcomes(self) -> list[Notification]:
        """Read what was told, in the order of the events' partitions."""
        return [decode(NOTIFICATIONS, record.value) for record in await self.records(NOTIFICATIONS)]

    async def told(self, count: int) -> list[Notification]:
        """Wait until so many outcomes are written."""

        async def enough() -> list[Notification]:
            outcomes = await self.outcomes()
            return outcomes if len(outcomes) >= count else []

        return await eventually(enough, SOON_S, what=f"{count} outcomes", pause_s=0.2)

    @asynccontextmanager
    async def notifier(
        self, port: int, *receivers: str, crash: bool = False, links: LinkSettings | None = None, **changes: object
    ) -> AsyncIterator[Health]:
        """Run a notifier; `crash` ends it without any farewell."""
        options: dict[str, object] = {
            "smtp_url": f"smtp://127.0.0.1:{port}",
            "sender": "Satark <alerts@example.net>",
            "receivers": receivers or (NOC,),
            "retry_after_s": (0.2, 0.4),
            "group_wait_s": 0.0,
            "stale_after_s": OLDEST_S,
            "digest_above": 1000,
            "burst": 1000,
            "connect_timeout_s": 2.0,
            "command_timeout_s": 2.0,
            "data_timeout_s": 2.0,
        }
        settings = NotifierSettings(**(options | changes))  # type: ignore[arg-type]  # a test's keywords
        health, stop = Health(), asyncio.Event()
        ops, linked = OpsSettings(listen="127.0.0.1:0"), links or LinkSettings()
        context = ServiceContext("notifier", "0", self.kafka, ops, health, links=linked)
        app = asyncio.create_task(NotifierApp(settings, context).run(stop))
        try:
            await eventually(lambda: app.done() or is_ready(health, "kafka"), SOON_S, what="a ready notifier")
            yield health
        finally:
            if crash:
                app.cancel()
                await asyncio.gather(app, return_exceptions=True)
            else:
                stop.set()
                await asyncio.wait_for(app, SOON_S)


@pytest.fixture
async def stage(own_kafka: KafkaEndpoint) -> AsyncIterator[Stage]:
    """A broker with the contract's topics, two partitions each."""
    kafka = KafkaSettings(brokers=own_kafka.brokers, partitions=2)
    async with Admin(kafka) as admin:
        await topics.apply(kafka, admin)
    async with Producer(kafka, client_id="test") as producer:
        yield Stage(kafka, producer)


def is_ready(health: Health, name: str) -> bool:
    """Return whether a condition is declared and ready."""
    return any(condition.name == name and condition.ready for condition in health.report())


def incident(name: str) -> IncidentOpened:
    """Return the beginning of an incident of a link of its own."""
    return opened(entity=f"wan-link/vco/1/{name}", labels=LONDON | {"link": name})


def mails(server: MailServer) -> list[tuple[str, str, str]]:
    """Return state, link and receiver of each mail that the server took."""
    return [(m.message["X-Satark-State"], m.message["X-Satark-Link"], m.receivers[0]) for m in server.received]


async def arrived(server: MailServer, count: int) -> None:
    """Wait until the server has taken so many mails."""
    await eventually(lambda: len(server.received) >= count, SOON_S, what=f"{count} mails")


class TestTelling:
    async def test_tells_beginning_and_end_once(self, stage: Stage) -> None:
        """One mail when it opens and one when it resolves, in one thread; the update is no mail; all is recorded."""
        first = incident("A")
        async with running(MailServer()) as server, stage.notifier(server.port):
            await stage.publish(first, updated(first), resolved(first, sequence=2))
            await arrived(server, 2)
            outcomes = await stage.told(3)

        assert mails(server) == [("opened", "A", NOC), ("resolved", "A", NOC)]
        assert len({mail.message["In-Reply-To"] for mail in server.received}) == 1
        assert Counter(each.outcome for each in outcomes) == {Outcome.SENT: 2, Outcome.SUPPRESSED: 1}
        assert {each.message_id for each in outcomes if each.outcome is Outcome.SENT} == {
            mail.message["Message-ID"] for mail in server.received
        }

    async def test_a_refused_receiver_does_not_lose_the_others(self, stage: Stage) -> None:
        """550 is recorded and dead-lettered at once; a replay of the dead letter reaches who was not told, only."""
        script: dict[str, list[str | Fault]] = {f"RCPT {BOSS}": ["550 mailbox full"]}
        async with running(MailServer(script)) as server, stage.notifier(server.port, BOSS, NOC):
            await stage.publish(incident("A"))
            outcomes = await stage.told(2)
            (letter,) = await stage.records(DEAD_LETTERS)
            await stage.write(revived(letter))
            await arrived(server, 2)

        assert {each.receiver: each.outcome for each in outcomes} == {BOSS: Outcome.FAILED, NOC: Outcome.SENT}
        assert about(letter)["reason"] == "permanent"
        assert about(letter)["detail"] == f"{BOSS}: 550 mailbox full"
        assert mails(server) == [("opened", "A", NOC), ("opened", "A", BOSS)]


class TestFaults:
    async def test_retries_what_is_refused_for_now(self, stage: Stage) -> None:
        """A greylisting server gets the mail a little later, once, and readiness tells of it meanwhile."""
        script: dict[str, list[str | Fault]] = {"RCPT": ["451 greylisted", "451 greylisted"]}
        async with running(MailServer(script)) as server, stage.notifier(server.port) as health:
            await stage.publish(incident("A"))
            await eventually(lambda: not is_ready(health, "smtp"), SOON_S)
            reasons = [each.reason for each in health.report() if each.name == "smtp"]
            (outcome,) = await stage.told(1)
            ready = is_ready(health, "smtp")

        assert reasons == ["451 greylisted"]
        assert ready
        assert (outcome.outcome, outcome.attempts) == (Outcome.SENT, 3)
        assert len(server.received) == 1

    async def test_waits_for_a_mail_server_that_is_away(self, stage: Stage) -> None:
        """Nothing is lost while nobody listens, and the order of the incident holds."""
        port, first = free_port(), incident("A")
        server = MailServer()
        async with stage.notifier(port) as health:
            await stage.publish(first, resolved(first))
            await eventually(lambda: not is_ready(health, "smtp"), SOON_S)
            async with running(server, port=port):
                await arrived(server, 2)
                await eventually(lambda: is_ready(health, "smtp"), SOON_S)
                await stage.told(2)

        assert [state for state, *_ in mails(server)] == ["opened", "resolved"]

    async def test_goes_on_after_a_broken_record(self, stage: Stage) -> None:
        """Whatever is no event goes to the dead letters with its own bytes, and the next one is told."""
        before = REGISTRY.get_sample_value(
            "satark_events_dead_lettered_total", {"topic": ANOMALIES, "reason": "not_json"}
        )
        poison = [b"\xff\x00 not an event", b"", b'{"event":"opened"}', b"[" * 100_000]
        async with running(MailServer()) as server, stage.notifier(server.port):
            key = incident("A").entity.encode()
            await stage.write(*(OutgoingRecord(ANOMALIES, key, value) for value in poison))
            await stage.publish(incident("A"))
            await arrived(server, 1)
            letters = await stage.records(DEAD_LETTERS)

        assert [letter.value for letter in letters] == poison
        assert [about(letter)["reason"] for letter in letters] == ["not_json", "empty", "invalid", "invalid"]
        after = REGISTRY.get_sample_value(
            "satark_events_dead_lettered_total", {"topic": ANOMALIES, "reason": "not_json"}
        )
        assert (after or 0) - (before or 0) == 1

    async def test_goes_on_after_an_event_that_cannot_be_rendered(self, stage: Stage) -> None:
        """A date at the end of time breaks no more than its own mail."""
        encoded = encode(incident("A"), source="/test")
        last = json.loads(encoded.value) | {"time": "9999-12-31T23:59:59Z"}
        async with running(MailServer()) as server, stage.notifier(server.port):
            await stage.write(OutgoingRecord(ANOMALIES, encoded.key, json.dumps(last).encode()))
            await stage.publish(incident("B"))
            outcomes = await stage.told(2)
            letters = await stage.records(DEAD_LETTERS)

        assert mails(server) == [("opened", "B", NOC)]
        assert Counter(each.outcome for each in outcomes) == {Outcome.SENT: 1, Outcome.FAILED: 1}
        assert [about(letter)["reason"] for letter in letters] == ["unrenderable"]

    async def test_reads_no_more_than_it_may_keep(self, stage: Stage) -> None:
        """With room for two mails twenty incidents still all arrive, once each."""
        script: dict[str, list[str | Fault]] = {"RCPT": ["451 slow down"] * 3}
        events = [incident(f"L{i}") for i in range(20)]
        async with running(MailServer(script)) as server, stage.notifier(server.port, max_pending=2):
            await stage.publish(*events)
            await stage.told(20)

        assert sorted(link for _, link, _ in mails(server)) == sorted(f"L{i}" for i in range(20))


class TestRestart:
    async def test_sends_nothing_twice_and_loses_nothing(self, stage: Stage) -> None:
        """A crash with one mail put off and a later one sent: after it only the first is sent."""
        held = incident("held")
        later = replace(held, incident="another", id="another-opened", labels=LONDON | {"link": "later"})
        server = MailServer({"RCPT": ["451 not now"]})
        async with running(server):
            async with stage.notifier(server.port, crash=True, retry_after_s=(600.0,)):
                await stage.publish(held, later)
                await arrived(server, 1)
                await stage.told(1)
            async with stage.notifier(server.port):
                await stage.told(2)
                await stage.publish(resolved(held))
                await stage.told(3)

        assert mails(server) == [("opened", "later", NOC), ("opened", "held", NOC), ("resolved", "held", NOC)]

    async def test_an_orderly_stop_finishes_the_mail_in_flight(self, stage: Stage) -> None:
        """Nothing is cut off in the middle, and the next start has nothing to do."""
        server = MailServer({"DATA": [Fault.WAIT]})
        async with running(server):
            async with stage.notifier(server.port, data_timeout_s=60.0):
                await stage.publish(incident("A"))
                await eventually(lambda: "DATA" in server.said, SOON_S)
                asyncio.get_running_loop().call_later(0.5, server.released.set)
            outcomes = await stage.outcomes()
            async with stage.notifier(server.port):
                await stage.publish(incident("B"))
                await stage.told(2)

        assert [each.outcome for each in outcomes] == [Outcome.SENT]
        assert mails(server) == [("opened", "A", NOC), ("opened", "B", NOC)]

    async def test_two_share_the_incidents(self, stage: Stage) -> None:
        """A second notifier comes and goes: every incident is told once."""
        events = [incident(f"L{i}") for i in range(30)]
        async with running(MailServer()) as server, stage.notifier(server.port):
            await stage.publish(*events[:10])
            async with stage.notifier(server.port):
                await stage.publish(*events[10:20])
                await stage.told(20)
            await stage.publish(*events[20:])
            await stage.told(30)

        assert Counter(link for _, link, _ in mails(server)) == {f"L{i}": 1 for i in range(30)}

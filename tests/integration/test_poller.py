"""The poller on a real Kafka, against the simulated orchestrator: exactly once through kills, and readiness with reasons."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from satark.poller import journal as journals
from satark.poller.errors import WrongShapeError
from satark.poller.journal import KafkaJournal
from satark.runtime import kafka, topics
from satark.runtime.admin import Admin
from satark.runtime.deadletter import about, revived
from satark.runtime.groups import KafkaSettings
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.codec import decode
from satark.schemas.metrics import MetricSample
from satark.schemas.topics import METRICS
from satark.simulators.vco.clock import VirtualClock
from satark.simulators.vco.server import RunningVco, real_now, running_vco
from satark.simulators.vco.worlds import NORTHWIND_NOW
from tests.support.kafka import KafkaCluster
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.ports import free_port
from tests.support.processes import SatarkProcesses, http_get
from tests.unit.poller.doubles import FIBRE_A, NOON, CrashError, collector_for, settings_for

pytestmark = pytest.mark.kafka

STEP = timedelta(minutes=5)
QUALITY = "linkQualityEvent/getLinkQualityEvents"
AGGREGATE = "monitoring/getAggregateEdgeLinkMetrics"


async def prepared(endpoint: KafkaEndpoint) -> KafkaSettings:
    """Create the contract's topics; return the settings of the broker."""
    settings = KafkaSettings(brokers=endpoint.brokers, partitions=3)
    async with Admin(settings) as admin:
        await topics.apply(settings, admin)
    return settings


@pytest.fixture
async def broker(own_kafka: KafkaEndpoint) -> KafkaSettings:
    """A broker with the contract's topics, of the test's own."""
    return await prepared(own_kafka)


@pytest.fixture
async def vco() -> AsyncIterator[RunningVco]:
    """A simulator at 2026-03-10T12:10Z."""
    async with running_vco() as running:
        yield running


def environment(broker: KafkaSettings, url: str, token: str, **more: str) -> dict[str, str]:
    """Return a poller's environment."""
    return {
        "SATARK_KAFKA_BROKERS": broker.brokers,
        "SATARK_KAFKA_PARTITIONS": "3",
        "SATARK_POLLER_VCO_URL": url,
        "SATARK_POLLER_VCO_TOKEN": token,
        "SATARK_POLLER_INTERVAL_S": "0.3",
        "SATARK_POLLER_RETRIES": "1",
        "SATARK_POLLER_REQUESTS_PER_S": "1000",
        **more,
    }


def token_of(vco: RunningVco) -> str:
    """Return the customer's token."""
    token = vco.accounts["customer"].token
    assert token is not None
    return token.reveal()


async def published(broker: KafkaSettings) -> list[MetricSample]:
    """Return all samples on the topic."""
    return [decode(r.topic, r.value, r.headers) async for r in kafka.read_to_end(broker, METRICS)]


def assert_each_once(samples: list[MetricSample], last: datetime) -> None:
    """Every bucket of a link from the first to `last` is there, and no id is there twice."""
    times = {sample.time for sample in samples if sample.labels.get("link_id") == FIBRE_A}
    ids = [sample.id for sample in samples]

    assert len(set(ids)) == len(ids)
    assert sorted(times) == [min(times) + i * STEP for i in range((last - min(times)) // STEP)]


class Dying(KafkaJournal):
    """A journal whose process dies after publishing, before the checkpoint."""

    async def save(self, checkpoint: PollerCheckpoint) -> None:
        """Save the first checkpoint only."""
        if checkpoint.window_end >= NOON:
            raise CrashError
        await super().save(checkpoint)


class TestExactlyOnce:
    async def test_between_publication_and_checkpoint(self, broker: KafkaSettings, vco: RunningVco) -> None:
        """A process that dies between publication and checkpoint leaves no id to be published again."""
        settings = settings_for(vco.url, token=vco.accounts["customer"].token)
        for kind, expected in ((Dying, 0), (Dying, 0), (KafkaJournal, 0)):
            async with kafka.Producer(broker, client_id="poller") as producer:
                journal = kind(broker, producer, orchestrator=settings.name, sample_s=300)
                with suppress(CrashError):
                    report = await collector_for(settings, journal).cycle()
                    assert report.samples["published"] == expected

        assert_each_once(await published(broker), NOON)

    async def test_killed_again_and_again(self, broker: KafkaSettings, satark: SatarkProcesses) -> None:
        """A poller that is killed at any moment, while hours pass, publishes every bucket once."""
        clock = VirtualClock(start=NORTHWIND_NOW, started=real_now(), rate=600.0)
        async with running_vco(clock=clock) as vco:
            environ = environment(broker, vco.url, token_of(vco))
            for delay_s in (0.05, 0.4, 0.0, 0.7):
                process = satark.start("poller", environment=environ)
                await process.event("looked")
                await asyncio.sleep(delay_s)
                await process.kill()
            process = satark.start("poller", environment=environ)
            last = await process.event("looked", left=0)  # after a long pause the newest bucket is read first
            status = await process.terminate()

        assert status == 0
        assert_each_once(await published(broker), datetime.fromisoformat(last["until"]))

    async def test_kafka_goes_and_comes(self, start_kafka: Callable[..., Any], satark: SatarkProcesses) -> None:
        """A poller whose broker is killed says so, comes back, and publishes every bucket once."""
        cluster: KafkaCluster = await start_kafka()
        broker = await prepared(cluster.endpoint())
        async with running_vco() as vco:
            process = satark.start("poller", environment=environment(broker, vco.url, token_of(vco)))
            ops = await process.ready()
            await cluster.kill()
            vco.sim.advance(600)
            await process.until(lambda: not_ready(ops, "kafka"), what="readiness that tells of Kafka")
            await cluster.restart()
            await process.event("looked", until=(NOON + 2 * STEP).isoformat())
            await process.ready()
            await cluster.kill()
            vco.sim.advance(600)
            await process.until(lambda: vco.sim.calls[AGGREGATE] > 2, what="a look that cannot be published")
            begun = monotonic()
            status = await process.terminate()
            took_s = monotonic() - begun
            await cluster.restart()

        assert status == 0
        assert took_s < 10
        assert_each_once(await published(broker), NOON + 2 * STEP)


async def not_ready(ops: str, name: str) -> str:
    """Return the reason why a condition does not hold, empty while it does."""
    answer = await http_get(f"{ops}/readyz")
    conditions = {c["name"]: c for c in answer.json()["conditions"]} if answer else {}
    return "" if conditions.get(name, {"ready": True})["ready"] else str(conditions[name]["reason"])


class TestReadiness:
    async def test_dead_orchestrator(self, broker: KafkaSettings, satark: SatarkProcesses) -> None:
        """A dead orchestrator is named in log and readiness, and read as soon as it is there."""
        port = free_port()
        async with running_vco(port=port) as vco:
            token = token_of(vco)
        process = satark.start("poller", environment=environment(broker, f"http://127.0.0.1:{port}", token))
        ops = await process.ops_url()
        logged = await process.event("orchestrator_unreadable", reason="unreachable")
        reason = await not_ready(ops, f"vco/127.0.0.1:{port}")
        async with running_vco(port=port):
            await process.ready()
            status = await process.terminate()

        assert logged["orchestrator"] == f"127.0.0.1:{port}"
        assert f"127.0.0.1:{port}: system/getVersionInfo: " in logged["error"]
        assert reason.startswith("unreachable: ")
        assert status == 0
        assert token not in process.output_tail()

    async def test_bad_token(self, broker: KafkaSettings, vco: RunningVco, satark: SatarkProcesses) -> None:
        """A bad token is told as such, and never logged."""
        process = satark.start("poller", environment=environment(broker, vco.url, "a-token-that-nobody-knows"))
        ops = await process.ops_url()
        await process.event("orchestrator_unreadable", reason="auth_failed")
        reason = await not_ready(ops, f"vco/{vco.url.removeprefix('http://')}")
        status = await process.terminate()

        assert reason.startswith("auth_failed: ")
        assert status == 0
        assert "a-token-that-nobody-knows" not in process.output_tail()

    async def test_stops_during_a_slow_call(
        self, broker: KafkaSettings, vco: RunningVco, satark: SatarkProcesses
    ) -> None:
        """SIGTERM ends the poller within a second or two, however long the orchestrator takes."""
        vco.sim.fail(AGGREGATE, "slow", times=None, delay_s=60)
        process = satark.start("poller", environment=environment(broker, vco.url, token_of(vco)))
        await process.until(lambda: vco.sim.calls[AGGREGATE], what="a slow call")
        begun = monotonic()
        status = await process.terminate()

        assert status == 0
        assert monotonic() - begun < 3


class TestDeadLetters:
    async def test_wrong_shape(self, broker: KafkaSettings) -> None:
        """An answer of a wrong shape is kept with its cause, and is not taken for a record to replay."""
        error = WrongShapeError("vco.example.net", QUALITY, "expected an object", body=b'["surprise"]')
        async with kafka.Producer(broker, client_id="poller") as producer:
            journal = KafkaJournal(broker, producer, orchestrator="vco.example.net", sample_s=300)
            await journal.set_aside(error, datetime.now(UTC))
        letters = [record async for record in kafka.read_to_end(broker, journals.DEAD_LETTERS)]

        assert [letter.value for letter in letters] == [b'["surprise"]']
        assert about(letters[0])["reason"] == "wrong_shape"
        assert about(letters[0])["method"] == QUALITY
        assert "topic" not in about(letters[0])
        with pytest.raises(ValueError, match="no topic to go back to"):
            revived(letters[0])

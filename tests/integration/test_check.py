"""`satark check` against a real broker: an estate in which all is well, and one in which everything is not."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from satark.runtime import topics
from satark.runtime.admin import Admin
from satark.runtime.checking import command
from satark.runtime.checking.gathering import Asked, gathered
from satark.runtime.checking.readers import SERVICES
from satark.runtime.deadletter import dead_letter
from satark.runtime.groups import KafkaSettings, OpsSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Consumer
from satark.runtime.ops import OpsServer
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.codec import Event, encode
from satark.schemas.metrics import MetricSample
from satark.schemas.topics import INCIDENT_GROUPS, METRICS, SILENCES
from tests.integration.runtime_kafka import polled, settings_of, write
from tests.support.kafka import KafkaCluster, KafkaEndpoint
from tests.support.kafka_users import RIGHTS_CHECKED
from tests.support.ports import free_port

pytestmark = pytest.mark.kafka

INTERVAL_S = 300


class Estate:
    """Topics as they should be, data of just now, and whoever should read it."""

    def __init__(self, kafka: KafkaEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kafka = kafka
        self.settings: KafkaSettings = settings_of(kafka, partitions="2")
        self.readers: dict[str, AsyncExitStack] = {}
        self.health = Health()
        self.health.set("kafka", ready=True)
        for name, text in (kafka.environment() | {"SATARK_KAFKA_PARTITIONS": "2"}).items():
            monkeypatch.setenv(name, text)

    async def begin(self) -> None:
        """Make the topics, write a sample, and let each service's group read it."""
        async with Admin(self.settings, connect_attempts=5) as admin:
            await topics.apply(self.settings, admin)
        now = datetime.now(UTC)
        checkpoint = PollerCheckpoint(orchestrator="vco", window_end=now, offsets={"0": 1})
        await self.tell(sample(now - timedelta(seconds=INTERVAL_S)), checkpoint)
        await asyncio.gather(*map(self._read, SERVICES))

    async def _read(self, service: str) -> None:
        stack = self.readers[service] = AsyncExitStack()
        group = f"satark-{service}"
        consumer = await stack.enter_async_context(Consumer(self.settings, topics=(METRICS,), group_id=group))
        [record] = await polled(consumer, 1)
        await consumer.commit({(record.topic, record.partition): record.offset + 1})

    async def tell(self, *events: Event) -> None:
        """Write events as a service does."""
        encoded = [encode(event, source="/test") for event in events]
        await write(self.settings, [OutgoingRecord(e.topic, e.key, e.value, e.headers) for e in encoded])

    async def stop(self, service: str) -> None:
        """End a service's reader."""
        await self.readers.pop(service).aclose()

    async def close(self) -> None:
        """End all readers."""
        await asyncio.gather(*(stack.aclose() for stack in self.readers.values()))

    async def delete(self, topic: str) -> None:
        """Delete a topic."""
        admin = AIOKafkaAdminClient(**self.kafka.client_options())
        try:
            await admin.start()
            await admin.delete_topics([topic])
        finally:
            await admin.close()


def sample(start: datetime) -> MetricSample:
    """Return a link's sample."""
    return MetricSample.of(
        entity="wan-link/vco/1/a",
        kind="wan-link",
        time=start,
        interval_s=INTERVAL_S,
        metrics={"latency_ms_rx": 12.0},
        labels={"orchestrator": "vco", "enterprise": "acme", "edge": "Pune", "link": "MPLS"},
    )


@asynccontextmanager
async def ops_of(health: Health) -> AsyncIterator[str]:
    """Run an ops port; yield its address."""
    about = OpsSettings(listen="127.0.0.1:0")
    async with OpsServer(about, service="poller", version="1", health=health) as server:
        yield f"127.0.0.1:{server.port}"


@pytest.fixture
async def estate(own_kafka: KafkaEndpoint, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Estate]:
    """An estate in which all is well."""
    made = Estate(own_kafka, monkeypatch)
    await made.begin()
    yield made
    await made.close()


async def check(
    capfd: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, dict[tuple[str, str], dict[str, Any]]]:
    """Run `satark check --json` as a person does; return its status, and its findings by part and thing."""
    parser = argparse.ArgumentParser()
    command.configure(parser)
    capfd.readouterr()
    status = await asyncio.to_thread(command.run, parser.parse_args([*arguments, "--json"]))
    findings = json.loads(capfd.readouterr().out)["findings"]
    return status, {(finding["part"], finding["what"]): finding for finding in findings}


async def test_a_healthy_estate_is_all_ok(estate: Estate, capfd: pytest.CaptureFixture[str]) -> None:
    """Where all is well each line says so, and the exit status is 0."""
    async with ops_of(estate.health) as address:
        status, found = await check(capfd, "--ops", address)

    assert {} == {key: finding for key, finding in found.items() if finding["state"] != "ok"}
    assert status == 0
    assert found["services", address]["detail"] == "poller 1 ready"
    assert found["readers", "notifier"]["detail"] == "1 member; nothing waits"
    assert found["topics", METRICS]["detail"] == "2 partitions, 1 copies"
    assert found["sources", "orchestrator vco"]["state"] == "ok"
    assert {part for part, _ in found} >= {"kafka", "topics", "readers", "dead letters", "data", "clocks", "services"}


async def test_what_is_not_well_is_named(estate: Estate, capfd: pytest.CaptureFixture[str]) -> None:
    """A missing topic, a dead group with lag, a dead letter and a stopped service each have their line."""
    now = datetime.now(UTC)
    await estate.stop("notifier")
    await estate.tell(sample(now - timedelta(seconds=INTERVAL_S + 1)), sample(now - timedelta(seconds=INTERVAL_S + 2)))
    broken = Record(METRICS, 0, 7, now, b"wan-link/vco/1/a", b"{", ())
    await write(estate.settings, [dead_letter(broken, ValueError("broken"), service="detector", now=now)])
    await asyncio.gather(estate.delete(SILENCES), estate.delete(INCIDENT_GROUPS))
    estate.health.set("store", ready=False, reason="disk is full")

    async with ops_of(estate.health) as address:
        silent = f"127.0.0.1:{free_port()}"
        status, found = await check(capfd, "--ops", address, silent, "--api", f"http://127.0.0.1:{free_port()}")

    assert status == 2
    assert found["topics", SILENCES] == {
        "part": "topics",
        "what": SILENCES,
        "state": "bad",
        "detail": "missing",
        "todo": "satark topics apply",
    }
    notifier, letters = found["readers", "notifier"], found["dead letters", f"{METRICS}.dlq"]
    assert notifier["state"] == "bad"
    assert notifier["detail"].startswith("stopped: nobody is in its group; 2 records wait, the oldest for ")
    assert letters["state"] == "warn"
    assert letters["detail"].startswith("1, the newest ")
    assert letters["detail"].endswith(" s old: ValueError")
    assert letters["todo"] == f"satark dlq list --topic {METRICS}.dlq"
    assert found["services", address]["detail"] == "poller 1 not ready: store: disk is full"
    assert found["services", silent]["state"] == "bad"
    assert found["services", "REST API"]["state"] == "bad"


async def test_no_kafka_is_told_at_once(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Where no broker answers there is one line about Kafka, within seconds."""
    monkeypatch.setenv("SATARK_KAFKA_BROKERS", f"127.0.0.1:{free_port()}")

    async with asyncio.timeout(10):
        status, found = await check(capfd)

    assert status == 2
    assert list(found) == [("kafka", "brokers")]


async def test_it_logs_in_as_other_commands_do(
    start_kafka: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """By TLS and SASL; an empty cluster is looked at to its end, and every topic is missing. A refusal is told."""
    cluster: KafkaCluster = await start_kafka(listeners=["SASL_SSL"])
    for name, text in cluster.endpoint("SASL_SSL").environment().items():
        monkeypatch.setenv(name, text)

    status, found = await check(capfd)
    monkeypatch.setenv("SATARK_KAFKA_SASL_PASSWORD", "hunter2-wrong")
    refused, told = await check(capfd)

    assert (2, 2) == (status, refused)
    assert found["kafka", "brokers"]["state"] == "ok"
    assert {"missing"} == {finding["detail"] for (part, _), finding in found.items() if part == "topics"}
    assert {"bad"} == {finding["state"] for (part, _), finding in found.items() if part == "readers"}
    assert list(told) == [("kafka", "asking")]
    assert "hunter2" not in str(told)


async def test_what_its_user_may_not_see_is_unknown(
    start_kafka: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where Kafka checks rights nothing is called missing that is only hidden."""
    cluster: KafkaCluster = await start_kafka(listeners=["SASL_SSL"], properties=RIGHTS_CHECKED)
    await cluster.endpoint().create_topics([METRICS])
    for name, text in cluster.endpoint("SASL_SSL").environment().items():
        monkeypatch.setenv(name, text)

    status, found = await check(capfd)

    assert status == 1
    assert {"unknown"} == {each["state"] for (part, _), each in found.items() if part in {"topics", "readers"}}
    assert "our user may not see it" == found["topics", METRICS]["detail"]


async def test_a_broker_that_says_nothing_is_waited_for_no_longer_than_the_limit() -> None:
    """Something that takes connections and never answers ends a check too."""

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    async with server, asyncio.timeout(20):
        settings = KafkaSettings(brokers=f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        findings = await gathered(Asked(settings, limit_s=2.0), lambda _: None)

    assert ["not answered within 2 s"] == [finding.detail for finding in findings]

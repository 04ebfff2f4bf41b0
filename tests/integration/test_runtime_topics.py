import argparse
import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from satark.runtime import topics
from satark.runtime.admin import Admin, TopicCreationError
from satark.runtime.commands.topics import command
from satark.schemas.topics import METRICS, POLLER_CHECKPOINTS, all_topics
from tests.integration.runtime_kafka import settings_of
from tests.support.kafka import KafkaCluster, KafkaEndpoint
from tests.support.plugin import Topics
from tests.support.ports import free_port

pytestmark = pytest.mark.kafka


async def configuration(endpoint: KafkaEndpoint, topic: str) -> dict[str, str]:
    """Ask the broker how a topic is configured."""
    admin = AIOKafkaAdminClient(**endpoint.client_options())
    await admin.start()
    try:
        [response] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        await admin.close()
    return {entry[0]: entry[1] for entry in response.resources[0][4]}


def run(monkeypatch: pytest.MonkeyPatch, endpoint: KafkaEndpoint, action: str, **more: str) -> int:
    """Run `satark topics`."""
    environ = endpoint.environment() | {f"SATARK_KAFKA_{name.upper()}": text for name, text in more.items()}
    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args([action]))


class TestApply:
    async def test_the_contract_s_topics_are_created_once(self, own_kafka: KafkaEndpoint) -> None:
        """All topics are created with their partitions and configuration; again nothing is created."""
        settings = settings_of(own_kafka, partitions="3")

        async with Admin(settings) as admin:
            first = await topics.apply(settings, admin)
            await topics.wait_for(settings, [topic.name for topic in all_topics()])
            second = await topics.apply(settings, admin)
            existing = await admin.partitions_by_topic()

        assert first.create == all_topics()
        assert (second.create, second.present) == ((), all_topics())
        assert {topic.name: topics.partitions_of(topic, settings) for topic in all_topics()} == existing
        assert (await configuration(own_kafka, METRICS))["retention.ms"] == "604800000"
        assert (await configuration(own_kafka, POLLER_CHECKPOINTS))["cleanup.policy"] == "compact"

    async def test_two_at_a_time_are_fine(self, own_kafka: KafkaEndpoint) -> None:
        """Whoever is second finds what the first created."""
        settings = settings_of(own_kafka)

        async def apply() -> Any:
            async with Admin(settings) as admin:
                return await topics.apply(settings, admin)

        await asyncio.gather(apply(), apply(), apply())
        async with Admin(settings) as admin:
            existing = await admin.partitions_by_topic()

        assert {topic.name for topic in all_topics()} == set(existing)

    async def test_a_refusal_names_the_topic(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """More copies than brokers is refused, with the topic and the broker's reason."""
        name = kafka_topics.name("t")

        async with Admin(settings_of(kafka)) as admin:
            await admin.create([])
            with pytest.raises(TopicCreationError, match=rf"{name}: .*[Rr]eplication"):
                await admin.create([(name, 1, 3, {})])


class TestWaitFor:
    async def test_it_waits_and_tells(self, kafka: KafkaEndpoint, kafka_topics: Topics) -> None:
        """While a topic is missing that is told; when it is created the waiting ends."""
        settings, told = settings_of(kafka), asyncio.Queue[list[str]]()
        there, later = await kafka_topics.create("there"), kafka_topics.name("later")

        waiting = asyncio.create_task(topics.wait_for(settings, [there, later], progress=told.put_nowait))
        missing = await asyncio.wait_for(told.get(), 30.0)
        await kafka_topics.create("later")
        await asyncio.wait_for(waiting, 30.0)

        assert missing == [later]

    async def test_it_outlives_the_broker(self, start_kafka: Callable[..., Any]) -> None:
        """A broker that goes while we wait for a topic is waited for too."""
        cluster: KafkaCluster = await start_kafka()
        settings, told = settings_of(cluster.endpoint()), asyncio.Queue[list[str]]()

        waiting = asyncio.create_task(topics.wait_for(settings, ["later"], progress=told.put_nowait))
        await asyncio.wait_for(told.get(), 30.0)
        await cluster.kill()
        await asyncio.wait_for(told.get(), 60.0)
        await cluster.restart()
        await cluster.endpoint().create_topics(["later"])
        await asyncio.wait_for(waiting, 60.0)

        assert waiting.done()


class TestCommand:
    def test_list_and_apply(
        self, own_kafka: KafkaEndpoint, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """`apply` says what it created, then that all is present, then what differs; `list` compares."""
        before = run(monkeypatch, own_kafka, "list"), capsys.readouterr().out
        first = run(monkeypatch, own_kafka, "apply", partitions="2"), capsys.readouterr().out
        second = run(monkeypatch, own_kafka, "apply", partitions="2"), capsys.readouterr().out
        more = run(monkeypatch, own_kafka, "apply", partitions="4"), capsys.readouterr().out
        after = run(monkeypatch, own_kafka, "list"), capsys.readouterr().out

        assert [status for status, _ in (before, first, second, more, after)] == [0] * 5
        assert before[1].count("missing") == len(all_topics())
        assert f"created  {METRICS} (2 partitions, delete)" in first[1]
        assert second[1].count("present") == len(all_topics())
        assert f"differs  {METRICS}: 2 partitions, 4 wanted: satark topics grow" in more[1]
        assert "missing" not in after[1]

    def test_a_dead_broker_exits_with_69(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        """After bounded tries it says that no broker answers."""
        caplog.set_level(logging.CRITICAL)
        monkeypatch.setattr("satark.runtime.commands.topics.actions.CONNECT_ATTEMPTS", 1)

        status = run(monkeypatch, KafkaEndpoint(brokers=f"127.0.0.1:{free_port()}"), "list")

        assert status == 69
        assert "satark topics: Kafka is not available after 1 attempts" in capsys.readouterr().err

    def test_wrong_settings_exit_with_78(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Wrong brokers, and a broker without admin API, are the operator's to change."""
        wrong = run(monkeypatch, KafkaEndpoint(brokers="nowhere"), "list")
        embedded = run(monkeypatch, KafkaEndpoint(brokers="nowhere:1"), "apply", topic_admin="false")

        errors = capsys.readouterr().err
        assert (wrong, embedded) == (78, 78)
        assert "'nowhere' is not host:port" in errors
        assert "topics appear when they are touched" in errors

"""Kafka's admin API, as much as Satark needs."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.connection import client_options, closed, connected

TOPIC_ALREADY_EXISTS = 36
"""Kafka protocol error code: somebody else was faster, which is fine."""

NewTopicRow = tuple[str, int, int, dict[str, str]]


class TopicCreationError(RuntimeError):
    """The broker refused to create a topic or to add partitions; the message holds every refusal."""


class Admin:
    """Lists and creates topics, and gives them more partitions."""

    def __init__(self, settings: KafkaSettings, *, connect_attempts: int | None = None) -> None:
        self._settings = settings
        self._attempts = connect_attempts
        self._client: Any = None

    async def __aenter__(self) -> Self:
        self._client = await connected(self._make, attempts=self._attempts)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await closed(self._client)

    async def partitions_by_topic(self) -> dict[str, int]:
        """Return the number of partitions by topic name. Raises KafkaError or OSError when the broker went away."""
        topics = await self._client.describe_topics()
        return {topic["topic"]: len(topic["partitions"]) for topic in topics}

    async def create(self, rows: Sequence[NewTopicRow]) -> None:
        """Create topics: (name, partitions, copies, configuration) each. One that exists already is left alone.

        Raises TopicCreationError when the broker refuses any, KafkaError or OSError when it went away.
        """
        if not rows:
            return
        response = await self._client.create_topics(
            [NewTopic(name, partitions, copies, topic_configs=config) for name, partitions, copies, config in rows]
        )
        refused = [
            f"{name}: {message or f'error {code}'}"
            for name, code, message, *_ in response.topic_errors
            if code not in (0, TOPIC_ALREADY_EXISTS)
        ]
        if refused:
            raise TopicCreationError("; ".join(refused))

    async def add_partitions(self, counts: Mapping[str, int]) -> None:
        """Give topics so many partitions, more than they have.

        Raises TopicCreationError when the broker refuses any, KafkaError or OSError when it went away.
        """
        response = await self._client.create_partitions({name: NewPartitions(count) for name, count in counts.items()})
        refused = [f"{name}: {message or f'error {code}'}" for name, code, message in response.topic_errors if code]
        if refused:
            raise TopicCreationError("; ".join(refused))

    def _make(self) -> Any:
        return AIOKafkaAdminClient(client_id="satark-admin", **client_options(self._settings))

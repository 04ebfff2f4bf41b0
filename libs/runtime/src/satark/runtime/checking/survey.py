"""What a cluster is and holds, as values: the shell that asks Kafka for a check."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    IncompatibleBrokerVersion,
    TopicAuthorizationFailedError,
)
from aiokafka.protocol.metadata import MetadataRequest

from satark.runtime.checking.cluster import Brokers, Partition, Present
from satark.runtime.checking.readers import GONE, HIDDEN, Group, Position
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka.connection import client_options, closed, connected
from satark.runtime.kafka.consumer import record_of
from satark.runtime.records import Record

FETCH = 1
"""Kafka's number of the request by which records are fetched."""

POLL_MS = 300
FEW_BYTES = 65_536
"""Of a partition at once where a record or two are wanted; one that is larger comes alone."""

MANY_BYTES = 1_048_576


class Survey:
    """Looks at one cluster; changes nothing there. Every method raises KafkaError or OSError when the broker went away."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._admin: Any = None
        self._consumer: Any = None

    async def __aenter__(self) -> Self:
        self._admin = await connected(
            lambda: AIOKafkaAdminClient(client_id="satark-check", **client_options(self._settings)), attempts=1
        )
        try:
            self._consumer = await connected(lambda: self._reader(FEW_BYTES), attempts=1)
        except BaseException:
            await closed(self._admin)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(closed(self._admin), closed(self._consumer))

    async def brokers(self) -> Brokers:
        """Return which brokers the cluster has."""
        told = await self._admin.describe_cluster()
        return Brokers(len(told["brokers"]), told["controller_id"], self._least_fetch())

    async def topics(self, names: Collection[str]) -> dict[str, Present]:
        """Return those of the topics that exist, with their configuration where the broker tells it to us."""
        told = [topic for topic in await self._admin.describe_topics() if topic["topic"] in names]
        present = {topic["topic"]: tuple(_partition(row) for row in topic["partitions"]) for topic in told}
        configs = await self._configs(present) if present and self._settings.topic_admin else {}
        return {name: Present(partitions, configs.get(name, {})) for name, partitions in present.items()}

    async def hidden(self, names: Collection[str]) -> set[str]:
        """Return those of the topics that are we may not see, and that so may be there or not."""
        request = MetadataRequest(sorted(names), allow_auto_topic_creation=False)
        told = (await self._admin._send_request(request)).to_object()["topics"] if names else []  # noqa: SLF001 - has no name
        return {topic["topic"] for topic in told if topic["error_code"] == TopicAuthorizationFailedError.errno}

    async def groups(self, names: Collection[str]) -> dict[str, Group]:
        """Return the groups with what they have committed; one that there is not is dead."""
        return dict(zip(names, await asyncio.gather(*map(self._group, names)), strict=True))

    async def spans(self, topics: Mapping[str, Present]) -> tuple[dict[Position, int], dict[Position, int]]:
        """Return the first and the next offset of every partition that somebody leads."""
        partitions = [
            TopicPartition(name, one.number) for name, topic in topics.items() for one in topic.partitions if one.led
        ]
        begins, ends = await asyncio.gather(
            self._consumer.beginning_offsets(partitions), self._consumer.end_offsets(partitions)
        )
        return _positions(begins), _positions(ends)

    async def since(self, positions: Iterable[Position], time_ms: int) -> dict[Position, int]:
        """Return the first offset of each partition whose record is not older; none where all are."""
        asked = {TopicPartition(*position): time_ms for position in positions}
        found = await self._consumer.offsets_for_times(asked) if asked else {}
        return {(p.topic, p.partition): at.offset for p, at in found.items() if at is not None}

    async def read(
        self, spans: Mapping[Position, tuple[int, int]], *, most: int, seconds: float, few: bool = False
    ) -> tuple[list[Record], bool]:
        """Return the records from each start to before each end, and whether that was all: no more than `most`, in time.

        Records behind an end may be among them. `few` says that only the first are wanted.
        """
        left = {TopicPartition(*position): end for position, (start, end) in spans.items() if start < end}
        if not left:
            return [], True
        consumer = await connected(lambda: self._reader(FEW_BYTES if few else MANY_BYTES), attempts=1)
        try:
            consumer.assign(list(left))
            for partition in left:
                consumer.seek(partition, spans[partition.topic, partition.partition][0])
            return await _drained(consumer, left, most, seconds)
        finally:
            await closed(consumer)

    def _reader(self, partition_bytes: int) -> Any:
        return AIOKafkaConsumer(
            client_id="satark-check",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=partition_bytes,
            **client_options(self._settings),
        )

    def _least_fetch(self) -> int | None:
        """Return the lowest version of Fetch that a broker knows. aiokafka keeps this to itself."""
        connections = getattr(self._admin._client, "_conns", {}).values()  # noqa: SLF001 - see above
        known = [getattr(connection, "_versions", {}).get(FETCH) for connection in connections]
        return min((versions[0] for versions in known if versions), default=None)

    async def _configs(self, names: Iterable[str]) -> dict[str, dict[str, str] | None]:
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        try:
            resources = [row for told in await self._admin.describe_configs(asked) for row in told.resources]
        except IncompatibleBrokerVersion:
            return {}  # a broker without the admin API, such as the embedded one for trials
        return {
            name: None if code else {entry[0]: entry[1] for entry in entries} for code, _, _, name, entries in resources
        }

    async def _group(self, name: str) -> Group:
        try:
            coordinator = await self._admin.find_coordinator(name)
        except GroupCoordinatorNotAvailableError:
            return Group(GONE, 0)  # no group has ever been here: the first that comes makes room for coordinators
        except GroupAuthorizationFailedError:
            return Group(HIDDEN, 0)
        told, committed = await asyncio.gather(
            self._admin.describe_consumer_groups([name], group_coordinator_id=coordinator),
            self._admin.list_consumer_group_offsets(name, group_coordinator_id=coordinator),
        )
        _, _, state, _, _, members, *_ = told[0].groups[0]
        return Group(state, len(members), {(p.topic, p.partition): at.offset for p, at in committed.items()})


async def _drained(consumer: Any, left: dict[Any, int], most: int, seconds: float) -> tuple[list[Record], bool]:
    now_s = asyncio.get_running_loop().time
    until_s = now_s() + seconds
    records: list[Record] = []
    while left and len(records) < most and now_s() < until_s:
        for messages in (await consumer.getmany(*left, timeout_ms=POLL_MS, max_records=most)).values():
            records.extend(record_of(message) for message in messages)
        for partition in list(left):
            if await consumer.position(partition) >= left[partition]:
                del left[partition]
                consumer.pause(partition)
    return records, not left


def _partition(row: Mapping[str, Any]) -> Partition:
    return Partition(row["partition"], len(row["replicas"]), len(row["isr"]), led=row["leader"] >= 0)


def _positions(offsets: Mapping[Any, int]) -> dict[Position, int]:
    return {(partition.topic, partition.partition): offset for partition, offset in offsets.items()}

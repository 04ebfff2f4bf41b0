"""Three brokers: who leads what in them, and how a test changes it."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import confluent_kafka
import confluent_kafka.admin

from tests.support.kafka import KafkaCluster
from tests.support.kafka_config import Place
from tests.support.waiting import eventually

COUNT = 3
TIMEOUT_S = 20.0
WHOLE_TIMEOUT_S = 90.0
PROPERTIES = {"min.insync.replicas": "2"}
"""An acknowledgement means two brokers, also for Kafka's own topics."""

lib: Any = confluent_kafka.admin
"""It does not say what it exports."""


def three_in(places: Mapping[int, Place], folder: Path) -> KafkaCluster:
    """Return three brokers, on loopback unless they have places of their own; not started."""
    return KafkaCluster(folder, nodes=COUNT, properties=PROPERTIES, places=places)


async def leaders(cluster: KafkaCluster, topic: str) -> dict[int, int]:
    """Return who leads each partition of a topic; -1 for nobody."""
    return {number: found.leader for number, found in (await _topics(cluster))[topic].partitions.items()}


async def busiest(cluster: KafkaCluster) -> int:
    """Return who leads the most partitions of Satark's topics."""
    found = Counter(
        partition.leader
        for name, topic in (await _topics(cluster)).items()
        if name.startswith("satark")
        for partition in topic.partitions.values()
    )
    return int(found.most_common(1)[0][0])


async def coordinator(cluster: KafkaCluster, group: str) -> int:
    """Return which broker looks after a consumer group."""
    admin = _admin(cluster)
    found = await asyncio.to_thread(admin.describe_consumer_groups([group])[group].result, TIMEOUT_S)
    return int(found.coordinator.id)


def controller(cluster: KafkaCluster) -> int:
    """Return who leads the quorum, as the first node that runs has noted it (clients are told any broker instead)."""
    node = next(node for node in cluster.nodes.values() if node.running)
    noted: Mapping[str, Any] = json.loads((node.config.data / "__cluster_metadata-0" / "quorum-state").read_text())
    return int(noted["leaderId"])


async def elect_preferred(cluster: KafkaCluster) -> None:
    """Let every partition be led by the first of its brokers again."""
    # None means all partitions; one that is led well already is no mistake.
    admin = _admin(cluster)
    await asyncio.to_thread(admin.elect_leaders(confluent_kafka.ElectionType.PREFERRED, None).result, TIMEOUT_S)


async def in_step(cluster: KafkaCluster) -> None:
    """Wait until every copy of every partition is in step with its leader."""

    async def all_are() -> bool:
        found = [partition for topic in (await _topics(cluster)).values() for partition in topic.partitions.values()]
        return all(len(each.isrs) == len(each.replicas) for each in found)

    await eventually(all_are, WHOLE_TIMEOUT_S, what="copies in step", pause_s=0.2)


async def _topics(cluster: KafkaCluster) -> Mapping[str, Any]:
    listed = await asyncio.to_thread(_admin(cluster).list_topics, timeout=TIMEOUT_S)
    topics: Mapping[str, Any] = listed.topics
    return topics


def _admin(cluster: KafkaCluster) -> Any:
    """Return a client, to be kept until its futures are done."""
    return lib.AdminClient({"bootstrap.servers": cluster.endpoint().brokers, "log_level": 0})

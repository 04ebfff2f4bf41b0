"""One broker that the tests of a process borrow one after another; each finds it as if it had just been started.

Starting a broker costs several seconds of a processor, emptying one a fraction of a second. It is emptied before it is
lent, not after: by then everything of the last borrower has ended, whatever the order of its fixtures.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.support.kafka import KafkaCluster
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.waiting import NeverHappenedError, eventually

WIPE_TIMEOUT_S = 30.0
"""Tenths of a second on an idle machine; starting another one takes a busy machine as long as this."""
PARTING_TIMEOUT_S = 1.0
"""A client that has ended is gone as soon as the kernel has closed its sockets."""

LAST = "last-of-the-borrower"
CONNECTIONS = Path("/proc/net/tcp")
"""Has the clients' side only: Java's sockets, the broker's with itself among them, are in the table of IPv6."""

ESTABLISHED = "01"


class KafkaLender:
    """Lends one broker, or one cluster, at a time. Construction does nothing; the first `lend` starts it."""

    def __init__(self, root: Path, *, make: Callable[[Path], KafkaCluster] = KafkaCluster) -> None:
        self._root = root
        self._make = make
        self.cluster: KafkaCluster | None = None
        self.started = 0
        """How many brokers it took so far."""

    async def lend(self) -> KafkaEndpoint:
        """Return a broker without topics, groups or clients: the last one, or a new one if that cannot be emptied."""
        return (await self.lend_cluster()).endpoint()

    async def lend_cluster(self) -> KafkaCluster:
        """Return the same with all its nodes, which the borrower leaves running; if one does not, others are started."""
        if self.cluster is None or not await _emptied(self.cluster):
            await self.close()
            self.started += 1
            self.cluster = await self._make(self._root / f"lent-{self.started}").__aenter__()
        return self.cluster

    async def close(self) -> None:
        """End the broker, if there is one."""
        if self.cluster is not None:
            await self.cluster.close()
            self.cluster = None


async def _emptied(cluster: KafkaCluster) -> bool:
    return all(node.running for node in cluster.nodes.values()) and await wipe(cluster.endpoint())


async def wipe(endpoint: KafkaEndpoint) -> bool:
    """Delete all topics; return whether the broker is empty then.

    Kafka's own topics are deleted too, and with them groups, committed offsets and transactions. It is not empty when
    a client is still connected or a group comes back: whoever is alive could write into the next test.
    """
    ports = [int(broker.rpartition(":")[2]) for broker in endpoint.brokers.split(",")]

    def parted() -> bool:
        table = _connections()
        return not any(connected(table, port) for port in ports)

    try:
        await eventually(parted, PARTING_TIMEOUT_S, what="the parting of clients")
        await asyncio.wait_for(_delete_all(endpoint), WIPE_TIMEOUT_S)
    except (KafkaError, OSError, TimeoutError, NeverHappenedError):
        return False
    return True


async def _delete_all(endpoint: KafkaEndpoint) -> None:
    if not await endpoint.node_ids():
        raise TimeoutError
    admin = AIOKafkaAdminClient(**endpoint.client_options())
    try:
        await admin.start()
        await _delete_topics(admin)
        # The broker hides deleted topics before it has put their files away. It does one thing after another, so a
        # topic that is seen to come and go says that all before it is done.
        await endpoint.create_topics([LAST])
        await _delete_topics(admin)
    finally:
        await admin.close()


async def _delete_topics(admin: Any) -> None:
    if topics := await admin.list_topics():
        await admin.delete_topics(topics)
    await eventually(lambda: _is_empty(admin), WIPE_TIMEOUT_S, what="an empty broker")


async def _is_empty(admin: Any) -> bool:
    return not await admin.list_topics() and not await admin.list_consumer_groups()


def _connections() -> str:
    return CONNECTIONS.read_text() if CONNECTIONS.exists() else ""


def connected(table: str, port: int) -> int:
    """Count the clients of a port in the kernel's table (proc(5), /proc/net/tcp: local address, remote one, state)."""
    rows = (line.split() for line in table.splitlines()[1:])
    return sum(row[3] == ESTABLISHED and int(row[2].rpartition(":")[2], 16) == port for row in rows)

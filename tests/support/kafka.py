"""Real Apache Kafka for a test: one broker or a cluster in KRaft mode, on free loopback ports, its data in memory.

    async with KafkaCluster(tmp_path) as kafka:
        endpoint = kafka.endpoint()
        await endpoint.create_topics({"links": 3})

Nodes can be killed (SIGKILL), stopped and started again on the same ports and data. Starting waits for an answer to a
real request of the protocol.
"""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.certificates import Authority, Identity
from tests.support.kafka_config import (
    MECHANISMS,
    PASSWORD,
    USERNAME,
    ClientAuth,
    Listener,
    Mechanism,
    NodeConfig,
    NodePorts,
    Place,
    TlsFiles,
)
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.kafka_node import KafkaNode, PortTakenError
from tests.support.kafka_prepared import new_id
from tests.support.memory import folder_in_memory
from tests.support.owned import own_leash
from tests.support.ports import free_port
from tests.support.reaper import Leash
from tests.support.waiting import eventually

START_TIMEOUT_S = 90.0
"""Three seconds on an idle machine; a build machine runs other tests at the same time."""

PORT_ATTEMPTS = 5


class KafkaCluster:
    """A cluster of the test's own. Construction does nothing; `async with` or `start` does."""

    def __init__(
        self,
        folder: Path,
        *,
        nodes: int = 1,
        listeners: Sequence[Listener] = ("PLAINTEXT",),
        client_auth: ClientAuth = "requested",
        properties: Mapping[str, str] | None = None,
        java_options: Sequence[str] = (),
        places: Mapping[int, Place] | None = None,
        leash: Leash | None = None,
    ) -> None:
        self.folder = folder
        self.listeners: tuple[Listener, ...] = ("PLAINTEXT", *(name for name in listeners if name != "PLAINTEXT"))
        self._count = nodes
        self._client_auth = client_auth
        self._properties = dict(properties or {})
        self._java_options = tuple(java_options)
        self._places = dict(places or {})
        self._leash = leash
        self._authority: Authority | None = None
        self._client: Identity | None = None
        self._tls: TlsFiles | None = None
        self._ports: dict[int, NodePorts] = {}
        self.nodes: dict[int, KafkaNode] = {}
        self.data: Path | None = None
        """Where the nodes keep what they are sent, while the cluster lives. Logs are in `folder`, and stay."""

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Prepare the folders, start every node and wait until the cluster is whole.

        Raises KafkaStartError with the end of the broker's log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if any(name in self.listeners for name in ("SSL", "SASL_SSL")):
            await asyncio.to_thread(self._make_certificates)
        cluster_id = new_id()
        self.data = folder_in_memory("satark-kafka-", otherwise=self.folder)
        (self._leash or own_leash()).remove(self.data)
        for attempt in range(1, PORT_ATTEMPTS + 1):
            self._lay_out(self.data)
            try:
                if attempt == 1:
                    await asyncio.gather(*(node.format(cluster_id) for node in self.nodes.values()))
                await self._start_all()
            except PortTakenError:
                await self.kill()
                if attempt == PORT_ATTEMPTS:
                    raise
            else:
                return

    async def _start_all(self) -> None:
        for node in self.nodes.values():
            node.launch()
        await self.whole()

    async def whole(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Wait until every node that runs knows every other one that runs."""
        expected = frozenset(number for number, node in self.nodes.items() if node.running)
        await asyncio.gather(*(self._await_node(number, expected, timeout_s) for number in expected))

    async def _await_node(self, number: int, expected: frozenset[int], timeout_s: float) -> None:
        async def sees_all() -> bool:
            self.nodes[number].check()
            return await KafkaEndpoint(self._address(number, "PLAINTEXT")).node_ids() >= expected

        await eventually(sees_all, timeout_s, what=f"a whole cluster at node {number}", pause_s=0.1)

    def endpoint(
        self,
        listener: Listener = "PLAINTEXT",
        *,
        mechanism: Mechanism = "SCRAM-SHA-512",
        client_certificate: bool = False,
    ) -> KafkaEndpoint:
        """Return how to reach a listener; `client_certificate` adds one for mutual TLS."""
        sasl = listener.startswith("SASL")
        client = self._client if client_certificate else None
        return KafkaEndpoint(
            brokers=",".join(self._address(number, listener) for number in self.nodes),
            protocol=listener,
            mechanism=mechanism if sasl else None,
            username=USERNAME if sasl else None,
            password=PASSWORD if sasl else None,
            ca_file=self._authority.ca_file if self._authority and listener.endswith("SSL") else None,
            cert_file=client.cert_file if client else None,
            key_file=client.key_file if client else None,
            copies=min(3, len(self.nodes)),
        )

    def _address(self, number: int, listener: Listener) -> str:
        ports = self._ports[number]
        return f"{ports.host}:{ports.listeners[listener]}"

    async def stop(self, *numbers: int) -> None:
        """Stop nodes (default: all) in an orderly way."""
        await asyncio.gather(*(node.stop() for node in self._chosen(numbers)))

    async def kill(self, *numbers: int) -> None:
        """Kill nodes (default: all) with SIGKILL; data and ports stay theirs."""
        await asyncio.gather(*(node.kill() for node in self._chosen(numbers)))

    async def restart(self, *numbers: int) -> None:
        """Start stopped or killed nodes (default: all) again, on the same ports and data, and wait for them."""
        for node in self._chosen(numbers):
            if not node.running:
                await node.kill()  # one that ended by itself is a child of ours still
            node.launch()
        await self.whole()

    async def close(self) -> None:
        """Kill all that runs and remove the data; logs stay."""
        await self.kill()
        if self.data is not None:
            await asyncio.to_thread(shutil.rmtree, self.data, ignore_errors=True)

    def _chosen(self, numbers: Sequence[int]) -> list[KafkaNode]:
        return [self.nodes[number] for number in numbers or self.nodes]

    def _make_certificates(self) -> None:
        folder = self.folder / "certificates"
        self._authority = Authority(folder)
        self._client = self._authority.issue("client")
        self._tls = TlsFiles(self._authority.issue("broker").both_file, self._authority.ca_file, self._client_auth)

    def _lay_out(self, data: Path) -> None:
        self._ports = {
            number: NodePorts(
                free_port(), {listener: free_port() for listener in self.listeners}, self._place(number).host
            )
            for number in range(1, self._count + 1)
        }
        self.nodes = {number: self._node(number, data / f"node-{number}") for number in self._ports}

    def _place(self, number: int) -> Place:
        return self._places.get(number, Place())

    def _node(self, number: int, data: Path) -> KafkaNode:
        place = self._place(number)
        config = NodeConfig(
            number,
            place.data or data,
            self._ports,
            tls=self._tls,
            extra=self._properties,
            java_options=self._java_options,
            within=place.within,
        )
        return KafkaNode(self.folder / f"node-{number}", config, self._leash)


__all__ = ["MECHANISMS", "KafkaCluster", "KafkaEndpoint"]

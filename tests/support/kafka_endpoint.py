"""How a test reaches a broker, in the words of each reader: aiokafka's options and Satark's environment."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from tests.support.kafka_config import Listener, Mechanism
from tests.support.waiting import eventually

ALREADY_EXISTS = 36
CREATE_TIMEOUT_S = 30.0


class TopicNotCreatedError(RuntimeError):
    """The broker refused to create a topic."""


@dataclass(frozen=True, slots=True)
class KafkaEndpoint:
    """One listener of a running cluster and what a client needs to use it."""

    brokers: str
    protocol: Listener = "PLAINTEXT"
    mechanism: Mechanism | None = None
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    copies: int = 1
    """Of each partition of the topics that Satark makes."""

    def environment(self) -> dict[str, str]:
        """Return the SATARK_KAFKA_* variables for a child process."""
        values = {
            "BROKERS": self.brokers,
            "SECURITY_PROTOCOL": self.protocol,
            "SASL_MECHANISM": self.mechanism,
            "SASL_USERNAME": self.username,
            "SASL_PASSWORD": self.password,
            "CA_FILE": self.ca_file,
            "CERT_FILE": self.cert_file,
            "KEY_FILE": self.key_file,
            "REPLICATION_FACTOR": self.copies if self.copies > 1 else None,
        }
        return {f"SATARK_KAFKA_{name}": str(value) for name, value in values.items() if value is not None}

    def client_options(self) -> dict[str, Any]:
        """Return the keyword arguments of any aiokafka client."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.brokers.split(","),
            "security_protocol": self.protocol,
        }
        if self.protocol in {"SSL", "SASL_SSL"}:
            options["ssl_context"] = self._ssl_context()
        if self.mechanism is not None:
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options

    def _ssl_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.cert_file is not None:
            context.load_cert_chain(self.cert_file, self.key_file)
        return context

    async def node_ids(self, *, timeout_s: float = 10.0) -> frozenset[int]:
        """Ask which brokers the cluster has; empty when none answers within the time."""
        try:
            return await asyncio.wait_for(self._ask_node_ids(), timeout_s)
        except (KafkaError, OSError, TimeoutError):
            return frozenset()

    async def _ask_node_ids(self) -> frozenset[int]:
        await self._connect()
        admin = AIOKafkaAdminClient(**self.client_options())
        try:
            await admin.start()
            described = await admin.describe_cluster()
            return frozenset(broker["node_id"] for broker in described["brokers"])
        finally:
            await admin.close()

    async def _connect(self) -> None:
        """Fail fast and quietly where aiokafka would log an error a second."""
        host, _, port = self.brokers.partition(",")[0].rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.close()
        await writer.wait_closed()

    async def create_topics(
        self,
        topics: Mapping[str, int] | Sequence[str],
        *,
        copies: int = 1,
        config: Mapping[str, str] | None = None,
    ) -> None:
        """Create topics, by name and number of partitions (1 for a plain list), and wait until each has its leaders.

        One that exists already is left alone. Raises TopicNotCreatedError.
        """
        wanted = dict(topics) if isinstance(topics, Mapping) else dict.fromkeys(topics, 1)
        admin = AIOKafkaAdminClient(**self.client_options())
        try:
            await admin.start()
            response = await admin.create_topics(
                [NewTopic(name, count, copies, topic_configs=dict(config or {})) for name, count in wanted.items()]
            )
            refused = [row for row in response.topic_errors if row[1] not in {0, ALREADY_EXISTS}]
            if refused:
                raise TopicNotCreatedError(f"refused: {refused}")
            await eventually(lambda: _all_led(admin, wanted), CREATE_TIMEOUT_S, what=f"leaders for {sorted(wanted)}")
        finally:
            await admin.close()


async def _all_led(admin: Any, wanted: Mapping[str, int]) -> bool:
    described = {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics(list(wanted))}
    return all(
        len(described.get(name, ())) >= count and all(partition["leader"] >= 0 for partition in described[name])
        for name, count in wanted.items()
    )

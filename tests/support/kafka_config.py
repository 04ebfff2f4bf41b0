"""What a broker of the tests is told: its server.properties and its Java command, as pure functions of values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Listener = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-512"]
ClientAuth = Literal["none", "requested", "required"]

HOST = "127.0.0.1"
USERNAME = "satark-test"
PASSWORD = "test-password-of-kafka"
MECHANISMS: tuple[Mechanism, ...] = ("SCRAM-SHA-512", "PLAIN")
LOGIN_MODULES: dict[Mechanism, str] = {
    "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    "PLAIN": f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USERNAME}="{PASSWORD}";',
}

JAVA_OPTIONS = (
    "-Xms128m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    # A broker lives for minutes: the second compiler would only compete with the tests for the processors.
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
)

SMALL = {
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "num.network.threads": "2",
    "num.io.threads": "2",
    "background.threads": "2",
    "num.recovery.threads.per.data.dir": "1",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "group.min.session.timeout.ms": "1000",
    # A killed broker may register again only when its old session has run out; Kafka's 9 s would be waited for.
    "broker.heartbeat.interval.ms": "300",
    "broker.session.timeout.ms": "3000",
}
"""Few threads, few internal partitions, no waiting for more members: a start takes seconds, not tens of them."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The broker's PEM files."""

    keystore: Path
    truststore: Path
    client_auth: ClientAuth = "requested"


@dataclass(frozen=True, slots=True)
class NodePorts:
    """Where one node is reached: its address, a port for the controller, one a listener."""

    controller: int
    listeners: Mapping[Listener, int]
    host: str = HOST


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node runs: the address it has there, and the command that runs another one there."""

    host: str = HOST
    within: Sequence[str] = ()
    data: Path | None = None
    """The folder for what it is sent, where that is not to be the cluster's choice."""


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """One node of a cluster in which every node is both broker and controller."""

    node_id: int
    data: Path
    ports: Mapping[int, NodePorts]
    tls: TlsFiles | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    java_options: Sequence[str] = ()
    within: Sequence[str] = ()
    """The command that runs the broker's: one that enters a namespace first, say."""


def server_properties(config: NodeConfig) -> str:
    """Return the text of the node's server.properties."""
    copies = str(min(3, len(config.ports)))
    lines = {
        **_identity(config),
        **SMALL,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "share.coordinator.state.topic.replication.factor": copies,
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.min.isr": "1",
        **(_tls(config.tls) if config.tls else {}),
        **_sasl(tuple(config.ports[config.node_id].listeners)),
        **config.extra,
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def _identity(config: NodeConfig) -> dict[str, str]:
    own = config.ports[config.node_id]
    listeners = [f"{name}://{own.host}:{port}" for name, port in own.listeners.items()]
    voters = [f"{node}@{ports.host}:{ports.controller}" for node, ports in sorted(config.ports.items())]
    return {
        "process.roles": "broker,controller",
        "node.id": str(config.node_id),
        "log.dirs": str(config.data),
        "controller.quorum.voters": ",".join(voters),
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listeners": ",".join([*listeners, f"CONTROLLER://{own.host}:{own.controller}"]),
        "advertised.listeners": ",".join(listeners),
        "listener.security.protocol.map": ",".join(
            ["CONTROLLER:PLAINTEXT", *(f"{name}:{name}" for name in own.listeners)]
        ),
    }


def _tls(files: TlsFiles) -> dict[str, str]:
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(files.keystore),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(files.truststore),
        "ssl.client.auth": files.client_auth,
    }


def _sasl(listeners: Sequence[Listener]) -> dict[str, str]:
    lines = {}
    for listener in listeners:
        if listener.startswith("SASL"):
            prefix = f"listener.name.{listener.lower()}"
            lines[f"{prefix}.sasl.enabled.mechanisms"] = ",".join(MECHANISMS)
            for mechanism, module in LOGIN_MODULES.items():
                lines[f"{prefix}.{mechanism.lower()}.sasl.jaas.config"] = module
    return lines


def java_command(
    java: str, jars: Path, log4j: Path, log_file: Path, *arguments: str, options: Sequence[str] = ()
) -> list[str]:
    """Return the command line of a Java program of Kafka that logs to a file."""
    logs = (f"-Dlog4j2.configurationFile={log4j}", f"-Dsatark.kafka.log={log_file}")
    return [java, *JAVA_OPTIONS, *options, *logs, "-cp", f"{jars}/*", *arguments]


def format_arguments(properties: Path, cluster_id: str) -> tuple[str, ...]:
    """Return the arguments that prepare a data folder, the SCRAM user included."""
    scram = f"SCRAM-SHA-512=[name={USERNAME},password={PASSWORD},iterations=4096]"
    return (
        "kafka.tools.StorageTool",
        "format",
        # In one word: one identifier in 64 begins with a dash.
        f"--cluster-id={cluster_id}",
        "--config",
        str(properties),
        "--add-scram",
        scram,
    )

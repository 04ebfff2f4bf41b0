"""The broker of deploy/security/docker-compose.secure.yml on real Apache Kafka, with what the scripts there make."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from satark.runtime.acls import SERVICES, acls_of
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import KafkaUnavailableError, Producer
from satark.runtime.records import OutgoingRecord
from satark.runtime.settings import load
from satark.schemas.topics import METRICS, all_topics
from tests.support.environment import REPOSITORY
from tests.support.kafka_config import HOST, Listener, NodeConfig, NodePorts, java_command
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.kafka_files import LOG4J, java, kafka_jars
from tests.support.kafka_node import KafkaNode
from tests.support.kafka_prepared import new_id
from tests.support.kafka_users import allow
from tests.support.ports import free_port
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

FOLDER = REPOSITORY / "deploy" / "security"
FILES = [
    yaml.safe_load(file.read_text())
    for file in (REPOSITORY / "docker-compose.yml", FOLDER / "docker-compose.secure.yml")
]
NOT_PROPERTIES = {"KAFKA_HEAP_OPTS"}
USERS = ("poller", "topics")
"""Each costs a start of Java."""

HERE: Listener = "PLAINTEXT"
"""The name of the one listener that a node of the tests must have; the properties of Compose replace it."""


def properties() -> dict[str, str]:
    """Return the broker's properties, as the image of Kafka makes them of the variables of both files."""
    told: dict[str, Any] = {}
    for file in FILES:
        told |= file["services"]["kafka"]["environment"]
    return {
        name.removeprefix("KAFKA_").lower().replace("_", ".").replace("...", "-").replace("..", "_"): str(text)
        for name, text in told.items()
        if name.startswith("KAFKA_") and name not in NOT_PROPERTIES
    }


@dataclass(frozen=True)
class Secure:
    """A running broker, and the folder of what the scripts made."""

    made: Path
    clients: str
    brokers: str

    def as_admin(self) -> KafkaEndpoint:
        """Return the listener of brokers, and the certificate of who may do everything."""
        own = self.made / "admin"
        return KafkaEndpoint(
            self.brokers,
            protocol="SSL",
            ca_file=own / "ca.pem",
            cert_file=own / "cert.pem",
            key_file=own / "key.pem",
        )

    def settings(self, name: str, **other: str | None) -> KafkaSettings:
        """Return what Compose tells a service; another value of None leaves a setting out."""
        own = self.made / name
        values: dict[str, str | None] = {
            "BROKERS": self.clients,
            "SECURITY_PROTOCOL": "SASL_SSL",
            "SASL_USERNAME": f"satark-{name}",
            "SASL_PASSWORD_FILE": str(own / "kafka-password"),
            "CA_FILE": str(own / "ca.pem"),
            "CERT_FILE": str(own / "cert.pem"),
            "KEY_FILE": str(own / "key.pem"),
        }
        told = {f"SATARK_KAFKA_{key}": text for key, text in (values | other).items() if text is not None}
        return load("kafka", KafkaSettings, told)


def make(folder: Path) -> None:
    """Run the scripts that make certificates and passwords."""
    for script in ("certificates.sh", "passwords.sh"):
        subprocess.run(["sh", str(FOLDER / script), str(folder)], check=True, capture_output=True)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Secure]:
    """Run the scripts, and the broker as Compose would, but for addresses and paths."""
    made, data = folder / "made", folder / "data"
    await asyncio.to_thread(make, made)
    clients, brokers, controller = free_port(), free_port(), free_port()
    own = {
        "listeners": f"CLIENTS://{HOST}:{clients},BROKERS://{HOST}:{brokers},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"CLIENTS://{HOST}:{clients},BROKERS://{HOST}:{brokers}",
        "controller.quorum.voters": f"1@{HOST}:{controller}",
        "log.dirs": str(data),
        "ssl.keystore.location": str(made / "kafka" / "both.pem"),
        "ssl.truststore.location": str(made / "kafka" / "ca.pem"),
    }
    ports = {1: NodePorts(controller, {HERE: clients})}
    node = KafkaNode(folder / "node", NodeConfig(1, data, ports, extra=properties() | own))
    await node.format(new_id())
    node.launch()
    found = Secure(made, f"{HOST}:{clients}", f"{HOST}:{brokers}")

    async def answers() -> bool:
        node.check()
        return bool(await found.as_admin().node_ids())

    try:
        await eventually(answers, 90, what="a broker with certificates", pause_s=0.2)
        yield found
    finally:
        await node.kill()


def give_users(secure: Secure, folder: Path) -> list[str]:
    """Run the script that makes users and gives rights, with Kafka's tool for users; return what it asked of the other."""
    tools, secrets = folder / "tools", folder / "secrets"
    tools.mkdir()
    configs = java_command(java() or "java", kafka_jars(), LOG4J, folder / "tool.log", "kafka.admin.ConfigCommand")
    quoted = " ".join(f"'{word}'" for word in configs)
    asked = folder / "asked"
    for name, body in (("kafka-configs.sh", f'exec {quoted} "$@"'), ("kafka-acls.sh", f'echo "$@" >>{asked}')):
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o700)
    (secrets / "users").mkdir(parents=True)
    admin = secure.made / "admin"
    text = (admin / "admin.properties").read_text().replace("/run/secrets", str(admin))
    (secrets / "admin.properties").write_text(text)
    for name in USERS:
        (secrets / "users" / f"satark-{name}").write_text((admin / "users" / f"satark-{name}").read_text())
    told = {
        "PATH": "/usr/bin:/bin",
        "KAFKA_BIN": str(tools),
        "SECRETS": str(secrets),
        "ACLS": str(FOLDER / "acls.sh"),
        "SATARK_KAFKA_BROKERS": secure.brokers,
    }
    ran = subprocess.run(["sh", str(FOLDER / "rights.sh")], capture_output=True, text=True, check=False, env=told)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return asked.read_text().splitlines()


async def test_the_secured_broker(tmp_path: Path) -> None:
    """The scripts' users log in with certificate and password, and do what is theirs; who lacks one of them does not."""
    async with running(tmp_path) as secure:
        asked = await asyncio.to_thread(give_users, secure, tmp_path)
        login = {
            "security.protocol": "ssl",
            "ssl.ca.location": str(secure.made / "admin" / "ca.pem"),
            "ssl.certificate.location": str(secure.made / "admin" / "cert.pem"),
            "ssl.key.location": str(secure.made / "admin" / "key.pem"),
        }
        await allow(secure.brokers, acls_of(all_topics(), SERVICES), prefix="User:satark-", login=login)
        await secure.as_admin().create_topics([METRICS])

        async with Producer(secure.settings("poller"), client_id="test") as producer:
            written = await producer.send(OutgoingRecord(METRICS, b"k", b"v"))

        assert written == (0, 0)
        assert len(asked) == len((FOLDER / "acls.sh").read_text().splitlines()) - 1
        without_certificate = secure.settings("poller", CERT_FILE=None, KEY_FILE=None)
        other_s_password = secure.settings("poller", SASL_PASSWORD_FILE=str(secure.made / "topics" / "kafka-password"))
        for settings in (without_certificate, other_s_password):
            with pytest.raises(KafkaUnavailableError):
                await Producer(settings, client_id="test", connect_attempts=1).__aenter__()
        assert await replace(secure.as_admin(), protocol="PLAINTEXT").node_ids(timeout_s=2) == frozenset()

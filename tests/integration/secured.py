"""An estate in which everybody must log in and may do no more than the topic table says, its secrets in files.

Kafka is reached by SASL over TLS, the orchestrator by HTTPS, the mail server by TLS with a login, the gateway by TLS with
certificates on both sides.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from satark.runtime.acls import OPERATOR, SERVICES, TOPICS_ADMIN, acls_of
from satark.runtime.groups import KafkaSettings
from satark.runtime.secret import Secret
from satark.runtime.settings import load
from satark.schemas.topics import all_topics
from satark.simulators.mail.options import SmtpOptions
from satark.simulators.mail.server import running_mail_catcher
from satark.simulators.tls import server_context
from satark.simulators.vco.server import running_vco
from tests.support.certificates import Authority
from tests.support.estate import PARTITIONS, SCRIPT, Estate, recent
from tests.support.kafka import KafkaCluster
from tests.support.kafka_users import RIGHTS_CHECKED, allow, make_users
from tests.support.processes import SatarkProcess, SatarkProcesses

PREFIX = "User:satark-"
NAMES = (*(service.name for service in SERVICES), OPERATOR, TOPICS_ADMIN)
SMTP_USER = "satark@example.net"


@dataclass
class Secured:
    """A broker that checks rights, and the files that each part of Satark needs to log in to it."""

    cluster: KafkaCluster
    folder: Path
    satark: SatarkProcesses
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def port_file(self) -> Path:
        """Where the gateway writes its port."""
        return self.folder / "gateway.port"

    @property
    def admin(self) -> str:
        """The brokers' addresses for who may do everything."""
        return self.cluster.endpoint().brokers

    def secret(self, name: str) -> str:
        """Return a secret by its name, made when it is first asked for."""
        return self.secrets.setdefault(name, secrets.token_urlsafe(24))

    def file(self, name: str) -> str:
        """Return the path of a file that holds a secret, and only its owner can read."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(self.secret(name) + "\n")
        return str(path)

    def kafka(self, name: str) -> dict[str, str]:
        """Return the settings with which a part of Satark logs in."""
        values = self.cluster.endpoint("SASL_SSL").environment() | {
            "SATARK_KAFKA_SASL_USERNAME": f"satark-{name}",
            "SATARK_KAFKA_SASL_PASSWORD_FILE": self.file(name),
            "SATARK_KAFKA_PARTITIONS": str(PARTITIONS),
        }
        del values["SATARK_KAFKA_SASL_PASSWORD"]
        return values

    def settings(self, name: str) -> KafkaSettings:
        """Return the same, loaded."""
        return load("kafka", KafkaSettings, self.kafka(name))

    def start(self, *arguments: str, user: str = "", **settings: str) -> SatarkProcess:
        """Start a service as itself, or a command as another user."""
        return self.satark.start(*arguments, environment=self.kafka(user or arguments[0]) | settings)

    def daemons(self) -> tuple[str, ...]:
        """Return the arguments of daemons that connect to the gateway by TLS, for some seconds."""
        others = self.folder / "others"
        return (
            f"--collector=127.0.0.1:{self.port_file.read_text().strip()}",
            "--count=4",
            "--duration=4",
            f"--tls-ca={others / 'ca.pem'}",
            f"--tls-cert={others / 'server.pem'}",
        )

    def denials(self) -> list[str]:
        """Return what the brokers refused to anybody, by their log."""
        texts = [node.log_file.read_text() for node in self.cluster.nodes.values()]
        return [line for text in texts for line in text.splitlines() if " is Denied " in line]


async def secured(start_kafka: Callable[..., Any], folder: Path, satark: SatarkProcesses) -> Secured:
    """Start a broker with a user for each part of Satark, without rights."""
    await asyncio.to_thread(folder.mkdir, mode=0o700)
    cluster = await start_kafka(listeners=("SASL_SSL",), properties=RIGHTS_CHECKED)
    found = Secured(cluster, folder, satark)
    await make_users(found.admin, {f"satark-{name}": found.secret(name) for name in NAMES})
    return found


@asynccontextmanager
async def secured_estate(parts: Secured) -> AsyncIterator[tuple[Estate, dict[str, dict[str, str]]]]:
    """Give everybody their rights, let the admin create the topics, and bring up what is around the services.

    Yields the estate, and what each service is told besides how to log in to Kafka.
    """
    await allow(parts.admin, acls_of(all_topics(), SERVICES), prefix=PREFIX)
    created = parts.start("topics", "apply")
    assert await created.ended() == 0, created.output_tail()
    authority = Authority(parts.folder / "others")
    files = authority.issue("server")
    tls = server_context(files.cert_file, files.key_file)
    login = SmtpOptions(mode="implicit", username=SMTP_USER, password=Secret(parts.secret("smtp")))
    begin = recent()
    async with (
        running_vco(world="northwind", script=SCRIPT, clock=begin, tls=tls) as vco,
        running_mail_catcher(folder=parts.folder / "mails", options=login, tls=tls) as mail,
    ):
        whole = Estate(begin, vco, mail, parts.cluster.endpoint(), parts.satark)
        parts.secrets["vco-token"] = whole.token
        whole.show(-1)
        ca_file = str(authority.ca_file)
        told = {
            name: {key: text for key, text in whole.environment().items() if key.startswith(f"SATARK_{name.upper()}_")}
            for name in ("poller", "detector", "notifier")
        }
        del told["poller"]["SATARK_POLLER_VCO_TOKEN"]
        told["poller"] |= {
            "SATARK_POLLER_VCO_TOKEN_FILE": parts.file("vco-token"),
            "SATARK_POLLER_CA_FILE": ca_file,
        }
        links = {
            "SATARK_LINKS_URL": "https://satark.example.net",
            "SATARK_LINKS_KEYS_FILE": parts.file("links-key"),
        }
        told["notifier"] |= links | {
            "SATARK_NOTIFIER_SMTP_URL": f"smtps://{mail.host}:{mail.port}",
            "SATARK_NOTIFIER_SMTP_PASSWORD_FILE": parts.file("smtp"),
            "SATARK_NOTIFIER_SMTP_CA_FILE": ca_file,
        }
        told["gateway"] = {
            "SATARK_GATEWAY_LISTEN": "none",
            "SATARK_GATEWAY_TLS_LISTEN": "127.0.0.1:0",
            "SATARK_GATEWAY_TLS_CA_FILE": ca_file,
            "SATARK_GATEWAY_TLS_CERT_FILE": str(files.cert_file),
            "SATARK_GATEWAY_TLS_KEY_FILE": str(files.key_file),
            "SATARK_GATEWAY_INTROSPECT_LISTEN": "none",
            "SATARK_GATEWAY_PORT_FILE": str(parts.port_file),
        }
        (parts.folder / "callers").touch(mode=0o600)
        (parts.folder / "callers").write_text(f"read grafana {parts.secret('caller')}\n")
        told["analytics"] = links | {
            "SATARK_ANALYTICS_STORE": f"chdb://{parts.folder / 'store'}",
            "SATARK_ANALYTICS_CERT_FILE": str(files.cert_file),
            "SATARK_ANALYTICS_KEY_FILE": str(files.key_file),
            "SATARK_ANALYTICS_CREDENTIALS_FILE": str(parts.folder / "callers"),
            "SATARK_ANALYTICS_ALARM_TOKEN_KEY_FILE": parts.file("alarm-key"),
        }
        yield whole, told

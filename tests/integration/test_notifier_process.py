from collections.abc import Mapping
from pathlib import Path

import pytest

from satark.runtime import topics
from satark.runtime.admin import Admin
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer
from satark.runtime.records import OutgoingRecord
from satark.schemas.codec import encode
from satark.schemas.incidents import IncidentEvent
from tests.support.certificates import Authority
from tests.support.kafka import KafkaEndpoint
from tests.support.processes import SatarkProcesses, http_get
from tests.support.waiting import eventually
from tests.unit.notifier.channels.mail_server import MailServer, running, server_context
from tests.unit.notifier.scenes import OLDEST_S, opened, resolved

pytestmark = [pytest.mark.kafka, pytest.mark.e2e]

WORD = "open sesame"
FIRST = opened()


async def publish(kafka: KafkaSettings, *events: IncidentEvent) -> None:
    """Publish incident events as the detector does."""
    async with Producer(kafka, client_id="test") as producer:
        encoded = [encode(event, source="/satark/detector") for event in events]
        await producer.send_all([OutgoingRecord(e.topic, e.key, e.value, e.headers) for e in encoded])


async def prepared(endpoint: KafkaEndpoint) -> KafkaSettings:
    """Create the contract's topics."""
    kafka = KafkaSettings(brokers=endpoint.brokers, partitions=2)
    async with Admin(kafka) as admin:
        await topics.apply(kafka, admin)
    return kafka


class TestProcess:
    async def test_killed_in_the_middle_it_tells_the_rest(
        self, own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path
    ) -> None:
        """SIGKILL between the mails of an incident: one opened, one resolved; SIGTERM ends it with status 0."""
        kafka, authority = await prepared(own_kafka), Authority(tmp_path / "ca")
        identity = authority.issue("mail")
        tls = server_context(identity.cert_file, identity.key_file)
        async with running(MailServer(), starttls=tls, login=True) as server:
            environment = settings(own_kafka, server.port, authority)
            first = satark.start("notifier", environment=environment)
            await publish(kafka, FIRST)
            await eventually(lambda: server.received, 60.0, what="the first mail")
            await first.event("notification_sent")
            await first.kill()
            await publish(kafka, FIRST, resolved(FIRST))
            second = satark.start("notifier", environment=environment)
            await second.event("notification_sent", timeout_s=60.0)
            answer = await http_get(f"{await second.ready()}/metrics")
            status = await second.terminate()

        assert [mail.message["X-Satark-State"] for mail in server.received] == ["opened", "resolved"]
        assert {(mail.encrypted, mail.user) for mail in server.received} == {(True, "satark")}
        assert status == 0
        assert answer is not None
        assert 'satark_notifier_notifications_total{channel="email"} 1.0' in answer.body.decode()
        assert WORD not in first.output_tail() + second.output_tail()


def settings(endpoint: KafkaEndpoint, port: int, authority: Authority) -> Mapping[str, str]:
    """Return the environment of a notifier that logs in under STARTTLS."""
    return {
        **endpoint.environment(),
        "SATARK_NOTIFIER_SMTP_URL": f"smtp+starttls://satark@localhost:{port}",
        "SATARK_NOTIFIER_SMTP_PASSWORD": WORD,
        "SATARK_NOTIFIER_SMTP_CA_FILE": str(authority.ca_file),
        "SATARK_NOTIFIER_SENDER": "alerts@example.net",
        "SATARK_NOTIFIER_RECEIVERS": "noc@example.net",
        "SATARK_NOTIFIER_GROUP_WAIT_S": "0",
        "SATARK_NOTIFIER_STALE_AFTER_S": str(OLDEST_S),
    }

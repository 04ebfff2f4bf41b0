"""What `satark topics acls` prints is enough to work with, and no more: on a broker that refuses everything else."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from satark.runtime.acls import SERVICES, acls_of
from satark.runtime.kafka import KafkaError, Producer, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.schemas.topics import ANOMALIES, METRICS, NOTIFICATIONS, UVE_STATES, all_topics
from tests.integration.secured import PREFIX, secured, secured_estate
from tests.support.estate import BAD_BUCKETS
from tests.support.kafka_users import allow
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


async def test_each_works_with_its_own_rights_only(
    start_kafka: Callable[..., Any], tmp_path: Path, satark: SatarkProcesses
) -> None:
    """From an orchestrator over HTTPS to a mail over TLS, nobody is refused anything, and no log holds a secret."""
    parts = await secured(start_kafka, tmp_path / "parts", satark)
    async with secured_estate(parts) as (whole, told):
        services = [parts.start(name, **settings) for name, settings in told.items()]
        await asyncio.gather(*(service.ready() for service in services))

        whole.show(BAD_BUCKETS - 1)
        daemons = satark.start("simulate", "generators", *parts.daemons(), environment={})
        mails = await whole.mails(1)
        await daemons.ended()
        checked = parts.start("check", "--json", user="operator")
        assert await checked.ended() in {0, 1}, checked.output_tail()
        ended = await asyncio.gather(*(service.terminate() for service in services))

        assert ended == [0] * len(services)
        assert "Broadband B" in mails[0].subject
        assert [record async for record in read_to_end(whole.settings, UVE_STATES)]
        assert parts.denials() == []
        assert leaks(parts.secrets, tmp_path) == []


async def test_a_service_is_refused_what_is_not_its_own(
    start_kafka: Callable[..., Any], tmp_path: Path, satark: SatarkProcesses
) -> None:
    """The notifier reads incidents and writes outcomes; what it may not write or create, it is told by name."""
    parts = await secured(start_kafka, tmp_path / "parts", satark)
    await allow(parts.admin, acls_of(all_topics(), SERVICES), prefix=PREFIX)
    await parts.cluster.endpoint().create_topics([ANOMALIES, METRICS, NOTIFICATIONS])
    settings = parts.settings("notifier")

    assert [record async for record in read_to_end(settings, ANOMALIES)] == []
    async with Producer(settings, client_id="test") as producer:
        await producer.send(OutgoingRecord(NOTIFICATIONS, b"k", b"own"))
        for foreign in (ANOMALIES, METRICS):
            with pytest.raises(KafkaError, match=f"TopicAuthorizationFailed.*{foreign}"):
                await producer.send(OutgoingRecord(foreign, b"k", b"forged"))
    applied = parts.start("topics", "apply", user="notifier")
    assert await applied.ended() == 69
    assert "authorization" in applied.output_tail().lower()
    assert {line.partition("Principal = ")[2].split()[0] for line in parts.denials()} == {f"{PREFIX}notifier"}


def leaks(secrets: dict[str, str], folder: Path) -> list[str]:
    """Return which secrets are in what any process printed, or in a broker's log."""
    files = [*folder.glob("satark/*/std*"), *folder.glob("kafka-*/**/*.log")]
    assert {"stdout.jsonl", "stderr.txt", "broker.log"} <= {file.name for file in files}
    return [f"{name} in {file}" for file in files for name, text in secrets.items() if text in file.read_text()]

"""The path from a sample to an incident over TLS, with SASL or with a client's certificate."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import Producer, read_to_end
from satark.runtime.records import OutgoingRecord
from satark.runtime.settings import load
from satark.schemas import codec, topics
from satark.schemas.incidents import IncidentOpened
from satark.schemas.metrics import LATENCY_MS_RX, WAN_LINK, MetricSample
from tests.support.processes import SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(240)]

BEGIN = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def _samples() -> list[OutgoingRecord]:
    samples = [
        MetricSample.of(
            entity="wan-link/vco/1/a",
            kind=WAN_LINK,
            time=BEGIN + timedelta(minutes=5 * bucket),
            interval_s=300,
            metrics={LATENCY_MS_RX: 90.0 if bucket == 12 else 20.0},
            labels={"edge": "E", "link": "L"},
        )
        for bucket in range(13)
    ]
    encoded = [codec.encode(sample, source="/test") for sample in samples]
    return [OutgoingRecord(e.topic, e.key, e.value, e.headers) for e in encoded]


@pytest.mark.parametrize("listener", ["SASL_SSL", "SSL"])
async def test_the_detector_judges_over_tls(
    start_kafka: Callable[..., Any], satark: SatarkProcesses, listener: Any
) -> None:
    """Topics are made, samples read, state kept and incidents written through an encrypted, authenticated listener."""
    cluster = await start_kafka(listeners=(listener,), client_auth="required" if listener == "SSL" else "requested")
    environment = cluster.endpoint(listener, client_certificate=listener == "SSL").environment()
    settings = load("kafka", KafkaSettings, environment)
    applied = satark.start("topics", "apply", environment=environment)
    assert 0 == await applied.ended(), applied.output_tail()
    detector = satark.start("detector", environment=environment | {"SATARK_DETECTOR_METHOD": "seed"})
    await detector.ready()

    async with Producer(settings, client_id="test") as producer:
        await producer.send_all(_samples())
    await detector.event("incident", change="opened")

    incidents = [r async for r in read_to_end(settings, topics.ANOMALIES)]
    assert [IncidentOpened] == [type(codec.decode(r.topic, r.value, r.headers)) for r in incidents]
    if settings.sasl_password is not None:
        assert settings.sasl_password.reveal() not in detector.output_tail()

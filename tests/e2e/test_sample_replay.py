"""The recorded hour of two links, through the real poller and the real detector on real Kafka."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.schemas import codec, topics
from satark.schemas.incidents import IncidentOpened
from satark.schemas.metrics import WAN_LINK, MetricSample
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(240)]

SAMPLES = Path(__file__).parents[1] / "data" / "vco"
RECORDED_NOW = "Tue, 10 Mar 2026 12:10:00 GMT"
ANSWERS = {
    "enterprise/getEnterprise": "v1_get_enterprise.response.json",
    "network/getNetworkEnterprises": "v1_error_privilege.json",
    "enterpriseProxy/getEnterpriseProxyEnterprises": "v1_error_privilege.json",
    "enterprise/getEnterpriseEdges": "v1_enterprise_edges.response.json",
}
LINKS_OF_EDGE = {20311: "v1_link_quality_events_1h_2links.response.json"}


async def _portal(request: web.Request) -> web.Response:
    call = msgspec.json.decode(await request.read())
    method = call["method"]
    if method == "system/getVersionInfo":
        body = b'{"jsonrpc":"2.0","id":1,"result":' + (SAMPLES / "v1_version_info.response.json").read_bytes() + b"}"
    elif method == "linkQualityEvent/getLinkQualityEvents":
        name = LINKS_OF_EDGE.get(call["params"]["edgeId"], "v1_link_quality_events_empty.response.json")
        body = (SAMPLES / name).read_bytes()
    else:
        body = (SAMPLES / ANSWERS.get(method, "v1_error_method.json")).read_bytes()
    return web.Response(body=body, content_type="application/json", headers={"Date": RECORDED_NOW})


@asynccontextmanager
async def _recorded_vco() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/portal/", _portal)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_names_broadband_b_and_only_it(own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> None:
    """Of the two recorded links the one that degrades at 11:50 opens an incident, with latency, jitter and loss down."""
    kafka = {"SATARK_KAFKA_BROKERS": own_kafka.brokers}
    applied = satark.start("topics", "apply", environment=kafka)
    assert await applied.ended() == 0
    settings = KafkaSettings(brokers=own_kafka.brokers)

    async def events(topic: str) -> list[object]:
        return [codec.decode(r.topic, r.value, r.headers) async for r in read_to_end(settings, topic)]

    async with _recorded_vco() as url:
        detector = satark.start("detector", environment=kafka | {"SATARK_DETECTOR_METHOD": "seed"})
        poller = satark.start(
            "poller",
            environment=kafka
            | {
                "SATARK_POLLER_VCO_URL": url,
                "SATARK_POLLER_VCO_TOKEN": "recorded-token",
                "SATARK_POLLER_SOURCE": "quality",
            },
        )
        await poller.ready()
        await detector.ready()

        async def all_judged() -> bool:
            samples = [s for s in await events(topics.METRICS) if isinstance(s, MetricSample) and s.kind == WAN_LINK]
            return len(samples) == 24 and len(await events(topics.ANOMALIES)) >= 1

        await eventually(all_judged, 60, what="24 samples and an incident")
    incidents = await events(topics.ANOMALIES)

    assert len(incidents) == 1
    (opened,) = incidents
    assert isinstance(opened, IncidentOpened)
    assert (opened.labels["edge"], opened.labels["link"]) == ("LDN-BR-01", "Broadband B")
    assert datetime(2026, 3, 10, 11, 50, tzinfo=UTC) == opened.opened_at
    assert [symptom.metric for symptom in opened.symptoms] == ["jitter_ms_rx", "latency_ms_rx", "loss_pct_rx"]
    assert [symptom.value for symptom in opened.symptoms] == [31.0, 88.0, 2.0]

"""Objects, alarms and streams over HTTP, from what a real detector writes to a real Kafka."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from satark.analytics.mirror.following import CONDITION, MirrorFollower
from satark.analytics.routes.live import Live
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import Producer
from satark.runtime.records import OutgoingRecord
from satark.schemas.topics import TOPICS, UVE_CHANGELOG, UVE_STATES
from satark.schemas.uves import Value
from tests.integration.analytics.live import heard, listening, on_port
from tests.integration.detector.test_alarms import share
from tests.integration.detector.test_uves_golden import events_of, key_of
from tests.integration.detector.uve_rig import prepared, running, settings_of, settled, tell
from tests.support.kafka import KafkaCluster, KafkaEndpoint
from tests.support.waiting import eventually
from tests.unit.analytics.mirror.records import VN, rows, state, uve_of
from tests.unit.analytics.routes.serving import Served, serving
from tests.unit.analytics.streams.reading import Event
from tests.unit.uve.test_golden import CASES, wanted

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

NODE = "ObjectVRouter:node7"
ALARM = "default-global-system-config:system-defined-disk-usage-critical"
LASTING = [case for case in CASES if all(step["op"] != "disconnect" for step in case["steps"])]


@asynccontextmanager
async def following(kafka: KafkaSettings, found: Served) -> AsyncIterator[Health]:
    """Fill what is served from Kafka until the block ends; all has been read when it begins."""
    found.mirror.ready = False
    health, stop = Health(), asyncio.Event()
    follower = MirrorFollower(kafka, found.mirror, health, listener=found.hub)
    run = asyncio.ensure_future(follower.run(stop))
    try:
        await eventually(lambda: found.mirror.ready or run.done(), 60.0, what="the past to be read")
        yield health
    finally:
        stop.set()
        await run


def disk(percent: int, number: int) -> Any:
    """A node that tells how full its disk is."""
    used = Value(
        type="struct",
        struct="DiskPartitionUsageStats",
        fields={"percentage_partition_space_used": Value(type="u32", text=str(percent))},
    )
    usage = Value(type="map", key="string", element="struct", entries=(("/dev/sda1", used),))
    return share(number=number, entity=NODE, struct="NodeStatus", disk_usage_info=usage)


async def test_golden_objects(own_kafka: KafkaEndpoint) -> None:
    """What generators say comes out flat, filtered and structured as from the original: before and after it was read."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    early, late = serving(), serving()
    async with following(kafka, early), running(kafka):
        await tell(kafka, [event for case in LASTING for event in events_of(case, 7)])
        await settled(kafka)
        async with following(kafka, late) as health:
            reports = [(each.name, each.ready) for each in health.report()]
            names = {key for case in LASTING if case["flat"] for key in [key_of(case, case["key"])]}
            await eventually(lambda: names <= set(early.mirror.keys()), 30.0, what="all objects")

    assert [(CONDITION, True)] == reports
    for case in LASTING:
        path = f"/analytics/uves/virtual-network/{key_of(case, case['key']).partition(':')[2]}"
        for found in (early, late):
            assert await found.json(f"{path}?{case.get('filters', 'flat')}") in wanted(case, "flat"), case["id"]
            if "nonflat" in case and "__exception" not in case["nonflat"]:
                assert await found.json(path) in wanted(case, "nonflat"), case["id"]


async def test_an_alarm_from_its_cause_to_its_end(own_kafka: KafkaEndpoint) -> None:
    """It is set, listed, told in a stream, acknowledged by its token through the detector, and gone with its cause."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)

    live, stop = Live(kafka, Health(), told=lambda _: None), asyncio.Event()
    following_kafka = asyncio.ensure_future(live.run(stop))
    async with running(kafka), on_port(live.routes) as server, heard(f"{server.url}/analytics/alarm-stream") as stream:
        await tell(kafka, [disk(95, 1)])
        await stream.until(1)
        async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client:
            listed = (await client.get("/analytics/alarms")).json()
            (alarm,) = listed["vrouter"][0]["value"]["UVEAlarms"]["alarms"]
            asked = {"table": "vrouter", "name": "node7", "type": ALARM, "token": alarm["token"]}
            acknowledged = await client.post("/analytics/alarms/acknowledge", json=asked)
            events = list(await stream.until(2))
            await tell(kafka, [disk(20, 2)])
            await stream.until(3)
            after = (await client.get("/analytics/alarms")).json()
        stop.set()
        await following_kafka
        await eventually(lambda: stream.ended, what="the end of the stream")

    assert (ALARM, False) == (alarm["type"], alarm["ack"])
    assert (200, {}) == (acknowledged.status_code, after)
    seen = [event.data["value"]["alarms"][0]["ack"] for event in events if event.name == "update"]
    assert [False, True] == seen
    assert {"key": NODE, "type": "UVEAlarms", "value": None} == _updates(stream.listener.events)[-1]
    assert "stop" == stream.listener.names()[-1]


async def test_the_broker_may_go_and_come(start_kafka: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile what is known is served, and that it is old; what is written after it is read, and nothing told twice."""
    monkeypatch.setattr("satark.analytics.mirror.following.LOOK_OUT_S", 0.2)
    cluster: KafkaCluster = await start_kafka()
    kafka = settings_of(cluster.endpoint())
    await cluster.endpoint().create_topics({topic.name: 2 for topic in TOPICS})
    one = uve_of({("Vn", "h1:Compute:vra:0"): {"x": Value(type="i32", text="1")}})
    two = uve_of({("Vn", "h1:Compute:vra:0"): {"x": Value(type="i32", text="2")}})
    found = serving()

    async with following(kafka, found), listening(found) as server:
        await write(kafka, one)
        async with heard(f"{server.url}/v1/stream/uves") as stream:
            await stream.until(1)
            await cluster.kill()
            await eventually(lambda: found.mirror.silence, 60.0, what="the broker's silence to be noticed")
            during = await found.ask(f"/analytics/uves/{VN.replace('ObjectVNTable:', 'virtual-network/')}?flat")
            await cluster.restart()
            await write(kafka, two)
            await stream.until(2)
            await eventually(lambda: not found.mirror.silence, 60.0, what="the broker to be heard again")

    assert {"Vn": {"__T": 1000, "x": 1}} == during.json()
    assert during.headers["satark-incomplete"].startswith("no broker answers, this is as of ")
    assert [1, 2] == [each["value"]["x"] for each in _updates(stream.listener.events)]


async def write(kafka: KafkaSettings, uve: Any) -> None:
    """Write an object as the detector does."""
    records = [state(VN, uve), *rows(VN, uve)]
    assert {UVE_STATES, UVE_CHANGELOG} == {record.topic for record in records}
    async with Producer(kafka, client_id="test") as producer:
        await producer.send_all([OutgoingRecord(each.topic, each.key, each.value) for each in records])


def _updates(events: list[Event]) -> list[Any]:
    return [event.data for event in events if event.name == "update"]

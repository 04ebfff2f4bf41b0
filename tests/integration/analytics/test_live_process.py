"""`satark analytics` beside `satark detector`: what a daemon tells, read over HTTP, until somebody stops it."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.analytics.live import heard
from tests.integration.analytics.test_live_kafka import ALARM, NODE, disk
from tests.integration.detector.uve_rig import PARTITIONS, prepared, settings_of, tell
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(240)]


async def _whole(client: httpx2.AsyncClient) -> Any:
    """Return the object with its shares, nothing while there are none."""
    found = (await client.get(f"/analytics/uves/{NODE.replace(':', '/')}")).json()
    return found if "NodeStatus" in found else None


async def test_objects_alarms_and_streams(own_kafka: KafkaEndpoint, satark: SatarkProcesses, tmp_path: Path) -> None:
    """An object is read in all its forms, its alarm acknowledged; at the end the stream says so, and nothing is left."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    port_file = tmp_path / "analytics.port"
    shared = {**own_kafka.environment(), "SATARK_KAFKA_PARTITIONS": str(PARTITIONS)}
    own = {
        "SATARK_ANALYTICS_STORE": f"chdb://{tmp_path / 'store'}",
        "SATARK_ANALYTICS_LISTEN": "127.0.0.1:0",
        "SATARK_ANALYTICS_PORT_FILE": str(port_file),
    }
    detector = satark.start("detector", environment=shared)
    analytics = satark.start("analytics", environment=shared | own)
    await asyncio.gather(detector.ready(timeout_s=120), analytics.ready(timeout_s=120))
    url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    async with httpx2.AsyncClient(base_url=url, timeout=30) as client, heard(f"{url}/v1/stream/alarms") as stream:
        await stream.until(1, "end-of-dump")
        await tell(kafka, [disk(95, 1)])
        await stream.until(1)
        (link,) = (await client.get("/analytics/uves/vrouters")).json()
        flat = (await client.get(link["href"])).json()
        # Shares are rows of another topic than states, and for a moment behind them.
        structured = await eventually(partial(_whole, client), what="the shares of the object")
        many = (await client.get("/analytics/uves/vrouter/*?cfilt=UVEAlarms")).json()
        (alarm,) = many["value"][0]["value"]["UVEAlarms"]["alarms"]
        asked = {"table": "vrouter", "name": "node7", "type": alarm["type"], "token": alarm["token"]}
        acknowledged = await client.post("/analytics/alarms/acknowledge", json=asked)
        status = await analytics.terminate()
        await eventually(lambda: stream.ended, what="the end of the stream")

    assert ("node7", ALARM, 200, 0) == (link["name"], alarm["type"], acknowledged.status_code, status)
    disks = {"/dev/sda1": {"percentage_partition_space_used": 95}}
    assert disks == flat["NodeStatus"]["disk_usage_info"]
    assert "map" == structured["NodeStatus"]["disk_usage_info"][0][0]["@type"]
    assert "stop" == stream.listener.names()[-1]

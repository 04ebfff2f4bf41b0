"""`satark uves` and `satark alarms` as a person uses them, beside a running detector."""

import json
from typing import Any

import pytest

from satark.schemas.uves import Value
from tests.integration.detector.test_alarms import KEY, load, share
from tests.integration.detector.uve_rig import PARTITIONS, prepared, settings_of, settled, tell
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcess, SatarkProcesses

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(240)]

NODE = "ObjectVRouter:node7"


def output(process: SatarkProcess) -> str:
    """What a command has printed."""
    return process.log_file.read_text()


async def test_objects_and_alarms_are_shown_and_acknowledged(own_kafka: KafkaEndpoint, satark: SatarkProcesses) -> None:
    """Lists, one object flat and structured, JSON, what changes; an alarm, and that somebody has seen it."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    environment = {"SATARK_KAFKA_BROKERS": own_kafka.brokers, "SATARK_KAFKA_PARTITIONS": str(PARTITIONS)}
    await satark.start("detector", environment=environment).ready()

    async def done(*words: str, status: int = 0) -> str:
        process = satark.start(*words, environment=environment)
        assert status == await process.ended(timeout_s=60), process.output_tail()
        return output(process)

    disks = Value(
        type="map",
        key="string",
        element="struct",
        entries=(
            ("/dev/sda1", Value(type="struct", struct="D", fields={"percentage_partition_space_used": _number(95)})),
        ),
    )
    watching = satark.start("uves", "virtual-network:*", "--watch", environment=environment)
    await tell(kafka, [load(3, 1), share(number=2, entity=NODE, struct="NodeStatus", disk_usage_info=disks)])
    await settled(kafka)

    listed = await done("uves")
    assert ("virtual-network:vn1" in listed, "vrouter:node7" in listed) == (True, True)
    assert "vrouter:node7" not in await done("uves", "virtual-network")
    one = json.loads(await done("uves", "virtual-network:vn1", "--json"))
    assert (KEY, 3) == (one["entity"], one["structs"]["Vn"]["load"])
    structured = json.loads(await done("uves", KEY, "--structured"))
    assert [[{"@type": "i32", "#text": "3"}, "h1:Compute:vra:0"]] == structured["Vn"]["load"]
    assert "there is no object" in await done("uves", "virtual-network:none", status=1)

    name = "system-defined-disk-usage-critical"
    (alarm,) = [json.loads(line) for line in (await done("alarms", "--json")).splitlines()]
    assert (NODE, "critical", f"default-global-system-config:{name}") == (
        alarm["entity"],
        alarm["severity"],
        alarm["type"],
    )
    assert "acknowledged" in await done("alarms", "ack", "vrouter:node7", name)
    assert "acknowledged already" in await done("alarms", "ack", "vrouter:node7", name)
    assert "has no alarm" in await done("alarms", "ack", "vrouter:node7", "other", status=1)

    async def seen() -> Any:
        await tell(kafka, [load(9, 3)])
        return "Vn.load 9" in output(watching) or None

    await watching.until(seen, what="the change on the screen")


def _number(value: int) -> Value:
    return Value(type="u32", text=str(value))

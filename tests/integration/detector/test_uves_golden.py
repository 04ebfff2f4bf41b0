"""The golden cases of aggregation through shares on Kafka, the agent, its states and its table."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from satark.schemas.uves import SharesWithdrawn, UveShare, withdrawal_id
from satark.uve import views
from satark.uve.filters import filters_of
from satark.uve.uve import Uve
from tests.integration.detector.comparing import stored_objects
from tests.integration.detector.uve_rig import prepared, running, settings_of, settled, states, tell
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.shares import EPOCH, share_said
from tests.unit.uve.test_golden import CASES, wanted

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

Event = UveShare | SharesWithdrawn


def events_of(case: Mapping[str, Any], session: int) -> list[Event]:
    """What gateways tell in the steps of a case, about an object of its own."""
    events: list[Event] = []
    for number, step in enumerate(case["steps"], 1):
        generator = step["generator"]
        if step["op"] == "disconnect":
            id_ = withdrawal_id(generator, session)
            events.append(
                SharesWithdrawn(
                    id=id_, generator=generator, gateway="gw", time=EPOCH, through=session, reason="session_lost"
                )
            )
        else:
            share = share_said(step["xml"], generator, session=session, number=number, timestamp_us=step["ts"])
            events.append(replace(share, entity=key_of(case, share.entity)))
    return events


def key_of(case: Mapping[str, Any], entity: str) -> str:
    """The key of the object that a case has to itself."""
    return f"{entity}-{case['id']}"


async def test_all_golden_cases(own_kafka: KafkaEndpoint) -> None:
    """Each object is shown flat and structured, whole and filtered, as by the original."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    shown: dict[str, Any] = {}
    held: dict[str, Uve] = {}
    async with running(kafka):
        lasting = [case for case in CASES if all(step["op"] != "disconnect" for step in case["steps"])]
        await tell(kafka, [event for case in lasting for event in events_of(case, 7)])
        await settled(kafka)
        shown |= await states(kafka)
        held |= await stored_objects(kafka)
        # A generator has one session at a time: a case with a lost one ends before the next begins.
        for session, case in enumerate((case for case in CASES if case not in lasting), 8):
            await tell(kafka, events_of(case, session))
            await settled(kafka)
            shown |= {key: state for key, state in (await states(kafka)).items() if key == key_of(case, case["key"])}
            held |= {key: uve for key, uve in (await stored_objects(kafka)).items() if key == key_of(case, case["key"])}

    for case in CASES:
        key = key_of(case, case["key"])
        uve = held.get(key, Uve())
        filters = filters_of(dict(pair.split("=") for pair in case.get("filters", "").split("&") if pair))
        assert views.flat(uve, filters) in wanted(case, "flat"), case["id"]
        if "nonflat" in case and "__exception" not in case["nonflat"]:
            assert views.structured(uve) in wanted(case, "nonflat"), case["id"]
        assert _plain(views.flat(uve)) == (shown[key].structs if key in shown else {}), case["id"]


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))

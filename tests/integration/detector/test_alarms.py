"""Alarms on Kafka: the golden cases of conditions, and the life of an alarm from rules in a file."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from satark.detector.settings import DetectorSettings
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import read_to_end
from satark.schemas.alarms import AlarmAcknowledged
from satark.schemas.codec import decode
from satark.schemas.incidents import IncidentEvent, IncidentOpened, IncidentResolved, IncidentUpdated
from satark.schemas.messages import Message
from satark.schemas.topics import ANOMALIES, MESSAGES
from satark.schemas.uves import UveShare, Value
from tests.integration.detector.uve_rig import prepared, running, settings_of, settled, states, tell
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.waiting import eventually
from tests.unit.detector.alarms.test_conditions import GOLDEN

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

KEY = "ObjectVNTable:vn1"
GENERATOR = "h1:Compute:vra:0"
BUSY: dict[str, Any] = {
    "name": "busy",
    "severity": "minor",
    "description": "Too much.",
    "uve_keys": ["virtual-network"],
    "or_list": [{"and_list": [{"operand1": "Vn.load", "operation": ">", "operand2": {"json_value": "5"}}]}],
}


def share(
    *, number: int, entity: str = KEY, struct: str = "Vn", generator: str = GENERATOR, **attributes: Value
) -> UveShare:
    """What a generator says."""
    return UveShare(
        id=f"{entity}-{generator}-{number}",
        generator=generator,
        gateway="gw",
        time=datetime.now(UTC),
        entity=entity,
        session=1,
        struct=struct,
        message=f"{struct}Trace",
        sequence_number=number,
        attributes=attributes,
    )


def load(value: int, number: int) -> UveShare:
    """An object that says how loaded it is."""
    return share(number=number, load=Value(type="i32", text=str(value)))


def write_rules(path: Path, *rules: dict[str, Any]) -> DetectorSettings:
    """Write a file of rules; return the settings that name it."""
    path.write_text(yaml.safe_dump({"version": 1, "alarms": list(rules)}))
    return DetectorSettings(alarm_rules=path, commit_interval_s=0.2)


async def events(kafka: KafkaSettings, topic: str) -> list[Any]:
    """All events of a topic, each partition's in its order."""
    return [decode(each.topic, each.value, each.headers) async for each in read_to_end(kafka, topic)]


async def incidents(kafka: KafkaSettings, count: int) -> Sequence[IncidentEvent]:
    """Wait for so many events of alarms; return them."""

    async def enough() -> Any:
        found = await events(kafka, ANOMALIES)
        return found if len(found) >= count else None

    found: Sequence[IncidentEvent] = await eventually(enough, 30, what=f"{count} events of alarms", pause_s=0.2)
    return found


def refused() -> float:
    """How often this process has refused rules."""
    return REGISTRY.get_sample_value("satark_detector_alarm_rule_loads_total", {"outcome": "refused"}) or 0.0


def value_of(flat: Any) -> Value:
    """The value that a generator sends so that it is shown like this. Numbers in lists are texts when they are flat."""
    match flat:
        case int() | None:
            return Value(type="i32", text="" if flat is None else str(flat))
        case str():
            return Value(type="string", text=flat)
        case dict():
            return Value(type="struct", struct="S", fields={name: value_of(each) for name, each in flat.items()})
        case [dict(), *_]:
            return Value(type="list", element="struct", items=tuple(value_of(each) for each in flat))
        case [int(), *_]:
            return value_of(json.dumps(flat))
        case _:
            return Value(type="list", element="string", items=tuple(flat))


def shares_of(entity: str, uve: dict[str, Any]) -> list[UveShare]:
    """The shares of an object that is to be shown like this; one that nobody asks for keeps it alive."""
    found = [share(number=1, entity=entity, struct="Alive", n=Value(type="i32", text="1"))]
    for number, (struct, attributes) in enumerate(uve.items(), 2):
        plain = {name: each for name, each in attributes.items() if not _is_disagreement(each)}
        said: dict[str, Any] = {name: value_of(each) for name, each in plain.items()}
        if len(plain) == len(attributes):
            found.append(share(number=number, entity=entity, struct=struct, **said))
        for name, groups in attributes.items():
            for value, generator in groups if _is_disagreement(groups) else ():
                differing: dict[str, Any] = {name: value_of(value)}
                found.append(share(number=number, entity=entity, struct=struct, generator=generator, **differing))
    return found


def _is_disagreement(flat: Any) -> bool:
    return isinstance(flat, list) and bool(flat) and isinstance(flat[0], list)


async def test_all_golden_cases(own_kafka: KafkaEndpoint, tmp_path: Path) -> None:
    """Each condition of the original opens an alarm where it held there, with its matches; what threw is health."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    rules = [
        {
            "name": f"case-{number}",
            "severity": "major",
            "uve_keys": [f"virtual-network:case-{number}"],
            "or_list": [
                {"and_list": [{name: case[name] for name in ("operand1", "operation", "operand2", "variables")}]}
            ],
        }
        for number, case in enumerate(GOLDEN)
    ]
    keys = [f"ObjectVNTable:case-{number}" for number in range(len(GOLDEN))]
    async with running(kafka, write_rules(tmp_path / "rules.yaml", *rules)):
        await tell(
            kafka, [each for key, case in zip(keys, GOLDEN, strict=True) for each in shares_of(key, case["uve"])]
        )
        await settled(kafka)
        shown = await states(kafka)
        health = [each for each in await events(kafka, MESSAGES) if isinstance(each, Message)]

    assert set(keys) == set(shown)
    for key, case in zip(keys, GOLDEN, strict=True):
        told = [alarm.alarm_rules["or_list"][0]["and_list"][0]["match"] for alarm in shown[key].alarms]
        assert ([case["match"]] if case["result"] == "match" else []) == told, case["title"]
    broken = {key for key, case in zip(keys, GOLDEN, strict=True) if case["result"] == "exception"}
    assert broken == {each.entity for each in health}


async def test_the_life_of_an_alarm(own_kafka: KafkaEndpoint, tmp_path: Path) -> None:
    """It opens, is acknowledged, ends with its conditions, and the states of its object say so on the way."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    async with running(kafka, write_rules(tmp_path / "rules.yaml", BUSY)):
        await tell(kafka, [load(9, 1)])
        (opened,) = await incidents(kafka, 1)
        await settled(kafka)
        (alarm,) = (await states(kafka))[KEY].alarms
        seen = AlarmAcknowledged.of(entity=KEY, type=alarm.type, token=alarm.token, by="alice", time=datetime.now(UTC))
        await tell(kafka, [seen])
        _, updated = await incidents(kafka, 2)
        await settled(kafka)
        assert (await states(kafka))[KEY].alarms[0].acknowledged
        await tell(kafka, [load(1, 2)])
        _, _, resolved = await incidents(kafka, 3)
        await settled(kafka)

        assert () == (await states(kafka))[KEY].alarms

    assert [IncidentOpened, IncidentUpdated, IncidentResolved] == [type(each) for each in (opened, updated, resolved)]
    assert 1 == len({each.incident for each in (opened, updated, resolved)})
    assert ("minor", "virtual-network", (), "busy") == (
        opened.severity,
        opened.kind,
        opened.symptoms,
        opened.labels["alarm"],
    )


async def test_time_sets_an_alarm_that_soaks_across_a_restart(own_kafka: KafkaEndpoint, tmp_path: Path) -> None:
    """What was soaking when the process ended is set by the next one, in time and once."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    settings = write_rules(tmp_path / "rules.yaml", BUSY | {"activate_after_s": 4})
    async with running(kafka, settings):
        await tell(kafka, [load(9, 1)])
        await settled(kafka)
        assert [] == await events(kafka, ANOMALIES)

    async with running(kafka, settings):
        (opened,) = await incidents(kafka, 1)

    assert 4.0 == (opened.time - opened.opened_at).total_seconds()


async def test_rules_are_taken_over_while_it_runs(own_kafka: KafkaEndpoint, tmp_path: Path) -> None:
    """A rule that is changed is looked at anew, one that cannot be read changes nothing, one that goes ends its alarm."""
    kafka = settings_of(own_kafka)
    await prepared(kafka)
    path = tmp_path / "rules.yaml"
    async with running(kafka, write_rules(path, BUSY)):
        await tell(kafka, [load(9, 1)])
        await incidents(kafka, 1)
        write_rules(path, BUSY | {"severity": "critical"})
        _, worse = await incidents(kafka, 2)
        before = refused()
        path.write_text("version: 1\nalarms: [what]\n")
        await eventually(lambda: refused() > before, 30, what="the refusal of broken rules")
        assert 2 == len(await events(kafka, ANOMALIES))
        write_rules(path, BUSY | {"enabled": False})
        _, _, over = await incidents(kafka, 3)

    assert "critical" == worse.severity
    assert over.alarm is not None
    assert "rule_disabled" == over.alarm.reason

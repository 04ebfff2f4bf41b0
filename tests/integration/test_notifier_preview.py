"""`satark notifier preview INCIDENT` on real Kafka: the mails of what really happened."""

import asyncio
from pathlib import Path

import pytest

from satark.notifier.preview.history import events_in_kafka
from satark.runtime.cli import main
from satark.runtime.records import OutgoingRecord
from satark.schemas.topics import ANOMALIES
from tests.integration.test_notifier import Stage, stage
from tests.unit.notifier.group_scenes import group, incident, over
from tests.unit.notifier.scenes import opened, resolved, updated

__all__ = ["stage"]

pytestmark = pytest.mark.kafka

BEGIN, OTHER = opened(), incident(7)
STORY = (BEGIN, updated(BEGIN), resolved(BEGIN, sequence=2))
GROUP = (group(OTHER), over(OTHER))


async def test_finds_an_incident_and_a_group_among_others(stage: Stage) -> None:
    """In the order of their events, each once, whatever else is in the topics."""
    await stage.write(OutgoingRecord(ANOMALIES, b"x", b"no event"), OutgoingRecord(ANOMALIES, b"x", None))
    await stage.publish(*reversed(STORY), OTHER, *GROUP, BEGIN)
    found = await events_in_kafka(stage.kafka, {BEGIN.incident, GROUP[0].group})

    assert [*STORY] == [event for event in found if event in STORY]
    assert [*GROUP] == [event for event in found if event in GROUP]
    assert len(found) == 5


async def test_the_command_writes_its_mails(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kafka is found by its settings; an id that it does not have is told."""
    await stage.publish(*STORY)
    monkeypatch.setenv("SATARK_KAFKA_BROKERS", stage.kafka.brokers)
    words = ["notifier", "preview", "--to", str(tmp_path)]
    statuses = [await asyncio.to_thread(main, [*words, which]) for which in (BEGIN.incident, "nobody")]
    said = capsys.readouterr()

    assert statuses == [0, 1]
    assert all(f"{number:03}-{state}" in said.out for number, state in enumerate(("opened", "updated", "resolved"), 1))
    assert "3 mails; open " in said.out
    assert "nobody: neither a file nor an incident that Kafka has" in said.err

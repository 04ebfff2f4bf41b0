"""A person's word, which comes on a topic of its own, beside the samples."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from satark.detector.closing.command import word as closing
from satark.schemas import codec
from satark.schemas.acceptances import NormalAccepted
from satark.schemas.incidents import IncidentResolved, Reason
from satark.schemas.topics import ACCEPTANCES
from tests.unit.detector.judging.logs import Log, Process
from tests.unit.detector.judging.test_agent import log_of_the_scene

ENTITY = "wan-link/vco/1/0"
NOW = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)


@dataclass
class Words:
    """A Faust stream with words of which none is acknowledged yet."""

    words: list[Any]
    acknowledged: list[Any] = field(default_factory=list)

    def noack(self) -> "Words":
        """Acknowledge nothing of itself."""
        return self

    async def events(self) -> AsyncIterator[Any]:
        """Yield the words."""
        for word in self.words:
            yield word

    async def ack(self, event: Any) -> None:
        """Acknowledge one."""
        self.acknowledged.append(event)


def word(entity: str = ENTITY) -> Any:
    """Return a word as Faust brings it."""
    return word_of(codec.encode(NormalAccepted.of(entity=entity, time=NOW, by="jo", note="moved"), source="/test"))


def word_of(encoded: codec.Encoded) -> Any:
    """Return an encoded word as Faust brings it."""
    message = SimpleNamespace(
        topic=ACCEPTANCES,
        partition=0,
        offset=3,
        timestamp=NOW.timestamp(),
        key=encoded.key,
        value=encoded.value,
        headers=list(encoded.headers),
    )
    return SimpleNamespace(message=message)


async def judged(folder: Path) -> tuple[Log, Process]:
    """Return what is left after the scene, and a process that begins then."""
    log = log_of_the_scene()
    await Process(log, folder).run()
    return log, Process(log, folder)


async def test_a_word_is_acknowledged_when_it_was_taken(tmp_path: Path) -> None:
    """Also one about an entity that is not known: there is nothing to remember it with."""
    _, process = await judged(tmp_path)
    words = Words([word(), word("wan-link/vco/1/unknown")])
    await process.judging._accept(words)

    assert words.words == words.acknowledged


async def test_a_word_about_a_partition_that_is_lost_meanwhile_is_not_taken(tmp_path: Path) -> None:
    """Whoever has the partition then reads it: it is neither written nor acknowledged."""
    log, process = await judged(tmp_path)
    words, before = Words([word()]), {number: list(rows) for number, rows in log.changelog.items()}
    async with process.judging._at_work:
        taking = asyncio.create_task(process.judging._accept(words))
        await asyncio.sleep(0)
        process.judging._drop()
    await taking

    assert [] == words.acknowledged
    assert before == log.changelog


async def test_an_incident_is_closed_by_a_word(tmp_path: Path) -> None:
    """Its end is told and its state stored before the word is acknowledged; read again, the word does nothing."""
    sick = log_of_the_scene()
    sick.records = {number: rows[: len(rows) * 14 // 21] for number, rows in sick.records.items()}
    await Process(sick, tmp_path).run()
    last = next(event for event in sick.told if event.entity == ENTITY)
    encoded = codec.encode(closing(last, "jo", "known", NOW), source="/test")
    process, words = Process(sick, tmp_path), Words([word_of(encoded), word_of(encoded)])
    before = sick.states()[ENTITY.encode()]
    await process.judging._accept(words)

    ends = [event for event in sick.told if isinstance(event, IncidentResolved)]
    assert [(last.incident, Reason.CLOSED, "jo")] == [(end.incident, end.reason, end.closed_by) for end in ends]
    assert before != sick.states()[ENTITY.encode()]
    assert words.words == words.acknowledged

import asyncio
from types import TracebackType
from typing import Any, ClassVar, Self

import pytest
from prometheus_client import REGISTRY

from satark.analytics.mirror import following
from satark.analytics.mirror.following import CONDITION, MirrorFollower
from satark.analytics.mirror.mirror import Change, Limits, Mirror
from satark.runtime.backoff import Backoff
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import KafkaError, KafkaUnavailableError
from satark.runtime.records import Record
from tests.support.waiting import eventually
from tests.unit.analytics.mirror.records import G1, VN, number, rows, state, uve_of

ONE, TWO = [uve_of({("Vn", G1): {"x": number(at)}}) for at in (1, 2)]
KAFKA = KafkaSettings(brokers="127.0.0.1:1")
PAST = [*rows(VN, ONE), state(VN, ONE)]

Told = list[Record] | Exception


class Scripted:
    """A follower that gives what it was told to, and then nothing; it has caught up with the first batch."""

    batches: ClassVar[list[Told]] = []

    def __init__(self, *_: object) -> None:
        self.caught_up = False

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""

    async def poll(self, *, timeout_s: float, max_records: int) -> list[Record]:
        """Return the next batch, or raise it."""
        del max_records
        if not self.batches:
            await asyncio.sleep(timeout_s)
            return []
        told = self.batches.pop(0)
        if isinstance(told, Exception):
            raise told
        self.caught_up = True
        return told


class Hearer:
    """What was told."""

    def __init__(self) -> None:
        self.heard: list[Change | None] = []

    def opened(self) -> None:
        """Everything has been read."""
        self.heard.append(None)

    def tell(self, change: Change) -> None:
        """Something has changed."""
        self.heard.append(change)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    """What the follower gives, in place of a broker."""
    told: list[Told] = []

    async def no_ends(*_: Any) -> dict[int, int]:
        raise KafkaUnavailableError("none")

    monkeypatch.setattr(Scripted, "batches", told)
    monkeypatch.setattr(following, "Follower", Scripted)
    monkeypatch.setattr(following, "end_offsets", no_ends)
    monkeypatch.setattr(following, "BACKOFF", Backoff(first_s=0.001, max_s=0.001))
    monkeypatch.setattr(following, "POLL_S", 0.01)
    return told


async def run_until(mirror: Mirror, hearer: Hearer, count: int) -> Health:
    """Follow until so much has been heard."""
    health, stop = Health(), asyncio.Event()
    running = asyncio.ensure_future(MirrorFollower(KAFKA, mirror, health, listener=hearer).run(stop))
    await eventually(lambda: len(hearer.heard) >= count, what=f"{count} things to be heard")
    stop.set()
    await running
    return health


class TestMirrorFollower:
    async def test_the_past_is_not_told(self, script: list[Told]) -> None:
        """Only that it has been read; what comes after it is told."""
        mirror, hearer = Mirror(), Hearer()
        script += [PAST, [state(VN, TWO)]]

        health = await run_until(mirror, hearer, 2)

        assert [None, True] == [hearer.heard[0], mirror.ready]
        assert [(CONDITION, True, "")] == [(each.name, each.ready, each.reason) for each in health.report()]

    async def test_errors_of_the_broker_are_waited_out(self, script: list[Told]) -> None:
        """Whatever it answers, reading goes on."""
        mirror, hearer = Mirror(), Hearer()
        script += [KafkaError("first"), KafkaError("second"), PAST]

        await run_until(mirror, hearer, 1)

        assert (1, 1) == (mirror.objects, mirror.shares)

    async def test_before_it_has_read_it_is_not_ready(self, script: list[Told]) -> None:
        """And says how far it is."""
        del script
        mirror, health, stop = Mirror(), Health(), asyncio.Event()
        follower = MirrorFollower(KAFKA, mirror, health, listener=Hearer())
        reports = [health.report()]

        running = asyncio.ensure_future(follower.run(stop))
        await eventually(lambda: mirror.reading == "reading the objects", what="the reading to begin")
        reports.append(health.report())
        stop.set()
        await running

        assert [False, False] == [report[0].ready for report in reports]
        assert ["the objects have not been read yet", "reading the objects"] == [each[0].reason for each in reports]

    async def test_what_is_left_out_is_counted(self, script: list[Told]) -> None:
        """In the metrics, with the rest."""
        before = _records("left_out")
        script += [PAST]

        await run_until(Mirror(Limits(memory_bytes=10)), Hearer(), 1)

        assert before + 2 == _records("left_out")

    async def test_our_own_mistakes_are_not_hidden(self, script: list[Told]) -> None:
        """What no broker is to blame for ends the process."""

        class Broken(Hearer):
            def opened(self) -> None:
                raise ZeroDivisionError

        script += [PAST]

        with pytest.raises(ZeroDivisionError):
            await MirrorFollower(KAFKA, Mirror(), Health(), listener=Broken()).run(asyncio.Event())


def _records(outcome: str) -> float:
    return REGISTRY.get_sample_value("satark_analytics_mirror_records_total", {"outcome": outcome}) or 0.0

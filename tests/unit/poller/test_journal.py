import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest

from satark.poller import journal
from satark.poller.journal import KafkaJournal, checkpoint_of
from satark.runtime import kafka
from satark.runtime.groups import KafkaSettings
from satark.runtime.records import OutgoingRecord, Record
from satark.schemas import examples
from satark.schemas.codec import UndecodableEventError, encode
from satark.schemas.topics import POLLER_CHECKPOINTS

NOW = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)


def record(**offsets: int) -> Record:
    """Return a checkpoint with these offsets as a record."""
    encoded = encode(msgspec.structs.replace(examples.checkpoint(), offsets=offsets), source="/test")
    return Record(POLLER_CHECKPOINTS, 0, 0, NOW, encoded.key, encoded.value, encoded.headers)


class TestCheckpointOf:
    def test_offsets_are_by_partition(self) -> None:
        """A checkpoint is taken with the offsets of its partitions."""
        assert {"0": 5, "12": 7} == checkpoint_of(record(**{"0": 5, "12": 7})).offsets

    @pytest.mark.parametrize("name", ["x", "-1", "", "1.0"])
    def test_what_is_no_partition_makes_it_unreadable(self, name: str) -> None:
        """A checkpoint of something that is no partition is one that cannot be read, and stops no poller."""
        with pytest.raises(UndecodableEventError, match="is no partition"):
            checkpoint_of(record(**{name: 1}))


class Silent(kafka.Producer):
    """A producer whose broker acknowledges nothing."""

    async def send_all(self, records: Iterable[OutgoingRecord]) -> list[tuple[int, int]]:
        """Wait for ever."""
        assert list(records)
        await asyncio.Event().wait()
        return []


class TestWaiting:
    async def test_who_is_called_away_waits_no_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A worker that is cancelled while Kafka does not answer takes its complaint back: nobody else would ever."""
        monkeypatch.setattr(journal, "SLOW_S", 0.001)
        told: list[float] = []
        complained = asyncio.Event()

        def hear(waited_s: float) -> None:
            told.append(waited_s)
            complained.set()

        settings = KafkaSettings(brokers="localhost:9")
        silent = Silent(settings, client_id="test")
        ours = KafkaJournal(settings, silent, orchestrator="vco.test", sample_s=300, on_waiting=hear)

        writing = asyncio.create_task(ours.save(examples.checkpoint()))
        await complained.wait()
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing

        assert 0.001 == told[0]
        assert 0.0 == told[-1]

from datetime import UTC, datetime

import msgspec
import pytest

from satark.poller.journal import checkpoint_of
from satark.runtime.records import Record
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

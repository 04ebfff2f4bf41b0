"""What is left out while the disk is nearly full."""

import msgspec
import pytest

from satark.analytics.ingest.gathering import Gathering
from satark.analytics.ingest.reading import take_in
from satark.analytics.ingest.shedding import NOTHING, Shedding, shed
from satark.runtime.records import Record
from satark.schemas import examples
from satark.schemas.codec import Event, encode, event_time
from satark.schemas.messages import SandeshHeader


class TestShedding:
    @pytest.mark.parametrize(
        ("used", "levels"),
        [
            ((50, 71, 81, 91), [NOTHING, 7, 3, 0]),
            ((91, 86, 84, 76, 74, 61, 59), [0, 0, 1, 1, 4, 4, NOTHING]),
            ((71, 65, 71, 59), [7, 7, 7, NOTHING]),
        ],
    )
    def test_levels_are_reached_and_left_at_different_marks(self, used: tuple[int, ...], levels: list[int]) -> None:
        """What has been left out stays so until the disk is well below the mark."""
        shedding = Shedding(enabled=True)
        found = []
        for percent in used:
            shedding.see(percent)
            found.append(shedding.level)

        assert found == levels

    def test_nothing_is_left_out_unless_asked_for(self) -> None:
        """Without the setting a full disk holds up inserts, and nothing else."""
        shedding = Shedding(enabled=False)
        shedding.see(99)

        assert shedding.level == NOTHING


class TestShed:
    @pytest.mark.parametrize(
        ("level", "left"), [(NOTHING, {"messages": 3, "objects": 1, "sessions": 1}), (4, {"messages": 2, "objects": 1})]
    )
    def test_the_mildest_go_and_uves_stay(self, level: int, left: dict[str, int]) -> None:
        """Messages from the level on and sessions are left out; UVEs and what did not come over Sandesh stay."""
        mild = msgspec.structs.replace(examples.message(), sandesh=SandeshHeader(type="SYSTEM", level=6))
        events: list[Event] = [mild, examples.message(), examples.share(), examples.flow_session()]
        gathering = Gathering(most_rows=10**6, most_bytes=10**9, wait_s=1.0)
        for offset, event in enumerate(events):
            encoded = encode(event, source="/test")
            take_in(Record(encoded.topic, 0, offset, event_time(event), encoded.key, encoded.value, ()), gathering, 0.0)
        parts = gathering.take()
        gone = shed(parts, level)

        counts: dict[str, int] = {}
        for part in parts:
            for table, rows in part.rows.by_table.items():
                counts[table] = counts.get(table, 0) + len(rows)
        assert {table: count for table, count in counts.items() if count} == left
        assert sum(gone.values()) == 5 - sum(left.values())

from datetime import UTC, datetime

import pytest

from satark.runtime.deadletter import about, revived
from satark.runtime.records import Record
from satark.sandesh_gateway.receivers.deadletters import dead_record
from satark.sandesh_gateway.receivers.deliveries import DeadLine, UndecodableError

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LINE = DeadLine("syslog", "192.0.2.1", b"<999>\xff", UndecodableError("bad_priority", "no \udce9 priority"), NOW)


class TestDeadRecord:
    def test_bytes_and_cause(self) -> None:
        """The bytes are as they came; the headers say whose they are and why they are here."""
        record = dead_record(LINE, service="gateway")
        letter = Record(record.topic, 0, 0, NOW, record.key, record.value, record.headers)

        assert (record.topic, record.key, record.value) == ("satark.frames.v1.dlq", b"192.0.2.1", b"<999>\xff")
        assert about(letter) == {
            "reason": "bad_priority",
            "detail": "no ? priority",
            "service": "gateway",
            "time": "2026-11-21T12:00:00+00:00",
            "receiver": "syslog",
            "peer": "192.0.2.1",
        }

    def test_it_cannot_go_back(self) -> None:
        """It never was a record of a topic, so nothing can be replayed."""
        record = dead_record(LINE, service="gateway")

        with pytest.raises(ValueError, match="names no topic"):
            revived(Record(record.topic, 0, 0, NOW, record.key, record.value, record.headers))

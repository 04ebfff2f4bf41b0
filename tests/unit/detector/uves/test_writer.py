from collections.abc import Sequence
from typing import Any

import pytest
from prometheus_client import REGISTRY

from satark.detector.uves import writer as writers
from satark.detector.uves.writer import Writer
from satark.runtime.groups import KafkaSettings
from satark.runtime.health import Health
from satark.runtime.kafka import TOO_LARGE
from satark.runtime.records import OutgoingRecord

LIMIT = 100


class Broker:
    """Takes records of some size, and refuses all that come together with a larger one."""

    def __init__(self) -> None:
        self.sendings: list[int] = []
        self.kept: list[bytes | None] = []

    async def send_all(self, records: Sequence[OutgoingRecord]) -> list[tuple[int, int]]:
        """Write records in order."""
        self.sendings.append(len(records))
        if any(len(record.value or b"") > LIMIT for record in records):
            raise TOO_LARGE[0]
        self.kept += [record.key for record in records]
        return [(0, len(self.kept) - len(records) + at) for at in range(len(records))]


def opened(broker: Any) -> Writer:
    """A writer that is connected."""
    writer = Writer(KafkaSettings(brokers="127.0.0.1:1"), Health())
    writer._producer = broker
    return writer


def record(key: int, size: int) -> OutgoingRecord:
    """A record of some size."""
    return OutgoingRecord("t", b"%d" % key, b"x" * size, (), 0)


async def test_what_no_broker_takes_is_left_out_and_counted() -> None:
    """The rest is written, in order, and it is known where."""
    broker = Broker()
    labels = {"topic": "t"}
    before = REGISTRY.get_sample_value("satark_detector_uve_records_refused_total", labels) or 0.0

    written = await opened(broker).write([record(at, 200 if at == 5 else 10) for at in range(8)])

    assert [b"%d" % at for at in range(8) if at != 5] == broker.kept
    assert [(0, at) for at in range(7)] == written
    assert before + 1 == REGISTRY.get_sample_value("satark_detector_uve_records_refused_total", labels)


async def test_much_is_sent_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is larger than it may be, but for a record that is so alone."""
    monkeypatch.setattr(writers, "MAX_BYTES", 50)
    broker = Broker()

    await opened(broker).write([record(at, size) for at, size in enumerate((30, 20, 1, 60, 10, 10))])

    assert [2, 1, 1, 2] == broker.sendings


async def test_nothing_is_not_sent() -> None:
    """No connection is needed for it."""
    assert [] == await Writer(KafkaSettings(brokers="127.0.0.1:1"), Health()).write([])

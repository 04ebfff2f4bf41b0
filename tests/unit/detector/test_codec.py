from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import faust

from satark.detector.codec import APP_ID, credentials, faust_app, record_of
from satark.detector.settings import DetectorSettings
from satark.runtime.groups import KafkaSettings
from satark.runtime.kafka import REQUEST_TIMEOUT_MS
from satark.runtime.records import Record
from satark.runtime.settings import Secret
from satark.schemas.topics import DETECTOR_CHANGELOG


@dataclass
class Message:
    """What Faust's messages have."""

    topic: str = "satark.metrics.v1"
    partition: int = 3
    offset: int = 7
    timestamp: float = 1_773_144_600.5
    key: bytes | None = b"k"
    value: bytes | None = b"v"
    headers: Any = None


@dataclass
class Event:
    """What Faust's events have."""

    message: Message = field(default_factory=Message)


class TestRecordOf:
    def test_keeps_everything(self) -> None:
        """Place, time, bytes and headers, whichever way Faust holds the headers."""
        when = datetime(2026, 3, 10, 12, 10, 0, 500_000, tzinfo=UTC)
        expected = Record("satark.metrics.v1", 3, 7, when, b"k", b"v", (("ce_id", b"1"),))

        assert expected == record_of(Event(Message(headers={"ce_id": b"1"})))
        assert expected == record_of(Event(Message(headers=[("ce_id", b"1")])))

    def test_no_headers_are_none(self) -> None:
        """A record of somebody else's producer may have none."""
        assert () == record_of(Event()).headers


class TestCredentials:
    def test_plain_has_none(self) -> None:
        """A plain connection needs no credentials."""
        assert credentials(KafkaSettings(brokers="k:9092")) is None

    def test_tls_alone_carries_a_context(self) -> None:
        """SSL without SASL is a context only."""
        assert isinstance(credentials(KafkaSettings(brokers="k:9092", security_protocol="SSL")), faust.SSLCredentials)

    def test_sasl_over_tls_carries_both(self) -> None:
        """User, mechanism and an encrypted protocol; the password is not in the representation."""
        found = credentials(
            KafkaSettings(
                brokers="k:9092",
                security_protocol="SASL_SSL",
                sasl_username="satark",
                sasl_password=Secret("hunter22"),
            )
        )

        assert isinstance(found, faust.SASLCredentials)
        assert ("satark", "SCRAM-SHA-512", "SASL_SSL") == (found.username, found.mechanism.value, found.protocol.value)
        assert "hunter22" not in repr(found)


async def test_the_changelog_has_the_name_of_the_topic_table(tmp_path: Path) -> None:
    """Faust derives it from the app and the table; the contract must create the same."""
    app = faust_app(DetectorSettings(), KafkaSettings(brokers="a:9092,b:9093"), datadir=tmp_path)
    table = app.Table("links", key_type=bytes, value_type=bytes, partitions=12)

    assert DETECTOR_CHANGELOG == table.changelog_topic.get_topic_name()
    assert (APP_ID, 2) == (app.conf.id, len(app.conf.broker))
    assert REQUEST_TIMEOUT_MS == app.conf.broker_request_timeout * 1000

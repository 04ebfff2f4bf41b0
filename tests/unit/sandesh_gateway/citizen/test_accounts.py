from datetime import UTC, datetime
from typing import TypeVar

import pytest

from satark.sandesh.types import Level
from satark.sandesh.wire.control import Identity
from satark.sandesh_gateway.citizen import accounts
from satark.sandesh_gateway.citizen.accounts import (
    collector_info,
    generator_books,
    level_name,
    server_trace,
    summary,
)
from satark.sandesh_gateway.citizen.messages.collector import CollectorQueueInfo, GeneratorSummaryInfo
from satark.sandesh_gateway.publish.books import Fate
from satark.sandesh_gateway.server.generators import Generator

SINCE = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SINCE_US = 1_795_262_400_000_000


T = TypeVar("T")


def there(value: T | None) -> T:
    """Return a field of a message, which is there."""
    assert value is not None
    return value


def generator(number: int = 1) -> Generator:
    """A generator that is connected and has said nothing."""
    identity = Identity(f"host-{number}", "Compute", "agent", "0")
    return Generator(str(identity), identity, connects=1, connected_at=SINCE, connected=True, open=True)


def busy() -> Generator:
    """A generator that has said something: each message has another fate, and one has none yet."""
    known = generator()
    for name, level, fate, cause in (
        ("Uve", 0, Fate.PUBLISHED, ""),
        ("Log", Level.SYS_NOTICE, Fate.DROPPED, "level"),
        ("Log", Level.SYS_NOTICE, Fate.DEAD_LETTERED, "DecodingFailed"),
        ("Log", Level.SYS_ERR, None, ""),
    ):
        booked = known.books.received(name, 100, level=level, at_us=SINCE_US)
        if fate is not None:
            known.books.ended(booked, fate, cause)
    known.pending_bytes = 700
    return known


class TestServerTrace:
    def test_what_came(self) -> None:
        """Messages and bytes by type and level, and what was not published by type and cause."""
        data = there(server_trace(busy(), "gw").data)

        assert data.name == "host-1:Compute:agent:0"
        assert [(each.type, each.level, each.messages, each.bytes) for each in there(data.msg_stats)] == [
            ("Log", "SYS_ERR", 1, 100),
            ("Log", "SYS_NOTICE", 2, 200),
            ("Uve", "SYS_EMERG", 1, 100),
        ]
        assert {each.last_msg_timestamp for each in there(data.msg_stats)} == {SINCE_US}
        assert [(each.type, each.cause, each.messages) for each in there(data.msg_dropped)] == [
            ("Log", "DecodingFailed", 1),
            ("Log", "level", 1),
        ]
        assert (data.sm_queue_count, data.sm_queue_bytes) == (1, 700)

    def test_connections(self) -> None:
        """How often it came and went, by this gateway's clock; of what never was there is no time."""
        (info,) = there(there(server_trace(generator(), "gw").data).generator_info)
        gone = generator()
        gone.connected, gone.resets, gone.reset_at = False, 1, SINCE
        (later,) = there(there(server_trace(gone, "gw").data).generator_info)

        attributes, after = there(info.gen_attr), there(later.gen_attr)
        assert (info.hostname, attributes.connects, attributes.connect_time) == ("gw", 1, SINCE_US)
        assert (attributes.resets, attributes.reset_time, attributes.in_clear) == (0, 0, False)
        assert (after.resets, after.reset_time, after.in_clear) == (1, SINCE_US, True)


class TestCollectorInfo:
    def test_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many are connected, the gateway's UVE stays one that fits into a message."""
        monkeypatch.setattr(accounts, "MOST_SUMMARIES", 2)

        many = (generator(number) for number in range(9))
        told = collector_info("gw", addresses=["192.0.2.1"], build="1", generators=many, queue=CollectorQueueInfo())

        data = there(told.data)
        assert (data.name, data.self_ip_list, data.build_info) == ("gw", ["192.0.2.1"], "1")
        assert ["host-0", "host-1"] == [each.source for each in there(data.generator_infos)]


class TestSummary:
    def test_state(self) -> None:
        """A generator without a session is idle."""
        known = generator()
        connected = summary(known)
        known.connected = False

        assert connected == GeneratorSummaryInfo(
            source="host-1", module_id="agent", state="Established", instance_id="0", node_type="Compute"
        )
        assert summary(known).state == "Idle"


class TestBooks:
    def test_add_up(self) -> None:
        """A line for each type: what came is published, dropped, dead-lettered or pending."""
        log, uve = generator_books([busy()])

        assert (log.type, log.received, log.published, log.dropped, log.dead_lettered, log.pending) == (
            "Log", 3, 0, 1, 1, 1,
        )  # fmt: skip
        assert (uve.type, uve.received, uve.published, uve.pending) == ("Uve", 1, 1, 0)


@pytest.mark.parametrize(("level", "name"), [(0, "SYS_EMERG"), (7, "SYS_DEBUG"), (2**31 - 1, "INVALID"), (-3, "-3")])
def test_level_name(level: int, name: str) -> None:
    """Levels are told by name, and numbers that are none as what they are."""
    assert level_name(level) == name

from datetime import UTC, datetime

import pytest

from satark.detector.uves.intake import event_of
from satark.runtime.records import Record
from satark.schemas import codec, topics
from satark.schemas.codec import MAX_VALUE_BYTES, UndecodableEventError
from satark.schemas.uves import SharesWithdrawn
from satark.uve.told import Told, Withdrawal
from tests.unit.uve.say import EPOCH, G1, KEY, scalar, share

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GOOD = codec.encode(share(x=scalar("1")), source="/test")


def record(key: bytes | None, value: bytes | None) -> Record:
    """A record of the topic of shares."""
    return Record(topics.UVES, 0, 0, NOW, key, value, GOOD.headers)


def test_a_share_is_what_was_told() -> None:
    """Its values are left as the bytes that they are."""
    event = event_of(record(GOOD.key, GOOD.value))

    assert isinstance(event, Told)
    assert (KEY, G1, b'{"type":"i32","text":"1"}') == (event.entity, event.generator, bytes(event.attributes["x"]))


def test_a_withdrawal_is_under_its_generator() -> None:
    """It is the same in each partition."""
    gone = SharesWithdrawn(id="1", generator=G1, gateway="gw", time=EPOCH, through=7, reason="session_lost")
    made = codec.encode(gone, source="/test")

    assert Withdrawal(generator=G1, through=7) == event_of(record(made.key, made.value))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        pytest.param(GOOD.key, None, "empty", id="nothing"),
        pytest.param(GOOD.key, b" " * (MAX_VALUE_BYTES + 1), "too_large", id="larger than a record"),
        pytest.param(GOOD.key, b"{", "not_json", id="no JSON"),
        pytest.param(GOOD.key, b'{"event":"share"}', "invalid", id="no share"),
        pytest.param(GOOD.key, b'{"event":"share","id":' + b"[" * 100_000, "not_json", id="nested without end"),
        pytest.param(b"other", GOOD.value, "wrong_key", id="the key of another object"),
        pytest.param(None, GOOD.value, "wrong_key", id="no key"),
    ],
)
def test_what_cannot_be_used_says_why(key: bytes | None, value: bytes | None, reason: str) -> None:
    """It becomes a dead letter."""
    with pytest.raises(UndecodableEventError) as refused:
        event_of(record(key, value))

    assert reason == refused.value.reason


@pytest.mark.parametrize("entity", ["ObjectVNTable", "ObjectVNTable:", ":vn1"])
def test_an_object_has_a_table_and_a_name(entity: str) -> None:
    """Otherwise no reader could ask for it."""
    made = codec.encode(share(entity=entity, x=scalar("1")), source="/test")

    with pytest.raises(UndecodableEventError) as refused:
        event_of(record(made.key, made.value))

    assert "no_table" == refused.value.reason

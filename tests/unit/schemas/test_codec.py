from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.codec import (
    EVENT_TYPES,
    MAX_VALUE_BYTES,
    Event,
    UndecodableEventError,
    decode,
    encode,
    event_id,
    event_time,
    header,
    partition_key,
)
from satark.schemas.examples import checkpoint, examples, notification, opened, sample
from satark.schemas.identifiers import identifier
from satark.schemas.topics import ANOMALIES, BY_EVENT, DETECTOR_CHANGELOG, METRICS
from tests.unit.schemas.strategies import events

SOURCE = "/satark/test"


def refusal(topic: str, value: bytes | None, headers: tuple[tuple[str, bytes], ...] = ()) -> UndecodableEventError:
    """Return the error that a record's decoding ends with."""
    with pytest.raises(UndecodableEventError) as caught:
        decode(topic, value, headers)
    return caught.value


class TestRoundTrip:
    @pytest.mark.parametrize("kind", EVENT_TYPES)
    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    @given(data=st.data())
    def test_gives_back_any_event(self, kind: type, data: st.DataObject) -> None:
        """What is encoded is decoded to the same, with and without headers."""
        event = data.draw(events(kind))
        encoded = encode(event, source=SOURCE)  # type: ignore[arg-type] # the strategy draws one of the events

        assert event == decode(encoded.topic, encoded.value, encoded.headers)
        assert event == decode(encoded.topic, encoded.value)

    @pytest.mark.parametrize("event", examples().values(), ids=lambda event: type(event).__name__)
    def test_goes_to_the_topic_of_the_event(self, event: Event) -> None:
        """The topic table decides where an event travels."""
        assert BY_EVENT[type(event)].name == encode(event, source=SOURCE).topic


class TestEncode:
    def test_writes_cloudevents_headers(self) -> None:
        """The attributes are those of CloudEvents 1.0 in binary mode."""
        expected = {
            "ce_specversion": b"1.0",
            "ce_id": sample().id.encode(),
            "ce_source": b"/satark/test",
            "ce_type": b"satark.metric.sample.v1",
            "ce_time": b"2026-03-02T10:00:00.000Z",
            "ce_partitionkey": sample().entity.encode(),
            "content-type": b"application/json",
        }

        assert expected == dict(encode(sample(), source=SOURCE).headers)

    @pytest.mark.parametrize(
        ("event", "key"),
        [
            (sample(), sample().entity),
            (opened(), opened().entity),
            (notification(), notification().id),
            (checkpoint(), checkpoint().orchestrator),
        ],
    )
    def test_keys_by_what_must_stay_in_order(self, event: Event, key: str) -> None:
        """An entity's events stay in order; notifications and checkpoints are kept by key."""
        assert key == partition_key(event)
        assert key.encode() == encode(event, source=SOURCE).key

    def test_refuses_a_naive_time(self) -> None:
        """A checkpoint at no instant is our mistake, found before it is written."""
        naive = PollerCheckpoint(orchestrator="vco", window_end=datetime(2026, 3, 2), offsets={})  # noqa: DTZ001 - as said

        with pytest.raises(ValueError, match="naive"):
            encode(naive, source=SOURCE)


class TestAttributes:
    def test_an_id_is_the_event_s_own(self) -> None:
        """Events that have an id keep it."""
        assert sample().id == event_id(sample())

    def test_a_checkpoint_is_its_orchestrator_and_position(self) -> None:
        """Writing the same position again gives the same id."""
        assert identifier("checkpoint", "vco.example.net", "2026-03-02T10:05:00.000Z") == event_id(checkpoint())

    def test_a_checkpoint_speaks_of_its_position(self) -> None:
        """Its time is the end of the window."""
        assert datetime(2026, 3, 2, 10, 5, tzinfo=UTC) == event_time(checkpoint())
        assert sample().time == event_time(sample())


class TestUndecodable:
    @pytest.mark.parametrize("value", [None, b""])
    def test_empty(self, value: bytes | None) -> None:
        """A tombstone is no event."""
        assert "empty" == refusal(METRICS, value).reason

    def test_too_large(self) -> None:
        """What is over the limit is not even looked at."""
        error = refusal(METRICS, b"[" * (MAX_VALUE_BYTES + 1))

        assert "too_large" == error.reason
        assert "1000001 bytes" in error.detail

    @pytest.mark.parametrize("topic", ["weather", DETECTOR_CHANGELOG, f"{METRICS}.dlq"])
    def test_unknown_topic(self, topic: str) -> None:
        """Topics outside the contract, and those of raw bytes, carry no event."""
        assert "unknown_topic" == refusal(topic, b"{}").reason

    @pytest.mark.parametrize(
        "value",
        [b"{", b"\xff", b'{"id":', b'{"id":"\xff"}', b'{"later":' + b"[" * 100_000],
        ids=["cut", "bytes", "cut value", "no text", "too deep"],
    )
    def test_not_json(self, value: bytes) -> None:
        """A peer may write anything; it costs nothing but a dead letter."""
        assert "not_json" == refusal(METRICS, value).reason

    @pytest.mark.parametrize(
        ("changes", "where"),
        [
            ({"interval_s": 0}, "interval_s"),
            ({"time": "2026-03-02T10:00:00"}, "time"),
            ({"metrics": {}}, "metrics"),
            ({"metrics": {"Latency": 1.0}}, "metrics"),
            ({"metrics": {"latency_ms_rx": None}}, "metrics"),
            ({"entity": ""}, "entity"),
        ],
    )
    def test_invalid(self, changes: dict[str, object], where: str) -> None:
        """The detail says which field is wrong."""
        error = refusal(METRICS, msgspec.json.encode(msgspec.to_builtins(sample()) | changes))

        assert "invalid" == error.reason
        assert f"$.{where}" in error.detail

    def test_invalid_for_its_topic(self) -> None:
        """An event in the wrong topic is not guessed at."""
        assert "invalid" == refusal(ANOMALIES, encode(sample(), source=SOURCE).value).reason

    def test_wrong_type(self) -> None:
        """A header that contradicts the value makes the record doubtful."""
        error = refusal(
            ANOMALIES, encode(opened(), source=SOURCE).value, (("ce_type", b"satark.incident.resolved.v1"),)
        )

        assert "wrong_type" == error.reason
        assert "wrong_type: header ce_type says 'satark.incident.resolved.v1'" in str(error)

    @given(st.binary(max_size=200))
    def test_is_the_only_error(self, value: bytes) -> None:
        """Whatever bytes arrive, nothing else is raised."""
        assert refusal(METRICS, value).reason in {"empty", "not_json", "invalid"}


class TestHeader:
    def test_is_the_first_of_its_name(self) -> None:
        """Kafka allows a header twice."""
        assert "a" == header([("x", b"0"), ("ce_type", b"a"), ("ce_type", b"b")], "ce_type")

    def test_may_be_missing(self) -> None:
        """Producers that write no headers are welcome."""
        assert header([], "ce_type") is None

    def test_replaces_what_is_no_text(self) -> None:
        """A strange header is shown, not fatal."""
        assert "\ufffd" == header([("ce_type", b"\xff")], "ce_type")

from datetime import UTC, datetime, timedelta

from satark.runtime.checking import standing
from satark.runtime.checking.findings import State
from satark.runtime.records import Record
from satark.schemas.checkpoints import PollerCheckpoint
from satark.schemas.codec import Event, encode
from satark.schemas.generators import Connection, GatewayLease, GeneratorSession
from satark.schemas.states import EntityState
from satark.schemas.states import State as EntityIs
from satark.schemas.topics import GENERATORS

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def lease(gateway: str, age: timedelta = timedelta(0), *, leaving: bool = False) -> GatewayLease:
    """Return the lease of a gateway that holds one generator, of ten seconds."""
    return GatewayLease(gateway=gateway, time=NOW - age, lease_s=10, started=NOW, generators=1, leaving=leaving)


def session(generator: str, gateway: str = "g1", state: Connection = Connection.UP) -> GeneratorSession:
    """Return a generator's session."""
    return GeneratorSession(id="x", generator=generator, session=1, state=state, time=NOW, gateway=gateway, since=NOW)


def record(event: Event, **changes: bytes | None) -> Record:
    """Return an event as it is read."""
    encoded = encode(event, source="/test")
    value = changes.get("value", encoded.value)
    return Record(encoded.topic, 0, 0, NOW, encoded.key, value, encoded.headers)


class TestLatest:
    def test_the_last_of_a_key_counts(self) -> None:
        """What cannot be decoded changes nothing."""
        down = session("a", state=Connection.DOWN)
        broken = Record(GENERATORS, 0, 0, NOW, b"b", b"{", ())

        found = standing.latest([record(session("a")), record(down), broken], GeneratorSession)

        assert [down] == list(found.values())

    def test_a_record_without_a_value_forgets(self) -> None:
        """As Kafka's compaction has it."""
        assert {} == standing.latest([record(session("a")), record(session("a"), value=None)], GeneratorSession)


class TestGateways:
    def test_who_renews_its_lease_is_alive(self) -> None:
        """One that has left is not missed."""
        leases = {b"a": lease("a"), b"b": lease("b", MINUTE, leaving=True)}

        [found] = standing.gateways_found(leases, NOW)

        assert (State.OK, "1 alive, holding 1 generators") == (found.state, found.detail)

    def test_a_silent_one_is_named(self) -> None:
        """It is bad when no other is alive."""
        [one] = standing.gateways_found({b"a": lease("a"), b"b": lease("b", MINUTE)}, NOW)
        [all_of_them] = standing.gateways_found({b"b": lease("b", MINUTE)}, NOW)

        assert (State.WARN, "1 of 2 silent for 60 s: b") == (one.state, one.detail)
        assert State.BAD == all_of_them.state

    def test_where_there_never_was_one_nothing_is_said(self) -> None:
        """An estate need not have any."""
        assert [] == standing.gateways_found({}, NOW)


class TestGenerators:
    def test_those_with_a_session_are_connected(self) -> None:
        """A session counts while its gateway is alive."""
        [found] = standing.generators_found({b"a": session("a")}, {b"g1": lease("g1")}, NOW)

        assert (State.OK, "1 connected") == (found.state, found.detail)

    def test_those_without_are_named(self) -> None:
        """Without a session, or held by a gateway that is silent."""
        sessions = {b"a": session("a"), b"b": session("b", "g2"), b"c": session("c", state=Connection.DOWN)}

        [found] = standing.generators_found(sessions, {b"g1": lease("g1"), b"g2": lease("g2", MINUTE)}, NOW)

        assert (State.WARN, "2 of 3 not connected: b, c") == (found.state, found.detail)
        assert 2 == standing.connected(sessions)

    def test_all_gone_is_bad(self) -> None:
        """And none at all is nothing."""
        assert State.BAD == standing.generators_found({b"a": session("a")}, {}, NOW)[0].state
        assert [] == standing.generators_found({}, {}, NOW)


class TestOrchestrators:
    def test_one_that_is_read_is_ok(self) -> None:
        """Read whole up to lately."""
        read = PollerCheckpoint(orchestrator="vco", window_end=NOW - 10 * MINUTE, offsets={})
        late = PollerCheckpoint(orchestrator="old", window_end=NOW - 120 * MINUTE, offsets={})

        old, vco = standing.orchestrators_found({b"vco": read, b"old": late}, {}, NOW)

        assert ("orchestrator old", State.WARN) == (old.what, old.state)
        assert (State.OK, "read whole up to 10 min ago") == (vco.state, vco.detail)

    def test_a_silent_one_is_bad(self) -> None:
        """With what the poller notes of it."""
        blind = EntityState(
            id="x",
            entity="orchestrator/vco",
            kind="orchestrator",
            time=NOW,
            state=EntityIs.BLIND,
            since=NOW - 30 * MINUTE,
            note="no answer",
        )

        [found] = standing.orchestrators_found({}, {b"orchestrator/vco": blind}, NOW)

        assert (State.BAD, "silent for 30 min: no answer") == (found.state, found.detail)
        assert "satark poller check" == found.todo

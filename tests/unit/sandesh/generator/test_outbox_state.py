from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.outbox import Dropped, Outbox, Stamp
from satark.sandesh.generator.parameters import SendingParams
from satark.sandesh.session.causes import TxCause
from satark.sandesh.types import I64, STRING, Header, Hint, Level
from satark.sandesh.wire.xml import decode_frame
from tests.unit.sandesh.captures import frames_of
from tests.unit.sandesh.generator.statistics.programs import optional, uve_of
from tests.unit.sandesh.probe import ProbeSystemLog, ProbeUve, ProbeUveTrace

Load = uve_of(
    optional(1, "x", I64, hidden="yes"),
    optional(2, "word", STRING),
    optional(3, "changed", I64, stats="0-x:DSChange"),
    optional(4, "sum", I64, stats="2-x:DSSum"),
    period=60,
    timeout=2,
)
CLASSES = {each.__sandesh__.name: each for each in (Load, ProbeUveTrace, ProbeSystemLog)}


def outbox(*, established: bool = True, **options: Any) -> Outbox:
    """An outbox as within a session."""
    return Outbox(Header(source="h", module="m", node_type="n", instance_id="0"), established=established, **options)


def load(name: str = "a", **fields: Any) -> Any:
    """An update of a load."""
    return Load(data=Load.Data(name=name, **fields))


def written(box: Outbox) -> list[Any]:
    """What the collector gets."""
    frames = (frame for batch in iter(box.take, []) for each in batch for frame in frames_of(each.frame))
    return [decode_frame(frame, CLASSES) for frame in frames]


def bodies(box: Outbox) -> list[Any]:
    """The data of what the collector gets."""
    return [each.body.data for each in written(box)]


class TestNumbers:
    def test_each_class_counts(self) -> None:
        """Numbers begin at 1 for each class of messages."""
        box = outbox()
        for message in (load("a", word="x"), ProbeSystemLog(number=1), load("b", word="x"), ProbeSystemLog(number=2)):
            assert box.submit(message, Stamp(1.0)) is None

        assert [1, 1, 2, 2] == [each.header.sequence_number for each in written(box)]

    def test_what_is_refused_has_none(self) -> None:
        """A message that is never sent leaves no gap."""
        box = outbox(sending=SendingParams(system_logs_rate_limit=0))
        refused = [box.submit(ProbeSystemLog(number=1), Stamp(1.0)), box.submit(load(""), Stamp(1.0))]
        box.sending = SendingParams()
        box.submit(ProbeSystemLog(number=2), Stamp(1.0))
        box.submit(load(word="x"), Stamp(1.0))

        assert [TxCause.SENDING_DISABLED, TxCause.VALIDATION_FAILED] == [each and each.cause for each in refused]
        assert [1, 1] == [each.header.sequence_number for each in written(box)]


class TestState:
    def test_without_a_session(self) -> None:
        """State is kept for the synchronisation, logs wait."""
        box = outbox(established=False)

        assert Dropped(TxCause.WRONG_STATE) == box.submit(load(word="x"), Stamp(1.0))
        assert box.submit(ProbeSystemLog(number=1), Stamp(1.0)) is None
        assert (1, 1) == (len(box.cache), len(box.queue))

    def test_only_hidden(self) -> None:
        """An update of nothing that is sent is kept, and neither sent nor numbered; the first one is."""
        box = outbox()
        for message in (load(x=5), load(x=5), load(x=6), load(word="w")):
            box.submit(message, Stamp(1.0))
        entry: Any = box.cache.of_type("Thing")[0]

        assert [(1, 5), (2, 6), (3, None)] == [
            (each.header.sequence_number, each.body.data.changed) for each in written(box)
        ]
        assert (6, "w", 3) == (entry.message.data.x, entry.message.data.word, entry.sequence_number)

    def test_wrong_value(self) -> None:
        """A UVE that cannot be written is told with what is wrong, and does not change what is kept."""
        box = outbox()
        box.submit(load(word="good"), Stamp(1.0))
        dropped = box.submit(load(word=7), Stamp(2.0))
        kept: Any = box.cache.of_type("Thing")[0].message

        assert dropped is not None
        assert (TxCause.VALIDATION_FAILED, True) == (dropped.cause, "word" in dropped.problem)
        assert kept.data.word == "good"

    def test_what_is_told_of_changes(self) -> None:
        """Whoever listens is told of each change with its derived statistics."""
        seen: list[Any] = []
        box = outbox(established=False, on_state=lambda message, time_us: seen.append((message, time_us)))
        box.submit(load(x=5), Stamp(1.5))

        assert [(5, 1_500_000)] == [(message.data.changed, time_us) for message, time_us in seen]


class TestSynchronisation:
    def test_as_it_is_now(self) -> None:
        """What is sent again is whole, with its number and its derived statistics, without what is hidden."""
        box = outbox(established=False)
        for message in (load(x=5, word="w"), load(x=5), load(word="v")):
            box.submit(message, Stamp(1.0))
        box.established = True
        count = box.synchronise({}, 9.0)
        (again,) = written(box)
        data = again.body.data

        assert (1, 2) == (count, again.header.sequence_number)
        assert Hint.SYNC in Hint(again.header.hints)
        assert (None, "v", 5, None) == (data.x, data.word, data.changed, data.sum)

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 99))), st.integers(0, 10))
    def test_nothing_is_missing(self, updates: list[tuple[str, int]], seen: int) -> None:
        """A collector that saw the first so many messages has everything after a synchronisation."""
        box = outbox()
        for name, total in updates:
            box.submit(ProbeUveTrace(data=ProbeUve(name=name, total=total)), Stamp(1.0))
        known = {data.name: data.total for data in bodies(box)[:seen]}
        box.synchronise({"ProbeUve": min(seen, len(updates))} if seen else {}, 2.0)
        known |= {data.name: data.total for data in bodies(box)}

        assert dict(updates) == known


class TestTicks:
    def test_periods(self) -> None:
        """Every second tick of 30 s a period of 60 s ends; results are sent with their number of periods."""
        box = outbox()
        box.submit(load(x=5), Stamp(1.0))
        box.submit(load(x=7), Stamp(2.0))
        bodies(box)
        sums = []
        for tick in range(1, 5):
            box.tick(30.0 * tick)
            sums.append([(each.header.sequence_number, each.header.level, each.body.data.sum) for each in written(box)])

        assert [[], [], [], [(2, Level.SYS_NOTICE, 12)]] == sums

    def test_without_a_session(self) -> None:
        """A period ends whether somebody listens or not; its results are not told later."""
        box = outbox(established=False)
        box.submit(load(x=5), Stamp(1.0))
        for tick in range(1, 5):
            box.tick(30.0 * tick)
        box.established = True
        box.synchronise({}, 130.0)

        assert [None] == [data.sum for data in bodies(box)]

    def test_timeout(self) -> None:
        """What was not updated for its timeout is deleted, once, and what is updated stays."""
        box = outbox()
        box.submit(load("old", word="w"), Stamp(1.0))
        told = []
        for tick in range(1, 17):
            box.submit(load("new", word=str(tick)), Stamp(30.0 * tick))
            box.tick(30.0 * tick)
            told += [(tick, data.name) for data in bodies(box) if data.deleted]

        assert [(8, "old")] == told

    def test_nothing_is_left(self) -> None:
        """Of what was deleted nothing is kept once a collector was told."""
        box = outbox(established=False)
        for number in range(10):
            box.submit(load(str(number), x=1), Stamp(1.0))
        for tick in range(1, 5):
            box.tick(30.0 * tick)
        for number in range(10):
            box.submit(load(str(number), deleted=True), Stamp(130.0))
        box.established = True
        box.synchronise({}, 131.0)
        bodies(box)

        assert (0, {}, {}) == (len(box.cache), box._timeouts._marks, box.derivation._states)

    def test_comes_back(self) -> None:
        """What was deleted for its timeout begins anew when it is updated."""
        box = outbox()
        box.submit(load(word="w"), Stamp(1.0))
        for tick in range(1, 9):
            box.tick(30.0 * tick)
        bodies(box)
        box.submit(load(x=3), Stamp(300.0))

        assert [(None, None, 3)] == [(data.deleted, data.word, data.changed) for data in bodies(box)]


@given(st.lists(st.booleans()))
def test_nothing_is_counted_twice(established: list[bool]) -> None:
    """Every message is counted once: as written, waiting, or lost for one cause."""
    box = outbox()
    for number, is_up in enumerate(established):
        box.established = is_up
        box.submit(load(word=str(number)), Stamp(1.0))
        box.submit(ProbeSystemLog(number=number), Stamp(1.0))
    box.discard(TxCause.NO_CLIENT)

    assert 2 * len(established) == sum(each.total for each in box.counters.sent.values())

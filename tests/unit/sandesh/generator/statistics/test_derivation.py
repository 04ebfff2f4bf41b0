from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.statistics import Derivation, plan_of
from satark.sandesh.generator.statistics import states as states_module
from satark.sandesh.types import BOOL, I32, I64, STRING, U64, MapOf, StructOf
from tests.unit.sandesh.generator.statistics.programs import optional, struct_of, uve_of

Counter = struct_of("Counter", optional(1, "total", I64), optional(2, "deleted", BOOL))
Half = struct_of("i64_P_", optional(1, "staging", I64), optional(2, "value", I64))
Null = struct_of("NullResult", optional(3, "samples", U64), optional(5, "value", I32))
COUNTERS = MapOf(STRING, StructOf("Counter", lambda: Counter))
HALF, NULL = StructOf("i64_P_", lambda: Half), StructOf("NullResult", lambda: Null)

Load = uve_of(
    optional(1, "x", I64),
    optional(2, "changed", I64, stats="x:DSChange"),
    optional(3, "nulls", NULL, stats="x:DSNull"),
    optional(4, "odd", I64, stats="x:NoSuchThing"),
)
Traffic = uve_of(
    optional(1, "bytes", COUNTERS, metric="agg", hidden="yes"),
    optional(2, "now", MapOf(STRING, I64), mstats="0-bytes.total:DSNone"),
    optional(3, "minute", MapOf(STRING, HALF), mstats="bytes.total:DSSum"),
    optional(4, "hour", MapOf(STRING, HALF), mstats="2-bytes.total:DSSum"),
    period=30,
)


def load(name: str = "a", **fields: Any) -> Any:
    """An update of a load."""
    return Load(data=Load.Data(name=name, **fields))


def traffic(**totals: int | None) -> Any:
    """An update of counters; None for one that is deleted at 100."""
    counters = {
        key: Counter(total=100, deleted=True) if total is None else Counter(total=total)
        for key, total in totals.items()
    }
    return Traffic(data=Traffic.Data(name="a", bytes=counters))


class TestUpdates:
    def test_each_uve_has_its_own(self) -> None:
        """Derived fields are set where they are due, each UVE has its own state, and the caller's is untouched."""
        derivation, mine = Derivation(), load(x=1)
        told: Any = [derivation.taken(each, 0) for each in (mine, load(x=1), load("b", x=1), load())]

        assert [1, None, 1, None] == [each.data.changed for each in told]
        assert [1, 2, 1] == [each.data.nulls.samples for each in told[:3]]
        assert mine.data.changed is None

    def test_deleted(self) -> None:
        """A UVE that was deleted begins anew."""
        derivation = Derivation()
        for each in (load(x=1), load(deleted=True)):
            derivation.taken(each, 0)

        assert derivation.taken(load(x=1), 0).data.nulls.samples == 1  # type: ignore[attr-defined]

    def test_samples_are_copied(self) -> None:
        """A program may go on changing what it sent."""
        derivation, mine = Derivation(), traffic(a=1)
        derivation.taken(mine, 0)
        mine.data.bytes["a"].total = 10

        assert derivation.taken(mine, 0).data.now == {"a": 9}  # type: ignore[attr-defined]

    def test_hidden(self) -> None:
        """A hidden field is never sent, nor again, but shown."""
        derivation = Derivation()
        sent: Any = derivation.taken(traffic(a=1), 0)

        assert [None, None, {"a": Counter(total=1)}] == [
            sent.data.bytes,
            derivation.told(traffic(a=1)).data.bytes,  # type: ignore[attr-defined]
            derivation.shown(traffic(a=1)).data.bytes,  # type: ignore[attr-defined]
        ]

    @given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 10**9)), min_size=1))
    def test_differences(self, updates: list[dict[str, int]]) -> None:
        """Of what counts up, the differences add up to the last value, by key, whatever keys an update has."""
        derivation = Derivation()
        for second, totals in enumerate(updates):
            derivation.taken(traffic(**totals), second)
        last = {key: total for totals in updates for key, total in totals.items()}

        ended: Any = derivation.finished(traffic(), 1, len(updates))

        assert last == ({} if ended is None else {key: half.value for key, half in ended.data.minute.items()})

    def test_a_key_leaves(self) -> None:
        """A deleted key is gone from what is current at once; its last difference still counts in its period."""
        derivation = Derivation()
        derivation.taken(traffic(a=90, b=1), 0)
        sent: Any = derivation.taken(traffic(a=None), 1)
        first: Any = derivation.finished(traffic(), 1, 2)
        derivation.taken(traffic(a=5), 3)
        second: Any = derivation.finished(traffic(), 2, 4)

        assert {"b": 1} == sent.data.now
        assert {"a": 100, "b": 1} == {key: half.value for key, half in first.data.minute.items()}
        assert {"a": 5} == {key: half.value for key, half in second.data.minute.items()}

    def test_last_key_leaves(self) -> None:
        """When the last key leaves, the empty map is sent."""
        derivation = Derivation()
        derivation.taken(traffic(a=90), 0)

        assert derivation.taken(traffic(a=None), 1).data.now == {}  # type: ignore[attr-defined]


class TestPeriods:
    def test_multiples(self) -> None:
        """Each result ends with its own number of periods; `staging` is what runs, `value` what ended."""
        derivation = Derivation()
        derivation.taken(traffic(a=5), 0)
        first: Any = derivation.finished(traffic(), 1, 1)
        derivation.taken(traffic(a=7), 2)
        seen: Any = derivation.shown(traffic())
        second: Any = derivation.finished(traffic(), 2, 3)
        third: Any = derivation.finished(traffic(), 3, 4)

        assert ({"a": Half(value=5)}, None) == (first.data.minute, first.data.hour)
        assert ({"a": Half(value=5, staging=2)}, {"a": Half(staging=7)}) == (seen.data.minute, seen.data.hour)
        assert ({"a": Half(value=2)}, {"a": Half(value=7)}) == (second.data.minute, second.data.hour)
        assert third is None

    def test_not_sent_again(self) -> None:
        """A synchronisation has what is current, not what is periodic."""
        derivation = Derivation()
        derivation.taken(traffic(a=5), 0)
        derivation.finished(traffic(), 1, 1)
        again: Any = derivation.told(traffic(a=5))

        assert ({"a": 5}, None) == (again.data.now, again.data.minute)

    def test_never_updated(self) -> None:
        """A UVE without samples has no results."""
        assert Derivation().finished(traffic(), 1, 0) is None


class TestArguments:
    def test_from_the_start(self) -> None:
        """Arguments given to the program replace those of the language."""
        plan = plan_of(Load.Data)

        assert {"changed": "7", "nulls": ""} == Derivation({"Thing": {"changed": "7"}}).arguments(plan)

    def test_at_run_time(self) -> None:
        """A new argument begins the statistic anew for all UVEs; the same one changes nothing."""
        derivation, plan = Derivation(), plan_of(Load.Data)
        derivation.taken(load(x=1), 0)
        same = derivation.configure(plan, "nulls", "")
        one: Any = derivation.taken(load(x=2), 0)
        other = derivation.configure(plan, "nulls", "x")
        two: Any = derivation.taken(load(x=2), 0)

        assert (True, True) == (same, other)
        assert [2, 1] == [each.data.nulls.samples for each in (one, two)]
        assert derivation.arguments(plan)["nulls"] == "x"

    def test_refused(self, caplog: pytest.LogCaptureFixture) -> None:
        """An argument that cannot be, and a field that is not derived, are refused."""
        derivation, plan = Derivation(), plan_of(Traffic.Data)

        assert [False, False] == [derivation.configure(plan, *each) for each in (("minute", "soon"), ("bytes", ""))]
        assert "Thing.minute keeps its argument" in caplog.text


class TestFaults:
    def test_of_the_language(self, caplog: pytest.LogCaptureFixture) -> None:
        """An annotation that is no formula is counted, told of once, and its field stays as the program set it."""
        derivation = Derivation()
        told: Any = [derivation.taken(load(x=x, odd=7), 0) for x in (1, 2)]

        assert [7, 7] == [each.data.odd for each in told]
        assert {"Thing.odd": 2} == dict(derivation.faults)
        assert sum("NoSuchThing" in record.getMessage() for record in caplog.records) == 1

    def test_of_a_value(self) -> None:
        """A result that its type does not hold is left out and counted; the others are there."""
        derivation = Derivation()
        told: Any = derivation.taken(load(x=2**40), 0)

        assert (2**40, None, 1) == (told.data.changed, told.data.nulls, derivation.faults["Thing.nulls"])

    @given(st.one_of(st.none(), st.text(), st.floats(), st.lists(st.integers()), st.booleans()))
    def test_of_any_value(self, x: object) -> None:
        """Nothing that a program puts into a field makes a statistic fail the UVE."""
        derivation = Derivation()
        for each in (load(x=x), traffic(a=x), Traffic(data=Traffic.Data(name="a", bytes=x))):  # type: ignore[arg-type]
            derivation.taken(each, 0)
            derivation.shown(each)
            derivation.finished(each, 2, 1)


class TestBounds:
    def test_uves(self) -> None:
        """Where there are too many UVEs, the one that was updated least recently begins anew."""
        derivation = Derivation(max_uves=2)
        for name in ("a", "b", "a", "c"):
            derivation.taken(load(name, x=1), 0)
        told: Any = [derivation.taken(load(name, x=1), 0) for name in ("a", "c", "b")]

        assert [3, 2, 1] == [each.data.nulls.samples for each in told]

    def test_keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where a map has had too many keys, the one that came first is forgotten."""
        monkeypatch.setattr(states_module, "MAX_KEYS", 2)
        derivation = Derivation()
        for key in "abc":
            derivation.taken(traffic(**{key: 1}), 0)

        assert {"b": 1, "c": 1} == derivation.shown(traffic()).data.now  # type: ignore[attr-defined]

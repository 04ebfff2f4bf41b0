import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from satark.detector.uves.oddities import Kind
from satark.uve import views
from satark.uve.known import BadValueError
from satark.uve.limits import Limits
from satark.uve.rows import remembered
from satark.uve.told import Told, Withdrawal
from satark.uve.uves import Uves
from tests.unit.detector.uves.partitions import World, at
from tests.unit.uve.say import G1, G2, G3, KEY, scalar, told

OTHER = "ObjectVNTable:vn2"


def gone(generator: str = G1, through: int = 7) -> Withdrawal:
    """The end of a generator's sessions."""
    return Withdrawal(generator=generator, through=through)


class TestStates:
    def test_a_change_is_told_with_what_changed(self) -> None:
        """The state holds all of the object, and says which attribute is another."""
        world = World()
        world.say(told(x=scalar("1"), y=scalar("2")))

        ((entity, state),) = world.say(told(number=2, y=scalar("3"), time_us=2_000)).states

        assert state is not None
        assert (KEY, {"Vn": ("y",)}) == (entity, dict(state.changed))
        assert {KEY: {"Vn": {"__T": 2_000, "x": 1, "y": 3}}} == world.flat()

    def test_what_is_said_again_is_not_told(self) -> None:
        """A share that says what is known is neither published nor stored."""
        world = World()
        world.say(told(x=scalar("1")))

        assert world.say(told(number=2, x=scalar("1"), time_us=2_000)).is_empty

    def test_what_is_said_again_is_stored_now_and_then(self) -> None:
        """When a share was heard last is stored about once a minute."""
        world = World()
        world.say(told(x=scalar("1")))

        output = world.say(told(number=2, x=scalar("1")), seconds=90)

        assert (0, 1) == (len(output.states), len(output.rows))

    def test_many_changes_of_one_batch_are_told_once(self) -> None:
        """An object that changed often in a batch has one state and a row a share."""
        world = World()

        output = world.say(*(told(number=number, x=scalar(str(number))) for number in range(1, 50)))

        assert (1, 1) == (len(output.states), len(output.rows) - 1)

    def test_an_object_that_is_gone_leaves_nothing(self) -> None:
        """When the last share is taken back, neither state nor row of it stays."""
        world = World()
        world.say(told(x=scalar("1")), told(G2, x=scalar("1")))
        world.say(gone(G1))

        ((entity, state),) = world.say(told(G2, number=2, deleted=True)).states

        assert (KEY, None) == (entity, state)
        assert [["source", G1], ["source", G2]] == sorted(json.loads(key) for key in world.rows)

    def test_shares_are_listed_with_when_they_were_heard(self) -> None:
        """Who says something of the object, and since when nothing new."""
        world = World()
        world.say(told(x=scalar("1")))
        world.say(told(G2, x=scalar("1")), seconds=5)

        assert [(G1, "2026-11-21T12:00:00Z"), (G2, "2026-11-21T12:00:05Z")] == [
            (share["generator"], share["seen"]) for share in world.states[KEY]["shares"]
        ]

    def test_of_many_shares_few_are_listed(self) -> None:
        """A state does not grow with the shares it is made of."""
        world = World()
        world.say(*(told(f"h{number}:Compute:vra:0", x=scalar("1")) for number in range(100)))

        assert (100, 8) == (world.states[KEY]["share_count"], len(world.states[KEY]["shares"]))


class TestStale:
    def test_a_share_that_is_not_heard_is_stale_until_it_is(self) -> None:
        """Both changes are told, though no attribute is another."""
        world = World(stale_after_s=60)
        world.say(told(x=scalar("1")))
        world.partition.tick(at(30))
        assert world.write(30).is_empty

        world.partition.tick(at(61))
        world.write(61)
        assert (1, True) == (world.states[KEY]["stale_count"], world.states[KEY]["shares"][0]["stale"])

        world.say(told(number=2, x=scalar("1")), seconds=70)
        assert 0 == world.states[KEY].get("stale_count", 0)

    def test_it_is_told_once(self) -> None:
        """Time that goes on makes no more of it."""
        world = World(stale_after_s=60)
        world.say(told(x=scalar("1")))
        for second in (61, 62, 63):
            world.partition.tick(at(second))
            world.write(second)

        assert [1, 1, 0, 0] == [len(output.states) for output in world.outputs]


class TestRestart:
    def test_goes_on_where_it_was(self) -> None:
        """After a restart the object is whole, and a withdrawn session stays so."""
        world = World()
        world.say(told(x=scalar("1")), told(G2, y=scalar("2")), gone(G1))
        world.restart()

        world.say(told(number=9, x=scalar("9")), told(G2, number=2, y=scalar("3")))

        assert {KEY: {"Vn": {"__T": 1_000, "y": 3}}} == world.flat()

    def test_takes_back_what_a_crash_left(self) -> None:
        """A share whose session had ended, but whose row was not taken away, is gone after the restart."""
        world = World()
        world.say(told(x=scalar("1")), told(G2, y=scalar("2")))
        kept = dict(world.rows)
        world.say(gone(G1))
        world.rows = kept | {key: value for key, value in world.rows.items() if json.loads(key)[0] == "source"}
        world.restart()

        world.write()

        assert {KEY: {"Vn": {"__T": 1_000, "y": 2}}} == world.flat()
        assert [["share", KEY, "Vn", G2]] == [key for key in map(json.loads, world.rows) if key[0] == "share"]

    def test_a_row_that_is_none_is_left_out(self) -> None:
        """Damaged rows lose their share and no other."""
        world = World()
        world.say(told(x=scalar("1")), told(G2, y=scalar("2")))
        (damaged,) = [key for key in world.rows if json.loads(key)[-1] == G1 and b"share" in key]
        world.rows |= {damaged: b"\xff", b"nonsense": b"1", b'["what","is"]': b"1"}

        assert 3 == len(remembered(world.rows.items()).unreadable)
        world.restart()
        world.say(told(G2, number=2, z=scalar("1")))
        assert {KEY: {"Vn": {"__T": 1_000, "y": 2, "z": 1}}} == world.flat()

    def test_counters_go_on(self) -> None:
        """Totals of those who opt in are stored, too."""
        world = World(counting=True)
        world.say(told(n=scalar("100", aggtype="counter")), told(G2, n=scalar("50", aggtype="counter")))
        world.say(gone(G1))
        world.restart()

        world.say(told(session=8, n=scalar("5", aggtype="counter")))

        assert 155 == world.flat()[KEY]["Vn"]["n"]


class TestBadInput:
    def test_a_value_that_is_none_changes_nothing(self) -> None:
        """It is for the shell to set aside."""
        world = World()
        share = told(x=scalar("1"))
        share.attributes["x"] = type(share.attributes["x"])(b'{"type":7}')

        with pytest.raises(BadValueError):
            world.take(share)
        assert world.write().is_empty

    def test_a_generator_with_too_many_objects_keeps_those_it_has(self) -> None:
        """What is over a limit is counted, and explained once."""
        world = World(limits=Limits(objects_per_generator=1))

        output = world.say(told(x=scalar("1")), *(told(entity=f"T:{n}", number=n, x=scalar("1")) for n in range(2, 5)))

        assert [KEY] == list(world.states)
        assert [("too_many_objects_of_one", False)] * 3 == [(each.reason, each.again) for each in output.oddities]

    def test_a_share_too_large_for_a_row_loses_its_largest_values(self) -> None:
        """The others are kept, and the value says how large it was."""
        world = World()
        world.say(told(a=scalar("x" * 500_000, "string"), n=scalar("1")))
        output = world.say(told(number=2, b=scalar("y" * 500_000, "string"), m=scalar("2")))

        flat = world.flat()[KEY]["Vn"]
        assert ({"satark.omitted_bytes": 500_027}, 1, 2) == (flat["b"], flat["n"], flat["m"])
        assert [Kind.SHARE_TOO_LARGE] == [each.kind for each in output.oddities]
        assert all(len(row or b"") < 1_000_000 for row in world.rows.values())

    def test_a_state_too_large_for_a_record_leaves_the_largest_out(self) -> None:
        """Together shares may be larger than one record; what is left out says how large it is."""
        world = World()
        text = scalar("z" * 300_000, "string")
        output = world.say(*(told(f"h{n}:C:m:0", name=f"S{n}", big=text, small=scalar("1")) for n in range(4)))

        shown = world.flat()[KEY]
        assert 2 == sum(isinstance(each["big"], dict) for each in shown.values())
        assert all(1 == each["small"] for each in shown.values())
        assert {Kind.STATE_TOO_LARGE} == {each.kind for each in output.oddities}

    def test_generators_at_odds_are_explained(self) -> None:
        """Types and annotations that differ are noted by attribute, and nothing is lost."""
        world = World()

        output = world.say(
            told(n=scalar("1")), told(G2, n=scalar("1", "string")), told(G3, n=scalar("1", aggtype="sum"))
        )

        assert {Kind.TYPES_DIFFER, Kind.AGGTYPES_DIFFER} == {each.kind for each in output.oddities}
        assert {"Vn.n"} == {each.subject for each in output.oddities}

    def test_a_key_of_two_tables_is_explained(self) -> None:
        """The object is that of the first table."""
        world = World()
        share = replace(told(x=scalar("1")), other_tables=("ObjectVMTable",))

        output = world.say(share, replace(share, sequence_number=2))

        assert [KEY] == list(world.states)
        assert [(Kind.TABLES_DIFFER, "key_fields", False), (Kind.TABLES_DIFFER, "key_fields", True)] == [
            (each.kind, each.reason, each.again) for each in output.oddities
        ]
        assert "ObjectVNTable, ObjectVMTable" in output.oddities[0].detail

    def test_an_object_of_two_tables_is_explained(self) -> None:
        """A generator that tells one struct of one name under two tables has two objects; others may do so."""
        world = World()
        world.say(told(G2, entity="ObjectVRouter:vn1", x=scalar("1")))
        alike = world.say(told(x=scalar("1")), told(name="Other", entity="ObjectVRouter:vn1", x=scalar("1")))

        output = world.say(told(number=2, entity="ObjectVRouter:vn1", x=scalar("1")))

        assert () == alike.oddities
        assert [KEY, "ObjectVRouter:vn1"] == sorted(world.states)
        assert [(Kind.TABLES_DIFFER, "same_name", f"Vn of {G1}")] == [
            (each.kind, each.reason, each.subject) for each in output.oddities
        ]

    def test_an_object_of_two_tables_is_found_after_a_restart(self) -> None:
        """What was restored is known, too."""
        world = World()
        world.say(told(x=scalar("1")))
        world.restart()

        output = world.say(told(number=2, entity="ObjectVRouter:vn1", x=scalar("1")))

        assert ["same_name"] == [each.reason for each in output.oddities]

    def test_a_clock_far_ahead_is_explained_once(self) -> None:
        """It is counted each time."""
        world = World()
        ahead_us = int(at(3_600).timestamp() * 1e6)

        output = world.say(*(told(number=n, x=scalar("1"), time_us=ahead_us + n) for n in (1, 2)))

        assert [(Kind.CLOCK_SKEW, G1, False), (Kind.CLOCK_SKEW, G1, True)] == [
            (each.kind, each.subject, each.again) for each in output.oddities
        ]

    def test_sums_beyond_all_integers_are_shown(self) -> None:
        """The sum of two 64 bit numbers may need more of them."""
        world = World()
        most = scalar(str(2**64 - 1), "u64", aggtype="sum")
        world.say(told(n=most), told(G2, n=most))

        assert 2 * (2**64 - 1) == world.flat()[KEY]["Vn"]["n"]


GENERATORS = (G1, G2, G3)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(GENERATORS),
        st.sampled_from((KEY, OTHER)),
        st.sampled_from(("say", "say", "say", "delete", "withdraw", "restart")),
        st.integers(0, 3),
    ),
    max_size=30,
)


def story(drawn: list[tuple[str, str, str, int]]) -> list[Told | Withdrawal]:
    """Events as generators and gateways send them: numbers and sessions only rise."""
    sessions = dict.fromkeys(GENERATORS, 1)
    told_: list[Told | Withdrawal] = []
    for number, (generator, entity, what, value) in enumerate(drawn, 1):
        common: dict[str, Any] = {"number": number, "session": sessions[generator], "entity": entity}
        if what in {"withdraw", "restart"}:
            told_.append(Withdrawal(generator=generator, through=sessions[generator]))
            sessions[generator] += 1
        elif what == "delete":
            told_.append(told(generator, deleted=True, **common))
        else:
            said: dict[str, Any] = {f"a{value}": scalar(str(value + number % 2))}
            told_.append(told(generator, **common, **said))
    return told_


class TestCrashes:
    @settings(deadline=None)
    @given(EVENTS, st.data())
    def test_whatever_is_lost_is_made_up_for(self, drawn: list[Any], data: st.DataObject) -> None:
        """Killed at any point of any batch and told again what was not acknowledged, it holds what it would hold."""
        events = story(drawn)
        whole = Uves()
        for event in events:
            whole.withdraw(event) if isinstance(event, Withdrawal) else whole.apply(event, seen_us=0)
        world, done = World(), 0
        while done < len(events):
            end = data.draw(st.integers(done + 1, len(events)))
            world.take(*events[done:end])
            if data.draw(st.booleans()):
                world.write(rows=data.draw(st.integers(0, 5)))
                world.restart()
                world.take(*events[done:end])
            world.write()
            done = end

        world.restart()

        expected = {entity: views.flat(whole[entity]) for entity in whole if whole[entity].exists}
        assert expected == {e: views.flat(world.partition.uves[e]) for e in world.partition.uves}
        assert {e: dict.fromkeys(s) for e, s in expected.items()} == {
            e: dict.fromkeys(s) for e, s in world.flat().items()
        }
        assert _timeless(expected) == _timeless(world.flat())


def _timeless(objects: dict[str, Any]) -> dict[str, Any]:
    """Without times: those of states are from when something else changed."""
    return {
        entity: {
            struct: {name: value for name, value in each.items() if name != "__T"} for struct, each in structs.items()
        }
        for entity, structs in objects.items()
    }

"""Totals that survive restarts: whatever is lost, read again or written again, they are what a plain account makes of it."""

from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.schemas.uves import Value
from satark.uve.told import Told, Withdrawal
from tests.unit.detector.uves.partitions import World, at
from tests.unit.uve.say import G1, G2, G3, KEY, scalar, told

GENERATORS = (G1, G2, G3)
OTHER = "ObjectVNTable:vn2"
Event = Told | Withdrawal

STEPS = st.lists(
    st.tuples(
        st.sampled_from(GENERATORS),
        st.sampled_from((KEY, OTHER)),
        st.sampled_from(("say", "say", "say", "other", "delete", "leave", "return")),
        st.integers(0, 100),
    ),
    max_size=30,
)


def count(number: int) -> Value:
    """A number that asks to be counted over restarts."""
    return scalar(str(number), "u64", aggtype="counter")


def story(drawn: Iterable[tuple[str, str, str, int]]) -> list[Event]:
    """Events as gateways write them: numbers rise in a session, and a later session ends the one before it."""
    sessions = dict.fromkeys(GENERATORS, 1)
    events: list[Event] = []
    for number, (generator, entity, what, value) in enumerate(drawn, 1):
        session = sessions[generator]
        if what == "leave":
            events.append(Withdrawal(generator=generator, through=session))
        if what in {"leave", "return"}:
            sessions[generator] += 1
            continue
        deleted = what == "delete"
        said: dict[str, Any] = {} if deleted else {"n": count(value)} if what == "say" else {"x": scalar(str(value))}
        events.append(told(generator, session=session, number=number, entity=entity, deleted=deleted, **said))
    return events


class Account:
    """The totals by hand: lost by restarts and said last, by object and generator; of live shares, whose there are."""

    def __init__(self) -> None:
        self.sums: dict[str, dict[str, tuple[int, int]]] = {}
        self.shares: dict[tuple[str, str], int] = {}
        self.through: dict[str, int] = {}

    def enter(self, event: Event) -> None:
        """Enter an event."""
        if isinstance(event, Withdrawal):
            self._end(event.generator, event.through)
            return
        key = (event.entity, event.generator)
        if event.deleted:
            if self.shares.pop(key, None) is not None and not self._speakers(event.entity):
                self.sums.pop(event.entity, None)
        else:
            self.shares[key] = event.session
            if "n" in event.attributes:
                self._count(key, int(str(bytes(event.attributes["n"])).split('"text":"')[1].split('"')[0]))
        self._end(event.generator, event.session - 1)

    def totals(self) -> dict[str, int]:
        """Return the total of each object that somebody speaks of, unless it is nought."""
        sums = {entity: sum(lost + last for lost, last in parts.values()) for entity, parts in self.sums.items()}
        return {entity: total for entity, total in sums.items() if total and self._speakers(entity)}

    def _count(self, key: tuple[str, str], number: int) -> None:
        parts = self.sums.setdefault(key[0], {})
        lost, last = parts.get(key[1], (0, 0))
        parts[key[1]] = (lost + last if number < last else lost, number)

    def _end(self, generator: str, through: int) -> None:
        self.shares = {
            (entity, source): session
            for (entity, source), session in self.shares.items()
            if source != generator or session > through
        }

    def _speakers(self, entity: str) -> list[str]:
        return [source for about, source in self.shares if about == entity]


def accounted(events: Iterable[Event]) -> dict[str, int]:
    """Return the totals of a story."""
    account = Account()
    for event in events:
        account.enter(event)
    return account.totals()


def totals(world: World) -> dict[str, int]:
    """Return the totals as readers of the states know them."""
    shown: dict[str, Any] = {entity: structs["Vn"].get("n") for entity, structs in world.flat().items()}
    return {entity: total for entity, total in shown.items() if total}


@settings(deadline=None, max_examples=60)
@given(STEPS, st.data())
def test_totals_are_right_whatever_is_lost(drawn: list[Any], data: st.DataObject) -> None:
    """Killed at any row of any batch, and told again what was not acknowledged, it counts nothing twice."""
    events = story(drawn)
    world, done = World(counting=True), 0
    while done < len(events):
        end = data.draw(st.integers(done + 1, len(events)))
        world.take(*events[done:end], first=done)
        for _ in range(data.draw(st.integers(0, 2))):
            world.write(rows=data.draw(st.integers(0, 6)))
            world.restart()
            world.take(*events[done:end], first=done)
        world.write()
        if data.draw(st.booleans()):  # all of it is safe, but not acknowledged
            world.restart()
            since = data.draw(st.integers(done, end))
            world.take(*events[since:end], first=since)
            world.write()
        done = end

    assert accounted(events) == totals(world)


@settings(deadline=None, max_examples=60)
@given(STEPS, st.integers(0, 29), st.integers(1, 4))
def test_what_a_gateway_writes_again_counts_once(drawn: list[Any], since: int, size: int) -> None:
    """Whatever a generator has said last is told again, at another place, after all else."""
    events = story(drawn)
    generator = next((each.generator for each in events[since:]), G1)
    again = [each for each in events if each.generator == generator][-size:]
    alive = accounted(events)
    world = World(counting=True)

    world.say(*events)
    world.take(*again, first=len(events))
    world.write()
    fresh = {entity: total for entity, total in totals(world).items() if entity in alive}

    assert {entity: total for entity, total in alive.items() if entity in fresh} == fresh


class TestMemory:
    def test_the_next_life_of_an_object_begins_at_nought(self) -> None:
        """All have deleted it; what is read again of its first life does not count for the second."""
        world = World(counting=True)
        life = [
            told(G1, n=count(100)),
            told(G2, n=count(50)),
            told(G1, number=2, deleted=True),
            told(G2, number=2, deleted=True),
            told(G2, number=3, n=count(7)),
        ]
        world.take(*life, first=0)
        world.write()
        first = totals(world)
        world.restart()
        world.take(*life, first=0)
        world.write()
        world.say(told(G1, n=count(100)), told(G1, number=2, deleted=True))

        assert ({KEY: 7}, {KEY: 7}) == (first, totals(world))

    def test_what_nobody_has_said_in_this_life_is_not_shown(self) -> None:
        """The counter of the life before begins anew, but not at nought to be seen."""
        world = World(counting=True)
        world.say(told(n=count(5)), told(number=2, deleted=True), told(number=3, x=scalar("1")))

        assert ["__T", "x"] == sorted(world.flat()[KEY]["Vn"])

    def test_of_a_topic_that_is_made_anew_all_counts(self) -> None:
        """Its offsets begin at nought again, later."""
        world = World(counting=True)
        world.take(told(n=count(100)), first=1_000)
        world.take(told(number=2, n=count(120)), seconds=60, first=0)
        world.write()

        assert {KEY: 120} == totals(world)

    def test_an_object_of_which_nobody_speaks_is_forgotten_after_a_day(self) -> None:
        """Until then its totals wait, also over restarts; then no row of it is left."""
        world = World(counting=True)
        world.say(told(n=count(100)))
        world.say(Withdrawal(generator=G1, through=7))
        world.restart()
        world.partition.tick(at(0))
        world.partition.tick(at(3_600))
        world.say(told(session=8, n=count(1)))
        kept = totals(world)
        world.say(Withdrawal(generator=G1, through=8))
        world.partition.tick(at(10_000))
        world.partition.tick(at(100_000))
        world.write()

        assert {KEY: 101} == kept
        assert KEY not in world.partition.uves
        assert not [key for key in world.rows if b"counters" in key or b"share" in key]

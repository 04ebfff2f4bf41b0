"""What holds whatever generators say, and in whatever order it is heard."""

import json
import random
from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from satark.schemas.uves import Value
from satark.uve import views
from satark.uve.state import dump, load
from satark.uve.told import Told, Withdrawal
from satark.uve.uves import Uves
from tests.unit.uve.say import G1, G2, G3, mapped, scalar, struct, structs, texts, told

Event = Told | Withdrawal
ENTITIES = ("ObjectVNTable:vn1", "ObjectVNTable:vn2")
STRANGER = "h9:Compute:vra:0"


def entry(name: str, number: str) -> Value:
    """An element of a list with a list key."""
    return struct(k=scalar(name, "string", aggtype="listkey"), n=scalar(number, "u64"))


VALUES: Sequence[tuple[str, Value]] = (
    *(("plain", scalar(text)) for text in "123"),
    ("plain", scalar("1", "string")),
    ("plain", scalar("1", tags=".x")),
    *(("count", scalar(text, "u64", aggtype="counter")) for text in ("1", "20", "300")),
    *(("sum", scalar(text, "u64", aggtype="sum")) for text in ("1", "20", "300")),
    ("sum", scalar("4", "u64")),
    ("sum", scalar("1.5", "double", aggtype="sum")),
    *(("nets", texts(*items, aggtype="union")) for items in ("", "a", "ab", "ba", "c")),
    ("nets", texts("a", "b")),
    *(("map", mapped(("a", text), ("b", "1"), aggtype="union")) for text in "12"),
    ("stats", structs(entry("x", "1"), entry("y", "2"), aggtype="append")),
    ("stats", structs(entry("y", "5"), aggtype="append")),
    ("in", struct(a=scalar("1"), b=scalar("2"))),
    ("in", struct(b=scalar("2"), a=scalar("1"))),
)
says = st.lists(st.sampled_from(VALUES), max_size=4).map(dict)
acts = st.tuples(
    st.sampled_from(("say", "say", "say", "say", "delete", "leave", "return")),
    st.sampled_from(ENTITIES),
    st.sampled_from(("Agent", "Config")),
    says,
)


def life(generator: str, done: Iterable[tuple[str, str, str, dict[str, Value]]]) -> list[Event]:
    """What a generator says in its life: numbered, in one session after the other."""
    events: list[Event] = []
    session, number = 1, 0
    for act, entity, name, values in done:
        number += 1
        if act == "leave":
            events.append(Withdrawal(generator=generator, through=session))
        if act in {"leave", "return"}:
            session, number = session + 1, 0
            continue
        deleted = act == "delete"
        events.append(
            told(
                generator,
                session=session,
                number=number,
                name=name,
                message=f"{name}Trace",
                entity=entity,
                time_us=1_000 * session + number,
                deleted=deleted,
                **({} if deleted else values),
            )
        )
    return events


def lived(generator: str) -> st.SearchStrategy[list[Event]]:
    """Lives of this generator."""
    return st.lists(acts, max_size=8).map(lambda done: life(generator, done))


lives = st.tuples(lived(G1), lived(G2), lived(G3))


def interleaved(several: Iterable[list[Event]], draw: random.Random) -> list[Event]:
    """All events in some order that keeps that of each generator."""
    left = [list(events) for events in several if events]
    mixed: list[Event] = []
    while left:
        events = draw.choice(left)
        mixed.append(events.pop(0))
        left = [each for each in left if each]
    return mixed


def hear(uves: Uves, events: Iterable[Event], *, first: int | None = None) -> Uves:
    """Take in events; the first one is read at this offset, if they are read anywhere."""
    for at, event in enumerate(events):
        if isinstance(event, Told):
            uves.apply(event, seen_us=0, offset=None if first is None else first + at)
        else:
            uves.withdraw(event)
    return uves


def stored(uves: Uves) -> dict[str, bytes]:
    """All objects as they are stored."""
    return {entity: dump(uves[entity]) for entity in sorted(uves)}


def shown(uves: Uves) -> str:
    """All objects as readers see them, to the byte."""
    return json.dumps([[views.flat(uves[entity]), views.structured(uves[entity])] for entity in sorted(uves)])


class TestAggregation:
    @given(lives, st.randoms(use_true_random=False))
    @settings(max_examples=60, deadline=None)
    def test_is_independent_of_the_order_between_generators(
        self, several: tuple[list[Event], ...], draw: random.Random
    ) -> None:
        """Whoever is heard first, the objects are the same, to the byte."""
        one, other = (hear(Uves(), interleaved(several, draw)) for _ in range(2))

        assert stored(one) == stored(other)
        assert shown(one) == shown(other)

    @given(lives, st.randoms(use_true_random=False), st.integers(0, 24))
    @settings(max_examples=60, deadline=None)
    def test_is_idempotent_under_replay(
        self, several: tuple[list[Event], ...], draw: random.Random, since: int
    ) -> None:
        """What is heard again, from any point to the end, changes nothing."""
        events = interleaved(several, draw)
        uves = hear(Uves(counting=True), events, first=0)
        before = stored(uves), shown(uves)

        hear(uves, events[since:], first=min(since, len(events)))

        assert before == (stored(uves), shown(uves))

    @given(lives, st.lists(acts, max_size=8), st.randoms(use_true_random=False))
    @settings(max_examples=60, deadline=None)
    def test_a_withdrawal_undoes_all_that_was_said(
        self, several: tuple[list[Event], ...], said: list[tuple[str, str, str, dict[str, Value]]], draw: random.Random
    ) -> None:
        """As if the generator had never been."""
        events = interleaved(several, draw)
        without = hear(Uves(), events)
        gone = Withdrawal(generator=STRANGER, through=100)

        came_and_went = hear(Uves(), [*interleaved([events, life(STRANGER, said)], draw), gone])

        assert stored(without) == stored(came_and_went)
        assert shown(without) == shown(came_and_went)

    @given(lives, st.randoms(use_true_random=False))
    @settings(max_examples=60, deadline=None)
    def test_kept_up_to_date_equals_made_from_scratch(
        self, several: tuple[list[Event], ...], draw: random.Random
    ) -> None:
        """After each event the objects are what the last words of all generators make."""
        uves, last = Uves(), dict[tuple[str, str, str], Told]()
        for event in interleaved(several, draw):
            hear(uves, [event])
            last = in_force(last, event)

            assert shown(hear(Uves(), last.values())) == shown(uves)

    @given(lives, st.randoms(use_true_random=False))
    @settings(max_examples=60, deadline=None)
    def test_goes_on_from_what_was_stored(self, several: tuple[list[Event], ...], draw: random.Random) -> None:
        """A restart in between is not seen."""
        uves = hear(Uves(counting=True), interleaved(several, draw))
        again = {entity: load(value, counting=True) for entity, value in stored(uves).items()}

        assert stored(uves) == {entity: dump(uve) for entity, uve in again.items()}
        for entity, uve in again.items():
            assert views.flat(uves[entity]) == views.flat(uve)
            assert json.dumps(views.structured(uves[entity])) == json.dumps(views.structured(uve))

    @given(lives, st.randoms(use_true_random=False))
    @settings(max_examples=60, deadline=None)
    def test_a_share_knows_its_size(self, several: tuple[list[Event], ...], draw: random.Random) -> None:
        """It is that of all of its values, whatever came, went, and was restored."""
        uves = hear(Uves(), interleaved(several, draw))
        again = [load(value) for value in stored(uves).values()]

        for uve in [*(uves[entity] for entity in uves), *again]:
            for _, share in uve.shares():
                assert sum(len(value.raw) for _, value in share.attributes.values()) == share.size

    @given(lives, st.randoms(use_true_random=False))
    @settings(max_examples=60, deadline=None)
    def test_a_step_names_all_that_changed(self, several: tuple[list[Event], ...], draw: random.Random) -> None:
        """Who shows only what steps name shows what is there (the times apart, which every event moves)."""
        uves = Uves()
        copies: dict[str, dict[str, dict[str, object]]] = {}
        for event in interleaved(several, draw):
            steps = uves.apply(event, seen_us=0) if isinstance(event, Told) else uves.withdraw(event)
            for entity, step in steps.items():
                copy = copies.setdefault(entity, {})
                for name, attributes in step.changed.items():
                    part = uves[entity].parts.get(name) if entity in uves else None
                    if part is None or not part.shares:
                        copy.pop(name, None)
                        continue
                    for attribute in attributes:
                        copy.setdefault(name, {})[attribute] = views.flat_value(uves[entity], name, attribute)

            assert {entity: plain(views.flat(uves[entity])) for entity in uves} == {
                entity: plain(copy) for entity, copy in copies.items() if copy
            }


def plain(shown: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """Attributes without the times, and without those that are gone."""
    return {
        name: {attribute: value for attribute, value in values.items() if attribute != "__T" and value is not None}
        for name, values in shown.items()
    }


def in_force(last: dict[tuple[str, str, str], Told], event: Event) -> dict[tuple[str, str, str], Told]:
    """One share for each generator, object and struct, as plain dictionaries make it of the event and those before."""
    if isinstance(event, Withdrawal):
        return {at: share for at, share in last.items() if at[0] != event.generator or share.session > event.through}
    kept = {at: share for at, share in last.items() if at[0] != event.generator or share.session == event.session}
    at = (event.generator, event.entity, event.struct)
    if event.deleted:
        return {key: share for key, share in kept.items() if key != at}
    before = kept[at].attributes if at in kept else {}
    return {**kept, at: replace(event, attributes={**before, **event.attributes})}

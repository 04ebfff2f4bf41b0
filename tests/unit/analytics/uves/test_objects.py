import json
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.analytics.mirror.mirror import Mirror
from satark.analytics.mirror.tables import Held
from satark.analytics.uves.objects import View, encoded, shown
from satark.runtime.records import Record
from satark.schemas import topics
from satark.schemas.uves import Value
from satark.uve import views
from satark.uve.filters import Filters
from satark.uve.rows import counters_row, share_key
from satark.uve.uve import Uve
from tests.unit.analytics.mirror.records import G1, G2, G3, VN, alarm, number, record, rows, state, text, uve_of
from tests.unit.analytics.routes.serving import TOKENS

FLAT, STRUCTURED = View(), View(is_flat=False)
UVE = uve_of({("Vn", G1): {"x": number(1)}, ("Vn", G2): {"x": number(2)}})


def held(*records: Record) -> Held:
    """What is held of the object after these records."""
    mirror = Mirror()
    for each in records:
        mirror.apply(each)
    return mirror.get(VN) or Held()


def plain(found: Held, view: View = FLAT) -> Any:
    """An object as its reader has it."""
    return json.loads(encoded(shown(VN, found, view, TOKENS)))


Said = dict[tuple[str, str], dict[str, Value]]
LISTS = st.lists(st.sampled_from("abc"), max_size=3).map(tuple)
VALUES = st.one_of(
    st.integers(-5, 5).map(number),
    st.integers(0, 2**64 - 1).map(lambda value: number(value, "u64", aggtype="sum")),
    st.sampled_from(["", "a", "ü"]).map(text),
    LISTS.map(lambda items: Value(type="list", element="string", items=items)),
    LISTS.map(lambda items: Value(type="list", element="string", items=items, annotations={"aggtype": "union"})),
)
SAID = st.dictionaries(
    st.tuples(st.sampled_from(["Agent", "Config", "__T"]), st.sampled_from([G1, G2, G3])),
    st.dictionaries(st.sampled_from(["x", "y", "A"]), VALUES, max_size=4),
    min_size=1,
)
ALARMS = st.lists(st.sampled_from([alarm("one"), alarm("two", acknowledged=True)]), max_size=2, unique_by=id)


class TestForms:
    @settings(deadline=None)
    @given(SAID, ALARMS)
    def test_the_state_is_what_the_shares_come_to(self, said: Said, alarms: list[Any]) -> None:
        """A whole flat read from the state has the same members, in the same order, as one from the shares."""
        uve = uve_of(said)
        told = state(VN, uve, alarms)
        both = held(*rows(VN, uve), told)

        from_shares = shown(VN, both, View(filters=Filters(content=_all(uve, alarms))), TOKENS)

        assert json.dumps(json.loads(encoded(from_shares))) == json.dumps(plain(both))

    @settings(deadline=None)
    @given(SAID, st.randoms())
    def test_the_order_of_records_is_not_seen(self, said: Said, random: Any) -> None:
        """Equal objects are equal bytes, flat and structured, whoever spoke first."""
        records = rows(VN, uve_of(said))
        shuffled = list(records)
        random.shuffle(shuffled)

        for view in (FLAT, STRUCTURED):
            assert encoded(shown(VN, held(*records), view, TOKENS)) == encoded(shown(VN, held(*shuffled), view, TOKENS))

    @settings(deadline=None)
    @given(SAID, st.sampled_from([Filters(source="h1"), Filters(content={"Agent": frozenset({"x"})})]))
    def test_what_is_not_wanted_need_not_be_read(self, said: Said, filters: Filters) -> None:
        """It is left out before it is put together, and that is the same as after it."""
        uve = uve_of(said)
        expected = json.loads(encoded(views.flat(uve, filters)))

        assert expected == plain(held(*rows(VN, uve)), View(filters=filters))

    def test_times_are_the_newest(self) -> None:
        """A share that was said again without a change is newer than the state."""
        again = uve_of({("Vn", G1): {"x": number(1)}}, seen_us=2_000)

        found = held(state(VN, UVE), *rows(VN, UVE), *rows(VN, again))

        assert {"Vn": {"__T": 2000, "x": [[1, G1], [2, G2]]}} == plain(found)

    def test_a_state_alone_is_shown(self) -> None:
        """Its rows may be on their way."""
        assert {"Vn": {"__T": 1000, "x": [[1, G1], [2, G2]]}} == plain(held(state(VN, UVE)))

    def test_sums_may_be_larger_than_64_bits(self) -> None:
        """They are numbers all the same."""
        uve = uve_of({("Vn", each): {"n": number(2**64 - 1, "u64", aggtype="sum")} for each in (G1, G2)})

        assert 2 * (2**64 - 1) == plain(held(*rows(VN, uve)))["Vn"]["n"]

    def test_what_a_state_leaves_out_is_in_the_shares(self) -> None:
        """An attribute that was too large for a state is read from them."""
        cut = msgspec.json.decode(state(VN, UVE).value or b"")
        cut["structs"]["Vn"]["x"] = {"satark.omitted_bytes": 700_000}

        found = held(record(topics.UVE_STATES, VN.encode(), msgspec.json.encode(cut)), *rows(VN, UVE))

        assert [[1, G1], [2, G2]] == plain(found)["Vn"]["x"]


class TestBadRows:
    def test_unreadable_rows_say_nothing(self) -> None:
        """Of what is left the object is made."""
        bad = [
            record(topics.UVE_CHANGELOG, share_key(VN, "Vn", G3), value)
            for value in (b"no json", b'[1,"m",false,1,1,1,{"x":[1,{"type":7}]}]')
        ]

        for each in bad:
            assert [[1, G1], [2, G2]] == plain(held(*rows(VN, UVE), each))["Vn"]["x"]

    def test_an_unreadable_state_is_as_none(self) -> None:
        """The shares are there."""
        found = held(record(topics.UVE_STATES, VN.encode(), b'"alarms":[ no json'), *rows(VN, UVE))

        assert {"Vn": {"__T": 1000, "x": [[1, G1], [2, G2]]}} == plain(found)


class TestCounters:
    def test_totals_over_restarts(self) -> None:
        """The example of 1.9: what a generator lost by its restart still counts."""
        said = {G1: 5, G2: 50}
        uve = uve_of({("Vn", each): {"n": number(n, "u64", aggtype="counter")} for each, n in said.items()})
        form = ["u64", [["aggtype", "counter"]]]
        counts = {G1: [100, 5, 8, 1], G2: [0, 50, 7, 1]}
        key, value = counters_row(VN, {"Vn": {"n": [form, 155, counts]}})

        found = held(*rows(VN, uve), record(topics.UVE_CHANGELOG, key, value))

        assert (155, 105) == (
            plain(found)["Vn"]["n"],
            plain(found, View(filters=Filters(source="h1")))["Vn"]["n"],
        )


def _all(uve: Uve, alarms: list[Any]) -> dict[str, frozenset[str]]:
    return {struct: frozenset() for struct in (*uve.parts, *(["UVEAlarms"] if alarms else []))}

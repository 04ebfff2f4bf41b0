from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.analytics.mirror.mirror import IncidentTold, Limits, Mirror, Outcome, StateChanged
from satark.runtime.records import Record
from satark.schemas import topics
from satark.uve.rows import alarms_row, counters_row, share_key, source_row
from tests.unit.analytics.mirror.records import G1, G2, VN, alarm, number, record, rows, state, uve_of, without_state

VROUTER = "ObjectVRouter:node7"
UVE = uve_of({("Vn", G1): {"x": number(1)}, ("Vn", G2): {"x": number(2)}})


def mirrored(*records: Record, limits: Limits | None = None) -> Mirror:
    """A mirror that has taken in these records."""
    mirror = Mirror(limits)
    for each in records:
        mirror.apply(each)
    return mirror


class TestObjects:
    def test_states_and_shares_are_one_object(self) -> None:
        """Both topics tell of the same object; its bytes are kept as they are."""
        mirror = mirrored(state(VN, UVE), *rows(VN, UVE))

        held = mirror.get(VN)

        assert held is not None
        assert (state(VN, UVE).value, {("Vn", G1), ("Vn", G2)}) == (held.state, set(held.shares))
        assert (1, 2) == (mirror.objects, mirror.shares)

    def test_names_are_in_order_by_table(self) -> None:
        """Tables and names are sorted, whatever order objects came and went in."""
        keys = ("ObjectVNTable:b", "ObjectVRouter:z", "ObjectVNTable:a", "ObjectVNTable:c:d/e")
        mirror = mirrored(*(state(key, UVE) for key in keys))
        before = tuple(mirror.keys())

        mirror.apply(without_state("ObjectVNTable:b"))
        mirror.apply(state("ObjectVNTable:aa", UVE))

        assert ("ObjectVNTable:a", "ObjectVNTable:b", "ObjectVNTable:c:d/e", "ObjectVRouter:z") == before
        assert ["a", "aa", "c:d/e"] == [*mirror.table("ObjectVNTable")]
        assert ["ObjectVNTable", "ObjectVRouter"] == mirror.tables()

    def test_an_object_is_gone_with_its_last_word(self) -> None:
        """It is there while there is a state or a share of it, and leaves nothing behind."""
        mirror = mirrored(state(VN, UVE), *rows(VN, UVE), without_state(VN))
        still = mirror.get(VN)

        for each in rows(VN, UVE):
            mirror.apply(record(each.topic, each.key, None))

        assert still is not None
        assert (None, [], 0, 0, 0) == (mirror.get(VN), mirror.tables(), mirror.objects, mirror.shares, mirror.size)

    def test_what_was_never_there_goes_without_a_trace(self) -> None:
        """A tombstone that compaction has left over makes no object."""
        mirror = mirrored(without_state(VN), record(topics.UVE_CHANGELOG, share_key(VN, "Vn", G1), None))

        assert (0, [], None) == (mirror.objects, mirror.tables(), mirror.get(VN))

    def test_rows_that_were_left_behind_do_not_count(self) -> None:
        """When partitions were added an object's rows have moved to a greater one, in whatever order both are read."""
        left = [replace(each, partition=0) for each in rows(VN, UVE)]
        taken = [replace(each, value=None) for each in left]
        here = [replace(each, partition=3) for each in rows(VN, UVE)[:1]]
        readings = ((*left, *taken, *here), (*here, *left, *taken), (*left, *here, *taken))

        assert [1, 1, 1] == [mirrored(*each).shares for each in readings]

    def test_counters_alone_are_no_object(self) -> None:
        """Totals may outlive the last share; nobody says anything of the object then."""
        key, value = counters_row(VN, {"Vn": {"n": [["u64", []], 5, {}]}})

        mirror = mirrored(record(topics.UVE_CHANGELOG, key, value))

        assert mirror.get(VN) is None

    def test_other_rows_pass(self) -> None:
        """What the detector remembers for itself is not held."""
        sources, alarms = source_row(G1, 7), (alarms_row(VN, None)[0], b"[{},{}]")

        mirror = mirrored(*(record(topics.UVE_CHANGELOG, key, value) for key, value in (sources, alarms)))

        assert (0, 2) == (mirror.size, mirror.outcomes[Outcome.PASSED])

    def test_unreadable_keys_are_counted(self) -> None:
        """What is no row and no name changes nothing."""
        mirror = mirrored(
            record(topics.UVE_CHANGELOG, b"no json", b"{}"),
            record(topics.UVE_CHANGELOG, b'["share","only"]', b"{}"),
            record(topics.UVE_STATES, b"\xff", b"{}"),
            record(topics.ANOMALIES, b"e", b"no json"),
        )

        assert (4, 0) == (mirror.outcomes[Outcome.UNREADABLE], mirror.objects)


class TestAlarmed:
    def test_objects_with_alarms_are_known(self) -> None:
        """By the alarms of a state, or because a generator tells alarms; no longer when there are none."""
        said = uve_of({("UVEAlarms", G1): {"alarms": number(1)}})
        mirror = mirrored(state(VN, UVE, [alarm()]), *rows(VROUTER, said), state("ObjectVNTable:calm", UVE))
        alarmed = mirror.table("ObjectVNTable").alarmed | mirror.table("ObjectVRouter").alarmed

        mirror.apply(state(VN, UVE))

        assert {"default-domain:demo:vn1", "node7"} == alarmed
        assert set() == mirror.table("ObjectVNTable").alarmed


class TestChanges:
    def test_a_state_is_told_with_the_one_before(self) -> None:
        """What listens can tell what is new; a state that is the same is no change."""
        mirror = Mirror()
        one = state(VN, UVE)

        changes = [mirror.apply(each) for each in (one, one, without_state(VN))]

        assert [StateChanged(VN, None, one.value), None, StateChanged(VN, one.value, None)] == changes

    def test_an_incident_is_told(self) -> None:
        """Each event of an incident is told, and the newest kept."""
        opened, resolved = (
            b'{"event":"opened","incident":"i1","entity":"e"}',
            b'{"event":"resolved","incident":"i1","entity":"e"}',
        )
        mirror = Mirror()

        changes = [mirror.apply(record(topics.ANOMALIES, b"e", each)) for each in (opened, resolved)]

        assert [IncidentTold("i1", opened), IncidentTold("i1", resolved)] == changes
        assert resolved == mirror.incidents.get("i1")

    def test_few_incidents_are_kept(self) -> None:
        """Of more the longest silent are forgotten."""
        words = [b'{"event":"opened","incident":"i%d","entity":"e"}' % at for at in (1, 2, 1, 3)]

        mirror = mirrored(*(record(topics.ANOMALIES, b"e", each) for each in words), limits=Limits(incidents=2))

        assert ["i1", "i3"] == [*mirror.incidents]

    def test_generators_are_held(self) -> None:
        """The newest word on each generator, until it has none."""
        mirror = mirrored(record(topics.GENERATORS, G1.encode(), b"{}"), record(topics.GENERATORS, G2.encode(), b"{}"))
        mirror.apply(record(topics.GENERATORS, G2.encode(), None))

        assert {G1: b"{}"} == mirror.generators


class TestLimits:
    def test_rows_over_the_limit_are_left_out(self) -> None:
        """Memory has an end: what does not fit is counted, and what it would replace is not shown any more."""
        one, two = rows(VN, UVE)
        mirror = mirrored(one, two, limits=Limits(memory_bytes=900))
        held = mirror.get(VN)

        mirror.apply(record(one.topic, one.key, b" " * 1_000))

        assert held is not None
        assert ({}, 2, 0) == (held.shares, mirror.outcomes[Outcome.LEFT_OUT], mirror.size)


class TestLacking:
    def test_it_is_told_what_may_be_lacking(self) -> None:
        """While the past is being read, while no broker answers, and when memory did not suffice."""
        mirror = mirrored(*rows(VN, UVE), limits=Limits(memory_bytes=900))
        mirror.reading, mirror.silence = "reading the objects, 43 %", "no broker answers"
        all_three = mirror.lacking

        mirror.reading = mirror.silence = ""

        left_out = "1 rows were left out for lack of memory"
        assert (f"reading the objects, 43 %; no broker answers; {left_out}", left_out) == (all_three, mirror.lacking)


KEYS = [f"ObjectVNTable:vn{at}" for at in range(3)]
VALUES = st.sampled_from([None, *(state(VN, UVE, [alarm()] * count).value for count in range(2))])
RECORDS = st.lists(
    st.one_of(
        st.builds(lambda key, value: record(topics.UVE_STATES, key.encode(), value), st.sampled_from(KEYS), VALUES),
        st.builds(
            lambda key, struct, source, value: record(topics.UVE_CHANGELOG, share_key(key, struct, source), value),
            st.sampled_from(KEYS),
            st.sampled_from(["Vn", "UVEAlarms"]),
            st.sampled_from([G1, G2]),
            VALUES,
        ),
    ),
    max_size=40,
)


def seen(mirror: Mirror) -> object:
    """All that readers can tell of a mirror."""
    objects = {key: mirror.get(key) for key in mirror.keys()}  # noqa: SIM118 - it is no dictionary
    tables = [(raw, [*mirror.table(raw)], sorted(mirror.table(raw).alarmed)) for raw in mirror.tables()]
    return objects, tables, mirror.objects, mirror.shares, mirror.size


class TestOrder:
    @settings(deadline=None)
    @given(RECORDS, st.randoms())
    def test_the_interleaving_of_partitions_makes_no_difference(self, records: list[Record], random: object) -> None:
        """Records of one key keep their order; those of different keys may come in any."""
        by_key: dict[tuple[str, bytes | None], list[Record]] = {}
        for each in records:
            by_key.setdefault((each.topic, each.key), []).append(each)
        turns = [key for key, queue in by_key.items() for _ in queue]
        random.shuffle(turns)  # type: ignore[attr-defined]

        other = mirrored(*(by_key[key].pop(0) for key in turns))

        assert seen(mirrored(*records)) == seen(other)

    @settings(deadline=None)
    @given(RECORDS)
    def test_compaction_makes_no_difference(self, records: list[Record]) -> None:
        """What is read twice, or only by its last word, comes to the same."""
        last = {(each.topic, each.key): each for each in records}

        assert seen(mirrored(*records)) == seen(mirrored(*records, *records)) == seen(mirrored(*last.values()))

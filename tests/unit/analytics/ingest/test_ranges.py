"""What notes mean for where reading goes on."""

import pytest

from satark.analytics.ingest.ranges import Note, Range, Standing, State, standings

A, B, C = (Range("t", 0, first, first + 9, 0) for first in (0, 10, 20))
CASES: dict[str, tuple[list[tuple[State, Range]], Standing]] = {
    "begun and done": ([(State.BEGUN, A), (State.DONE, A)], Standing(10)),
    "begun alone": ([(State.BEGUN, A)], Standing(None, (A,))),
    "begun behind what is done": ([(State.DONE, A), (State.BEGUN, B)], Standing(10, (B,))),
    "done by another": ([(State.BEGUN, A), (State.BEGUN, B), (State.DONE, B)], Standing(20)),
    "two that are open": ([(State.BEGUN, C), (State.BEGUN, B), (State.DONE, A)], Standing(10, (B, C))),
    "made anew": ([(State.DONE, C), (State.ANEW, A)], Standing()),
    "begun since it was made anew": ([(State.DONE, C), (State.ANEW, A), (State.BEGUN, A)], Standing(None, (A,))),
}


class TestStandings:
    @pytest.mark.parametrize("case", CASES)
    def test_a_partition_stands_where_its_notes_say(self, case: str) -> None:
        """What is done is behind, what was begun and is not done is repeated."""
        notes, expected = CASES[case]

        found = standings(Note(state, range_, at) for at, (state, range_) in enumerate(notes))

        assert found == {("t", 0): expected}

    def test_partitions_stand_each_for_itself(self) -> None:
        """Notes of one partition say nothing of another."""
        other = Range("t", 1, 0, 9, 0)

        found = standings([Note(State.DONE, A, 1), Note(State.BEGUN, other, 2)])

        assert found == {("t", 0): Standing(10), ("t", 1): Standing(None, (other,))}


class TestStanding:
    def test_reading_starts_with_what_is_repeated(self) -> None:
        """Before what is new comes what was cut short."""
        assert (Standing(10, (B, C)).start, Standing(10).start, Standing().start) == (10, 10, None)


class TestRange:
    def test_a_token_names_the_records(self) -> None:
        """Other bounds, another table or another life of the topic are another token."""
        tokens = {A.token("x"), A.token("y"), B.token("x"), Range("t", 0, 0, 9, 1).token("x")}

        assert len(tokens) == 4

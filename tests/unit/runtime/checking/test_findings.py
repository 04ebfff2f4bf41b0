from datetime import timedelta

import pytest

from satark.runtime.checking.findings import Finding, State, exit_status, folded, lasting, some, worst


def finding(state: State, part: str = "topics", what: str = "a") -> Finding:
    """Return a finding."""
    return Finding(part=part, what=what, state=state)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((), 0),
        ((State.OK, State.OK), 0),
        ((State.OK, State.WARN), 1),
        ((State.UNKNOWN,), 1),
        ((State.WARN, State.BAD, State.OK), 2),
    ],
)
def test_the_exit_status_is_the_gravest(states: tuple[State, ...], expected: int) -> None:
    """All well is 0, anything bad is 2, what is doubtful or unknown is 1."""
    assert expected == exit_status(finding(state) for state in states)


def test_the_worst_of_nothing_is_ok() -> None:
    """Bad is graver than unknown, which is graver than a warning."""
    assert State.OK == worst(())
    assert State.UNKNOWN == worst((State.WARN, State.UNKNOWN, State.OK))


class TestFolded:
    def test_many_that_are_well_are_one_line(self) -> None:
        """Where all of a part is well there is one line with their number and some names."""
        rest = Finding(part="topics", what="9 topics", state=State.OK, detail="as they should be: a, b, c and 6 more")

        assert [rest] == folded([finding(State.OK, what=name) for name in "abcdefghi"])

    def test_what_is_not_well_keeps_its_line(self) -> None:
        """The others of its part are told in one line behind it."""
        bad = finding(State.BAD, what="b")
        rest = Finding(part="topics", what="8 topics", state=State.OK, detail="as they should be: a, a, a and 5 more")

        assert [bad, rest] == folded([*[finding(State.OK)] * 4, bad, *[finding(State.OK)] * 4])

    def test_the_same_of_many_is_said_once(self) -> None:
        """Also what is not well, with what to do."""
        alike = [Finding(part="p", what=name, state=State.WARN, detail="late", todo="look") for name in "abcdefg"]

        assert [
            Finding(part="p", what="7 p", state=State.WARN, detail="late: a, b, c and 4 more", todo="look")
        ] == folded(alike)

    def test_few_are_left_alone(self) -> None:
        """Two lines that are well say more than one about two."""
        few = [finding(State.OK, what="a"), finding(State.OK, what="b")]

        assert few == folded(few)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=3.5), "3.5 h"),
        (timedelta(days=4), "4 days"),
    ],
)
def test_a_length_of_time_is_said_as_people_do(span: timedelta, expected: str) -> None:
    """The unit fits the length."""
    assert expected == lasting(span)


def test_of_many_names_some_are_said() -> None:
    """Three names are said, and how many more there are."""
    assert "a, b" == some(["b", "a"])
    assert "a, b, c and 4 more" == some("gfedcba")

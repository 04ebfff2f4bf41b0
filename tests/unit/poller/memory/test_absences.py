"""absences: in how many looks in a row a link was missed, through restarts."""

from hypothesis import given
from hypothesis import strategies as st

from satark.poller.memory.absences import Absences
from tests.unit.poller.links import at, entity

LINK = entity("a")


def test_counts_looks() -> None:
    """Each look counts once, however often it is taken in."""
    absences = Absences()
    counts = [absences.missed(LINK, at(number), tell=True) for number in (0, 1, 1, 0, 2)]

    assert counts == [1, 2, 0, 0, 3]
    assert LINK in absences


def test_nobody_is_told_while_it_may_be_late() -> None:
    """Looks count before they are told, and a return that nobody knew of an absence is not told either."""
    absences = Absences()

    assert [absences.missed(LINK, at(number), tell=number > 1) for number in range(3)] == [0, 0, 3]
    assert absences.returned(LINK)
    assert absences.missed(LINK, at(4), tell=False) == 0
    assert not absences.returned(LINK)
    assert not absences.returned(LINK)


def test_a_return_begins_anew() -> None:
    """After a value the next absence is another one."""
    absences = Absences()
    absences.missed(LINK, at(0), tell=True)
    absences.returned(LINK)

    assert LINK not in absences
    assert absences.missed(LINK, at(2), tell=True) == 1


def test_learns_what_was_told() -> None:
    """After a restart the count goes on, and a return that was told is known."""
    absences = Absences()
    for number, count in enumerate((5, 6, 7)):
        absences.learn(LINK, at(number), count)
    absences.learn(LINK, at(1), 6)

    assert absences.missed(LINK, at(2), tell=True) == 0
    assert absences.missed(LINK, at(3), tell=True) == 8
    absences.learn(LINK, at(4), 0)
    assert LINK not in absences


def test_forgets_what_is_no_more() -> None:
    """An entity that left the roster is not missed."""
    absences = Absences()
    absences.missed(LINK, at(0), tell=True)
    absences.keep_only({entity("b")})

    assert LINK not in absences


@given(st.lists(st.sampled_from(["miss", "late", "value", "restart"]), max_size=40))
def test_is_the_number_of_misses_since_the_last_value(steps: list[str]) -> None:
    """What is told is the number of looks since the last value, and a restart forgets only what nobody was told of."""
    absences, missed, told = Absences(), 0, []
    for number, step in enumerate(steps):
        match step:
            case "miss" | "late":
                missed += 1
                count = absences.missed(LINK, at(number), tell=step == "miss")
                assert count == (missed if step == "miss" else 0)
                told += [(number, count)] if count else []
            case "value":
                assert absences.returned(LINK) is bool(told)
                missed, told = 0, []
            case "restart":
                absences = Absences()
                for start, count in told:
                    absences.learn(LINK, at(start), count)
                missed = told[-1][1] if told else 0

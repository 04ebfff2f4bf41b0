import pytest

from satark.detector.uves import oddities
from satark.detector.uves.oddities import Kind, Oddities
from tests.unit.detector.uves.partitions import World
from tests.unit.uve.say import G1, G2, scalar, told


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few are many."""
    monkeypatch.setattr(oddities, "FLOOD", 3)
    monkeypatch.setattr(oddities, "MAX_TOLD", 2)


def test_a_generator_that_floods_is_explained_and_heard() -> None:
    """It is counted once in each minute that it does so; its last words are in the state."""
    world = World()

    output = world.say(*(told(number=n, x=scalar(str(n))) for n in range(1, 9)), told(G2, x=scalar("8")))
    later = world.say(*(told(number=n, x=scalar(str(n))) for n in range(10, 14)), seconds=60)

    assert [(Kind.FLOOD, G1, False)] == [(each.kind, each.subject, each.again) for each in output.oddities]
    assert [(Kind.FLOOD, G1, True)] == [(each.kind, each.subject, each.again) for each in later.oddities]
    assert 1 == len(output.states)
    assert [[13, G1], [8, G2]] == world.flat()["ObjectVNTable:vn1"]["Vn"]["x"]


def test_what_is_told_apart_is_bounded() -> None:
    """Of too many odd things only the number is known."""
    found = Oddities()
    for subject in ("a", "b", "c", "a"):
        found.note(Kind.CLOCK_SKEW, subject, "why")

    assert [False, False, True, True] == [each.again for each in found.taken()]
    assert [] == list(found.taken())

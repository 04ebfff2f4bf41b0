import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.identities import key_of
from satark.sandesh.generator.statistics import Timeouts, cycle_of, plan_of
from satark.sandesh.generator.uves import Entry
from tests.unit.sandesh.generator.statistics.programs import uve_of


@pytest.mark.parametrize(
    ("period", "cycles"), [(0, [None] * 4), (30, [1, 2, 3, 4]), (60, [None, 1, None, 2]), (10, [1, 2, 3, 4])]
)
def test_cycles(period: int, cycles: list[int | None]) -> None:
    """A period of so many seconds ends with every so many ticks of 30; a shorter one with each."""
    plan = plan_of(uve_of(period=period).Data)

    assert cycles == [cycle_of(plan, tick) for tick in (1, 2, 3, 4)]


@given(st.integers(1, 5), st.integers(1, 20))
def test_timeout(timeout: int, updated: int) -> None:
    """A UVE is given up when it was not updated during n to 2n periods, and not before."""
    uve, timeouts = uve_of(period=30, timeout=timeout), Timeouts()
    message, plan = uve(data=uve.Data(name="a")), plan_of(uve.Data)
    over = []
    for cycle in range(1, updated + 3 * timeout):
        entry = Entry(key_of(message), "Thing", message, 1, 5, updated_s=min(cycle, updated))
        if timeouts.is_over(entry, plan, cycle):
            over.append(cycle)

    assert timeout <= over[0] - updated <= 2 * timeout


def test_deleted_is_over() -> None:
    """What is deleted already, or never times out, is not given up."""
    forever, gone = uve_of(period=30), uve_of(period=30, timeout=1)
    timeouts = Timeouts()
    for uve, deleted in ((forever, False), (gone, True)):
        message = uve(data=uve.Data(name="a"))
        entry = Entry(key_of(message), "Thing", message, 1, 5, updated_s=0, deleted=deleted)
        assert not any(timeouts.is_over(entry, plan_of(uve.Data), cycle) for cycle in range(1, 9))

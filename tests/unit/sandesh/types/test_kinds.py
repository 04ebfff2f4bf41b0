import pytest

from satark.sandesh.types import Header, Hint, Kind, Level, SandeshType


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_number_in_the_header(kind: Kind) -> None:
    """No kind lacks its header type."""
    assert kind.wire_type is not SandeshType.INVALID


def test_state_is_what_is_cached() -> None:
    """Three kinds are state."""
    assert {kind for kind in Kind if kind.is_uve} == {Kind.UVE, Kind.DYNAMICUVE, Kind.ALARM}


def test_the_lowest_level_is_that_of_uves() -> None:
    """Levels are ordered from the gravest."""
    assert Level.SYS_UVE < Level.SYS_EMERG < Level.SYS_DEBUG < Level.INVALID


def test_hints_are_bits() -> None:
    """A header keeps the hints it has when it gets another."""
    header = Header(hints=Hint.KEY).with_hints(Hint.SYNC)

    assert (header.hints, header.is_sync, header.is_control) == (5, True, False)

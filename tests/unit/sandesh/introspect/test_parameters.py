from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.introspect.parameters import ParameterError, request_of
from tests.unit.sandesh.probe import ProbeRequest

NAMES = st.one_of(st.sampled_from(["name", "count", "flag", "big", "addr", "id", "x"]), st.text(max_size=5))


def test_typed() -> None:
    """Values become those of their types; an empty one leaves its field unset; `x` is the first field."""
    parameters = [("x", "a b"), ("count", "-2"), ("flag", "1"), ("big", "")]

    assert ProbeRequest(name="a b", count=-2, flag=True) == request_of(ProbeRequest, parameters)


@given(st.lists(st.tuples(NAMES, st.text(max_size=20)), max_size=8))
def test_anything(parameters: list[tuple[str, str]]) -> None:
    """Whatever is given makes a request, or is refused with words; nothing else happens."""
    told: object
    try:
        told = request_of(ProbeRequest, parameters)
    except ParameterError as error:
        told = str(error)

    assert told
    assert isinstance(told, str | ProbeRequest)

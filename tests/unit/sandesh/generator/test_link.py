from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.generator.link import JITTER, Dialling, due_at_s
from satark.sandesh.session.states import Session, State


@given(st.floats(0, 1), st.floats(0, 60))
def test_a_hold_is_lengthened(chance: float, hold_s: float) -> None:
    """Generators that lost one collector at the same moment do not come back at the same moment, nor too early."""
    session = replace(Session.client(("a",), 100.0), deadline_s=100.0 + hold_s)

    due_s = due_at_s(session, chance)

    assert due_s is not None
    assert 100.0 + hold_s <= due_s <= 100.0 + hold_s * (1 + JITTER) + 1e-9


def test_other_waits_are_kept() -> None:
    """Time-outs are what they are, and a session that waits for nothing has none."""
    session = Session.client(("a",), 0.0)

    assert 5.0 == due_at_s(replace(session, state=State.CONNECT, deadline_s=5.0), 0.9)
    assert None is due_at_s(session, 0.9)


@pytest.mark.parametrize("dscp", [-1, 64])
def test_no_code_point(dscp: int) -> None:
    """A code point that does not exist is refused before anything is sent."""
    with pytest.raises(ValueError, match="0 to 63"):
        Dialling(dscp=dscp)

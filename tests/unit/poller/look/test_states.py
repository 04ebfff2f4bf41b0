"""states: the nine cases of missing data, each a state of its own (poll row 13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.look.states import (
    BACKUP_MODES,
    BY_DESIGN,
    DOWN_LINKS,
    OFFLINE_EDGES,
    WAITING_LINKS,
    Evidence,
    is_wanted,
    state_of,
)
from satark.schemas.states import State

WORDS = ["", "CONNECTED", "STABLE", "UNSTABLE", "DEGRADED", *OFFLINE_EDGES, *DOWN_LINKS, *WAITING_LINKS]
EVIDENCE = st.builds(
    Evidence,
    has_value=st.booleans(),
    listed=st.booleans(),
    edge_state=st.sampled_from(WORDS),
    link_state=st.sampled_from(WORDS),
    mode=st.sampled_from(["", "ACTIVE", *BACKUP_MODES]),
    backup_state=st.sampled_from(["", "ACTIVE", "STANDBY", "UNCONFIGURED"]),
    edge_has_values=st.booleans(),
    all_late=st.booleans(),
    blind=st.booleans(),
)
NINE_CASES = {
    "edge offline for less than a day": (
        Evidence(has_value=False, edge_state="OFFLINE", link_state="DISCONNECTED"),
        State.EDGE_OFFLINE,
    ),
    "edge offline for more than a day": (Evidence(has_value=False, listed=False, edge_state="OFFLINE"), State.GONE),
    "link down, edge up": (
        Evidence(has_value=False, edge_state="CONNECTED", link_state="DISCONNECTED", edge_has_values=True),
        State.LINK_DOWN,
    ),
    "standby link": (
        Evidence(
            has_value=False,
            edge_state="CONNECTED",
            link_state="STANDBY",
            mode="BACKUP",
            backup_state="STANDBY",
            edge_has_values=True,
        ),
        State.STANDBY,
    ),
    "data late": (
        Evidence(has_value=False, edge_state="CONNECTED", link_state="STABLE", all_late=True),
        State.LATE,
    ),
    "data late for one edge": (
        Evidence(has_value=False, edge_state="CONNECTED", link_state="STABLE"),
        State.CATCHING_UP,
    ),
    "wireless idle": (
        Evidence(has_value=False, edge_state="CONNECTED", link_state="STABLE", edge_has_values=True),
        State.IDLE,
    ),
    "true zero": (Evidence(has_value=True, edge_state="CONNECTED", link_state="STABLE"), State.OK),
    "poller blind": (Evidence(has_value=False, blind=True), State.BLIND),
}


class TestNineCases:
    @pytest.mark.parametrize(("seen", "expected"), NINE_CASES.values(), ids=NINE_CASES)
    def test_case(self, seen: Evidence, expected: State) -> None:
        """Each of the nine cases has its state."""
        assert state_of(seen) is expected

    def test_nine_states(self) -> None:
        """Nine cases are nine states: no two are confused, and no state is without a case."""
        assert len(NINE_CASES) == 9
        assert {expected for _, expected in NINE_CASES.values()} == set(State)


class TestStandby:
    @pytest.mark.parametrize("word", sorted(WAITING_LINKS))
    def test_by_state(self, word: str) -> None:
        """A link that says that it waits does, whatever its mode."""
        assert state_of(Evidence(has_value=False, link_state=word)) is State.STANDBY

    @pytest.mark.parametrize("mode", sorted(BACKUP_MODES))
    def test_by_mode(self, mode: str) -> None:
        """A backup link waits, unless it is the one in use."""
        assert state_of(Evidence(has_value=False, mode=mode)) is State.STANDBY
        assert state_of(Evidence(has_value=False, mode=mode, backup_state="ACTIVE")) is State.CATCHING_UP

    def test_broken_backup(self) -> None:
        """A backup link that is disconnected is down: it would not help when it is needed."""
        assert state_of(Evidence(has_value=False, mode="BACKUP", link_state="DISCONNECTED")) is State.LINK_DOWN


class TestIsWanted:
    def test_reserve_and_switched_off(self) -> None:
        """Nobody misses the values of a link in reserve, or of an edge that its owner switched off."""
        assert not is_wanted(Evidence(has_value=False, link_state="STANDBY"))
        assert not is_wanted(Evidence(has_value=False, mode="BACKUP", link_state="DISCONNECTED"))
        assert not is_wanted(Evidence(has_value=False, edge_state="DISABLED"))

    def test_broken(self) -> None:
        """What is broken, silent or gone is missed."""
        assert is_wanted(Evidence(has_value=False, link_state="DISCONNECTED"))
        assert is_wanted(Evidence(has_value=False, edge_state="OFFLINE"))
        assert is_wanted(Evidence(has_value=False, mode="BACKUP", backup_state="ACTIVE"))
        assert is_wanted(Evidence(has_value=False, listed=False))


class TestStateOf:
    @given(EVIDENCE)
    def test_ok_means_values(self, seen: Evidence) -> None:
        """A link is well exactly when it has values and somebody could read them, whatever its words say."""
        assert (state_of(seen) is State.OK) is (seen.has_value and not seen.blind)

    @given(EVIDENCE)
    def test_blind_knows_nothing(self, seen: Evidence) -> None:
        """When the orchestrator could not be read, no other state is told."""
        assert (state_of(seen) is State.BLIND) is seen.blind

    @given(EVIDENCE)
    def test_unlisted(self, seen: Evidence) -> None:
        """A link that is not listed any more is never taken for a link that waits, is idle, or is late."""
        if not seen.listed:
            assert state_of(seen) in {State.GONE, State.OK, State.BLIND}

    @given(EVIDENCE)
    def test_one_cause(self, seen: Evidence) -> None:
        """With its edge offline a link is not down by itself: one cause, one state."""
        if seen.edge_state in OFFLINE_EDGES:
            assert state_of(seen) is not State.LINK_DOWN

    def test_by_design(self) -> None:
        """Nobody waits for values of links that are down, gone or in reserve."""
        assert {State.STANDBY, State.LINK_DOWN, State.EDGE_OFFLINE, State.GONE} == BY_DESIGN

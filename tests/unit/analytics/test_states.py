from datetime import timedelta

from satark.analytics.states import States
from satark.runtime.records import Record
from satark.schemas import examples
from satark.schemas.codec import encode
from satark.schemas.states import EntityState, State
from satark.schemas.topics import STATES
from tests.unit.analytics.v1.scene import changed

DOWN = examples.state()


def record(state: EntityState) -> Record:
    """Return a state as it is read."""
    made = encode(state, source="/test")
    return Record(made.topic, 0, 0, state.time, made.key, made.value, made.headers)


class TestStates:
    def test_the_latest_counts(self) -> None:
        """The latest state of an entity counts, in whatever order they come."""
        states = States()
        up = changed(DOWN, state=State.OK, time=DOWN.time + timedelta(hours=1))

        for each in (DOWN, up, DOWN):
            states.apply(record(each))

        assert (states.state_of(DOWN.entity), len(states)) == (State.OK, 1)
        assert states.state_of("wan-link/nobody") is None

    def test_a_key_without_a_value_is_forgotten(self) -> None:
        """An entity of which nothing is told any more has no state."""
        states = States()
        states.apply(record(DOWN))

        states.apply(Record(STATES, 0, 1, DOWN.time, DOWN.entity.encode(), None, ()))

        assert (states.state_of(DOWN.entity), len(states)) == (None, 0)

    def test_what_is_no_state_is_counted(self) -> None:
        """A record that is no event is counted, and changes nothing."""
        states = States()

        states.apply(Record(STATES, 0, 0, DOWN.time, b"k", b"{", ()))

        assert (len(states), states.unreadable) == (0, 1)

    def test_no_more_than_so_many(self) -> None:
        """Of too many entities the one that was told of longest ago is forgotten."""
        states = States(most=1)

        states.take(DOWN)
        states.take(changed(DOWN, entity="wan-link/other"))

        assert (states.state_of(DOWN.entity), states.state_of("wan-link/other")) == (None, State.LINK_DOWN)

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sandesh_gateway.cluster.world import World

GATEWAYS = ("g1", "g2", "g3")
gateways = st.sampled_from(GATEWAYS)
generators = st.sampled_from(["a", "b"])
steps = st.one_of(
    st.tuples(st.just("accept"), generators, gateways),
    st.tuples(st.just("lose"), generators, gateways),
    st.tuples(st.just("speak"), generators),
    st.tuples(st.just("kill"), gateways),
    st.tuples(st.just("restart"), gateways),
    st.tuples(st.just("freeze"), gateways),
    st.tuples(st.just("thaw"), gateways),
    st.tuples(st.just("stall"), gateways, st.integers(1, 8)),
    st.tuples(st.just("read"), gateways, st.integers(0, 5), st.integers(0, 8)),
    st.tuples(st.just("pass_time"), st.integers(1, 4)),
)


def lived(story: list[tuple[object, ...]]) -> World:
    """Return the world after some steps."""
    world = World(*GATEWAYS)
    for name, *arguments in story:
        getattr(world, str(name))(*arguments)
    return world


class TestAgreement:
    @given(st.lists(steps, min_size=20, max_size=60))
    @settings(max_examples=100, deadline=None)
    def test_consumers_end_in_the_true_state(self, story: list[tuple[object, ...]]) -> None:
        """Whatever happened: in the end a generator is shown when it is connected, in that session, and else not."""
        world = lived(story)
        world.settle()

        living = {name for name, process in world.processes.items() if process.alive}
        expected = {each: number for each, (name, number) in world.connected.items() if name in living}
        assert expected == world.shown() or not living

    @given(st.lists(steps, min_size=20, max_size=60))
    @settings(max_examples=100, deadline=None)
    def test_nobody_who_lives_is_withdrawn(self, story: list[tuple[object, ...]]) -> None:
        """The sessions of a gateway that has said in time that it lives are withdrawn by nobody else."""
        world = lived(story)
        world.settle()

        assert [] == world.wronged

    def test_a_dead_gateways_generator_that_moved_stays(self) -> None:
        """A generator that has reconnected elsewhere keeps its new shares when its old gateway is found dead."""
        world = World("g1", "g2")
        world.accept("a", "g2")
        world.accept("b", "g2")
        world.kill("g2")
        world.read("g1", 10, 10)
        world.accept("a", "g1")
        world.settle()

        assert world.shown() == {"a": world.connected["a"][1]}

    def test_a_frozen_gateway_learns_that_it_was_given_up(self) -> None:
        """A gateway that stood still for longer than its lease closes the sessions that others have withdrawn."""
        world = World("g1", "g2")
        world.accept("a", "g2")
        world.freeze("g2")
        for _ in range(8):
            world.pass_time()
            world.read("g1", 10, 10)
        withdrawn = world.shown() == {}
        world.settle()

        assert withdrawn
        assert world.processes["g2"].held == {}

    def test_one_that_stood_still_reads_before_it_judges(self) -> None:
        """A gateway that stood still for longer than a lease withdraws nothing of those who spoke meanwhile."""
        world = World("g1", "g2")
        world.accept("a", "g2")
        world.read("g1", 10, 10)
        world.stall("g1", 4)

        assert [] == world.wronged

    def test_a_restarted_gateway_withdraws_its_past(self) -> None:
        """A process that takes a dead one's name at once withdraws what that one held."""
        world = World("g1")
        world.accept("a", "g1")
        world.kill("g1")
        world.restart("g1")
        world.read("g1", 10, 10)

        assert world.shown() == {}

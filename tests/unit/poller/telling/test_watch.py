"""Watch: how long an orchestrator was not readable is one sample a period; its states are told once."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from satark.poller.telling.watch import FAILED_CYCLES, MAX_DETAIL_CHARS, Watch, entity_of
from satark.schemas.metrics import MetricSample
from satark.schemas.states import State
from tests.unit.poller.links import ORCHESTRATOR, STEP, at


def counts(*looks: tuple[datetime, bool]) -> list[tuple[datetime, float]]:
    """Return start and count of each sample that looks give; a look is its time and whether it failed."""
    watch = Watch(ORCHESTRATOR, 300)
    samples = [watch.look(now, reason="unreachable" if failed else "") for now, failed in looks]
    return [(sample.time, sample.metrics[FAILED_CYCLES]) for sample in samples if sample is not None]


class TestLook:
    def test_counts_and_resolves(self) -> None:
        """Failed periods in a row are counted; a good one is zero."""
        assert counts((at(0), True), (at(1), True), (at(2), True), (at(3), False)) == [
            (at(0), 1.0),
            (at(1), 2.0),
            (at(2), 3.0),
            (at(3), 0.0),
        ]

    def test_read_in_each_period(self) -> None:
        """An orchestrator that fails at first in each period, and is read soon after, is never unreadable for long."""
        soon = timedelta(seconds=60)
        looks = [look for n in range(4) for look in ((at(n), True), (at(n) + soon, False))]

        assert counts(*looks) == [(at(n), 1.0) for n in range(4)]

    def test_once_a_period(self) -> None:
        """Within a period the first look is told, be it good or not."""
        soon = timedelta(seconds=60)

        assert counts((at(0), True), (at(0) + soon, True), (at(0) + 2 * soon, False), (at(1), False)) == [
            (at(0), 1.0),
            (at(1), 0.0),
        ]

    def test_sample(self) -> None:
        """The sample is the orchestrator's, and says why; a long reason is cut."""
        sample = Watch(ORCHESTRATOR, 300).look(at(0) + STEP / 2, reason="auth_failed", detail="x" * 9_000)

        assert isinstance(sample, MetricSample)
        assert (sample.entity, sample.kind, sample.time) == (entity_of(ORCHESTRATOR), "orchestrator", at(0))
        assert sample.labels["reason"] == "auth_failed"
        assert len(sample.labels["detail"]) == MAX_DETAIL_CHARS

    def test_good_has_no_reason(self) -> None:
        """A good look's sample names the orchestrator and no reason."""
        sample = Watch(ORCHESTRATOR, 300).look(at(0))

        assert sample is not None
        assert sample.labels == {"orchestrator": ORCHESTRATOR}

    @given(st.lists(st.tuples(st.integers(0, 900), st.booleans())))
    def test_model(self, steps: list[tuple[int, bool]]) -> None:
        """Over any looks each period has one sample, which counts the failed ones since the last good one."""
        looks, now = [], at(0)
        for ahead_s, failed in steps:
            now += timedelta(seconds=ahead_s)
            looks.append((now, failed))
        looks_of: dict[int, list[bool]] = {}
        for now, failed in looks:
            looks_of.setdefault((now - at(0)) // STEP, []).append(failed)
        expected, failed_in_a_row = [], 0.0
        for period, outcomes in looks_of.items():
            failed_in_a_row = failed_in_a_row + 1 if outcomes[0] else 0.0
            expected.append((at(period), failed_in_a_row))
            failed_in_a_row = failed_in_a_row if all(outcomes) else 0.0

        assert counts(*looks) == expected


class TestEntered:
    def test_once(self) -> None:
        """A state is told when it is another than before, with the one before."""
        watch = Watch(ORCHESTRATOR, 300)
        states = [State.OK, State.OK, State.BLIND, State.BLIND, State.OK]
        events = [watch.entered(state, at(number), note="n") for number, state in enumerate(states)]

        assert [(e.previous, e.state, e.since, e.note) for e in events if e is not None] == [
            (None, State.OK, at(0), "n"),
            (State.OK, State.BLIND, at(2), "n"),
            (State.BLIND, State.OK, at(4), "n"),
        ]

    @given(st.lists(st.sampled_from(list(State))))
    def test_model(self, states: list[State]) -> None:
        """Over any states those that differ from the one before are told, each with an id of its own."""
        watch = Watch(ORCHESTRATOR, 300)
        events = [watch.entered(state, at(number)) for number, state in enumerate(states)]
        told = [event for event in events if event is not None]
        before = [None, *states[:-1]]

        assert [e.state for e in told] == [s for s, b in zip(states, before, strict=False) if s is not b]
        assert len({event.id for event in told}) == len(told)

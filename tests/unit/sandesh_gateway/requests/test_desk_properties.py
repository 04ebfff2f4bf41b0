from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from satark.sandesh_gateway.requests.desk import Desk
from satark.sandesh_gateway.requests.slot import Ended
from satark.schemas.requests import RequestOutcome
from tests.unit.sandesh_gateway.requests.questions import GENERATOR, NOW, request

OTHER = "h2:Compute:agent:0"
HELD = (GENERATOR, OTHER)
PROMPT_S = 3.0
"""A daemon of this test answers within this time, or never; less than a given-up question is waited for."""

steps = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from([GENERATOR, OTHER, "*:*:*:*", "h9:X:y:0"]), st.integers(1, 8)),
    st.tuples(st.just("answer"), st.sampled_from(HELD), st.integers(1, 3)),
    st.tuples(st.just("ignore"), st.sampled_from(HELD)),
    st.tuples(st.just("lose"), st.sampled_from(HELD)),
    st.tuples(st.just("wait"), st.floats(0.01, 2.0)),
)


@dataclass
class Office:
    """A desk with daemons that have what they were asked, in order, and answer without saying what."""

    desk: Desk = field(default_factory=Desk)
    now_s: float = 0.0
    made: list[tuple[str, str]] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    asked: dict[str, list[tuple[str, float]]] = field(default_factory=lambda: {name: [] for name in HELD})
    wrong: list[tuple[str, str | None]] = field(default_factory=list)

    def ask(self, generator: str, patience_s: int) -> None:
        """Somebody asks."""
        made = request(f"r{len(self.made)}", generator=generator, patience_s=float(patience_s))
        self.made.append((made.id, generator))
        here = [name for name in HELD if generator in {name, "*:*:*:*"}]
        self.ended += self.desk.receive(made, here=here, matched=len(here), now=NOW, now_s=self.now_s)
        self.wait(0.0)

    def answer(self, generator: str, pages: int) -> None:
        """A daemon answers the first that it was asked, if that was not long ago."""
        if not self.asked[generator]:
            return
        ident, asked_s = self.asked[generator].pop(0)
        if self.now_s - asked_s > PROMPT_S:
            return
        for page in range(pages):
            more = page + 1 < pages
            found, ended = self.desk.answered(generator, more=more, trace=False, context="", now_s=self.now_s)
            self.ended += ended
            if found != ident:
                self.wrong.append((ident, found))
        self.wait(0.0)

    def ignore(self, generator: str) -> None:
        """A daemon does not know what it was asked."""
        self.asked[generator] = self.asked[generator][1:]

    def lose(self, generator: str) -> None:
        """A daemon is gone, and comes back with nothing of what it had."""
        self.asked[generator] = []
        self.ended += self.desk.lost(generator)

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now_s += seconds
        self.ended += self.desk.due(self.now_s)
        self.ended += self.desk.claim(lambda _: [], lambda _: True, now=NOW, now_s=self.now_s)
        for question in self.desk.asks():
            self.asked[question.generator].append((question.request.id, self.now_s))


class TestDesk:
    @given(st.lists(steps, max_size=50))
    @settings(deadline=None)
    def test_every_request_ends_once_and_answers_are_its_own(self, story: list[tuple[str, object, object]]) -> None:
        """Each request has one outcome for each generator it is for, and no answer is given to another one."""
        office = Office()
        for name, *arguments in story:
            getattr(office, name)(*arguments)
        while office.desk.next_s() != float("inf"):
            office.wait(max(0.01, office.desk.next_s() - office.now_s))

        expected = Counter((ident, name) for ident, to in office.made for name in (HELD if to == "*:*:*:*" else (to,)))
        assert expected == Counter((each.request.id, each.generator) for each in office.ended)
        assert [] == office.wrong
        assert all(each.answers for each in office.ended if each.outcome is RequestOutcome.ANSWERED)
        assert len(office.desk) == 0

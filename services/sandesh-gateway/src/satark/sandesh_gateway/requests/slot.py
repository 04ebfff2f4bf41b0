"""One generator's questions: one at a time, for its answers do not say which question they answer (clause 4.8). Pure.

An answer belongs to the question that was asked last. So that this stays true, the next question waits until no further
answer of the one before can come: `SETTLE_S` after its last page, since not all daemons say which page is the last, and
`LATE_S` after it was given up.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum

from satark.sandesh.wire.tree import Tree
from satark.schemas.requests import Request, RequestOutcome

SETTLE_S = 0.25
LATE_S = 5.0
TRACE_REQUEST = "SandeshTraceRequest"


@dataclass(frozen=True, slots=True)
class Question:
    """A request to one of the generators that it is for; times are seconds of the gateway's monotonic clock.

    `matched` is how many generators there are, at all gateways, that the request is for.
    """

    request: Request
    generator: str
    tree: Tree
    arrived_s: float
    until_s: float
    matched: int = 1

    def ended(self, outcome: RequestOutcome, *, answers: int = 0, detail: str = "") -> "Ended":
        """Return how it ended."""
        return Ended(self.request, self.generator, outcome, self.arrived_s, self.matched, answers, detail)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a request to a generator ended: after how many answers, and why, if that needs words."""

    request: Request
    generator: str
    outcome: RequestOutcome
    arrived_s: float
    matched: int = 0
    answers: int = 0
    detail: str = ""


class _Phase(Enum):
    FREE = "free"
    ASKED = "asked"
    SETTLING = "settling"
    LATE = "late"


class Slot:
    """The question that is open with one generator, and those that wait."""

    def __init__(self) -> None:
        self.waiting: deque[Question] = deque()
        self._phase = _Phase.FREE
        self._open: Question | None = None
        self._answers = 0
        self._paged = False
        self._turn_s = 0.0

    @property
    def idle(self) -> bool:
        """Whether nothing is open and nobody waits."""
        return self._phase is _Phase.FREE and not self.waiting

    def next(self) -> Question | None:
        """Return the question to ask now, which is open from then on; None while another one is, or nobody waits."""
        if self._phase is not _Phase.FREE or not self.waiting:
            return None
        self._open = self.waiting.popleft()
        self._phase, self._answers, self._paged, self._turn_s = _Phase.ASKED, 0, False, self._open.until_s
        return self._open

    def refused(self, detail: str) -> list[Ended]:
        """The open question could not be sent."""
        return self._end(RequestOutcome.NOT_SENT, detail)

    def answered(self, *, more: bool, trace: bool, context: str, now_s: float) -> tuple[str | None, list[Ended]]:
        """Take an answer in; return the request's id to which it belongs, if any, and what has ended by it.

        `context` is what the answer itself says, empty from most daemons. `trace` is a trace message: it answers
        nothing but the request for traces.
        """
        question = self._open
        if question is None or (trace and question.request.name != TRACE_REQUEST):
            return None, []
        if context not in {"", question.request.id}:
            return context, []
        if self._phase is _Phase.LATE:
            return question.request.id, []
        self._answers += 1
        self._paged |= more
        if self._paged and not more:
            return question.request.id, self._end(RequestOutcome.ANSWERED)
        if not more:
            self._phase, self._turn_s = _Phase.SETTLING, min(now_s + SETTLE_S, question.until_s)
        return question.request.id, []

    def due(self, now_s: float) -> list[Ended]:
        """Return what has ended by the time that has passed, waiting ones too."""
        ended: list[Ended] = []
        if self._phase is _Phase.SETTLING and now_s >= self._turn_s:
            ended += self._end(RequestOutcome.ANSWERED)
        elif self._phase is _Phase.ASKED and now_s >= self._turn_s:
            ended += self._give_up(now_s)
        elif self._phase is _Phase.LATE and now_s >= self._turn_s:
            self._phase, self._open = _Phase.FREE, None
        for question in [each for each in self.waiting if now_s >= each.until_s]:
            self.waiting.remove(question)
            ended.append(question.ended(RequestOutcome.TIMED_OUT, detail="not asked: others were before it"))
        return ended

    def next_s(self) -> float:
        """Return when `due` has something to say, at the latest; infinity if never."""
        times = [each.until_s for each in self.waiting]
        return min([*times, self._turn_s] if self._phase is not _Phase.FREE else times, default=float("inf"))

    def lost(self) -> list[Ended]:
        """End everything: the generator is gone."""
        settled = self._phase is _Phase.SETTLING
        outcome = RequestOutcome.ANSWERED if settled else RequestOutcome.GENERATOR_LOST
        ended = [] if self._phase is _Phase.LATE else self._end(outcome)
        ended += [each.ended(RequestOutcome.GENERATOR_LOST) for each in self.waiting]
        self.waiting.clear()
        self._phase, self._open = _Phase.FREE, None
        return ended

    def _give_up(self, now_s: float) -> list[Ended]:
        question = self._open
        ended = self._end(RequestOutcome.TIMED_OUT, "further answers were to come" if self._answers else "")
        self._phase, self._open, self._turn_s = _Phase.LATE, question, now_s + LATE_S
        return ended

    def _end(self, outcome: RequestOutcome, detail: str = "") -> list[Ended]:
        question, self._open = self._open, None
        self._phase = _Phase.FREE
        return [] if question is None else [question.ended(outcome, answers=self._answers, detail=detail)]

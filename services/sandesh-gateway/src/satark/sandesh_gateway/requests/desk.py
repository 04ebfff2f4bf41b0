"""Where requests come in and outcomes go out. Pure.

A request goes to every generator of this gateway that it is for. One for which there is none here waits a moment: its
generator may be held elsewhere, or be about to be; then the one gateway that speaks for all says that it is unknown.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from satark.sandesh.wire.tree import Tree
from satark.sandesh_gateway.requests.slot import Ended, Question, Slot
from satark.sandesh_gateway.requests.translation import BadRequestError, tree_of
from satark.schemas.requests import Request, RequestOutcome

CLAIM_S = 1.0
"""As long as news from another gateway take to get here, and a little."""

SKEW = timedelta(minutes=1)
"""The asker's clock may be that wrong; how long its patience is does not depend on it."""

MAX_PATIENCE_S = 3_600.0
MAX_WAITING = 100
MAX_QUESTIONS = 10_000
MAX_UNCLAIMED = 1_000
MAX_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Unclaimed:
    request: Request
    arrived_s: float

    @property
    def due_s(self) -> float:
        return self.arrived_s + CLAIM_S


class Desk:
    """All requests of one gateway. Times `_s` are of its monotonic clock, `now` is the wall's."""

    def __init__(self) -> None:
        self._slots: dict[str, Slot] = {}
        self._unclaimed: list[_Unclaimed] = []
        self._seen: dict[str, None] = {}

    def __len__(self) -> int:
        """Return the number of questions that wait, the open ones not counted."""
        return sum(len(slot.waiting) for slot in self._slots.values())

    def receive(
        self, request: Request, *, here: Collection[str], matched: int, now: datetime, now_s: float
    ) -> list[Ended]:
        """Take a request in; return what has ended by it. `here` are this gateway's generators that it is for.

        `matched` counts those of all gateways. A request that came before is passed over.
        """
        if request.id in self._seen:
            return []
        self._remember(request.id)
        if not here:
            if len(self._unclaimed) < MAX_UNCLAIMED:
                self._unclaimed.append(_Unclaimed(request, now_s))
            return []
        return list(self._accept(request, here, matched, now, now_s))

    def claim(
        self,
        find: Callable[[Request], Collection[str]],
        speaks: Callable[[Request], bool],
        *,
        now: datetime,
        now_s: float,
    ) -> list[Ended]:
        """Decide on requests that nobody here was for: `find` looks again, `speaks` tells whether to say so for all."""
        due = [each for each in self._unclaimed if now_s >= each.due_s]
        self._unclaimed = [each for each in self._unclaimed if now_s < each.due_s]
        ended: list[Ended] = []
        for each in due:
            if here := find(each.request):
                ended += self._accept(each.request, here, len(here), now, each.arrived_s)
            elif speaks(each.request):
                unknown = RequestOutcome.UNKNOWN_GENERATOR
                ended.append(Ended(each.request, each.request.generator, unknown, each.arrived_s))
        return ended

    def asks(self) -> Iterator[Question]:
        """Yield the questions to be asked now: each is open from then on."""
        for slot in list(self._slots.values()):
            if question := slot.next():
                yield question

    def refused(self, generator: str, detail: str) -> list[Ended]:
        """The question just asked could not be sent."""
        return self._slots[generator].refused(detail) if generator in self._slots else []

    def answered(
        self, generator: str, *, more: bool, trace: bool, context: str, now_s: float
    ) -> tuple[str | None, list[Ended]]:
        """Take an answer in; return the id of the request that it answers, if any, and what has ended by it."""
        slot = self._slots.get(generator)
        if slot is None:
            return context or None, []
        return slot.answered(more=more, trace=trace, context=context, now_s=now_s)

    def lost(self, generator: str) -> list[Ended]:
        """The generator's session is over; return what has ended by it."""
        slot = self._slots.pop(generator, None)
        return slot.lost() if slot else []

    def due(self, now_s: float) -> list[Ended]:
        """Return what has ended because time has passed."""
        ended = [each for slot in self._slots.values() for each in slot.due(now_s)]
        self._slots = {name: slot for name, slot in self._slots.items() if not slot.idle}
        return ended

    def next_s(self) -> float:
        """Return when there is something to do, if nothing else happens; infinity if never."""
        times = [slot.next_s() for slot in self._slots.values()]
        return min([*times, *(each.due_s for each in self._unclaimed)], default=float("inf"))

    def _accept(
        self, request: Request, here: Collection[str], matched: int, now: datetime, arrived_s: float
    ) -> Iterator[Ended]:
        detail, tree = "", Tree("", [])
        try:
            tree = tree_of(request)
        except BadRequestError as error:
            detail = str(error)
        patience_s = min((request.expires - request.time).total_seconds(), MAX_PATIENCE_S)
        for generator in sorted(here):
            question = Question(request, generator, tree, arrived_s, arrived_s + patience_s, max(matched, len(here)))
            if detail:
                yield question.ended(RequestOutcome.NOT_SENT, detail=detail)
            elif patience_s <= 0 or now > request.expires + SKEW:
                yield question.ended(RequestOutcome.TIMED_OUT, detail="not asked: it came too late")
            elif not self._enqueue(question):
                yield question.ended(RequestOutcome.NOT_SENT, detail="too many requests wait already")

    def _enqueue(self, question: Question) -> bool:
        slot = self._slots.setdefault(question.generator, Slot())
        if len(slot.waiting) >= MAX_WAITING or len(self) >= MAX_QUESTIONS:
            return False
        slot.waiting.append(question)
        return True

    def _remember(self, ident: str) -> None:
        self._seen[ident] = None
        if len(self._seen) > MAX_REMEMBERED:
            del self._seen[next(iter(self._seen))]

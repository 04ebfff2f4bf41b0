from collections.abc import Collection
from datetime import timedelta

import pytest

from satark.sandesh_gateway.requests import desk as module
from satark.sandesh_gateway.requests.desk import CLAIM_S, SKEW, Desk
from satark.sandesh_gateway.requests.slot import SETTLE_S, Ended
from satark.schemas.requests import Argument, Request, RequestOutcome
from tests.unit.sandesh_gateway.requests.questions import GENERATOR, NOW, request

OTHER = "h2:Compute:agent:0"


def receive(desk: Desk, asked: Request, *here: str, matched: int = 1, now_s: float = 0.0) -> list[Ended]:
    """Hand a request in."""
    return desk.receive(asked, here=here, matched=matched, now=NOW, now_s=now_s)


def claim(desk: Desk, now_s: float, *here: str, speaks: bool = True) -> list[Ended]:
    """Decide on those that nobody was for."""

    def find(_: Request) -> Collection[str]:
        return here

    return desk.claim(find, lambda _: speaks, now=NOW, now_s=now_s)


def outcomes(ended: list[Ended]) -> list[tuple[str, RequestOutcome]]:
    """Return who ended how."""
    return [(each.generator, each.outcome) for each in ended]


class TestDesk:
    def test_a_request_is_asked_answered_and_ended(self) -> None:
        """The tree of the request goes to the generator, the answer gets the request's id, and then it has ended."""
        desk = Desk()
        ended = receive(desk, request(), GENERATOR)
        asks = [(each.generator, each.tree.name) for each in desk.asks()]
        ident, at_once = desk.answered(GENERATOR, more=False, trace=False, context="", now_s=1.0)

        assert (ended, asks, ident, at_once) == ([], [(GENERATOR, "SandeshUVETypesReq")], "r1", [])
        assert desk.next_s() == 1.0 + SETTLE_S
        assert outcomes(desk.due(2.0)) == [(GENERATOR, RequestOutcome.ANSWERED)]
        assert desk.next_s() == float("inf")

    def test_every_match_is_asked(self) -> None:
        """A request for several goes to each, and each has an outcome that tells how many there are in all."""
        desk = Desk()
        receive(desk, request(generator="*:*:*:*"), GENERATOR, OTHER, matched=3)

        assert [each.generator for each in desk.asks()] == [GENERATOR, OTHER]
        assert [(each.generator, each.matched) for each in desk.due(10.0)] == [(GENERATOR, 3), (OTHER, 3)]

    def test_a_request_that_comes_twice_is_asked_once(self) -> None:
        """The same id is passed over, while it is remembered."""
        desk = Desk()
        receive(desk, request(), GENERATOR)
        receive(desk, request(), GENERATOR)

        assert len(list(desk.asks())) == 1
        assert len(desk) == 0

    def test_the_speaker_says_that_it_is_unknown(self) -> None:
        """When nobody has claimed it after a moment, the gateway that speaks for all says so, the others do not."""
        speaker, other = Desk(), Desk()
        for desk in (speaker, other):
            receive(desk, request())

        assert claim(speaker, CLAIM_S / 2) == []
        assert outcomes(claim(speaker, CLAIM_S)) == [(GENERATOR, RequestOutcome.UNKNOWN_GENERATOR)]
        assert claim(other, CLAIM_S, speaks=False) == []
        assert claim(speaker, 10 * CLAIM_S) == []

    def test_a_generator_that_comes_in_that_moment_is_asked(self) -> None:
        """One that connects just after the request is not unknown."""
        desk = Desk()
        receive(desk, request())

        assert desk.next_s() == CLAIM_S
        assert claim(desk, CLAIM_S, GENERATOR) == []
        assert [each.generator for each in desk.asks()] == [GENERATOR]

    def test_what_cannot_be_sent_is_told(self) -> None:
        """A request that is none ends at once, with the reason."""
        asked = request(arguments=(Argument(name="f", value="x", type="i32"),))
        ended = receive(Desk(), asked, GENERATOR)

        assert outcomes(ended) == [(GENERATOR, RequestOutcome.NOT_SENT)]
        assert ended[0].detail == "f: 'x' is no i32"

    def test_one_that_comes_too_late_is_not_asked(self) -> None:
        """A request of no more use is not sent; the asker's clock may be somewhat wrong."""
        late = Desk().receive(
            request(), here=[GENERATOR], matched=1, now=NOW + timedelta(seconds=10.1) + SKEW, now_s=0.0
        )
        skewed = Desk().receive(request(), here=[GENERATOR], matched=1, now=NOW + timedelta(seconds=30), now_s=0.0)

        assert outcomes(late) == [(GENERATOR, RequestOutcome.TIMED_OUT)]
        assert skewed == []
        assert outcomes(receive(Desk(), request(patience_s=0), GENERATOR)) == [(GENERATOR, RequestOutcome.TIMED_OUT)]

    def test_a_refused_question_ends(self) -> None:
        """What the connection does not take is not sent."""
        desk = Desk()
        receive(desk, request(), GENERATOR)
        list(desk.asks())

        assert outcomes(desk.refused(GENERATOR, "gone")) == [(GENERATOR, RequestOutcome.NOT_SENT)]
        assert desk.refused(OTHER, "gone") == []

    def test_a_lost_generator_ends_its_questions(self) -> None:
        """Those of other generators go on."""
        desk = Desk()
        receive(desk, request(generator="*:*:*:*"), GENERATOR, OTHER)
        list(desk.asks())

        assert outcomes(desk.lost(GENERATOR)) == [(GENERATOR, RequestOutcome.GENERATOR_LOST)]
        assert desk.lost(GENERATOR) == []
        assert desk.answered(OTHER, more=False, trace=False, context="", now_s=1.0)[0] == "r1"

    def test_an_answer_of_somebody_never_asked(self) -> None:
        """It belongs to nobody, or to the context that it says."""
        assert Desk().answered(OTHER, more=False, trace=False, context="", now_s=1.0) == (None, [])
        assert Desk().answered(OTHER, more=False, trace=False, context="x", now_s=1.0) == ("x", [])

    def test_everything_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of too many requests those beyond the bounds are not sent, or for nobody not kept."""
        for name, limit in (("MAX_WAITING", 3), ("MAX_QUESTIONS", 5), ("MAX_UNCLAIMED", 2), ("MAX_REMEMBERED", 4)):
            monkeypatch.setattr(module, name, limit)
        desk = Desk()
        ended = [each for n in range(4) for each in receive(desk, request(f"a{n}"), GENERATOR)]
        ended += [each for n in range(4) for each in receive(desk, request(f"b{n}"), OTHER)]
        for number in range(5):
            receive(desk, request(f"c{number}"))

        assert outcomes(ended) == [(GENERATOR, RequestOutcome.NOT_SENT), *[(OTHER, RequestOutcome.NOT_SENT)] * 2]
        assert len(desk) == 5
        assert len(claim(desk, CLAIM_S)) == 2
        assert len(desk._seen) == 4

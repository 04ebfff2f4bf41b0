from satark.sandesh.wire.tree import Tree
from satark.sandesh_gateway.requests.slot import LATE_S, SETTLE_S, TRACE_REQUEST, Ended, Question, Slot
from satark.schemas.requests import RequestOutcome
from tests.unit.sandesh_gateway.requests.questions import GENERATOR, request


def question(ident: str = "r1", *, name: str = "Req", until_s: float = 10.0) -> Question:
    """Return a question that came at 0."""
    return Question(request(ident, name=name), GENERATOR, Tree(name, []), 0.0, until_s)


def slot_with(*questions: Question) -> Slot:
    """Return a slot in which the first of some questions is open."""
    slot = Slot()
    slot.waiting.extend(questions)
    slot.next()
    return slot


def told(ended: list[Ended]) -> list[tuple[str, RequestOutcome, int]]:
    """Return what matters of endings."""
    return [(each.request.id, each.outcome, each.answers) for each in ended]


def answer(slot: Slot, *, more: bool = False, trace: bool = False, context: str = "", now_s: float = 1.0) -> str | None:
    """Give an answer that ends nothing at once."""
    ident, ended = slot.answered(more=more, trace=trace, context=context, now_s=now_s)
    assert ended == []
    return ident


class TestSlot:
    def test_one_question_is_open_at_a_time(self) -> None:
        """The next is asked when the one before has ended."""
        slot = slot_with(question("r1"), question("r2"))

        assert slot.next() is None
        assert answer(slot) == "r1"
        assert told(slot.due(1.0 + SETTLE_S)) == [("r1", RequestOutcome.ANSWERED, 1)]
        assert slot.next() == question("r2")

    def test_the_last_page_ends_it_where_pages_are_told(self) -> None:
        """A daemon that says `more` is done at the page that does not say it."""
        slot = slot_with(question())

        assert answer(slot, more=True) == "r1"
        assert slot.answered(more=False, trace=False, context="", now_s=1.0) == (
            "r1",
            [question().ended(RequestOutcome.ANSWERED, answers=2)],
        )
        assert slot.idle

    def test_untold_pages_are_waited_for(self) -> None:
        """A daemon that never says `more` is done when it has been silent for a moment."""
        slot = slot_with(question())
        for at_s in (1.0, 1.2, 1.4):
            assert answer(slot, now_s=at_s) == "r1"

        assert slot.due(1.4 + SETTLE_S / 2) == []
        assert slot.next_s() == 1.4 + SETTLE_S
        assert told(slot.due(1.4 + SETTLE_S)) == [("r1", RequestOutcome.ANSWERED, 3)]

    def test_a_late_answer_belongs_to_the_question_that_was_given_up(self) -> None:
        """After a time-out the next question waits, so that a late answer is not taken for its own."""
        slot = slot_with(question("r1", until_s=5.0), question("r2", until_s=30.0))
        ended = slot.due(5.0)

        assert told(ended) == [("r1", RequestOutcome.TIMED_OUT, 0)]
        assert slot.next() is None
        assert answer(slot, now_s=6.0) == "r1"
        assert slot.due(5.0 + LATE_S) == []
        assert slot.next() == question("r2", until_s=30.0)

    def test_waiting_questions_time_out_too(self) -> None:
        """One that was never asked is told to have timed out, and why."""
        slot = slot_with(question("r1", until_s=9.0), question("r2", until_s=2.0))
        ended = slot.due(2.0)

        assert told(ended) == [("r2", RequestOutcome.TIMED_OUT, 0)]
        assert ended[0].detail.startswith("not asked")

    def test_pages_that_stop_coming_time_out(self) -> None:
        """When further pages were announced and do not come, it is timed out with the answers so far."""
        slot = slot_with(question(until_s=5.0))
        answer(slot, more=True)
        ended = slot.due(5.0)

        assert told(ended) == [("r1", RequestOutcome.TIMED_OUT, 1)]
        assert ended[0].detail == "further answers were to come"

    def test_traces_answer_only_the_request_for_them(self) -> None:
        """A trace that comes while something else is asked belongs to nobody."""
        assert answer(slot_with(question()), trace=True) is None
        assert answer(slot_with(question(name=TRACE_REQUEST)), trace=True) == "r1"

    def test_an_answer_that_says_its_context_is_believed(self) -> None:
        """A daemon that copies the context answers the question that it names, which need not be the open one."""
        slot = slot_with(question())

        assert answer(slot, context="older") == "older"
        assert slot.due(2.0) == []
        assert answer(slot, context="r1") == "r1"

    def test_a_lost_generator_ends_everything(self) -> None:
        """The open question and those that wait end; one that was answered is answered."""
        slot = slot_with(question("r1"), question("r2"))
        settled = slot_with(question("r3"))
        answer(settled)

        assert told(slot.lost()) == [("r1", RequestOutcome.GENERATOR_LOST, 0), ("r2", RequestOutcome.GENERATOR_LOST, 0)]
        assert told(settled.lost()) == [("r3", RequestOutcome.ANSWERED, 1)]
        assert slot.idle
        assert settled.next_s() == float("inf")

    def test_a_lost_generator_owes_no_late_answer(self) -> None:
        """What was given up before has its outcome already."""
        slot = slot_with(question(until_s=5.0))
        slot.due(5.0)

        assert slot.lost() == []

    def test_what_is_not_sent_ends_at_once(self) -> None:
        """A question that the connection does not take is told, and the next one is asked."""
        slot = slot_with(question("r1"), question("r2"))

        assert told(slot.refused("no")) == [("r1", RequestOutcome.NOT_SENT, 0)]
        assert slot.next() == question("r2")

    def test_an_answer_nobody_asked_for_is_nobodys(self) -> None:
        """Where nothing is open an answer has no context."""
        assert answer(Slot()) is None

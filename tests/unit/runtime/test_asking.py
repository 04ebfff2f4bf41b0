from dataclasses import replace

import msgspec
import pytest

from satark.runtime.asking import Asked, Outcome, outcome_of, request_to
from satark.schemas.messages import Message, SandeshHeader
from satark.schemas.requests import OUTCOME, Argument, Request, RequestOutcome

REQUEST = request_to("h1:Compute:agent:0", "Req", timeout_s=5.0, asked_by="me")


def answer(ident: str = "a1", *, context: str = REQUEST.id, generator: str = REQUEST.generator) -> Message:
    """Return an answer."""
    return Message(
        id=ident,
        entity=f"generator/{generator}",
        kind="sandesh",
        time=REQUEST.time,
        name="Resp",
        sandesh=SandeshHeader(type="RESPONSE", context=context),
    )


def outcome(
    name: str = "answered", *, generator: str = REQUEST.generator, answers: int = 1, matched: int = 1
) -> Message:
    """Return an outcome."""
    fields = {"generator": generator, "answers": str(answers), "matched": str(matched), "gateway": "g1"}
    return msgspec.structs.replace(answer(generator), kind=OUTCOME, name=name, fields=fields)


def asked(*messages: Message) -> Asked:
    """Return what is known after some messages."""
    found = Asked(REQUEST)
    for message in messages:
        found.learn(message)
    return found


class TestRequestTo:
    def test_it_has_its_own_id_and_its_time(self) -> None:
        """Each request has another id, expires after its timeout, and says who asks."""
        other: Request = request_to("g", "Req", [Argument(name="a", value="1")], timeout_s=2.5)

        assert other.id != REQUEST.id
        assert (other.expires - other.time).total_seconds() == 2.5
        assert other.arguments == (Argument(name="a", value="1"),)
        assert other.asked_by
        assert REQUEST.asked_by == "me"


class TestAsked:
    def test_it_is_whole_when_all_that_was_counted_is_there(self) -> None:
        """The outcome may come before the last answer."""
        before, after = asked(answer(), outcome(answers=2)), asked(answer(), outcome(answers=2), answer("a2"))

        assert (before.decided, before.whole) == (True, False)
        assert after.whole
        assert [each.id for each in after.answers] == ["a1", "a2"]

    def test_it_is_decided_when_all_matches_have_ended(self) -> None:
        """A request for several is done when each of them has its outcome."""
        one = outcome(matched=2, answers=0)
        two = outcome("timed_out", generator="h2:Compute:agent:0", matched=2, answers=0)

        assert not asked().decided
        assert not asked(one).decided
        assert asked(one, two).whole

    def test_others_messages_are_passed_over(self) -> None:
        """What has another context, or none, is nobody's answer to this."""
        found = asked(answer(context="other"), msgspec.structs.replace(answer(), sandesh=None))

        assert found.answers == []
        assert not found.outcomes

    def test_what_comes_twice_counts_once(self) -> None:
        """Kafka may deliver a message again."""
        assert len(asked(answer(), answer()).answers) == 1

    def test_a_real_outcome_replaces_an_unknown_one(self) -> None:
        """A gateway that has the generator knows better than one that has not."""
        found = asked(outcome("unknown_generator", answers=0), outcome(answers=0))
        kept = asked(outcome(answers=0), outcome("unknown_generator", answers=0))

        assert [each.outcome for each in found.outcomes.values()] == [RequestOutcome.ANSWERED]
        assert [each.outcome for each in kept.outcomes.values()] == [RequestOutcome.ANSWERED]


class TestOutcomeOf:
    def test_the_fields_are_read(self) -> None:
        """What the message says comes out."""
        assert outcome_of(outcome()) == Outcome(REQUEST.generator, RequestOutcome.ANSWERED, 1, "", "g1")

    @pytest.mark.parametrize("answers", ["", "x", "-1", "9999999999999"])
    def test_what_makes_no_sense_is_nothing(self, answers: str) -> None:
        """A word or a count of another version does no harm."""
        message = outcome("exploded")
        message.fields["answers"] = answers
        found = outcome_of(message)

        expected = Outcome(REQUEST.generator, RequestOutcome.NOT_SENT, 0, "exploded", "g1")
        assert found == replace(expected, detail="exploded")

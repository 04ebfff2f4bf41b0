from satark.sandesh_gateway.requests.outcomes import outcome_of
from satark.sandesh_gateway.requests.slot import Ended
from satark.schemas.messages import Level
from satark.schemas.requests import OUTCOME, RequestOutcome
from tests.unit.sandesh_gateway.requests.questions import GENERATOR, NOW, request


class TestOutcomeOf:
    def test_the_message_says_all(self) -> None:
        """Its name is the outcome, its context the request's id, its key the generator's, the details are fields."""
        ended = Ended(request(), GENERATOR, RequestOutcome.ANSWERED, 5.0, 1, 2)
        message = outcome_of(ended, gateway="g1", now=NOW, now_s=5.25)

        assert (message.kind, message.name, message.entity) == (OUTCOME, "answered", f"generator/{GENERATOR}")
        assert message.sandesh is not None
        assert message.sandesh.context == "r1"
        assert message.fields == {
            "request": "SandeshUVETypesReq",
            "generator": GENERATOR,
            "gateway": "g1",
            "answers": "2",
            "matched": "1",
            "duration_s": "0.250",
        }
        assert message.level is Level.INFO

    def test_a_failure_is_a_warning_and_the_id_stays(self) -> None:
        """Whoever says how a request to a generator ended, says it under one id."""
        lost = Ended(request(), GENERATOR, RequestOutcome.GENERATOR_LOST, 0.0, detail="why")
        one = outcome_of(lost, gateway="g1", now=NOW, now_s=1.0)
        two = outcome_of(lost, gateway="g2", now=NOW, now_s=2.0)

        assert one.id == two.id
        assert (one.level, one.fields["detail"]) == (Level.WARNING, "why")

    def test_an_endless_name_is_cut(self) -> None:
        """An entity's key has its limit."""
        ended = Ended(request(generator="x" * 1_000), "x" * 1_000, RequestOutcome.UNKNOWN_GENERATOR, 0.0)

        assert len(outcome_of(ended, gateway="g1", now=NOW, now_s=1.0).entity) == 512

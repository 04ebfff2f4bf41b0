"""What stands for Kafka where routes ask it: a check that finds all well, and a request that nobody answers."""

from collections.abc import Sequence

from satark.analytics.routes.v1 import pipeline, requests
from satark.analytics.routes.v1.questions.pipeline import Drop, store_told
from satark.analytics.web.route import Route
from satark.runtime.asking import Asked, Outcome
from satark.runtime.checking.findings import Finding, State
from satark.schemas.requests import Request, RequestOutcome
from tests.unit.analytics.v1.scene import noon


def routes() -> tuple[Route, ...]:
    """Return the routes that ask Kafka."""
    holds = store_told([], 12.0, {}, {})
    return (*requests.routes(unanswered), *pipeline.routes(checked, given_up, lambda: holds, now=noon))


async def unanswered(request: Request) -> Asked:
    """Return that no gateway took a request."""
    nobody = Outcome(request.generator, RequestOutcome.TIMED_OUT, detail="no gateway has taken the request")
    return Asked(request, outcomes={request.generator: nobody})


async def checked() -> Sequence[Finding]:
    """Return that all is well."""
    return [Finding(part="data", what="samples", state=State.OK, detail="the newest ended 4 min ago")]


async def given_up() -> Sequence[Drop]:
    """Return that nothing was given up."""
    return []

import asyncio
from typing import Any

from satark.analytics.routes.v1 import requests
from satark.analytics.web.route import Role
from satark.runtime.asking import Asked, Outcome
from satark.runtime.kafka import KafkaError
from satark.schemas.messages import Message
from satark.schemas.requests import Request, RequestOutcome
from tests.support.waiting import eventually
from tests.unit.analytics.web.asking import ask, served

GENERATOR = "a6s40:Compute:contrail-vrouter-agent:0"
XML = '<Resp type="sandesh"><n type="u32" identifier="1">7</n><more type="bool" identifier="0">false</more></Resp>'


class Gateway:
    """Answers requests, and remembers them."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.error: Exception | None = None
        self.free = asyncio.Event()
        self.free.set()

    async def __call__(self, request: Request) -> Asked:
        """Answer with one message."""
        self.requests.append(request)
        await self.free.wait()
        if self.error is not None:
            raise self.error
        asked = Asked(request, matched=2)
        asked.outcomes[request.generator] = Outcome(request.generator, RequestOutcome.ANSWERED, 1, gateway="gw1")
        asked.answers.append(
            Message(id="a", entity=f"generator/{GENERATOR}", kind="sandesh", time=request.time, name="Resp", body=XML)
        )
        return asked


async def posted(gateway: Gateway, **body: Any) -> Any:
    """Return the response to a request."""
    given = {"generator": GENERATOR, "name": "SandeshTraceRequest", **body}
    return await ask(served(*requests.routes(gateway)), "/v1/requests", method="POST", json=given)


class TestRaised:
    async def test_the_answer_comes_back(self) -> None:
        """Fields are plain values; that there is another page is no field; who was not heard of is counted."""
        response = await posted(Gateway())
        told = response.json()

        assert 200 == response.status_code
        assert [{"n": 7}] == [each["fields"] for each in told["answers"]]
        assert ["answered"] == [each["outcome"] for each in told["outcomes"]]
        assert 1 == told["unheard"]

    async def test_known_fields_need_no_type(self) -> None:
        """The requests that every daemon knows have theirs; others are strings by their place."""
        gateway = Gateway()

        await posted(gateway, fields=[{"name": "buf_name", "value": "x"}])
        await posted(
            gateway, name="OwnReq", fields=[{"name": "a", "value": "1"}, {"name": "b", "value": "2", "type": "i32"}]
        )
        one, two = (request.arguments for request in gateway.requests)

        assert ["string"] == [each.type for each in one]
        assert [("string", 1), ("i32", 2)] == [(each.type, each.identifier) for each in two]
        assert gateway.requests[0].asked_by

    async def test_a_field_that_there_is_not(self) -> None:
        """Of a known request no other field is sent."""
        response = await posted(Gateway(), fields=[{"name": "bufname", "value": "x"}])

        assert (422, "no_such_field") == (response.status_code, response.json()["code"])

    async def test_what_is_refused(self) -> None:
        """Names that the wire does not carry, and long waits, are refused."""
        wrong: list[dict[str, Any]] = [
            {"name": "a b"},
            {"timeout_s": 61},
            {"timeout_s": 0},
            {"generator": ""},
            {"x": 1},
        ]

        assert {422} == {(await posted(Gateway(), **each)).status_code for each in wrong}

    async def test_kafka_is_away(self) -> None:
        """Then nothing was asked, and that is said."""
        gateway = Gateway()
        gateway.error = KafkaError()

        response = await posted(gateway)

        assert (503, "not_written") == (response.status_code, response.json()["code"])

    async def test_only_so_many_at_once(self) -> None:
        """Who comes while too many wait is told to come later."""
        gateway = Gateway()
        gateway.free.clear()
        app = served(*requests.routes(gateway))
        body = {"generator": GENERATOR, "name": "X"}
        waiting = [
            asyncio.create_task(ask(app, "/v1/requests", method="POST", json=body)) for _ in range(requests.MOST)
        ]
        await eventually(lambda: len(gateway.requests) == requests.MOST)

        late = await ask(app, "/v1/requests", method="POST", json=body)
        gateway.free.set()
        answers = await asyncio.gather(*waiting)

        assert 503 == late.status_code
        assert {200} == {each.status_code for each in answers}

    def test_it_needs_an_operator(self) -> None:
        """Who may only read may not ask."""
        roles = {route.method: route.role for route in requests.routes(Gateway())}

        assert {"GET": Role.READ, "POST": Role.OPERATE} == roles


class TestKnown:
    async def test_they_are_listed(self) -> None:
        """What every daemon knows is told, with its fields."""
        found = (await ask(served(*requests.routes(Gateway())), "/v1/requests")).json()["requests"]
        fields = {each["name"]: [field["name"] for field in each["fields"]] for each in found}

        assert "buf_name" in fields["SandeshTraceRequest"]
        assert "SandeshUVETypesReq" in fields

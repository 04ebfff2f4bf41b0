import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest

from satark.runtime.asking import ask, request_to
from satark.runtime.groups import KafkaSettings
from satark.sandesh.wire.tree import Tree
from satark.sandesh_gateway.requests import Asker
from satark.schemas.messages import Message, SandeshHeader
from satark.schemas.requests import Argument, Request, RequestOutcome
from tests.integration.gateway.members import Member, member
from tests.support.processes import SatarkProcesses
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

A, B, C = (f"h{number}:Compute:agent:0" for number in (1, 2, 3))


class Door:
    """The connections of a gateway, with daemons that answer by the pages that are set for them."""

    def __init__(self, one: Member, pages: Mapping[str, int]) -> None:
        self.one = one
        self.pages = dict(pages)
        self.asked: list[tuple[str, str, str]] = []
        self.asker: Asker | None = None
        self._answering: set[asyncio.Task[None]] = set()

    def ask(self, generator: str, tree: Tree, context: str) -> bool:
        """Take a request, unless the daemon's connection is stuck."""
        self.asked.append((generator, tree.name, context))
        if self.pages[generator] < 0:
            return False
        task = asyncio.get_running_loop().create_task(self._answer(generator))
        self._answering.add(task)
        return True

    async def _answer(self, generator: str) -> None:
        for page in range(self.pages[generator]):
            assert self.asker is not None
            context = self.asker.answered(generator, more=page + 1 < self.pages[generator])
            now = self.one.roster.sessions.held_by(self.one.name)[0].time
            header = SandeshHeader(type="RESPONSE", context=context or "")
            message = Message(
                id=f"{context}/{generator}/{page}",
                entity=f"generator/{generator}",
                kind="sandesh",
                time=now,
                name="Resp",
                sandesh=header,
                body=f'<Resp type="sandesh"><page type="i32">{page}</page></Resp>',
            )
            await self.one.publish([message])


@asynccontextmanager
async def gateway(settings: KafkaSettings, name: str, pages: Mapping[str, int]) -> AsyncIterator[Door]:
    """A gateway that holds some generators, and asks them."""
    async with member(settings, name, lease_s=15.0) as one:
        door = Door(one, pages)
        async with Asker(settings, one.roster, held=lambda: door.pages, ask=door.ask, publish=one.publish) as asker:
            door.asker = asker
            for generator in pages:
                await one.hold(generator)
            await eventually(lambda: len(one.roster.sessions.held_by(name)) == len(pages))
            serving = asyncio.create_task(asker.keep())
            try:
                yield door
            finally:
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)


def to(generator: str, *, timeout_s: float = 10.0, arguments: Sequence[Argument] = ()) -> Request:
    """Return a request."""
    return request_to(generator, "Req", arguments, timeout_s=timeout_s)


class TestRequests:
    async def test_the_gateway_that_holds_the_generator_asks(self, broker: KafkaSettings) -> None:
        """The answers come with the request's context, all pages, and then the outcome; others keep out of it."""
        async with gateway(broker, "g1", {A: 1}) as one, gateway(broker, "g2", {B: 3}) as two:
            asked = await ask(broker, to(B))

        assert [(each.outcome, each.answers, each.gateway) for each in asked.outcomes.values()] == [
            (RequestOutcome.ANSWERED, 3, "g2")
        ]
        assert [each.body.count("page") for each in asked.answers] == [2, 2, 2]
        assert two.asked == [(B, "Req", asked.request.id)]
        assert one.asked == []

    async def test_all_that_match_are_asked(self, broker: KafkaSettings) -> None:
        """A star reaches the generators of every gateway, and all their outcomes are waited for."""
        async with gateway(broker, "g1", {A: 1, B: 0}) as one, gateway(broker, "g2", {C: 2}) as two:
            await eventually(lambda: one.one.roster.sessions.open_session(C))
            await eventually(lambda: two.one.roster.sessions.open_session(B))
            asked = await ask(broker, to("*:Compute:*:0", timeout_s=2.0))

        assert {name: each.outcome for name, each in asked.outcomes.items()} == {
            A: RequestOutcome.ANSWERED,
            B: RequestOutcome.TIMED_OUT,
            C: RequestOutcome.ANSWERED,
        }
        assert asked.whole
        assert len(asked.answers) == 3

    async def test_an_unknown_generator_is_told_once(self, broker: KafkaSettings) -> None:
        """One gateway says that nobody has it."""
        async with gateway(broker, "g1", {A: 1}), gateway(broker, "g2", {B: 1}) as two:
            await eventually(lambda: two.one.roster.living(now_s=0.0) == ["g1", "g2"])
            one, none = await asyncio.gather(ask(broker, to(C)), ask(broker, to("*:Control:*:*")))

        for asked in (one, none):
            assert [(e.outcome, e.gateway) for e in asked.outcomes.values()] == [
                (RequestOutcome.UNKNOWN_GENERATOR, "g1")
            ]

    async def test_what_goes_wrong_is_told(self, broker: KafkaSettings) -> None:
        """A request that cannot be sent, one that nobody answers, and a generator that goes have their outcomes."""
        wrong = [Argument(name="f", value="x", type="i32")]
        async with gateway(broker, "g1", {A: 0, B: -1}) as door:
            silent = asyncio.create_task(ask(broker, to(A, timeout_s=1.0)))
            stuck, bad = await asyncio.gather(ask(broker, to(B)), ask(broker, to(B, arguments=wrong)))
            await silent
            lost = asyncio.create_task(ask(broker, to(A, timeout_s=30.0)))
            await eventually(lambda: len([each for each in door.asked if each[0] == A]) == 2, 20.0)
            assert door.asker is not None
            door.asker.lost(A)
            outcomes = {name: await task for name, task in (("silent", silent), ("lost", lost))}

        assert [e.outcome for e in outcomes["silent"].outcomes.values()] == [RequestOutcome.TIMED_OUT]
        assert [e.outcome for e in outcomes["lost"].outcomes.values()] == [RequestOutcome.GENERATOR_LOST]
        assert [e.outcome for e in stuck.outcomes.values()] == [RequestOutcome.NOT_SENT]
        assert [e.detail for e in bad.outcomes.values()] == ["f: 'x' is no i32"]

    async def test_where_nobody_is_there_it_times_out(self, broker: KafkaSettings) -> None:
        """Without any gateway the caller is told so, in time."""
        asked = await asyncio.wait_for(ask(broker, to(A, timeout_s=0.5)), 30.0)

        assert [(e.outcome, e.detail) for e in asked.outcomes.values()] == [
            (RequestOutcome.TIMED_OUT, "no gateway has taken the request")
        ]


class TestCommand:
    async def test_it_asks_and_lists(self, broker: KafkaSettings, satark: SatarkProcesses) -> None:
        """The command prints the answers and exits with the outcome; it lists who is connected."""
        environment = {"SATARK_KAFKA_BROKERS": broker.brokers}
        async with gateway(broker, "g1", {A: 2}):
            answered = satark.start("request", A, "Req", "a:i32=1", "--json", environment=environment)
            unknown = satark.start("request", B, "Req", environment=environment)
            listed = satark.start("request", "--list", "*:Compute:*:*", environment=environment)
            statuses = [await each.ended(timeout_s=60.0) for each in (answered, unknown, listed)]

        found = json.loads(answered.log_file.read_text())
        assert statuses == [0, 2, 0]
        assert [each["fields"] for each in found["answers"]] == [{"page": 0}, {"page": 1}]
        assert "unknown generator" in unknown.log_file.read_text()
        assert A in listed.log_file.read_text()

"""Queries over HTTP: both ways of asking, every status of clause 2.1, on the real engine where rows matter."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import msgspec
import pytest
from starlette.types import ASGIApp, Message

from satark.analytics.desk.desk import Desk
from satark.analytics.desk.limits import Limits
from satark.analytics.routes import queries
from satark.analytics.store.client import Store
from satark.analytics.store.statement import Reader, StoreError
from tests.unit.analytics.desk.scene import Clock, ScriptedStore, body, desk_over, rows
from tests.unit.analytics.query.scene import NOW_US, message, named, put, query, sample, term
from tests.unit.analytics.web.asking import client, served

PATH = "/analytics/query"
LATER = {"Expect": "202-accepted"}


@asynccontextmanager
async def asking(
    reader: Reader, *, clock: Clock | None = None, limits: Limits | None = None
) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of the routes over a store."""
    async with desk_over(reader, clock=clock, limits=limits) as desk, client(served(*queries.routes(desk))) as one:
        yield one


async def posted(one: httpx2.AsyncClient, asked: Any, **headers: str) -> httpx2.Response:
    """Return the answer to a query."""
    content = asked if isinstance(asked, bytes) else msgspec.json.encode(asked)
    return await one.post(PATH, content=content, headers={"Content-Type": "application/json"} | headers)


async def finished(one: httpx2.AsyncClient, href: str) -> dict[str, Any]:
    """Return the status of a query when it is over."""
    while True:
        status: dict[str, Any] = (await one.get(href)).json()
        if not 0 <= status["progress"] < 100:
            return status
        await asyncio.sleep(0.01)


class TestBothWays:
    @pytest.mark.parametrize(
        "asked",
        [
            query("MessageTable", "MessageTS", "Source", "Xmlmessage", sort=2),
            query("MessageTable", "Source", where=[[term("Source", "nobody")]]),
            query("ObjectVNTable", "ObjectId"),
            query(
                "StatTable.Foo.bar", "T=60", "name", "COUNT(bar)", "PERCENTILES(bar.n)", sort=1, sort_fields=["name"]
            ),
        ],
    )
    @pytest.mark.parametrize("header", ["Expect", "Postman-Expect"])
    async def test_rows_are_equal(self, store: Store, asked: dict[str, Any], header: str) -> None:
        """Asked at once or fetched later, and fetched again, the answer is the same to the byte."""
        put(store, "messages", *(message(number, source=f"host{number % 7}") for number in range(500)))
        put(store, "objects", named(1), named(2))
        put(store, "statistics", *(sample(n, "Foo.bar", name=f"n{n % 3}", integers={"bar.n": n}) for n in range(60)))
        async with asking(store, clock=Clock(NOW_US)) as one:
            at_once = await posted(one, asked)
            accepted = await posted(one, asked, **{header: "202-accepted"})
            status = await finished(one, accepted.json()["href"])
            (chunk,) = status["chunks"]
            later, again = await one.get(chunk["href"]), await one.get(chunk["href"])

        assert (at_once.status_code, accepted.status_code, later.status_code) == (200, 202, 200)
        assert at_once.content == later.content == again.content
        assert chunk["count"] == len(at_once.json()["value"])
        assert chunk["lines"] == at_once.content.count(b"\n") - 2

    async def test_the_underlay_is_always_asked_at_once(self, store: Store) -> None:
        """OverlayToUnderlayFlowMap is answered, whatever is expected."""
        async with asking(store, clock=Clock(NOW_US)) as one:
            answer = await posted(one, query("OverlayToUnderlayFlowMap", "u_prouter"), **LATER)

        assert (answer.status_code, answer.json()) == (200, {"value": []})


class TestRefusals:
    @pytest.mark.parametrize(
        ("asked", "status", "detail"),
        [
            (b"{", 400, "The query is not as it must be"),
            (body(select_fields="x"), 400, "The query is not as it must be"),
            (body(table="X"), 410, "Table X not found"),
            (body(select_fields=["nothing"]), 404, "Unknown field nothing"),
            (body(table="StatTable.UFlowData.flow", select_fields=["COUNT(x)"]), 404, "Invalid COUNT field x"),
            (
                body(table="StatTable.UFlowData.flow", select_fields=["T", "T=60"]),
                404,
                "Stats query cannot have both T and T=",
            ),
            (body(sort=1, sort_fields=["Type"]), 404, "Invalid sort_fields: Type"),
            (body(where=[[term("Level", 4)]]), 404, "Invalid where: Level has no index"),
            (body(table="SessionSeriesTable", select_fields=["vn"]), 404, "session_type is missing"),
            (body(start_time="yesterday"), 404, "Invalid time 'yesterday'"),
        ],
    )
    @pytest.mark.parametrize("headers", [{}, LATER])
    async def test_what_is_wrong_is_said_at_once(
        self, asked: bytes, status: int, detail: str, headers: dict[str, str]
    ) -> None:
        """The statuses of the original, with its text as the detail of a problem, in both ways of asking."""
        async with asking(ScriptedStore()) as one:
            answer = await posted(one, asked, **headers)

        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"].startswith(detail)

    @pytest.mark.parametrize(
        ("failure", "status", "number"),
        [("timeout", 503, -110), ("unreachable", 503, -16), ("refused", 500, -5)],
    )
    async def test_what_the_store_does_is_told(self, failure: str, status: int, number: int) -> None:
        """An engine that is down is 503, a failure 500; later, the status has the number and the chunk the same."""
        async with asking(ScriptedStore(failure=StoreError(failure, "SELECT secret"))) as one:
            answer = await posted(one, body())
            accepted = await posted(one, body(), **LATER)
            told = await finished(one, accepted.json()["href"])
            chunk = await one.get(f"{accepted.json()['href']}/chunk-final/0")

        assert (answer.status_code, chunk.status_code, told["progress"]) == (status, status, number)
        assert "secret" not in answer.text + chunk.text + str(told)

    async def test_too_many_rows_are_429(self) -> None:
        """One row more than an answer may have is no answer."""
        async with asking(ScriptedStore([rows(6)]), limits=Limits(most_rows=5)) as one:
            answer = await posted(one, body())

        assert answer.status_code == 429
        assert "more than 5 rows" in answer.json()["detail"]

    async def test_too_many_queries_are_429(self) -> None:
        """One query more than may run is refused, with the time to wait."""
        store = ScriptedStore([rows(1)])
        store.may_go_on.clear()
        async with asking(store, limits=Limits(most_queries=1)) as one:
            accepted = await posted(one, body(), **LATER)
            refused = await posted(one, body())
            store.may_go_on.set()
            await finished(one, accepted.json()["href"])

        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")

    @pytest.mark.parametrize(("given", "status"), [("x", 404), ("00000000-0000-1000-8000-0000c0000207", 410)])
    async def test_ids_that_lead_nowhere(self, given: str, status: int) -> None:
        """What is no id is 404, what is no query any more is 410."""
        async with asking(ScriptedStore()) as one:
            answers = [await one.get(f"{PATH}/{given}"), await one.get(f"{PATH}/{given}/chunk-final/0")]

        assert [answer.status_code for answer in answers] == [status, status]

    async def test_there_is_one_chunk(self) -> None:
        """Any chunk but 0, and one that is not there yet, is 404; after 300 s all is 410."""
        store, clock = ScriptedStore([rows(1)]), Clock()
        store.may_go_on.clear()
        async with asking(store, clock=clock) as one:
            href = (await posted(one, body(), **LATER)).json()["href"]
            early = await one.get(f"{href}/chunk-final/0")
            store.may_go_on.set()
            await finished(one, href)
            other = await one.get(f"{href}/chunk-final/1")
            clock.advance(300)
            late = [await one.get(href), await one.get(f"{href}/chunk-final/0")]

        assert (early.status_code, other.status_code) == (404, 404)
        assert [answer.status_code for answer in late] == [410, 410]

    async def test_a_pattern_that_re2_does_not_take_is_404(self, store: Store) -> None:
        """The engine itself judges a regular expression, also one that only its frame would mend."""
        put(store, "messages", message(1))
        async with asking(store, clock=Clock(NOW_US)) as one:
            for pattern in ("(", "a)|(b", "(?=x)", "*", "\\"):
                asked = query("MessageTable", "Source", filter=[term("Source", pattern, 8)])

                assert (await posted(one, asked)).status_code == 404


class TestList:
    async def test_queries_are_listed_by_state(self) -> None:
        """A failed query is in the list with its text and number."""
        async with asking(ScriptedStore(failure=StoreError("refused", "x"))) as one:
            await posted(one, body())
            listed = (await one.get("/analytics/queries")).json()

        (failed,) = listed.pop("error_queries")
        assert (failed["query"], failed["error_code"]) == (body().decode(), -5)
        assert listed == {"pending_queries": [], "queries_being_processed": [], "abandoned_queries": []}


class TestClients:
    async def test_an_answer_that_was_told_is_thrown_away(self) -> None:
        """Nobody knows the id of a query that was answered at once."""
        async with desk_over(ScriptedStore([rows(1)])) as desk, client(served(*queries.routes(desk))) as one:
            await posted(one, body())

            assert desk._runs == {}

    async def test_a_query_whose_client_goes_is_cancelled(self) -> None:
        """When nobody waits any more, the store is left alone."""
        store = ScriptedStore([rows(1)] * 100)
        store.may_go_on.clear()
        async with desk_over(store) as desk:
            asked = asyncio.create_task(leave(served(*queries.routes(desk)), store))
            await asyncio.to_thread(store.asked.wait, 30)
            await cancelled(desk)
            store.may_go_on.set()
            await asked

            assert len(desk.listing()["abandoned_queries"]) == 1
        assert store.closed.is_set()


async def cancelled(desk: Desk) -> None:
    """Wait until the only query is cancelled."""
    (run,) = desk._runs.values()
    await asyncio.to_thread(run._cancelled.wait, 30)


async def leave(app: ASGIApp, store: ScriptedStore) -> None:
    """Ask, and go away as soon as the store is asked."""
    whole: list[Message] = [{"type": "http.request", "body": body(), "more_body": False}]

    async def receive() -> Message:
        if whole:
            return whole.pop()
        if not store.asked.is_set():
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        """Nobody is there."""

    headers = [(b"host", b"127.0.0.1:8081"), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8081),
        "scheme": "http",
        "root_path": "",
    }
    await app(scope, receive, send)

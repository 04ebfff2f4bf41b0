import asyncio
import os
import uuid
from pathlib import Path

import msgspec
import pytest

from satark.analytics.desk.desk import Desk
from satark.analytics.desk.entries import Entry
from satark.analytics.desk.ids import new_id
from satark.analytics.desk.limits import Limits
from satark.analytics.desk.stats import QueryStats
from satark.analytics.query.errors import (
    InvalidQueryError,
    QueryCancelledError,
    QueryError,
    QueryFailedError,
    QueryTimeoutError,
    StoreBusyError,
    TooLongAnswerError,
    TooManyQueriesError,
    TooManyRowsError,
    UnknownQueryError,
    UnknownTableError,
)
from satark.analytics.settings import AnalyticsSettings
from satark.analytics.store.statement import StoreError
from tests.unit.analytics.desk.scene import HERE, Clock, ScriptedStore, body, desk_over, rows


async def answered(desk: Desk, query: bytes) -> Entry:
    """Hand a query in and wait for its end."""
    entry, _ = await desk.hand_in(query)
    await desk.over(entry)
    return entry


def text(desk: Desk, entry: Entry) -> bytes:
    """Return the whole answer."""
    return b"".join(desk.pieces(entry))


class TestAnswers:
    async def test_lines_end_between_rows(self) -> None:
        """An answer is one JSON document whose lines are batches of rows."""
        async with desk_over(ScriptedStore([rows(2), rows(1)])) as desk:
            entry = await answered(desk, body())

            assert text(desk, entry) == (
                b'{"value": [\n'
                b'{"Source":"host0","Level":0}, {"Source":"host1","Level":1}\n'
                b', {"Source":"host0","Level":0}\n'
                b"]}\n"
            )
            assert (entry.rows, entry.lines) == (3, 2)

    async def test_no_rows_are_two_lines(self) -> None:
        """An empty answer is its head and its tail."""
        async with desk_over(ScriptedStore()) as desk:
            entry = await answered(desk, body())

            assert text(desk, entry) == b'{"value": [\n]}\n'

    async def test_a_long_answer_lies_on_disk(self, tmp_path: Path) -> None:
        """Many rows are many lines of about 10 kB, in a file that has no name."""
        async with desk_over(ScriptedStore([rows(20_000)] * 5), folder=str(tmp_path)) as desk:
            entry = await answered(desk, body())
            answer = text(desk, entry)

            assert len(msgspec.json.decode(answer)["value"]) == 100_000
            assert max(map(len, answer.split(b"\n"))) < 11_000
            assert await asyncio.to_thread(os.listdir, tmp_path) == []

    async def test_an_answer_can_be_read_again(self) -> None:
        """Reading takes nothing away, also when two read at a time."""
        async with desk_over(ScriptedStore([rows(20_000)])) as desk:
            entry = await answered(desk, body())
            one, other = desk.pieces(entry), desk.pieces(entry)
            begun = next(one)

            assert b"".join([begun, *one]) == b"".join(other) == text(desk, entry)

    async def test_it_expires(self) -> None:
        """After 300 s nobody knows the query; before, the time left is told."""
        clock = Clock()
        async with desk_over(ScriptedStore([rows(1)]), clock=clock) as desk:
            entry = await answered(desk, body())
            clock.advance(299)
            left = msgspec.json.decode(msgspec.json.encode(desk.status(entry)))["chunks"][0]["ttl"]
            clock.advance(1)

            assert left == 1
            with pytest.raises(UnknownQueryError):
                desk.entry(str(entry.id))

    async def test_the_oldest_answer_makes_room(self) -> None:
        """When there is no room, the oldest answer goes first."""
        clock, limits = Clock(), Limits(kept_bytes=250)
        async with desk_over(ScriptedStore([rows(3)]), clock=clock, limits=limits) as desk:
            first, second, third = [await answered(desk, body()) for _ in range(3)]

            assert desk.entry(str(third.id)) is third
            assert desk.entry(str(second.id)) is second
            with pytest.raises(UnknownQueryError):
                desk.entry(str(first.id))

    async def test_what_is_read_when_it_expires_is_read_to_its_end(self) -> None:
        """A reader that has begun gets all."""
        clock = Clock()
        async with desk_over(ScriptedStore([rows(20_000)]), clock=clock) as desk:
            entry = await answered(desk, body())
            whole, pieces = text(desk, entry), desk.pieces(entry)
            begun = next(pieces)
            clock.advance(400)
            desk.listing()

            assert b"".join([begun, *pieces]) == whole


class TestStatus:
    async def test_progress_goes_up_to_100(self) -> None:
        """A query that runs is at 15, one whose rows come at 90, one that is over at 100 and has its link."""
        store = ScriptedStore([rows(1), rows(1)])
        store.may_go_on.clear()
        async with desk_over(store) as desk:
            entry, _ = await desk.hand_in(body())
            await asyncio.to_thread(store.asked.wait, 30)
            running = desk.status(entry)
            with pytest.raises(InvalidQueryError):
                desk.pieces(entry)
            store.may_go_on.set()
            await desk.over(entry)

            assert running["progress"] == 15
            assert desk.status(entry) == {
                "progress": 100,
                "chunks": [
                    {
                        "progress": 100,
                        "lines": 2,
                        "count": 2,
                        "start_time": str(Clock().now_us - 3_600_000_000),
                        "end_time": str(Clock().now_us),
                        "ttl": 300,
                        "href": f"/analytics/query/{entry.id}/chunk-final/0",
                    }
                ],
            }

    @pytest.mark.parametrize(
        ("failure", "kind", "number"),
        [
            (StoreError("timeout", "x"), QueryTimeoutError, -110),
            (StoreError("busy", "x"), StoreBusyError, -16),
            (StoreError("unreachable", "x"), StoreBusyError, -16),
            (StoreError("refused", "x"), QueryFailedError, -5),
            (StoreError("memory", "x"), QueryFailedError, -5),
        ],
    )
    async def test_a_failure_is_a_negative_number(
        self, failure: StoreError, kind: type[QueryError], number: int
    ) -> None:
        """What the store did is told by number, never by its words, and there is no answer."""
        async with desk_over(ScriptedStore([rows(1)], failure)) as desk:
            entry, _ = await desk.hand_in(body())
            with pytest.raises(kind):
                await desk.over(entry)

            assert desk.status(entry)["progress"] == number
            assert desk.listing()["error_queries"][0]["error_code"] == number
            with pytest.raises(kind):
                desk.pieces(entry)

    async def test_a_list_tells_what_becomes_of_queries(self) -> None:
        """Waiting, running, abandoned and failed queries are apart; answered ones are not listed."""
        store = ScriptedStore([rows(1)])
        store.may_go_on.clear()
        async with desk_over(store, limits=Limits(at_once=1)) as desk:
            running, _ = await desk.hand_in(body())
            await asyncio.to_thread(store.asked.wait, 30)
            waiting, _ = await desk.hand_in(body(limit=7))
            listed = desk.listing()
            desk.cancel(waiting)
            store.may_go_on.set()
            await desk.over(running)
            with pytest.raises(QueryCancelledError):
                await desk.over(waiting)

            assert [each["query_id"] for each in listed["queries_being_processed"]] == [str(running.id)]
            assert [each["query"] for each in listed["pending_queries"]] == [body(limit=7).decode()]
            assert [each["query_id"] for each in desk.listing()["abandoned_queries"]] == [str(waiting.id)]


class TestLimits:
    async def test_one_row_too_many_is_an_error(self) -> None:
        """As many rows as may be are an answer, one more is none."""
        limits = Limits(most_rows=10)
        async with desk_over(ScriptedStore([rows(10)]), limits=limits) as desk:
            assert (await answered(desk, body())).rows == 10

        store = ScriptedStore([rows(10), rows(1)])
        async with desk_over(store, limits=limits) as desk:
            with pytest.raises(TooManyRowsError):
                await answered(desk, body())
        assert store.closed.is_set()
        assert store.statements[-1].sql.count("LIMIT") == 1
        assert 11 in store.statements[-1].parameters.values()

    async def test_a_byte_too_many_is_an_error(self) -> None:
        """An answer that takes more room than one may is none, however few its rows."""
        async with desk_over(ScriptedStore([rows(1000)] * 5), limits=Limits(answer_bytes=100_000)) as desk:
            with pytest.raises(TooLongAnswerError):
                await answered(desk, body())

    async def test_a_folder_that_is_not_there_fails_the_query(self, tmp_path: Path) -> None:
        """An answer that cannot be kept is a failure, and the operator's words are not told."""
        async with desk_over(ScriptedStore([rows(20_000)]), folder=str(tmp_path / "none")) as desk:
            with pytest.raises(QueryFailedError, match="No such file"):
                await answered(desk, body())

    async def test_one_query_too_many_is_refused(self) -> None:
        """When as many run and wait as may, the next is refused; when one is over, the next is taken."""
        store = ScriptedStore([rows(1)])
        store.may_go_on.clear()
        async with desk_over(store, limits=Limits(most_queries=2)) as desk:
            first, _ = await desk.hand_in(body())
            second, _ = await desk.hand_in(body())
            with pytest.raises(TooManyQueriesError):
                await desk.hand_in(body())
            store.may_go_on.set()
            await asyncio.gather(desk.over(first), desk.over(second))

            assert (await answered(desk, body())).rows == 1

    async def test_a_query_that_is_cancelled_gives_the_store_back(self) -> None:
        """Reading ends at the next block, and the reading is closed."""
        store = ScriptedStore([rows(1)] * 100)
        store.may_go_on.clear()
        async with desk_over(store) as desk:
            entry, _ = await desk.hand_in(body())
            await asyncio.to_thread(store.asked.wait, 30)
            desk.cancel(entry)
            store.may_go_on.set()
            with pytest.raises(QueryCancelledError):
                await desk.over(entry)

        assert store.closed.is_set()

    async def test_closing_ends_what_runs(self) -> None:
        """A desk that closes cancels its queries and waits for them."""
        store = ScriptedStore([rows(1)] * 100)
        async with desk_over(store) as desk:
            entry, _ = await desk.hand_in(body())

        assert entry.state.over

    async def test_a_bad_pattern_is_the_querys_fault(self) -> None:
        """When the engine refuses a pattern, the query is invalid."""
        store = ScriptedStore(probe_failure=StoreError("refused", "cannot compile re2"))
        async with desk_over(store) as desk:
            with pytest.raises(InvalidQueryError, match="regular expression"):
                await answered(desk, body(filter=[{"name": "Source", "value": "(", "op": 8}]))

    async def test_a_query_that_waits_is_cancelled_with_the_loop(self) -> None:
        """A desk whose process ends tells of the query as one that nobody waits for."""
        store = ScriptedStore([rows(1)] * 100)
        store.may_go_on.clear()
        async with desk_over(store) as desk:
            entry, _ = await desk.hand_in(body())
            await asyncio.to_thread(store.asked.wait, 30)
            desk._tasks[entry.id].cancel()
            store.may_go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await desk.over(entry)

        assert isinstance(entry.error, QueryCancelledError)

    async def test_they_are_the_operators(self) -> None:
        """Settings are limits; what is not said is as the original has it."""
        settings = AnalyticsSettings(queries=3, query_rows=7, query_timeout_s=5, query_answer_bytes=20_000)

        limits = Limits.of(settings)

        assert (limits.most_queries, limits.most_rows, limits.timeout_s, limits.answer_bytes) == (3, 7, 5, 20_000)
        assert Limits.of(AnalyticsSettings()) == Limits()


class TestIds:
    @pytest.mark.parametrize(
        "given", ["", "x", "0" * 32, str(uuid.UUID(int=0)), "eefbd6f1-a551-465d-b8bc-80f87e017de7"]
    )
    async def test_what_is_no_id_is_invalid(self, given: str) -> None:
        """Only version 1 UUIDs are ids."""
        async with desk_over(ScriptedStore()) as desk:
            with pytest.raises(InvalidQueryError):
                desk.entry(given)

    async def test_an_id_must_hold_an_address(self) -> None:
        """The node part is an IPv4 address; of another server, or unknown, the answer is gone."""
        async with desk_over(ScriptedStore()) as desk:
            with pytest.raises(InvalidQueryError):
                desk.entry(str(uuid.uuid1(node=2**40)))
            with pytest.raises(UnknownQueryError, match=r"192\.0\.2\.8"):
                desk.entry(str(uuid.uuid1(node=int(HERE) + 1)))
            with pytest.raises(UnknownQueryError):
                desk.entry(str(new_id(HERE)))

    async def test_a_table_that_there_is_not_is_unknown(self) -> None:
        """Nothing is taken for a table that nobody knows."""
        async with desk_over(ScriptedStore()) as desk:
            with pytest.raises(UnknownTableError):
                await desk.hand_in(body(table="Nothing"))

    async def test_a_store_that_is_down_is_busy(self) -> None:
        """A table cannot be looked up while the store does not answer."""
        async with desk_over(ScriptedStore(probe_failure=StoreError("unreachable", "secret"))) as desk:
            with pytest.raises(StoreBusyError) as caught:
                await desk.hand_in(body(table="ObjectFoo"))

        assert "secret" not in str(caught.value)


class TestStats:
    async def test_every_query_leaves_a_record(self) -> None:
        """What was asked, how much came and why it failed is told once per query."""
        told: list[QueryStats] = []
        async with desk_over(ScriptedStore([rows(3)]), told=told) as desk:
            entry = await answered(desk, body(limit=5))
        async with desk_over(ScriptedStore(failure=StoreError("timeout", "x")), told=told) as desk:
            with pytest.raises(QueryTimeoutError):
                await answered(desk, body())

        first, second = told
        assert first.texts() == {
            "query_stats.qid": str(entry.id),
            "query_stats.table": "MessageTable",
            "query_stats.where": "null",
            "query_stats.select": '["Source","Level"]',
            "query_stats.post": '{"filter":null,"sort":null,"sort_fields":null,"limit":5}',
            "query_stats.error": "",
        }
        assert first.integers().items() >= {
            ("query_stats.rows", 3),
            ("query_stats.lines", 1),
            ("query_stats.chunks", 1),
            ("query_stats.time_span_s", 3600),
        }
        assert 0 <= first.waiting_ms <= first.total_ms
        assert "60 s" in second.error

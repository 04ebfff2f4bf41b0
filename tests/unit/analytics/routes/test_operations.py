"""Operations over HTTP: since when there is data, and the old request to drop some of it."""

import asyncio
import threading
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from satark.analytics.query.purging import BadPurgeError, before_us, purge_input
from satark.analytics.routes import operations
from satark.analytics.store.statement import StoreError
from tests.unit.analytics.web.asking import client, served

START, NOW = 1_451_606_400_000_000, 1_452_470_400_000_000
"""1 and 11 January 2016."""
DAY = 86_400_000_000
PURGE = "/analytics/operation/database-purge"


@dataclass(slots=True)
class Kept:
    """What is stored, as the routes see it."""

    start_us: int | None = START
    failure: StoreError | None = None
    dropped: list[int] = field(default_factory=list)
    may_go_on: threading.Event = field(default_factory=threading.Event)

    def start(self) -> int | None:
        """Return since when there is data."""
        if self.failure is not None:
            raise self.failure
        return self.start_us

    def purge(self, before_us: int) -> None:
        """Drop when it may."""
        self.may_go_on.wait(30)
        if self.failure is not None:
            raise self.failure
        self.dropped.append(before_us)

    def app(self) -> ASGIApp:
        """Return the routes."""
        return served(*operations.routes(self.start, self.purge, now_us=lambda: NOW))


async def asked(one: httpx2.AsyncClient, given: Any) -> httpx2.Response:
    """Return the answer to a request to purge."""
    content = {"content": given} if isinstance(given, bytes) else {"json": {"purge_input": given}}
    return await one.post(PURGE, headers={"Content-Type": "application/json"}, **content)


async def ended(one: httpx2.AsyncClient, purge_id: str) -> dict[str, Any]:
    """Return how a purge ended."""
    while True:
        told: dict[str, Any] = (await one.get(f"{PURGE}/{purge_id}")).json()
        if told["status"] != "started":
            return told
        await asyncio.sleep(0.01)


class TestStartTime:
    @pytest.mark.parametrize("start", [START, None])
    async def test_it_is_told_in_microseconds(self, start: int | None) -> None:
        """The time of the oldest data, null when there is none."""
        async with client(Kept(start).app()) as one:
            answer = await one.get("/analytics/operation/analytics-data-start-time")

        assert answer.json() == {"analytics_data_start_time": start}


class TestPurge:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (40, START + 4 * DAY),
            (100, NOW),
            ("now-3h", NOW - 3 * 3600 * 1_000_000),
            ("-3h", NOW - 3 * 3600 * 1_000_000),
            ("2016 Jan 05 10:00:00.5", START + 4 * DAY + 36_000_500_000),
        ],
    )
    def test_times_and_percentages_are_read(self, given: int | str, expected: int) -> None:
        """Percent of the time that is kept, a distance, or a time as it is written."""
        assert before_us(given, start_us=START, now_us=NOW) == expected

    @pytest.mark.parametrize("given", [b"{", b"[]", b"{}", b'{"purge_input": true}', b'{"purge_input": 1.5}'])
    def test_what_is_no_request_is_told(self, given: bytes) -> None:
        """A body without percent or time is none."""
        with pytest.raises(BadPurgeError):
            purge_input(given)

    @pytest.mark.parametrize("given", [0, 101, "yesterday", b"{", b'{"purge": 1}'])
    async def test_a_bad_one_is_400(self, given: Any) -> None:
        """The answer is of the original's shape."""
        async with client(Kept().app()) as one:
            answer = await asked(one, given)

        assert answer.status_code == 400
        assert answer.json()["status"] == "failed"
        assert answer.json()["reason"]

    @pytest.mark.parametrize("kept", [Kept(None), Kept(NOW), Kept(failure=StoreError("busy", "secret"))])
    async def test_what_cannot_be_is_500(self, kept: Kept) -> None:
        """Nothing so old, or nobody knows."""
        async with client(kept.app()) as one:
            answer = await asked(one, "now-1d")

        assert (answer.status_code, answer.json()["status"]) == (500, "failed")
        assert "secret" not in answer.text

    async def test_one_runs_at_a_time_and_its_end_is_told(self) -> None:
        """A second request while one runs is told of the first; then that is done."""
        kept = Kept()
        async with client(kept.app()) as one:
            begun = (await asked(one, 40)).json()
            second = (await asked(one, 50)).json()
            kept.may_go_on.set()
            done = await ended(one, begun["purge_id"])

        assert begun == {"status": "started", "purge_id": begun["purge_id"]}
        assert second == {"status": "running", "purge_id": begun["purge_id"]}
        assert done == {"status": "done", "purge_id": begun["purge_id"]}
        assert kept.dropped == [START + 4 * DAY]

    async def test_only_the_last_are_remembered(self) -> None:
        """The end of a purge is told until there were many others."""
        kept = Kept()
        kept.may_go_on.set()
        async with client(kept.app()) as one:
            first = (await asked(one, 40)).json()["purge_id"]
            await ended(one, first)
            for _ in range(operations.MOST_TOLD):
                await ended(one, (await asked(one, 40)).json()["purge_id"])
            forgotten = await one.get(f"{PURGE}/{first}")

        assert forgotten.status_code == 404

    async def test_a_failure_is_told(self) -> None:
        """A purge that the store refuses has failed; one that there was not is 404."""
        kept = Kept()
        async with client(kept.app()) as one:
            begun = (await asked(one, 40)).json()
            kept.failure = StoreError("disk_full", "secret")
            kept.may_go_on.set()
            told = await ended(one, begun["purge_id"])
            unknown = await one.get(f"{PURGE}/x")

        assert (told["status"], told["reason"]) == ("failed", "disk_full")
        assert unknown.status_code == 404

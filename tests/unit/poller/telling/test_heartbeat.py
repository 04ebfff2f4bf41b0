import asyncio
import json
import logging
from collections import Counter

import pytest
import structlog
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from satark.poller.telling import heartbeat as module
from satark.poller.telling.heartbeat import Heartbeat, Round
from satark.runtime.settings import Secret
from tests.support.ports import free_port
from tests.unit.poller.http.servers import serving

SECRET = "a-secret-path"


class Outcomes:
    """Counts outcomes, and lets a test wait for them."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self._changed = asyncio.Event()

    def __call__(self, outcome: str) -> None:
        """Count one."""
        self.counted[outcome] += 1
        self._changed.set()

    async def next(self) -> dict[str, int]:
        """Wait for one more; return all."""
        await asyncio.wait_for(self._changed.wait(), 10)
        self._changed.clear()
        return dict(self.counted)


class TestRound:
    def test_all(self) -> None:
        """A round is complete when each orchestrator was read; then a new one begins."""
        looks = Round()
        looks.own(["a", "b"])

        assert [looks.look(name, True) for name in "aabab"] == [False, False, True, False, True]

    def test_bad_look(self) -> None:
        """Who could not be read afterwards was not read."""
        looks = Round()
        looks.own(["a", "b"])

        assert [looks.look(*look) for look in (("a", True), ("a", False), ("b", True), ("a", True))] == [
            False,
            False,
            False,
            True,
        ]

    def test_nobody(self) -> None:
        """A process that polls nothing completes nothing, whatever others do."""
        looks = Round()

        assert not looks.look("a", True)

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans())))
    def test_one_dead(self, seen: list[tuple[str, bool]]) -> None:
        """While one is never read, no round is complete."""
        looks = Round()
        looks.own("abcd")

        assert not any(looks.look(*look) for look in seen)


class TestHeartbeat:
    async def test_asked(self) -> None:
        """After a complete round the URL is asked with GET, once, with who we are."""

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(text="OK")

        outcomes = Outcomes()
        async with serving(handler) as server:
            heart = Heartbeat(Secret(f"{server.url}/{SECRET}?x=y"), version="1", on_outcome=outcomes)
            heart.own(["a", "b"])
            heart.look("a", True)
            heart.look("b", True)
            assert await outcomes.next() == {"ok": 1}
            await heart.close()

        (request,) = server.requests
        assert (request.method, request.path_qs) == ("GET", f"/{SECRET}?x=y")
        assert request.headers["User-Agent"] == "satark-poller/1"

    @pytest.mark.parametrize("status", [404, 500])
    async def test_refused(self, status: int, caplog: pytest.LogCaptureFixture) -> None:
        """A refusal is counted and told, without the URL."""

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(status=status)

        outcomes = Outcomes()
        with structlog.testing.capture_logs() as logged, caplog.at_level(logging.INFO):
            async with serving(handler) as server:
                heart = Heartbeat(Secret(f"{server.url}/{SECRET}"), version="1", on_outcome=outcomes)
                heart.own(["a"])
                heart.look("a", True)
                assert await outcomes.next() == {"refused": 1}
                await heart.close()

        assert [(line["event"], line["why"]) for line in logged] == [("heartbeat_failed", f"HTTP {status}")]
        assert SECRET not in json.dumps(logged) + caplog.text

    @pytest.mark.parametrize("host", ["127.0.0.1:{port}", "no-such-host.invalid", "a..b"])
    async def test_unreachable(self, host: str, caplog: pytest.LogCaptureFixture) -> None:
        """A dead switch is counted and told, without the URL that the error's text holds."""
        outcomes = Outcomes()
        with structlog.testing.capture_logs() as logged, caplog.at_level(logging.INFO):
            url = f"http://{host.format(port=free_port())}/{SECRET}"
            heart = Heartbeat(Secret(url), version="1", on_outcome=outcomes)
            heart.own(["a"])
            heart.look("a", True)
            assert await outcomes.next() == {"unreachable": 1}
            await heart.close()

        assert [line["event"] for line in logged] == ["heartbeat_failed"]
        assert SECRET not in json.dumps(logged) + caplog.text

    async def test_slow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A slow switch delays nobody, is not asked twice at the same time, and is given up."""
        monkeypatch.setattr(module, "GIVEN_UP_AFTER_S", 0.3)
        asked = asyncio.Event()

        async def handler(_request: web.Request) -> web.Response:
            asked.set()
            await asyncio.Event().wait()
            return web.Response()

        outcomes = Outcomes()
        async with serving(handler) as server:
            heart = Heartbeat(Secret(server.url), version="1", on_outcome=outcomes)
            heart.own(["a"])
            heart.look("a", True)
            await asyncio.wait_for(asked.wait(), 10)
            heart.look("a", True)
            heart.look("a", True)
            assert await outcomes.next() == {"unreachable": 1}
            await heart.close()

        assert len(server.requests) == 1

    async def test_stop(self) -> None:
        """A stop waits for no answer."""
        asked = asyncio.Event()

        async def handler(_request: web.Request) -> web.Response:
            asked.set()
            await asyncio.Event().wait()
            return web.Response()

        outcomes = Outcomes()
        async with serving(handler) as server:
            heart = Heartbeat(Secret(server.url), version="1", on_outcome=outcomes)
            heart.own(["a"])
            heart.look("a", True)
            await asyncio.wait_for(asked.wait(), 10)
            await asyncio.wait_for(heart.close(), 1)

        assert not outcomes.counted

    async def test_not_wanted(self) -> None:
        """Without a URL nothing is asked."""
        outcomes = Outcomes()
        heart = Heartbeat(None, version="1", on_outcome=outcomes)
        heart.own(["a"])
        heart.look("a", True)
        await heart.close()

        assert not outcomes.counted

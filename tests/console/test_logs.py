"""The page of logs and queries in Chromium, on the real engine."""

import asyncio
import json
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from satark.analytics.commands.composing import query_of
from satark.analytics.ingest.mapping.rows import Rows, add_rows
from satark.analytics.routes import queries, tables
from satark.analytics.routes.v1 import composing
from satark.analytics.store.client import Store
from satark.analytics.store.tables import BY_NAME
from satark.schemas.messages import Level, Message, SandeshHeader
from tests.console import daemons
from tests.console.rig import rig
from tests.console.shots import shot
from tests.console.waiting import until
from tests.support.browser import IN_BROWSER, Theme, Watched, browser
from tests.unit.analytics.desk.scene import desk_over

pytestmark = [*IN_BROWSER]
PLACES: list[tuple[Theme, int]] = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
LEVELS = (Level.ERROR, Level.WARNING, Level.NOTICE, Level.INFO, Level.DEBUG)
HOSTILE = '<img src=x onerror="alert(1)"> \u202egnihtemos'


@asynccontextmanager
async def opened(
    store: Store, *, theme: Theme = "light", width: int = 1280, allowed: frozenset[int] = frozenset()
) -> AsyncIterator[Watched]:
    """Serve the console, and yield a page to open."""
    async with desk_over(store, clock=now_us) as desk:
        more = (*queries.routes(desk), *tables.routes(desk, store, now_us=now_us), *composing.routes())
        async with (
            rig(store, more=more) as served,
            browser() as chromium,
            chromium.page(served.url, theme=theme, width=width, allowed=allowed) as page,
        ):
            yield page


def now_us() -> int:
    """Return the time in microseconds."""
    return int(daemons.now().timestamp() * 1e6)


def said(number: int, *, text: str = "", ago: timedelta = timedelta(0), source: str = "a6s40") -> Message:
    """Return a message of a daemon."""
    body = f'<BgpPeerLog type="sandesh"><peer type="string" identifier="1">peer{number}</peer>'
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    body += f'<message type="string" identifier="2">{escaped or "came up"}</message></BgpPeerLog>'
    return Message(
        id=f"m{number}-{ago.total_seconds()}",
        entity=f"generator/{source}:Control:contrail-control:0",
        kind="sandesh",
        time=daemons.now() - ago,
        name="BgpPeerLog",
        level=LEVELS[number % len(LEVELS)],
        category="BGP",
        sandesh=SandeshHeader(
            type="SYSTEM",
            source=source,
            node_type="Control",
            module="contrail-control",
            instance="0",
            level=LEVELS[number % len(LEVELS)].value,
        ),
        body=body,
    )


def put_messages(store: Store, *messages: Message) -> None:
    """Put messages into the store."""
    found = Rows()
    for at, message in enumerate(messages):
        add_rows(message, ("satark.messages.v1", 0, at), found)
    for table, values in found.by_table.items():
        store.insert(table, BY_NAME[table].names, values)


def an_hour(store: Store) -> None:
    """Put an hour of messages into the store, one of them hostile."""
    messages = [said(n, ago=timedelta(seconds=20 + 30 * n)) for n in range(60)]
    put_messages(store, *messages, said(100, text=HOSTILE, ago=timedelta(seconds=40)))


async def query_shown(page: Watched) -> dict[str, Any]:
    """Return the JSON that the page shows."""
    shown: dict[str, Any] = json.loads(await page.page.text_content("#query pre") or "{}")
    return shown


class TestAsked:
    @pytest.mark.parametrize(("theme", "width"), PLACES)
    async def test_it_is_well_formed(self, store: Store, theme: Theme, width: int) -> None:
        """A link with its conditions asks at once; there are no complaints, and nothing is hard to perceive."""
        an_hour(store)
        async with opened(store, theme=theme, width=width) as page:
            await page.goto("console/logs?last=1h&level=notice")
            await page.page.wait_for_selector("#rows tbody tr")
            await shot(page, f"logs-{theme}-{width}")

            assert "37 rows" == await page.page.inner_text("#told")
            assert HOSTILE in (await page.page.text_content("#rows") or "")
            assert await page.flaws() == []

    async def test_a_text_finds(self, store: Store) -> None:
        """Typing a text and Enter asks for it; the address leads back to the same."""
        an_hour(store)
        async with opened(store) as page:
            await page.goto("console/logs")
            await page.page.keyboard.press("/")
            await page.page.keyboard.type("PEER7")
            await page.page.keyboard.press("Enter")
            await page.page.wait_for_selector("#rows tbody tr")

            assert "1 row" == await page.page.inner_text("#told")
            assert "text=PEER7" in page.page.url
            assert page.complaints == []

    @pytest.mark.parametrize(
        "address",
        [
            "level=err&source=a6s40&module=contrail-control&text=a%20b%27c&last=6h",
            "message_type=Bgp*&category=BGP&node_type=Control&limit=7",
            "kind=objects&object_type=virtual-network&object_id=-x*&last=1d",
            "kind=stats&stat_table=A.b&stat_select=T%3D60%20name%20SUM(b.c)&where=name%3Da*%20AND%20Source%3Dx&sort=name&descending=true",
            "kind=flows&source_vn=v1&source_ip=10.1.1.3&protocol=tcp&destination_port=80",
            "kind=sessions&session_type=server&where=protocol%3D6&filter=vn%3Da.*",
        ],
    )
    async def test_the_command_asks_the_same(self, store: Store, address: str) -> None:
        """The command line beside the form, read by a shell, means the query that is shown."""
        async with opened(store, allowed=frozenset({404, 410})) as page:
            await page.goto(f"console/logs?{address}")
            await until(page, "document.querySelector('#query pre').textContent !== ''")
            shown = await query_shown(page)
            words = shlex.split(await page.page.text_content("#command pre") or "")
            meant = query_of(words[1:])
            times = {"start_time", "end_time"}

            assert "satark" == words[0]
            assert {key: value for key, value in meant.items() if key not in times} == {
                key: value for key, value in shown.items() if key not in times
            }
            assert meant["end_time"] - meant["start_time"] == shown["end_time"] - shown["start_time"]

    async def test_wrong_conditions_are_told(self, store: Store) -> None:
        """What makes no query is said beside the command, in words."""
        async with opened(store, allowed=frozenset({422})) as page:
            await page.goto(f"console/logs?kind=stats&stat_table=A.b&stat_select=T&where={quote('a=1 AND')}")
            await page.page.wait_for_selector("#wrong:not([hidden])")

            assert "AND" in await page.page.inner_text("#wrong")

    async def test_any_query_as_json(self, store: Store) -> None:
        """Who knows the API writes the query, and gets the command for it."""
        an_hour(store)
        async with opened(store) as page:
            await page.goto("console/logs")
            await until(page, "document.querySelector('#query pre').textContent !== ''")
            await page.page.get_by_text("JSON", exact=True).click()
            query = {
                "table": "MessageTable",
                "start_time": "now-1h",
                "end_time": "now",
                "select_fields": ["Source", "COUNT(Source)"],
            }
            await page.page.fill("[name=json]", json.dumps(query | {"select_fields": ["Source", "Level"], "limit": 3}))
            await page.page.click("[type=submit]")
            await page.page.wait_for_selector("#rows tbody tr")

            assert "3 rows" == await page.page.inner_text("#told")
            assert (await page.page.inner_text("#command pre")).startswith("curl ")
            assert page.complaints == []


class TestFollowed:
    async def test_what_is_said_is_shown(self, store: Store) -> None:
        """What comes is on top; it waits while the reader looks at what was before."""
        async with opened(store) as page:
            await page.goto("console/logs")
            await page.page.click("#tail")
            await page.page.wait_for_selector("#live[data-state=on]")
            put_messages(store, *(said(n) for n in range(200)))
            await until(page, "document.querySelectorAll('#rows tbody tr').length === 200")
            await page.page.evaluate("document.querySelector('.scroll').scrollTop = 400")
            await asyncio.sleep(0.1)
            put_messages(store, said(777, text="one more"))
            await until(page, "document.getElementById('state').textContent.startsWith('1 wait')")
            await page.page.evaluate("document.querySelector('.scroll').scrollTop = 0")
            await until(page, "document.querySelectorAll('#rows tbody tr').length === 201")

            assert "one more" in await page.page.inner_text("#rows tbody tr:first-child")
            assert (await page.page.inner_text("#command pre")).endswith("--tail")
            assert page.complaints == []

"""The page of an incident in Chromium: its story is read, and something is done about it."""

from datetime import timedelta
from hashlib import sha256

import pytest

from satark.analytics.store.client import Store
from satark.analytics.web.callers import Credential
from satark.analytics.web.route import Role
from satark.schemas.silences import Silence
from tests.console.network import ENTITY, HOSTILE, now, over, put_group, put_link, story, told
from tests.console.rig import Rig, rig
from tests.console.shots import shot
from tests.support.browser import IN_BROWSER, Theme, Watched, browser
from tests.unit.analytics.v1.scene import changed, put_incidents, put_notifications

pytestmark = [*IN_BROWSER]
PATH = "console/incidents/incident-open"
DRAWN = "#charts canvas"
UNKEPT = frozenset({404})
"""What the page asks for samples of which none are kept: it shows those of the event itself."""


async def opened(page: Watched, path: str = PATH) -> None:
    """Open an incident and wait for its story."""
    await page.goto(path)
    await page.page.wait_for_selector("#timeline li")


async def text_of(page: Watched, selector: str) -> str:
    """Return what is to be read in an element."""
    return await page.page.inner_text(selector)


async def said(page: Watched) -> str:
    """Return what came of a deed, once that is known."""
    await page.page.wait_for_selector("#result.good, #result.bad")
    return await text_of(page, "#result")


class TestShown:
    @pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
    async def test_story(self, store: Store, theme: Theme, width: int) -> None:
        """Why it is is said in a sentence, and all that happened in order, who was told or was not and why."""
        put_link(store)
        put_group(store, {"incident-open": ENTITY, "incident-other": "wan-link/other"})

        async with (
            rig(store) as served,
            browser() as chromium,
            chromium.page(served.url, theme=theme, width=width) as page,
        ):
            await opened(page)
            await page.page.wait_for_selector(DRAWN)
            await shot(page, f"incident-{theme}-{width}")

            assert (await text_of(page, "#why")).startswith(
                "Download latency is 95\u00a0ms: normal is 15\u201325\u00a0ms"
            )
            assert await page.page.locator("#timeline strong").all_inner_texts() == [
                "Opened as warning",
                "Told by email: noc@example.net",
                "Could not be told by email: old@example.net",
                "Not told by email: boss@example.net",
                "Raised to critical",
            ]
            refused = "an escalation: nobody had acknowledged it; 550 5.1.1 no such user"
            assert refused in await text_of(page, "#timeline")
            assert "One of 2 of Example Telecom" in await text_of(page, "#links")
            assert "satark incidents ack incident-open" in str(await page.page.text_content("#lines"))
            assert await page.flaws() == []

    async def test_hostile_names(self, store: Store) -> None:
        """Names with HTML, from right to left and of 200 letters are only names."""
        put_incidents(store, *story(labels=HOSTILE))
        put_notifications(store, *(changed(one, receiver=HOSTILE["edge"], detail=HOSTILE["link"]) for one in told()))

        async with (
            rig(store) as served,
            browser() as chromium,
            chromium.page(served.url, width=390, allowed=UNKEPT) as page,
        ):
            await opened(page)
            await page.page.wait_for_selector(DRAWN)
            await shot(page, "incident-hostile-390")

            assert (await text_of(page, "h1")).startswith(HOSTILE["edge"])
            assert await page.flaws() == []

    async def test_of_one_that_is_over(self, store: Store) -> None:
        """Of one that is over it says for how long it was; there is nothing to acknowledge."""
        put_incidents(store, *over(1))

        async with rig(store) as served, browser() as chromium, chromium.page(served.url, allowed=UNKEPT) as page:
            await opened(page, "console/incidents/incident-over-1")

            assert "over, was critical" in await text_of(page, "#status")
            assert "lasted 30 min" in await text_of(page, "#status")
            assert not await page.page.is_visible("#acknowledge")

    async def test_that_is_not_there(self, store: Store) -> None:
        """An incident that nobody knows is said to be none; a group's id leads to the group."""
        put_link(store)
        put_group(store, {"incident-open": ENTITY, "incident-other": "wan-link/other"})

        async with (
            rig(store) as served,
            browser() as chromium,
            chromium.page(served.url, allowed=UNKEPT) as page,
        ):
            await page.goto("console/incidents/nobody")
            assert "There is no such incident" in await text_of(page, "main")

            await page.goto("console/incidents/group-1")
            await page.page.wait_for_selector("#open .rows")
            assert page.page.url.endswith("console/incidents?group=group-1")


class TestDone:
    async def test_acknowledged(self, store: Store) -> None:
        """Who acknowledges says so with a comment, and sees at once that it is said."""
        put_incidents(store, *story())

        async with rig(store) as served, browser() as chromium, chromium.page(served.url, allowed=UNKEPT) as page:
            await opened(page)
            await page.page.fill("#comment", "ticket 4711 <b>")
            await page.page.click("#acknowledge button")

            assert (await said(page)).startswith("Acknowledged")
            await page.page.wait_for_selector("#timeline >> text=Acknowledged by")
            (event,) = served.posted.events
            assert (event.comment, getattr(event, "incident", "")) == ("ticket 4711 <b>", "incident-open")
            assert "ticket 4711 <b>" in await text_of(page, "#seen")
            assert page.complaints == []

    @pytest.mark.parametrize(
        ("length", "name", "least"),
        [
            ("1h", "entity", timedelta(hours=1)),
            ("4h", "entity", timedelta(hours=4)),
            ("resolved", "incident", timedelta(days=100)),
        ],
    )
    async def test_silenced(self, store: Store, length: str, name: str, least: timedelta) -> None:
        """A silence is of the link for a while, or of this incident until it is resolved; it can be ended here."""
        put_incidents(store, *story())

        async with rig(store) as served, browser() as chromium, chromium.page(served.url, allowed=UNKEPT) as page:
            await opened(page)
            await page.page.click(f"[data-for='{length}']")
            assert (await said(page)).startswith("Nobody is told of this")
            silence = silence_of(served)
            assert [matcher.name for matcher in silence.matchers] == [name]
            assert silence.ends - silence.starts >= least

            await page.page.click("#silences button")
            await page.page.wait_for_selector("#timeline >> text=Silence ended by")
            assert silence_of(served).ended_by == "anybody"
            assert page.complaints == []

    async def test_maintenance(self, store: Store) -> None:
        """Maintenance is a silence that begins later, of a whole site if that is wanted."""
        put_incidents(store, *story())

        async with (
            rig(store) as served,
            browser() as chromium,
            chromium.page(served.url, width=390, allowed=UNKEPT) as page,
        ):
            await opened(page)
            await page.page.click("[data-for=own]")
            await page.page.select_option("[name=scope]", "site")
            starts = now() + timedelta(days=1)
            for name, time in (("starts", starts), ("ends", starts + timedelta(hours=2))):
                await page.page.fill(
                    f"[name={name}]", (time + timedelta(hours=5, minutes=30)).strftime("%Y-%m-%dT%H:%M")
                )
            await page.page.fill("[name=why]", "power works")
            await shot(page, "incident-maintenance-390")
            await page.page.click("#window button")

            assert (await said(page)).startswith("Maintenance is planned")
            silence = silence_of(served)
            assert [(one.name, one.pattern) for one in silence.matchers] == [("site", "Pune")]
            assert (silence.starts, silence.ends, silence.comment) == (
                starts,
                starts + timedelta(hours=2),
                "power works",
            )

    async def test_by_who_may_only_read(self, store: Store) -> None:
        """Who may only read sees why the buttons are off."""
        put_incidents(store, *story())
        reader = Credential("asha", Role.READ, sha256(b"secret").digest())

        async with (
            rig(store, credentials=[reader]) as served,
            browser() as chromium,
            chromium.page(served.url, allowed=UNKEPT) as page,
        ):
            await page.page.set_extra_http_headers({"Authorization": "Bearer secret"})
            await opened(page)

            assert "log in with the role operate" in await text_of(page, "#result")
            assert await page.page.is_disabled("#acknowledge button")


class TestLive:
    async def test_what_happens_is_shown(self, store: Store) -> None:
        """That it is over appears without a reload."""
        first, second = story()
        put_incidents(store, first)

        async with rig(store) as served, browser() as chromium, chromium.page(served.url, allowed=UNKEPT) as page:
            await opened(page)
            await page.page.wait_for_selector("#live[data-state=on]")
            put_incidents(store, second)
            served.tell(second)

            await page.page.wait_for_selector("#timeline >> text=Raised to critical")

    async def test_what_the_store_has_late_is_shown(self, store: Store) -> None:
        """What the stream tells before the store has it appears as soon as that has it."""
        first, second = story()
        put_incidents(store, first)

        async with rig(store) as served, browser() as chromium, chromium.page(served.url, allowed=UNKEPT) as page:
            await opened(page)
            await page.page.wait_for_selector("#live[data-state=on]")
            async with page.page.expect_response("**/v1/incidents/incident-open"):
                served.tell(second)
            put_incidents(store, second)

            await page.page.wait_for_selector("#timeline >> text=Raised to critical")
            assert page.complaints == []


def silence_of(served: Rig) -> Silence:
    """Return the last silence that was said."""
    event = served.posted.events[-1]
    assert isinstance(event, Silence)
    return event

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from starlette.types import ASGIApp

from satark.analytics.console.link import QUALITY, charted, quiet, view
from satark.analytics.console.routes import routes
from satark.analytics.console.shell import render
from satark.analytics.routes.v1.questions.fleet_told import Condition
from satark.analytics.routes.v1.questions.links import LastSample, Link, LinkState
from satark.analytics.store.client import Store
from satark.runtime.said import Said
from satark.schemas.silences import Matcher, Silence
from satark.schemas.states import State
from tests.unit.analytics.routes.serving import serving
from tests.unit.analytics.v1.scene import (
    LINK,
    NOW,
    PUNE,
    ago,
    incident,
    noon,
    put_baselines,
    put_incidents,
    put_samples,
    sample,
)
from tests.unit.analytics.web.asking import ask, served

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "\u202eold",
    "W" * 200,
)


def link(**members: Any) -> Link:
    """Return a link that is well."""
    last = LastSample(time=NOW, interval_s=300, metrics={"latency_ms_rx": 20.0, "throughput_bps_rx": 1e6})
    usual = {
        "entity": LINK,
        "kind": "wan-link",
        "state": LinkState.OK,
        "labels": PUNE,
        "first_seen": NOW,
        "last_seen": NOW,
    }
    return Link(**{**usual, "last_sample": last, "incidents": [], **members})


def pages(store: Store, state: State | None = None) -> ASGIApp:
    """Return the pages, of links that are all in one state."""
    return served(*routes(store, Said(), serving().browser, lambda _: state, now=noon))


def silence(*matchers: Matcher, hours: float = 1) -> Silence:
    """Return a silence that began an hour ago."""
    return Silence.of(
        matchers=matchers, starts=ago(hours=1), ends=ago(hours=1) + timedelta(hours=hours), time=NOW, by="asha"
    )


class TestCharted:
    def test_quality_first(self) -> None:
        """A WAN link has its six charts, whatever was measured, and then the others."""
        assert charted(link()) == [*QUALITY, "throughput_bps_rx"]
        assert charted(link(last_sample=None)) == list(QUALITY)

    def test_of_something_else(self) -> None:
        """What is no WAN link has charts of what is measured of it."""
        assert charted(link(kind="counter")) == ["latency_ms_rx", "throughput_bps_rx"]


class TestQuiet:
    def test_those_that_concern_it(self) -> None:
        """Silences of its labels and key are told; those of others, and those that never held, are not."""
        mine = silence(Matcher(name="edge", pattern="Pune-*"))
        others = silence(Matcher(name="edge", pattern="Delhi"))
        never = silence(Matcher(name="entity", pattern=LINK), hours=0)

        (found,) = quiet(link(), [others, never, mine])

        assert (found.silence, found.by, found.incident, found.partly) == (mine.silence, "asha", None, False)

    def test_those_of_some_incidents(self) -> None:
        """Of one incident, or of some severities, a silence is told as such."""
        of_one = silence(Matcher(name="incident", pattern="incident-001"))
        of_some = silence(Matcher(name="edge", pattern="Pune-01"), Matcher(name="severity", pattern="warning"))

        found = quiet(link(), [of_one, of_some])

        assert sorted((one.incident or "", one.partly) for one in found) == [("", True), ("incident-001", True)]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_only_names(text: str) -> None:
    """A name from outside ends no script and begins no element."""
    page = render(
        view(link(entity=text, labels=dict.fromkeys(PUNE, text)), Condition.OK, [], may_operate=False),
        f"/console/links/{quote(text)}",
    )

    assert b"<script>alert" not in page
    assert b"<img" not in page
    assert b"49" not in page.partition(b"<main")[2] or "7 * 7" not in text


class TestPages:
    async def test_a_link(self, store: Store) -> None:
        """The page of a link says where it is, how it is, and since when."""
        put_samples(store, sample(LINK, ago(minutes=5)))
        put_incidents(store, *incident(1, entity=LINK))

        response = await ask(pages(store), f"/console/links/{LINK}")

        assert response.status_code == 200
        assert "Pune-01 / Broadband 1" in response.text
        assert 'class="state degraded"' in response.text
        assert 'href="../../../../../console/incidents/incident-001"' in response.text

    @pytest.mark.parametrize(
        ("minutes", "state", "shown"),
        [(5, None, "ok"), (5, State.OK, "ok"), (60, None, "no-data"), (60, State.LINK_DOWN, "offline")],
    )
    async def test_how_it_is(self, store: Store, minutes: int, state: State | None, shown: str) -> None:
        """How it is is as in the list of all links: what its orchestrator says, what was measured, what is learnt."""
        put_samples(store, sample(LINK, ago(minutes=minutes)))

        response = await ask(pages(store, state), f"/console/links/{LINK}")

        assert f'class="state {shown}"' in response.text

    async def test_what_is_learnt(self, store: Store) -> None:
        """While it is learnt the page says so, and of another link nothing."""
        put_samples(store, *(sample(key, ago(minutes=5)) for key in (LINK, "wan-link/other")))
        put_baselines(
            store,
            {
                "time": ago(minutes=30),
                "state": "learning",
                "limit_value": 50.0,
                **dict.fromkeys(("centre", "low", "high")),
            },
        )

        shown = [(await ask(pages(store), f"/console/links/{key}")).text for key in (LINK, "wan-link/other")]

        assert ['class="state learning"' in each for each in shown] == [True, False]

    async def test_what_is_not_there(self, store: Store) -> None:
        """What is not known is a page that says so, with 404."""
        app = pages(store)

        for path in ("links/wan-link/nowhere", "incidents/nobody"):
            response = await ask(app, f"/console/{path}")
            assert response.status_code == 404
            assert "There is no such" in response.text

    async def test_a_store_that_does_not_answer(self, empty_store: Store) -> None:
        """While the store does not answer a page says so, with 503."""
        app = pages(empty_store)

        for path in (f"links/{LINK}", "incidents/incident-001"):
            response = await ask(app, f"/console/{path}")
            assert response.status_code == 503
            assert "The store does not answer" in response.text

    async def test_a_name_with_a_slash_and_a_question(self, store: Store) -> None:
        """A key with anything in it has a page, and the way to the root from there is as long as the browser's path."""
        put_samples(store, sample("a b/c?d/e#f%", ago(minutes=5)))

        response = await ask(
            pages(store),
            f"/console/links/{quote('a b/c?d/e#f%', safe='')}",
        )

        assert response.status_code == 200
        assert 'href="../../static/console.css"' in response.text

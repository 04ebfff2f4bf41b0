from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.analytics.routes.v1.silences import SilenceState, state_of
from satark.runtime.said import Said
from satark.schemas.silences import Matcher, Silence
from tests.unit.analytics.v1.nothing import NoStore
from tests.unit.analytics.v1.scene import NOW, Post, ago, app, get, pages, refused
from tests.unit.analytics.web.asking import ask, client

ASKED = {"matchers": [{"name": "edge", "pattern": "Pune-*"}], "duration_s": 3600, "comment": "works"}


def silence(number: int = 0, *, starts_h: float = -1, ends_h: float = 1) -> Silence:
    """Return a silence from some hours after noon to others."""
    starts, ends = NOW + timedelta(hours=starts_h), NOW + timedelta(hours=ends_h)
    return Silence.of(
        matchers=[Matcher(name="edge", pattern=f"Pune-{number}")],
        starts=starts,
        ends=ends,
        time=ago(hours=2),
        by="asha",
    )


class TestMake:
    async def test_is_an_event(self) -> None:
        """A new silence is an event with who, when and until when, and is shown at once."""
        post, said = Post(), Said()
        served = app(NoStore(), post=post, said=said)

        response = await ask(served, "/v1/silences", method="POST", json=ASKED)

        (event,) = post.events
        assert isinstance(event, Silence)
        assert (event.starts, event.ends, event.by) == (NOW, NOW + timedelta(hours=1), "anybody")
        assert (response.status_code, response.json()["state"]) == (201, "active")
        assert response.headers["location"] == f"/v1/silences/{event.silence}"
        assert (await ask(served, response.headers["location"])).json() == response.json()

    @pytest.mark.parametrize(
        "change",
        [
            {"duration_s": None},
            {"ends": "2026-03-02T13:00:00Z"},
            {"duration_s": 0},
            {"duration_s": 10**9},
            {"duration_s": None, "ends": "2026-03-02T11:00:00Z"},
            {"duration_s": None, "ends": "2027-03-02T11:00:00Z"},
            {"duration_s": None, "ends": "2026-03-02T11:00:00"},
            {"starts": "9999-12-31T23:59:59Z"},
            {"starts": "0001-01-01T00:00:00Z", "duration_s": None, "ends": "2026-03-03T00:00:00Z"},
            {"matchers": []},
            {"matchers": [{"name": "edge", "pattern": "*"}]},
            {"matchers": [{"name": "Edge", "pattern": "a"}]},
            {"matchers": [{"name": "edge", "pattern": "a"}] * 33},
            {"comment": "x" * 2049},
            {"colour": "red"},
        ],
    )
    async def test_what_is_refused(self, change: dict[str, object]) -> None:
        """A silence that has no end, is over, lasts too long, or keeps quiet about everything is refused."""
        post = Post()

        response = await ask(app(NoStore(), post=post), "/v1/silences", method="POST", json=ASKED | change)

        assert response.status_code == 422
        assert post.events == []


class TestEnd:
    async def test_is_another_event(self) -> None:
        """Ending a silence is an event of the same silence, which is over then; once more changes nothing."""
        post, said = Post(), Said()
        said.take(silence())
        served = app(NoStore(), post=post, said=said)
        where = f"/v1/silences/{silence().silence}"

        first = await ask(served, where, method="DELETE")
        again = await ask(served, where, method="DELETE")

        (event,) = post.events
        assert isinstance(event, Silence)
        assert (event.silence, event.ends, event.ended_by) == (silence().silence, NOW, "anybody")
        assert (first.json()["state"], again.json()) == ("expired", first.json())

    async def test_that_is_not_there(self) -> None:
        """A silence that nobody knows is a 404."""
        assert await refused(NoStore(), "/v1/silences/none") == (404, "not_found")
        assert (await ask(app(NoStore()), "/v1/silences/none", method="DELETE")).status_code == 404


class TestList:
    async def test_by_state(self) -> None:
        """The list has each silence with how it is, and those of one state when asked."""
        said = Said()
        for one in (silence(1), silence(2, ends_h=-0.5), silence(3, starts_h=1, ends_h=2)):
            said.take(one)

        found = (await get(NoStore(), "/v1/silences", said=said))["silences"]

        assert [one["state"] for one in found] == ["pending", "active", "expired"]
        for state in SilenceState:
            only = (await get(NoStore(), f"/v1/silences?state={state.value}", said=said))["silences"]
            assert [one["state"] for one in only] == [state.value]

    @settings(deadline=None, max_examples=20)
    @given(limit=st.integers(1, 12))
    async def test_paging_gives_each_once(self, limit: int) -> None:
        """However long the pages are, together they hold each silence once, also those that end together."""
        said = Said()
        every = [silence(number, ends_h=1 + number // 3) for number in range(10)]
        for one in every:
            said.take(one)

        async with client(app(NoStore(), said=said)) as asking:
            found = await pages(asking, f"/v1/silences?limit={limit}", "silences")

        assert [one["silence"]["silence"] for one in found] == [
            one.silence for one in sorted(every, key=lambda one: (one.ends, one.silence), reverse=True)
        ]

    def test_states(self) -> None:
        """A silence that never holds has expired, even before it would begin."""
        assert state_of(silence(starts_h=1, ends_h=1), NOW) is SilenceState.EXPIRED
        assert state_of(silence(starts_h=0, ends_h=1), NOW) is SilenceState.ACTIVE

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satark.analytics.store.client import Store
from tests.unit.analytics.v1.scene import (
    LINK,
    PUNE,
    ago,
    app,
    get,
    incident,
    pages,
    put_incidents,
    put_samples,
    refused,
    sample,
)
from tests.unit.analytics.web.asking import client

FILTERS = {
    "state=ok": [LINK],
    "state=incident": ["wan-link/b"],
    "state=silent": ["wan-link/c"],
    "label=edge=Pune-01": [LINK],
    "label=edge=Delhi*": ["wan-link/b", "wan-link/c"],
    "label=edge=Delhi*&label=edge=*2": ["wan-link/c"],
    "label=edge=Delhi-01": [],
    "label=edge=%25": [],
    "label=colour=red": [],
    "kind=counter": ["counter/x"],
    "kind=": ["counter/x", "wan-link/b", "wan-link/c", LINK],
}
"""What is asked, and which links there are then."""


def links(store: Store) -> None:
    """Put three links in the store: one well, one with an incident, one silent; and something else that is measured."""
    put_samples(
        store,
        sample(LINK, ago(minutes=15), 20.0),
        sample(LINK, ago(minutes=10), 21.0, metrics={"latency_ms_rx": 21.0, "jitter_ms_rx": 2.0}),
        sample("wan-link/b", ago(minutes=10), labels={**PUNE, "edge": "Delhi_01"}),
        sample("wan-link/c", ago(hours=2), labels={**PUNE, "edge": "Delhi-02"}),
        sample("counter/x", ago(minutes=10), kind="counter", labels={}),
    )
    put_incidents(store, *incident(1, entity="wan-link/b"), *incident(2, entity=LINK, resolved=True))


def keys(body: dict[str, list[dict[str, str]]]) -> list[str]:
    """Return the keys of links."""
    return [link["entity"] for link in body["links"]]


class TestList:
    async def test_links_by_key(self, store: Store) -> None:
        """All links come by key, with their state."""
        links(store)

        body = await get(store, "/v1/links")

        assert {link["entity"]: link["state"] for link in body["links"]} == {
            "wan-link/b": "incident",
            "wan-link/c": "silent",
            LINK: "ok",
        }
        assert keys(body) == sorted(keys(body))
        assert body["next"] is None

    async def test_filters(self, store: Store) -> None:
        """A list is filtered by state, kind and labels, in which only the asterisk is special."""
        links(store)

        assert {query: keys(await get(store, f"/v1/links?{query}")) for query in FILTERS} == FILTERS

    async def test_what_is_refused(self, store: Store) -> None:
        """What cannot be asked is refused."""
        wrong = ("state=well", "limit=0", "limit=1001", "label=edge", "label=Edge=a", "cursor=x", "colour=red")

        assert {(await refused(store, f"/v1/links?{query}"))[0] for query in wrong} == {400}

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(limit=st.integers(1, 9))
    async def test_paging_gives_each_once(self, store: Store, limit: int) -> None:
        """However long the pages are, together they hold each link once, in order."""
        put_samples(store, *(sample(f"wan-link/{number:02}", ago(minutes=10)) for number in range(9)))

        async with client(app(store)) as asking:
            found = await pages(asking, f"/v1/links?limit={limit}", "links")

        assert [link["entity"] for link in found] == [f"wan-link/{number:02}" for number in range(9)]


class TestOne:
    async def test_with_its_last_sample(self, store: Store) -> None:
        """A link is told with all metrics of its last sample, and nothing of the one before."""
        links(store)

        body = await get(store, httpx2.URL(f"/v1/links/{LINK}").path)

        assert body["last_sample"] == {
            "time": "2026-03-02T11:50:00Z",
            "interval_s": 300,
            "metrics": {"jitter_ms_rx": 2.0, "latency_ms_rx": 21.0},
        }
        assert (body["first_seen"], body["last_seen"]) == ("2026-03-02T11:45:00Z", "2026-03-02T11:50:00Z")
        assert body["labels"] == dict(sorted(PUNE.items()))
        assert body["incidents"] == []

    async def test_with_its_open_incidents(self, store: Store) -> None:
        """A link is told with the incidents that are open."""
        links(store)

        body = await get(store, "/v1/links/wan-link/b")

        assert [(one["incident"], one["severity"]) for one in body["incidents"]] == [("incident-001", "warning")]

    async def test_that_is_not_there(self, store: Store) -> None:
        """A link that nobody knows is a 404."""
        assert await refused(store, "/v1/links/wan-link/nowhere") == (404, "not_found")

    async def test_a_silent_link_keeps_its_last_sample(self, store: Store) -> None:
        """A link that has been silent for long is told with what was measured last."""
        put_samples(store, sample("wan-link/old", ago(days=90), 33.0))

        body = await get(store, "/v1/links/wan-link/old")

        assert (body["state"], body["last_sample"]["metrics"]) == ("silent", {"latency_ms_rx": 33.0})

from satark.analytics.routes.links import below, routes
from tests.unit.analytics.web.asking import ask, client, route, served

PATHS = (
    "/analytics/alarms",
    "/analytics/uves",
    "/analytics/uves/{types}",
    "/analytics/query/{id}",
    "/analytics/operation/analytics-data-start-time",
    "/analytics/aaa",
    "/v1/links",
    "/v1/links/{link:path}",
    "/v1/health",
)


class TestLists:
    async def test_of_contrail(self) -> None:
        """The list has what can be read at once, Contrail's first and in its order, with the address it was asked by."""
        others = tuple(route(path) for path in PATHS)

        response = await ask(served(*routes(lambda: others), *others), "/analytics")

        assert response.json() == [
            {"name": name, "href": f"http://127.0.0.1:8081/analytics/{name}"} for name in ("uves", "alarms", "aaa")
        ]

    async def test_every_link_leads_somewhere(self) -> None:
        """From the root every link can be followed."""
        others = tuple(route(path) for path in PATHS)

        async with client(served(*routes(lambda: others), *others)) as asking:
            lists = (await asking.get("/")).json()
            links = [link for one in lists for link in (await asking.get(one["href"])).json()]
            statuses = {(await asking.get(link["href"])).status_code for link in links}

        assert [one["name"] for one in lists] == ["analytics", "v1"]
        assert len(links) == 5
        assert statuses == {200}

    def test_only_what_can_be_read(self) -> None:
        """What must be posted is no link."""
        assert below("/v1", [route("/v1/a", method="POST"), route("/v1/b")]) == ["/v1/b"]

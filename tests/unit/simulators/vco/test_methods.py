from statistics import fmean
from typing import Any

import pytest

from satark.simulators.vco.numbers import BEST, METRIC_NAMES
from satark.simulators.vco.server import RunningVco
from tests.unit.simulators.vco.portal_client import END_MS, HOUR, START_MS, Client

EDGES = "enterprise/getEnterpriseEdges"
AGGREGATE = "monitoring/getAggregateEdgeLinkMetrics"
QUALITY = "linkQualityEvent/getLinkQualityEvents"
ONE_EDGE = {"edgeId": 20311, "interval": HOUR, "minutesPerSample": 5}


def path_of(error: Any) -> str:
    """Return what a validation error says first."""
    return str(error["data"]["error"][0]["message"])


class TestEnterprises:
    async def test_own(self, client: Client) -> None:
        """A customer need not say who it is."""
        assert (await client.result("enterprise/getEnterprise"))["name"] == "Northwind Freight Ltd"

    @pytest.mark.parametrize("kind", ["operator", "msp"])
    async def test_which(self, client: Client, kind: Any) -> None:
        """Operators and partners have to say which; a missing id is an error that tells the user's kind."""
        client.be(kind)

        assert path_of(await client.error("enterprise/getEnterprise")) == "Missing required property: id"
        assert (await client.result("enterprise/getEnterprise", {"id": 4102}))["id"] == 4102

    async def test_lists(self, client: Client) -> None:
        """Each kind of user has its own list of enterprises, and no other's."""
        network, partner = "network/getNetworkEnterprises", "enterpriseProxy/getEnterpriseProxyEnterprises"
        for kind, method in (("customer", network), ("customer", partner), ("msp", network)):
            client.be(kind)  # type: ignore[arg-type]
            assert "privilege" in (await client.error(method))["message"]
        client.be("msp")
        rows = await client.result(partner)

        assert [(row["id"], row["edgeCount"], row["enterpriseProxyId"]) for row in rows] == [
            (4101, 3, 301),
            (4102, 1, 301),
        ]
        assert "privilege" in (await client.error(partner, {"enterpriseProxyId": 302}))["message"]
        client.be("operator")
        assert path_of(await client.error(partner)) == "Missing required property: enterpriseProxyId"
        assert len(await client.result(partner, {"enterpriseProxyId": 301})) == 2

    async def test_another_customers(self, client: Client) -> None:
        """A customer is not let near another's data."""
        for method, params in (
            ("enterprise/getEnterprise", {"id": 4102}),
            (EDGES, {"enterpriseId": 4102}),
            (AGGREGATE, {"interval": HOUR, "enterprises": [4102]}),
            (QUALITY, ONE_EDGE | {"enterpriseId": 4102}),
            (QUALITY, ONE_EDGE | {"edgeId": 20377}),
        ):
            assert "privilege" in (await client.error(method, params))["message"]


class TestEdges:
    async def test_bare(self, client: Client) -> None:
        """Without a limit the answer is a bare array; parts come only when asked for."""
        rows = await client.result(EDGES)

        assert [row["name"] for row in rows] == ["LDN-BR-01", "NYC-BR-02", "São Paulo 03"]
        assert all(not {"site", "recentLinks", "links"} & row.keys() for row in rows)

    async def test_pages(self, client: Client) -> None:
        """Following the links gives every edge once, with the parts and limit of the first call."""
        params: dict[str, Any] = {"with": ["recentLinks"], "limit": 1}
        names = []
        while True:
            page = await client.result(EDGES, params)
            names += [row["name"] for row in page["data"]]
            assert all("recentLinks" in row for row in page["data"])
            assert page["metaData"]["more"] is ("nextPageLink" in page["metaData"])
            if not page["metaData"]["more"]:
                break
            params = {"nextPageLink": page["metaData"]["nextPageLink"]}

        assert names == ["LDN-BR-01", "NYC-BR-02", "São Paulo 03"]

    @pytest.mark.parametrize("filters", [{"limit": 10}, {"filters": []}, {"_filterSpec": {}}])
    async def test_paged_object(self, client: Client, filters: Any) -> None:
        """A limit or a filter makes the answer an object."""
        assert {"metaData", "data"} == (await client.result(EDGES, filters)).keys()

    @pytest.mark.parametrize("link", ["nonsense", "bm9uc2Vuc2U=", "é", "W10="])
    async def test_broken_page_link(self, client: Client, link: str) -> None:
        """A page link that this server never gave is refused."""
        assert (await client.error(EDGES, {"nextPageLink": link}))["message"] == "nextPageLink is invalid"

    async def test_page_link_gives_no_rights(self, client: Client) -> None:
        """Another customer's page link opens nothing."""
        client.be("operator")
        page = await client.result(EDGES, {"enterpriseId": 4101, "limit": 1})
        client.be("customer")
        client.vco.sim.change(forbidden_enterprises=[4101])
        answer = await client.error(EDGES, {"nextPageLink": page["metaData"]["nextPageLink"]})

        assert "privilege" in answer["message"]

    async def test_unknown_part(self, client: Client) -> None:
        """An unknown part is refused, as some releases do."""
        assert path_of(await client.error(EDGES, {"with": ["nonsense"]})) == "No enum match for: nonsense"

    async def test_offline(self, client: Client) -> None:
        """An offline edge says since when; its link stays listed for a day, then only among all links."""
        edge = (await client.result(EDGES, {"with": ["recentLinks", "links"]}))[2]
        client.vco.sim.advance(86_400)
        later = (await client.result(EDGES, {"with": ["recentLinks", "links"]}))[2]

        assert (edge["edgeState"], edge["lastContact"]) == ("OFFLINE", "2026-03-10T09:41:30.000Z")
        assert [link["state"] for link in edge["recentLinks"]] == ["DISCONNECTED"]
        assert (later["recentLinks"], len(later["links"])) == ([], 1)

    async def test_contact(self, client: Client) -> None:
        """A connected edge was heard within the last half minute of virtual time."""
        client.vco.sim.advance(17)
        edge = (await client.result(EDGES))[0]

        assert (edge["edgeState"], edge["lastContact"]) == ("CONNECTED", "2026-03-10T12:10:00.000Z")


class TestAggregate:
    async def test_means_of_the_buckets(self, client: Client) -> None:
        """Every best value is the mean of the link's five-minute values of the other method."""
        rows = await client.result(AGGREGATE, {"interval": HOUR})
        quality = await client.result(QUALITY, ONE_EDGE)

        for row in rows[:2]:
            details = [one["metadata"]["detail"] for one in quality[row["link"]["internalId"]]["timeseries"]]
            assert len(details) == 12
            for name in BEST:
                key = name.removeprefix("best")[0].lower() + name.removeprefix("best")[1:]
                assert pytest.approx(fmean(detail[key] for detail in details)) == row[name]

    async def test_totals(self, client: Client) -> None:
        """Bytes add up over directions, and over the intervals they are asked for."""
        whole = (await client.result(AGGREGATE, {"interval": HOUR}))[0]
        middle_ms = START_MS + 1_800_000
        halves = [
            (await client.result(AGGREGATE, {"interval": {"start": start, "end": end}}))[0]
            for start, end in ((START_MS, middle_ms), (middle_ms, END_MS))
        ]

        assert whole["bytesRx"] == sum(half["bytesRx"] for half in halves)
        assert whole["totalBytes"] == whole["bytesRx"] + whole["bytesTx"]
        assert whole["totalPackets"] == whole["packetsRx"] + whole["packetsTx"]

    async def test_scope(self, client: Client) -> None:
        """An operator gets all enterprises unless it names some; enterpriseId is no parameter."""
        client.be("operator")
        names = {
            str(params): sorted({row["link"]["enterpriseId"] for row in await client.result(AGGREGATE, params)})
            for params in (
                {"interval": HOUR},
                {"interval": HOUR, "enterpriseId": 4102},
                {"interval": HOUR, "enterprises": [4102, 4102]},
                {"interval": HOUR, "enterprises": []},
            )
        }

        assert list(names.values()) == [[4101, 4102], [4101, 4102], [4102], []]

    async def test_metrics(self, client: Client) -> None:
        """Only the metrics that are named are shown; an unknown one is refused."""
        (row, *_) = await client.result(AGGREGATE, {"interval": HOUR, "metrics": ["bestLossPctRx", "bytesTx"]})

        assert {"bestLossPctRx", "bytesTx"} == METRIC_NAMES & row.keys()
        assert (
            path_of(await client.error(AGGREGATE, {"interval": HOUR, "metrics": ["latencyMs"]}))
            == "No enum match for: latencyMs"
        )

    @pytest.mark.parametrize(("idle", "value"), [("absent", "no row"), ("zeros", 0), ("nulls", None)])
    async def test_idle_rows(self, client: Client, idle: str, value: Any) -> None:
        """A link without a bucket has no row, or one of zeros or nulls, as the knob says."""
        client.vco.sim.change(idle_rows=idle)
        rows = {row["link"]["displayName"]: row for row in await client.result(AGGREGATE, {"interval": HOUR})}

        assert value == rows.get("Rádio D", {"bestLatencyMsRx": "no row"})["bestLatencyMsRx"]

    async def test_nothing_yet(self, client: Client) -> None:
        """An interval within the lag has no rows."""
        assert await client.result(AGGREGATE, {"interval": {"start": END_MS + 300_000}}) == []


class TestQuality:
    async def test_keys(self, client: Client) -> None:
        """The members are the links' internal ids and the overall quality; links can be chosen."""
        everything = await client.result(QUALITY, ONE_EDGE)
        one = await client.result(QUALITY, ONE_EDGE | {"links": [51002]})

        assert list(everything) == [
            "00000001-6c1e-4d0a-9f3b-2b7a5d1e0a11",
            "00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22",
            "overallLinkQuality",
        ]
        assert list(one) == ["00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22", "overallLinkQuality"]

    async def test_default_samples(self, client: Client) -> None:
        """Without a partition there are fifty samples of the length of the formula."""
        result = await client.result(QUALITY, {"edgeId": 20311, "interval": HOUR})

        assert tuple(result["overallLinkQuality"][key] for key in ("sampleLength", "sampleCount")) == (72_000, 50)

    async def test_operators_say_whose(self, client: Client) -> None:
        """An operator has to name the enterprise of an edge."""
        client.be("operator")

        assert path_of(await client.error(QUALITY, ONE_EDGE)) == "Missing required property: enterpriseId"
        assert await client.result(QUALITY, ONE_EDGE | {"enterpriseId": 4101})

    async def test_twice_the_same(self, client: Client) -> None:
        """Two identical calls get identical bytes, in both forms."""
        body = {"jsonrpc": "2.0", "id": 1, "method": QUALITY, "params": ONE_EDGE}
        for path, content in (("/portal/", body), (f"/portal/rest/{QUALITY}", ONE_EDGE)):
            first, second = [(await client.post(path, content)).body for _ in range(2)]
            assert first == second


class TestForbiddenEnterprise:
    async def test_others_go_on(self, client: Client, vco: RunningVco) -> None:
        """An enterprise without privilege refuses calls about it and vanishes from the bulk call."""
        vco.sim.change(forbidden_enterprises=[4101])
        client.be("operator")
        rows = await client.result(AGGREGATE, {"interval": HOUR})

        assert {4102} == {row["link"]["enterpriseId"] for row in rows}
        assert "privilege" in (await client.error(EDGES, {"enterpriseId": 4101}))["message"]
        assert len(await client.result(EDGES, {"enterpriseId": 4102})) == 1

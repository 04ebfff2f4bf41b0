from statistics import fmean
from typing import Any

import pytest

from satark.simulators.vco.server import RunningVco
from tests.unit.simulators.vco.portal_client import END_MS, HOUR, START_MS, Client

BASE = "/api/sdwan/v2/enterprises"
FREIGHT = f"{BASE}/5d6c1b7e-2f0a-4a55-9a1d-6f0d6a7c4101"
CLINICS = f"{BASE}/8a1f33d2-70c4-4a0e-8d55-0b3f8a904102"
LONDON = f"{FREIGHT}/edges/c0ffee01-0311-4d2a-8b1e-1f6f2a520311"
AGGREGATE = "monitoring/getAggregateEdgeLinkMetrics"
DAY = {"start": END_MS - 86_400_000}


async def body(client: Client, path: str, **query: Any) -> Any:
    """Return the body of a request that succeeds."""
    answer = await client.get(path, **query)

    assert answer.status == 200, answer.text
    return answer.json()


class TestSameWorld:
    async def test_link_stats(self, client: Client) -> None:
        """v2's rows have v1's numbers, in the same order."""
        old = await client.result(AGGREGATE, {"interval": HOUR})
        new = await body(client, f"{FREIGHT}/linkStats", **HOUR)

        assert len(old) == len(new) == 3
        for before, after in zip(old, new, strict=True):
            assert before["link"]["internalId"] == after["link"]["internalId"]
            assert {name: before[name] for name in after if name != "link"} == {
                name: value for name, value in after.items() if name != "link"
            }

    async def test_one_edge(self, client: Client) -> None:
        """An edge's rows are its part of the enterprise's."""
        assert (await body(client, f"{FREIGHT}/linkStats", **HOUR))[:2] == await body(
            client, f"{LONDON}/linkStats", **HOUR
        )

    async def test_series(self, client: Client) -> None:
        """The series are v1's, metric by metric."""
        params = {"edgeId": 20311, "interval": HOUR, "metrics": ["bestLatencyMsRx", "bestLossPctRx"]}
        old = await client.result("metrics/getEdgeLinkSeries", params)
        new = await body(client, f"{LONDON}/linkStats/timeSeries", metrics="bestLatencyMsRx,bestLossPctRx", **HOUR)

        assert [row["series"] for row in old] == [row["series"] for row in new]

    async def test_scores(self, client: Client) -> None:
        """Broadband B scores nothing in its last two buckets, before the remedies; the means agree with the series."""
        series = await body(client, f"{LONDON}/linkQualityStats/timeSeries", minutesPerSample="5", **HOUR)
        scores = await body(client, f"{LONDON}/linkQualityStats", **HOUR)
        voice = series[1]["series"][0]

        assert (voice["metric"], voice["startTime"]) == ("scoreBeforeVoice", "2026-03-10T11:00:00.000Z")
        assert [0, 0] == voice["data"][-2:]
        for row, means in zip(series, scores, strict=True):
            for one in row["series"]:
                assert pytest.approx(means[one["metric"]], abs=0.01) == fmean(one["data"])

    async def test_events(self, client: Client) -> None:
        """The event log is v1's."""
        old = (await client.result("event/getEnterpriseEvents", {"interval": DAY}))["data"]
        new = (await body(client, f"{FREIGHT}/events", **DAY))["data"]
        some = (await body(client, f"{FREIGHT}/events", **{"event[is]": "EDGE_DOWN"}))["data"]

        assert old == [{name: value for name, value in row.items() if name != "_href"} for row in new]
        assert ["EDGE_DOWN"] == [row["event"] for row in some]

    async def test_ids(self, client: Client) -> None:
        """Edges and enterprises have the same logical ids in both."""
        old = await client.result("enterprise/getEnterpriseEdges")
        new = (await body(client, f"{FREIGHT}/edges/"))["data"]
        own = await client.result("enterprise/getEnterprise")
        (row,) = (await body(client, BASE))["data"]

        assert [edge["logicalId"] for edge in old] == [edge["logicalId"] for edge in new]
        assert own["logicalId"] == row["logicalId"]
        assert row == await body(client, FREIGHT)
        assert new[0] == await body(client, LONDON)


class TestLists:
    async def test_pages(self, client: Client) -> None:
        """Following the tokens gives every edge once; other parameters beside a token are ignored."""
        names, query = [], {"limit": "1", "include": "site.timezone"}
        while True:
            page = await body(client, f"{FREIGHT}/edges/", **query)
            names += [(row["name"], row["site"]["timezone"]) for row in page["data"]]
            if not page["metaData"]["more"]:
                break
            query = {"nextPageLink": page["metaData"]["nextPageLink"], "limit": "500"}
        back = await body(client, f"{FREIGHT}/edges/", prevPageLink=page["metaData"]["prevPageLink"])

        assert [name for name, _ in names] == ["LDN-BR-01", "NYC-BR-02", "São Paulo 03"]
        assert names[2][1] == "America/Sao_Paulo"
        assert [row["name"] for row in back["data"]] == ["NYC-BR-02"]

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"name[contains]": "BR"}, 2),
            ({"edgeState[is]": "OFFLINE"}, 1),
            ({"edgeState[isNot]": "OFFLINE", "name[startsWith]": "NYC"}, 1),
            ({"logicalId[is]": "nobody"}, 0),
        ],
    )
    async def test_filters(self, client: Client, query: Any, count: int) -> None:
        """Edges can be filtered by name, state and id."""
        assert count == len((await body(client, f"{FREIGHT}/edges/", **query))["data"])

    async def test_include(self, client: Client) -> None:
        """Related objects are references unless they are asked for, whole or in part."""
        plain = (await body(client, f"{FREIGHT}/edges/"))["data"][0]
        whole = (await body(client, f"{FREIGHT}/edges/", include="site,links.displayName"))["data"][0]

        assert {"_href"} == plain["site"].keys() == plain["links"][0].keys()
        assert whole["site"]["timezone"] == "Europe/London"
        assert ["Fibre A", "Broadband B"] == [link["displayName"] for link in whole["links"]]
        assert {"_href", "displayName"} == whole["links"][0].keys()

    async def test_event_pages_hold(self, client: Client) -> None:
        """A token keeps the interval of its list, whatever happens meanwhile."""
        first = await body(client, f"{FREIGHT}/events", limit="1", **DAY)
        client.vco.sim.advance(3600)
        second = await body(client, f"{FREIGHT}/events", nextPageLink=first["metaData"]["nextPageLink"])

        assert ["LINK_DEAD", "EDGE_DOWN"] == [row["event"] for row in first["data"] + second["data"]]


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "query", "status"),
        [
            (f"{FREIGHT}/linkStats", {}, 400),
            (f"{FREIGHT}/linkStats", {"start": "2026-03-10T11:00:00Z"}, 400),
            (f"{FREIGHT}/linkStats", {"start": "17731404000\N{ARABIC-INDIC DIGIT ZERO}0"}, 400),
            (f"{FREIGHT}/linkStats", {"start": str(START_MS), "end": "1773144000"}, 400),
            (f"{FREIGHT}/edges/", {"limit": "many"}, 400),
            (f"{FREIGHT}/edges/", {"limit": "0"}, 400),
            (f"{FREIGHT}/linkStats", {"start": str(END_MS), "end": str(START_MS)}, 422),
            (f"{FREIGHT}/linkStats", {"start": str(START_MS), "metrics": "speed"}, 422),
            (f"{FREIGHT}/edges/", {"nextPageLink": "nonsense"}, 422),
            (f"{FREIGHT}/edges/", {"colour[is]": "red"}, 422),
            (f"{FREIGHT}/edges/", {"name[smells]": "red"}, 422),
            (f"{LONDON}/linkQualityStats/timeSeries", {"start": "1771000000000", "minutesPerSample": "1"}, 422),
            (f"{CLINICS}/edges/", {}, 403),
            (f"{BASE}/nobody/edges/", {}, 404),
            (f"{FREIGHT}/edges/nobody", {}, 404),
            (f"{FREIGHT}/weather", {}, 404),
            ("/api/sdwan/v2/gateways", {}, 404),
        ],
    )
    async def test_statuses(self, client: Client, path: str, query: Any, status: int) -> None:
        """What is wrong has its status, and a body with a code and texts."""
        answer = await client.get(path, **query)

        assert (status, {"code", "message", "displayMessage", "documentation"}) == (answer.status, answer.json().keys())

    async def test_foreign_token(self, client: Client) -> None:
        """The token of one list opens no other."""
        edges = await body(client, f"{FREIGHT}/edges/", limit="1")
        answer = await client.get(f"{FREIGHT}/events", nextPageLink=edges["metaData"]["nextPageLink"])

        assert answer.status == 422

    async def test_media_type(self, client: Client) -> None:
        """A body that is said to be no JSON is refused."""
        client.headers |= {"Content-Type": "text/plain"}
        refused = await client.get(BASE)
        client.headers |= {"Content-Type": "application/json"}

        assert (refused.status, (await client.get(BASE)).status) == (415, 200)


class TestCredentials:
    async def test_session(self, client: Client) -> None:
        """A session cookie opens v2 as it opens v1."""
        login = await client.post(
            "/login/enterpriseLogin", {"username": "customer@example.net", "password": "customer-password"}
        )
        client.headers = {"Cookie": f"velocloud.session={login.cookies()['velocloud.session']}"}

        assert len((await body(client, BASE))["data"]) == 1

    async def test_operator(self, client: Client) -> None:
        """An operator sees every enterprise."""
        client.be("operator")

        assert [FREIGHT, CLINICS] == [row["_href"] for row in (await body(client, BASE))["data"]]
        assert ["CLINIC-HQ"] == [row["name"] for row in (await body(client, f"{CLINICS}/edges/"))["data"]]

    @pytest.mark.parametrize(
        ("style", "status"),
        [("token_error", 401), ("status_401", 401), ("status_403", 403), ("login_page", 200), ("login_redirect", 302)],
    )
    async def test_styles(self, client: Client, style: str, status: int) -> None:
        """A bad credential is a 401, unless another style is set."""
        client.vco.sim.change(auth_style=style, expires_header=True)
        client.headers = {"Authorization": "Token nonsense"}
        answer = await client.get(BASE)

        assert (status, "0") == (answer.status, answer.headers["Expires"])


class TestBasePath:
    async def test_new(self, client: Client) -> None:
        """From 5.0 on the old path answers 308 with the query kept, before asking who calls."""
        client.headers = {}
        answer = await client.get("/sdwan/enterprises/x/linkStats", start="1")

        assert (308, "/api/sdwan/v2/enterprises/x/linkStats?start=1") == (answer.status, answer.headers["Location"])
        assert client.vco.sim.calls == {"GET /sdwan (308)": 1}

    async def test_old(self, client: Client) -> None:
        """4.2 has the API at the old path alone, 4.0 has none."""
        client.vco.sim.change(era="4.2")
        rows = (await body(client, "/sdwan/enterprises/"))["data"]
        new = await client.get(BASE)
        client.vco.sim.change(era="4.0")
        none = await client.get("/sdwan/enterprises/")

        assert rows[0]["_href"].startswith("/sdwan/enterprises/")
        assert (new.status, none.status) == (404, 404)


class TestKnobs:
    async def test_counts(self, client: Client, vco: RunningVco) -> None:
        """Calls are counted under readable names."""
        await client.get(f"{FREIGHT}/linkStats", **HOUR)
        await client.get(f"{LONDON}/linkStats/timeSeries", **HOUR)
        await client.get(f"{FREIGHT}/edges/")
        await client.get(f"{FREIGHT}/weather")

        assert vco.sim.calls == {
            "GET edges": 1,
            "GET edges/linkStats/timeSeries": 1,
            "GET linkStats": 1,
            "unknown": 1,
        }

    @pytest.mark.parametrize(
        ("kind", "status"),
        [("bad_gateway", 502), ("privilege", 403), ("method_error", 404), ("redirect", 308), ("login_page", 200)],
    )
    async def test_failures(self, client: Client, vco: RunningVco, kind: Any, status: int) -> None:
        """A failure hits the next call of its name, once."""
        vco.sim.fail("GET edges", kind)
        other = await client.get(f"{FREIGHT}/events")
        first = await client.get(f"{FREIGHT}/edges/")
        second = await client.get(f"{FREIGHT}/edges/")

        assert (200, status, 200) == (other.status, first.status, second.status)

    async def test_redirect(self, client: Client, vco: RunningVco) -> None:
        """A redirect leads to the same URL, or where it is told to."""
        vco.sim.fail("GET edges", "redirect")
        same = await client.get(f"{FREIGHT}/edges/", limit="2")
        vco.sim.change(fail=[{"kind": "redirect", "location": "https://elsewhere.example/x"}])
        elsewhere = await client.get(f"{FREIGHT}/edges/")

        assert same.headers["Location"] == f"{FREIGHT}/edges/?limit=2"
        assert elsewhere.headers["Location"] == "https://elsewhere.example/x"

    async def test_spoilt(self, client: Client, vco: RunningVco) -> None:
        """An answer can be empty or cut in half."""
        vco.sim.fail("GET linkStats", "empty_result")
        vco.sim.fail("GET edges", "empty_result")
        rows = await body(client, f"{FREIGHT}/linkStats", **HOUR)
        edges = await body(client, f"{FREIGHT}/edges/")
        vco.sim.fail("GET edges", "truncated")
        cut = await client.get(f"{FREIGHT}/edges/")

        assert (rows, edges["data"], edges["metaData"]["more"]) == ([], [], False)
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            cut.json()

    async def test_retry_after(self, client: Client, vco: RunningVco) -> None:
        """Only a proxy in front sends Retry-After."""
        vco.sim.change(rate={"limit": 1, "retry_after_s": 7})
        answers = [await client.get(BASE), await client.get(BASE)]

        assert [(200, None), (429, "7")] == [(one.status, one.headers.get("Retry-After")) for one in answers]

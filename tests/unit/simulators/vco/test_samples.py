"""The simulator's payloads against the sample payloads, key by key."""

import json
from pathlib import Path
from typing import Any

import pytest

from satark.simulators.vco.server import RunningVco
from tests.unit.simulators.vco.portal_client import HOUR, Client

SAMPLES = Path(__file__).parents[3] / "data" / "vco"
NUMBERS = (int, float)


def sample(name: str) -> Any:
    """Return a sample payload."""
    return json.loads((SAMPLES / name).read_text())


def differences(expected: Any, actual: Any, path: str = "$") -> list[str]:
    """Return where keys or JSON types differ; null may stand for anything, all rows of a list have the first's shape."""
    if expected is None or actual is None:
        return []
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys = [f"{path}: {key!r} is only in one" for key in sorted(expected.keys() ^ actual.keys())]
        return keys + [
            line
            for key in expected.keys() & actual.keys()
            for line in differences(expected[key], actual[key], f"{path}.{key}")
        ]
    if isinstance(expected, list) and isinstance(actual, list):
        if not expected:
            return []
        return [
            line for number, row in enumerate(actual) for line in differences(expected[0], row, f"{path}[{number}]")
        ]
    same = type(expected) is type(actual) or (
        isinstance(expected, NUMBERS)
        and isinstance(actual, NUMBERS)
        and isinstance(expected, bool) is isinstance(actual, bool)
    )
    return [] if same else [f"{path}: {type(expected).__name__} is not {type(actual).__name__}"]


class TestDifferences:
    def test_sees(self) -> None:
        """The comparison itself notices keys and types, at any depth."""
        assert differences({"a": [1, 2], "b": None}, {"a": [0.5], "b": "x"}) == []
        assert differences({"a": [1]}, {"a": [1, "1"]}) == ["$.a[1]: int is not str"]
        assert differences({"a": 1}, {"a": 1, "b": 2}) == ["$: 'b' is only in one"]
        assert differences(True, 1) == ["$: bool is not int"]


DAY = {"start": HOUR["end"] - 86_400_000}
EDGES = {"enterpriseId": 4101, "with": ["site", "recentLinks"]}


@pytest.mark.parametrize(
    ("name", "kind", "method", "params"),
    [
        (
            "v1_link_quality_events_1h_2links.response.json",
            "customer",
            "linkQualityEvent/getLinkQualityEvents",
            {"edgeId": 20311, "interval": HOUR, "minutesPerSample": 5, "individualScores": True},
        ),
        (
            "v1_link_quality_events_empty.response.json",
            "customer",
            "linkQualityEvent/getLinkQualityEvents",
            {"edgeId": 20313, "interval": HOUR, "minutesPerSample": 5, "individualScores": True},
        ),
        (
            "v1_aggregate_edge_link_metrics.response.json",
            "customer",
            "monitoring/getAggregateEdgeLinkMetrics",
            {"interval": HOUR},
        ),
        (
            "v1_aggregate_edge_link_metrics_operator.response.json",
            "operator",
            "monitoring/getAggregateEdgeLinkMetrics",
            {"interval": HOUR},
        ),
        ("v1_enterprise_edges.response.json", "customer", "enterprise/getEnterpriseEdges", EDGES),
        (
            "v1_enterprise_edges_paged_p1.response.json",
            "customer",
            "enterprise/getEnterpriseEdges",
            EDGES | {"limit": 2},
        ),
        (
            "v1_edge_link_series.response.json",
            "customer",
            "metrics/getEdgeLinkSeries",
            json.loads((SAMPLES / "v1_edge_link_series.request.json").read_text())["params"],
        ),
        (
            "v1_edge_link_metrics.response.json",
            "customer",
            "metrics/getEdgeLinkMetrics",
            {"edgeId": 20311, "interval": HOUR},
        ),
        (
            "v1_edge_link_status.response.json",
            "operator",
            "monitoring/getEnterpriseEdgeLinkStatus",
            {"links": True},
        ),
        ("v1_enterprise_events.response.json", "customer", "event/getEnterpriseEvents", {"interval": DAY}),
        ("v1_enterprise_alerts.response.json", "customer", "enterprise/getEnterpriseAlerts", {"interval": DAY}),
        ("v1_get_enterprise.response.json", "customer", "enterprise/getEnterprise", {}),
        ("v1_network_enterprises.response.json", "operator", "network/getNetworkEnterprises", {}),
    ],
)
async def test_same_shape(client: Client, name: str, kind: Any, method: str, params: Any) -> None:
    """An answer has the keys and JSON types of its sample."""
    client.be(kind)

    assert differences(sample(name), await client.rpc(method, params)) == []


async def test_same_shape_of_older_rows(client: Client) -> None:
    """An older orchestrator's rows lack what their sample lacks."""
    client.vco.sim.change(era="4.0")
    answer = await client.rpc("monitoring/getAggregateEdgeLinkMetrics", {"interval": HOUR})

    assert differences(sample("v1_aggregate_edge_link_metrics_older_vco.response.json"), answer) == []


async def test_same_shape_of_rest(client: Client) -> None:
    """The REST-like form answers the bare result."""
    metrics = await client.post("/portal/rest/monitoring/getAggregateEdgeLinkMetrics", {"interval": HOUR})
    version = await client.post("/portal/rest/system/getVersionInfo")

    assert differences(sample("v1_aggregate_edge_link_metrics_rest.response.json"), metrics.json()) == []
    assert sample("v1_version_info.response.json") == version.json()


async def test_last_page(client: Client) -> None:
    """The last page says so and has no link to a next one."""
    first = await client.result("enterprise/getEnterpriseEdges", EDGES | {"limit": 2})
    link = first["metaData"]["nextPageLink"]
    last = await client.rpc("enterprise/getEnterpriseEdges", {"enterpriseId": 4101, "nextPageLink": link})

    assert differences(sample("v1_enterprise_edges_paged_p2.response.json"), last) == []


async def test_same_story(client: Client) -> None:
    """The samples' story is told: rows in the same order, and Broadband B bad in the last two buckets only."""
    rows = await client.result("monitoring/getAggregateEdgeLinkMetrics", {"interval": HOUR})
    expected = sample("v1_aggregate_edge_link_metrics.response.json")["result"]
    quality = await client.result(
        "linkQualityEvent/getLinkQualityEvents",
        {"edgeId": 20311, "interval": HOUR, "minutesPerSample": 5},
    )
    details = [row["metadata"]["detail"] for row in quality["00000002-6c1e-4d0a-9f3b-2b7a5d1e0a22"]["timeseries"]]

    assert [row["linkId"] for row in expected] == [row["linkId"] for row in rows]
    assert [detail["latencyMsRx"] > 80 for detail in details] == [False] * 10 + [True] * 2
    assert [detail["lossPctRx"] >= 2 for detail in details] == [False] * 10 + [True] * 2


FREIGHT = "/api/sdwan/v2/enterprises/5d6c1b7e-2f0a-4a55-9a1d-6f0d6a7c4101"
LONDON = f"{FREIGHT}/edges/c0ffee01-0311-4d2a-8b1e-1f6f2a520311"


@pytest.mark.parametrize(
    ("name", "path", "query"),
    [
        ("v2_enterprises.response.json", "/api/sdwan/v2/enterprises/", {}),
        ("v2_edges_p1.response.json", f"{FREIGHT}/edges/", {"limit": "2"}),
        ("v2_enterprise_link_stats.response.json", f"{FREIGHT}/linkStats", HOUR),
        ("v2_edge_link_stats_timeseries.response.json", f"{LONDON}/linkStats/timeSeries", HOUR),
        ("v2_edge_link_quality_stats.response.json", f"{LONDON}/linkQualityStats", HOUR),
        ("v2_edge_link_quality_stats_timeseries.response.json", f"{LONDON}/linkQualityStats/timeSeries", HOUR),
        ("v2_alerts.response.json", f"{FREIGHT}/alerts", DAY),
    ],
)
async def test_same_shape_of_v2(client: Client, name: str, path: str, query: Any) -> None:
    """An answer of v2 has the keys and JSON types of its sample."""
    answer = await client.get(path, **query)

    assert answer.status == 200
    assert differences(sample(name), answer.json()) == []


async def test_last_page_of_v2(client: Client) -> None:
    """The last page of v2 has a link to the previous one only."""
    first = (await client.get(f"{FREIGHT}/edges/", limit="2")).json()
    last = (await client.get(f"{FREIGHT}/edges/", nextPageLink=first["metaData"]["nextPageLink"])).json()

    assert differences(sample("v2_edges_p2.response.json"), last) == []


class TestErrorsAsSampled:
    async def test_v2(self, client: Client, vco: RunningVco) -> None:
        """Errors of v2 equal their samples, with their status."""
        answers = [await client.get(f"{FREIGHT}/linkStats", start="1773140400")]
        answers += [await client.get(f"{FREIGHT}/edges/nobody/linkStats", **HOUR)]
        vco.sim.fail("GET edges", "error_500")
        answers += [await client.get(f"{FREIGHT}/edges/")]
        client.headers = {}
        answers += [await client.get(f"{FREIGHT}/edges/")]
        vco.sim.change(rate={"limit": 1})
        answers += [await client.get(f"{FREIGHT}/edges/") for _ in range(2)][1:]

        assert [400, 404, 500, 401, 429] == [answer.status for answer in answers]
        for answer in answers:
            assert sample(f"v2_error_{answer.status}.json") == answer.json()

    async def test_v2_redirect(self, client: Client) -> None:
        """The legacy base path answers as its sample."""
        answer = await client.get(f"{FREIGHT}/edges".replace("/api/sdwan/v2", "/sdwan"))
        expected = (SAMPLES / "v2_redirect_308.http").read_text()

        assert f"HTTP/1.1 {answer.status} Permanent Redirect" == expected.splitlines()[0]
        assert f"Location: {answer.headers['Location']}" == expected.splitlines()[1]

    async def test_json_rpc(self, client: Client, vco: RunningVco) -> None:
        """Errors of the JSON-RPC form equal their samples, but for the id."""
        both = {"edgeId": 20311, "interval": HOUR, "minutesPerSample": 5, "maxSamples": 50}
        interval = await client.error("linkQualityEvent/getLinkQualityEvents", both)
        method = await client.error("nothing/atAll")
        vco.sim.fail("system/getVersionInfo", "privilege")
        privilege = await client.error("system/getVersionInfo")
        client.headers = {"Authorization": "Token nonsense"}
        invalid = await client.error("system/getVersionInfo")
        client.headers = {}
        expired = await client.error("system/getVersionInfo")

        assert sample("v1_error_invalid_interval.json")["error"] == interval
        assert sample("v1_error_method.json")["error"] == method
        assert sample("v1_error_privilege.json")["error"] == privilege
        assert sample("v1_error_token_invalid.json")["error"] == invalid
        assert sample("v1_error_token_expired.json")["error"] == expired

    async def test_rest(self, client: Client, vco: RunningVco) -> None:
        """Errors of the REST-like form equal their samples, with their status."""
        validation = await client.post("/portal/rest/monitoring/getAggregateEdgeLinkMetrics", {})
        vco.sim.fail("system/getVersionInfo", "error_500")
        internal = await client.post("/portal/rest/system/getVersionInfo", {})

        assert (400, sample("v1_error_validation_rest.json")) == (validation.status, validation.json())
        assert (500, sample("v1_error_internal.json")) == (internal.status, internal.json())

    async def test_pages(self, client: Client, vco: RunningVco) -> None:
        """The pages of a proxy and of the login equal their samples."""
        vco.sim.fail("*", "bad_gateway")
        gateway = await client.post("/portal/", {"method": "system/getVersionInfo"})
        login = await client.http.get(f"{vco.url}/login")

        assert (SAMPLES / "v1_error_502.html").read_text() == gateway.text
        assert (SAMPLES / "v1_login_page.html").read_text() == await login.text()

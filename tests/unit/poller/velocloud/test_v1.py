"""v1 over real HTTP: who sees which enterprises, edges in pages, the bulk call, details and events."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from satark.poller import errors
from satark.poller.http import caller
from satark.poller.inventory import Edge, Enterprise, chosen
from satark.poller.orchestrator import Orchestrator
from satark.poller.readings import Coverage, EdgePage, Readings, Scope
from satark.poller.schedule import Window
from satark.poller.velocloud.v1 import AGGREGATE, DISCOVERY, EDGES, VERSION, PortalV1, build
from satark.runtime.backoff import Backoff
from satark.simulators.vco.server import RunningVco, running_vco
from tests.unit.poller.doubles import (
    BROADBAND_B,
    FIBRE_A,
    NOON,
    TOKEN,
    sample_answer,
    scripted_vco,
    settings_for,
)
from tests.unit.poller.velocloud.payloads import CABLE_C, ELEVEN_MS, HOUR, MPLS

LAST = Window(NOON - timedelta(minutes=5), NOON)
NORTHWIND = Enterprise(4101, "Northwind Freight Ltd", "Europe/London", "5d6c1b7e-2f0a-4a55-9a1d-6f0d6a7c4101")
LONDON = Edge(20311)
HOUR_MS = {"start": ELEVEN_MS, "end": ELEVEN_MS + 3_600_000}


@pytest.fixture
async def vco() -> AsyncIterator[RunningVco]:
    """A simulator at 2026-03-10T12:10Z."""
    async with running_vco() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller, "RETRY_BACKOFF", Backoff(first_s=0.01, max_s=0.01))


def driver_for(orchestrator: Orchestrator) -> PortalV1:
    """Return a driver with a client of its own."""
    return build(orchestrator, version="0")


def as_kind(vco: RunningVco, kind: Any, **changes: Any) -> PortalV1:
    """Return a driver with the token of one of the simulator's accounts."""
    return driver_for(settings_for(vco.url, token=vco.accounts[kind].token, **changes))


async def pages_of(driver: PortalV1, enterprise: Enterprise = NORTHWIND) -> list[EdgePage]:
    """Return all pages of an enterprise's edges."""
    return [page async for page in driver.edges(enterprise)]


async def edge_of(driver: PortalV1, name: str) -> Edge:
    """Return an edge by its name."""
    return next(edge for page in await pages_of(driver) for edge in page.edges if edge.name == name)


async def bulk_of(driver: PortalV1, *enterprises: Enterprise, window: Window = LAST) -> Readings:
    """Return what the bulk call says of some enterprises."""
    return await driver.bulk(Scope(enterprises, Coverage.ORCHESTRATOR), window)


def sampled(file: str) -> web.Response:
    """Return a sample payload as the server's answer."""
    answer = sample_answer(file)
    kind = answer.headers.get("content-type", "text/plain").partition(";")[0]
    return web.Response(status=answer.status, body=answer.body, content_type=kind)


def refusal(message: str, status: int = 200) -> web.Response:
    """Return an error object."""
    return web.json_response({"error": {"code": -32000, "message": message}}, status=status)


class TestProbe:
    async def test_release_and_clock(self, vco: RunningVco) -> None:
        """The probe tells the release, and with it the orchestrator's own time is known."""
        driver = as_kind(vco, "customer")

        assert await driver.probe() == "5.2.3.4"
        assert abs(driver.now(datetime.now(UTC)) - vco.sim.now) < timedelta(seconds=30)

    async def test_error_samples(self) -> None:
        """Each error payload of the samples is its error over real HTTP too, told with orchestrator and method."""
        kinds = {
            "v1_error_429.http": errors.RateLimitedError,
            "v1_error_502.html": errors.ServerError,
            "v1_error_internal.json": errors.ServerError,
            "v1_error_invalid_interval.json": errors.ValidationError,
            "v1_error_method.json": errors.MethodError,
            "v1_error_privilege.json": errors.PrivilegeError,
            "v1_error_token_expired.json": errors.AuthError,
            "v1_error_token_invalid.json": errors.AuthError,
            "v1_error_truncated.json": errors.BrokenAnswerError,
            "v1_error_validation_rest.json": errors.ValidationError,
            "v1_login_page.html": errors.AuthError,
        }
        for file, kind in kinds.items():
            async with scripted_vco(lambda *_, file=file: sampled(file)) as vco:
                with pytest.raises(kind, match=r"^vco\.example\.net: system/getVersionInfo: ") as caught:
                    await driver_for(settings_for(vco.url)).probe()

                assert type(caught.value) is kind

    @pytest.mark.parametrize("kind", ["error_500", "bad_gateway", "truncated", "reset"])
    async def test_passing_failure(self, vco: RunningVco, kind: Any) -> None:
        """A failure that passes is asked again, and then all is well."""
        vco.sim.fail(VERSION, kind, times=2)
        await as_kind(vco, "customer", retries=2).probe()

        assert vco.sim.calls[VERSION] == 3


class TestEnterprises:
    @pytest.mark.parametrize(
        ("kind", "expected"), [("customer", [4101]), ("operator", [4101, 4102]), ("msp", [4101, 4102])]
    )
    async def test_kinds_of_users(self, vco: RunningVco, kind: str, expected: list[int]) -> None:
        """A customer sees its own enterprise, an operator and a partner see all of theirs."""
        found = await as_kind(vco, kind).enterprises()

        assert [enterprise.id for enterprise in found.rows] == expected
        assert (found.rows[0].name, found.rows[0].uid) == (NORTHWIND.name, NORTHWIND.uid)
        assert found.skipped == ()

    async def test_remembers_the_method(self, vco: RunningVco) -> None:
        """What worked once is asked first the next time."""
        driver = as_kind(vco, "operator")
        await driver.enterprises()
        await driver.enterprises()

        assert vco.sim.calls == {DISCOVERY[0]: 1, DISCOVERY[1]: 2}

    async def test_nobody(self) -> None:
        """A credential that belongs to no enterprise is told so."""
        async with scripted_vco(lambda *_: None) as vco:
            with pytest.raises(errors.OrchestratorError):
                await driver_for(settings_for(vco.url)).enterprises()

    async def test_no_customers_yet(self) -> None:
        """An operator without customers has an empty list, which is no error."""
        async with scripted_vco(lambda method, _: None if method == DISCOVERY[0] else []) as vco:
            found = await driver_for(settings_for(vco.url)).enterprises()

        assert found.rows == ()

    async def test_failing_list(self) -> None:
        """While an operator's list fails, the empty list of another kind of user does not count, nor is it remembered."""
        broken = True

        def reply(method: str, _params: Any) -> Any:
            if method == DISCOVERY[1]:
                return refusal("internal error", 500) if broken else [{"id": 4101}]
            return None if method == DISCOVERY[0] else []

        async with scripted_vco(reply) as vco:
            driver = driver_for(settings_for(vco.url))
            with pytest.raises(errors.ServerError):
                await driver.enterprises()
            broken = False

            assert [enterprise.id for enterprise in (await driver.enterprises()).rows] == [4101]

    async def test_no_method(self) -> None:
        """Where no method may be called, the last refusal is told."""
        async with scripted_vco(lambda method, _: refusal(f"privilege for {method}")) as vco:
            with pytest.raises(errors.PrivilegeError, match=DISCOVERY[2]):
                await driver_for(settings_for(vco.url, retries=3)).enterprises()

        assert vco.calls == dict.fromkeys(DISCOVERY, 1)


class TestEdges:
    async def test_all(self, vco: RunningVco) -> None:
        """All edges of an enterprise come, with their links and sites."""
        edges = [edge for page in await pages_of(as_kind(vco, "customer")) for edge in page.edges]

        assert [edge.name for edge in edges] == ["LDN-BR-01", "NYC-BR-02", "São Paulo 03"]
        assert edges[0].links.keys() == {FIBRE_A, BROADBAND_B}
        assert edges[0].timezone == "Europe/London"

    async def test_pages(self) -> None:
        """Pages are followed to the last one, and a page that names itself ends them."""
        pages = {
            None: {"metaData": {"more": True, "nextPageLink": "p2"}, "data": [{"id": 1}]},
            "p2": {"metaData": {"more": True, "nextPageLink": "p2"}, "data": [{"id": 2}]},
        }
        async with scripted_vco(lambda _, params: pages[params.get("nextPageLink")]) as vco:
            found = await pages_of(driver_for(settings_for(vco.url)))

        assert [edge.id for page in found for edge in page.edges] == [1, 2]
        assert {params["enterpriseId"] for params in vco.params} == {4101}

    async def test_sample_pages(self) -> None:
        """The sample pages hold the three edges between them."""
        async with scripted_vco(
            lambda _, params: sampled(
                f"v1_enterprise_edges_paged_p{2 if 'nextPageLink' in params else 1}.response.json"
            )
        ) as vco:
            found = await pages_of(driver_for(settings_for(vco.url)))

        assert [edge.id for page in found for edge in page.edges] == [20311, 20312, 20313]

    @pytest.mark.parametrize(
        ("refused", "asked"),
        [
            ("site", [["site", "recentLinks"], ["recentLinks"], ["recentLinks"]]),
            ("recentLinks", [["site", "recentLinks"], ["recentLinks"], None, None]),
        ],
    )
    async def test_refused_option(self, vco: RunningVco, refused: str, asked: list[list[str] | None]) -> None:
        """A release that refuses an option of `with` is asked without it, first of all without what matters least."""
        vco.sim.change(refused_with=(refused,))
        async with scripted_vco(
            lambda _, params: refusal("validation", 400) if refused in params.get("with", ()) else [{"id": len(params)}]
        ) as scripted:
            driver = driver_for(settings_for(scripted.url))
            await pages_of(driver)
            await pages_of(driver)
        edges = [edge for page in await pages_of(as_kind(vco, "customer")) for edge in page.edges]

        assert [params.get("with") for params in scripted.params] == asked
        assert len(edges) == 3
        assert bool(edges[0].links) is (refused != "recentLinks")

    async def test_options_return(self) -> None:
        """An unknown error that passes costs the options only until the enterprises are listed again."""
        failing = True

        def reply(method: str, params: dict[str, Any]) -> Any:
            if method != EDGES:
                return {"id": 4101}
            return refusal("something new") if failing and "with" in params else []

        async with scripted_vco(reply) as vco:
            driver = driver_for(settings_for(vco.url))
            await pages_of(driver)
            failing = False
            await driver.enterprises()
            await pages_of(driver)

        assert vco.params[-1]["with"] == ["site", "recentLinks"]

    async def test_refused_altogether(self) -> None:
        """An enterprise whose edges cannot be listed is told, and the next one is asked with all options."""
        async with scripted_vco(lambda *_: refusal("validation", 400)) as vco:
            driver = driver_for(settings_for(vco.url))
            for _ in range(2):
                with pytest.raises(errors.ValidationError):
                    await pages_of(driver)

        assert [params.get("with") for params in vco.params] == [["site", "recentLinks"], ["recentLinks"], None] * 2

    @pytest.mark.parametrize("result", [None, {}, "x"])
    async def test_no_list(self, result: object) -> None:
        """What is no list of edges is a wrong shape, kept as it came, and never an empty inventory."""
        async with scripted_vco(lambda *_: result) as vco:
            with pytest.raises(errors.WrongShapeError):
                await pages_of(driver_for(settings_for(vco.url)))


class TestBulk:
    @pytest.mark.parametrize("era", ["4.0", "4.2", "5.2", "6.4"])
    async def test_all_enterprises(self, vco: RunningVco, era: str) -> None:
        """One call brings the links of all enterprises, whatever the release; the names travel only where they matter."""
        vco.sim.change(era=era)
        driver = as_kind(vco, "operator")
        enterprises = (await driver.enterprises()).rows
        (scope,) = driver.scopes(enterprises)
        found = await driver.bulk(scope, LAST)
        measured = {(row.enterprise, row.link.internal_id) for row in found.rows if row.metrics}

        assert measured == {("4101", FIBRE_A), ("4101", BROADBAND_B), ("4101", CABLE_C), ("4102", MPLS)}
        assert {row.start for row in found.rows} == {LAST.start}
        assert found.skipped == ()
        assert vco.sim.calls[AGGREGATE] == 1

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({}, None),
            ({"enterprises": ("alder*",)}, [4102]),
            ({"exclude_enterprises": ("4102",)}, [4101]),
            ({"enterprises": ("*",), "exclude_enterprises": ("Alder*",)}, [4101]),
        ],
    )
    async def test_named(self, vco: RunningVco, changes: dict[str, Any], named: list[int] | None) -> None:
        """Enterprises are named in the request where some are not wanted, and then only theirs come."""
        driver = as_kind(vco, "operator", **changes)
        settings = settings_for(vco.url, **changes)
        everyone = (await driver.enterprises()).rows
        wanted = chosen(everyone, settings.enterprises, settings.exclude_enterprises)
        found = await bulk_of(driver, *wanted)
        async with scripted_vco(lambda *_: []) as scripted:
            await bulk_of(driver_for(settings_for(scripted.url, **changes)), *wanted)

        assert scripted.params[0].get("enterprises") == named
        assert {row.enterprise for row in found.rows} == {str(id_) for id_ in named or [4101, 4102]}

    async def test_request(self) -> None:
        """The window travels in milliseconds, and only the metrics that are used are asked for."""
        async with scripted_vco(lambda *_: {}) as vco:
            assert await bulk_of(driver_for(settings_for(vco.url)), NORTHWIND, window=HOUR) == Readings()

        assert vco.params[0]["interval"] == HOUR_MS
        assert "bestLatencyMsRx" in vco.params[0]["metrics"]
        assert "enterprises" not in vco.params[0]

    async def test_scopes(self) -> None:
        """There is one scope; none with quality events, which have no bulk call, nor without enterprises."""
        stats, events = (driver_for(settings_for("localhost", source=source)) for source in ("stats", "quality"))

        assert [scope.coverage for scope in stats.scopes([NORTHWIND])] == [Coverage.ORCHESTRATOR]
        assert stats.scopes([]) == events.scopes([NORTHWIND]) == ()

    async def test_wrong_shape(self) -> None:
        """An answer of another shape keeps its result, without the credential."""
        async with scripted_vco(lambda *_: f"what is {TOKEN}?") as vco:
            with pytest.raises(errors.WrongShapeError) as caught:
                await bulk_of(driver_for(settings_for(vco.url)), NORTHWIND)

        assert caught.value.body == b'"what is ***?"'
        assert TOKEN not in str(caught.value)

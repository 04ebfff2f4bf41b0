"""A question to a daemon over HTTP: by Kafka to a gateway, to a simulated daemon, and its answer all the way back."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from satark.runtime.groups import KafkaSettings
from satark.sandesh.session.states import Timers
from satark.simulators.generators.actor import Wiring
from satark.simulators.generators.estate import Estate
from satark.simulators.generators.scenario import SCENARIOS
from satark.simulators.generators.shares import ShareName
from tests.integration.detector.uve_rig import PARTITIONS, prepared, settings_of
from tests.integration.detector.uve_rig import running as detecting
from tests.integration.gateway.running import gateway
from tests.integration.gateway.truth import LIBRARY
from tests.support.browser import Watched, browser, missing_browser
from tests.support.kafka_endpoint import KafkaEndpoint
from tests.support.processes import SatarkProcesses, http_get
from tests.support.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.e2e, pytest.mark.timeout(300)]

SCENARIO = replace(SCENARIOS["steady"], generators=5, objects=1)
"""Of these the first and the last are virtual routers."""

HOST = "compute-00000"
ROUTER = f"{HOST}:Compute:contrail-vrouter-agent:0"
ROUTERS = "*:Compute:contrail-vrouter-agent:*"
NETWORKS = "UveVirtualNetworkAgent"
QUICK = Timers(first_hold_s=0.1, longest_hold_s=0.5)
PATIENCE_S = 60.0


@pytest.fixture
async def kafka(own_kafka: KafkaEndpoint) -> KafkaSettings:
    """A broker with the contract's topics."""
    settings = settings_of(own_kafka)
    await prepared(settings)
    return settings


@pytest.fixture
async def url(kafka: KafkaSettings, satark: SatarkProcesses, tmp_path: Path) -> str:
    """Analytics on this broker."""
    port_file = tmp_path / "analytics.port"
    environment = {
        "SATARK_KAFKA_BROKERS": kafka.brokers,
        "SATARK_KAFKA_PARTITIONS": str(PARTITIONS),
        "SATARK_ANALYTICS_STORE": f"chdb://{tmp_path / 'store'}",
        "SATARK_ANALYTICS_PORT_FILE": str(port_file),
    }
    await satark.start("analytics", environment=environment).ready(timeout_s=120)
    return f"http://127.0.0.1:{port_file.read_text().strip()}"


@asynccontextmanager
async def daemons(kafka: KafkaSettings) -> AsyncIterator[dict[str, Counter[str]]]:
    """Run daemons that have told a gateway all; yield how many UVEs of which type each has, by the daemons' names."""
    async with gateway(kafka, name="g1") as app:
        wiring = Wiring((f"127.0.0.1:{app.ports['tcp']}",), timers=QUICK)
        async with Estate(SCENARIO, seed=1, wiring=wiring) as estate:
            await estate.play(2)
            assert await estate.settle(PATIENCE_S)
            yield {str(who): Counter(map(type_of, shares)) for who, shares in estate.truth().items()}


def type_of(share: ShareName) -> str:
    """Return the type of UVE that a share is of: shares of proxies have the proxy's name behind it."""
    return share.struct.partition("-")[0]


async def asked(client: httpx2.AsyncClient, generator: str, name: str, **fields: str) -> Any:
    """Ask daemons over HTTP, in the words of the page of objects."""
    given = [{"name": field, "value": value} for field, value in fields.items()]
    body = {"generator": generator, "name": name, "timeout_s": 10, "fields": given}
    answer = await client.post("/v1/requests", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def outcomes(told: Any) -> dict[str, tuple[str, int, str]]:
    """Return how it ended by daemon: outcome, number of answers, and by which gateway."""
    return {each["generator"]: (each["outcome"], each["answers"], each["gateway"]) for each in told["outcomes"]}


class TestOverHttp:
    async def test_daemons_answer(self, kafka: KafkaSettings, url: str) -> None:
        """One, all that match a pattern, and none: each is asked by the gateway that has it, and says what is true."""
        async with daemons(kafka) as truth, httpx2.AsyncClient(base_url=url, timeout=60) as client:
            types = await asked(client, ROUTER, "SandeshUVETypesReq")
            cached = await asked(client, ROUTERS, "SandeshUVECacheReq", tname=NETWORKS)
            nobody = await asked(client, "nobody:Compute:agent:0", "SandeshUVETypesReq")
            unknown = await client.post(
                "/v1/requests", json={"generator": ROUTER, "name": "NoSuchRequest", "timeout_s": 0.5}
            )

        (answer,) = types["answers"]
        sent = {each["type_name"] for each in answer["fields"]["type_info"] if each["seq_num"]}
        assert (ROUTER, "SandeshUVETypesResp") == (answer["generator"], answer["name"])
        assert truth[ROUTER].keys() == sent - LIBRARY
        assert {ROUTER: ("answered", 1, "g1")} == outcomes(types)

        routers = [who for who in truth if ":contrail-vrouter-agent:" in who]
        assert 2 == len(routers)
        assert dict.fromkeys(routers, ("answered", 1, "g1")) == outcomes(cached)
        assert {who: truth[who][NETWORKS] for who in routers} == {
            each["generator"]: each["fields"]["returned"] for each in cached["answers"]
        }
        assert {"nobody:Compute:agent:0": ("unknown_generator", 0, "g1")} == outcomes(nobody)
        assert {ROUTER: ("timed_out", 0, "g1")} == outcomes(unknown.json())


@pytest.mark.browser
@pytest.mark.skipif(bool(missing_browser()), reason=str(missing_browser()))
class TestOnItsPage:
    async def test_a_daemon_answers(self, kafka: KafkaSettings, url: str) -> None:
        """The page of an object offers who speaks of it, its own daemon first, and shows what that one answers."""
        async with (
            detecting(kafka),
            daemons(kafka) as truth,
            browser() as chromium,
            chromium.page(url) as page,
        ):
            path = f"console/objects/vrouter/{HOST}"
            await eventually(partial(is_served, f"{url}/{path}"), PATIENCE_S, what="the page of the router")
            await page.goto(path)
            await page.page.wait_for_selector("#structs article")
            first, *others = await eventually(partial(offered, page), PATIENCE_S, what="somebody to ask")
            await page.page.fill("#ask-form [name=request]", "SandeshUVECacheReq")
            await page.page.fill("#ask-form [name=fields]", f"tname={NETWORKS}")
            await page.page.click("#ask-form button")
            await page.page.wait_for_selector("#answer article")
            shown = (await page.page.inner_text("#answer")).split()

        assert ROUTER == first
        assert truth.keys() >= set(others) > {ROUTER}
        assert {"answered", ROUTER, "g1", "SandeshUVECacheResp", "returned"} <= set(shown)
        assert str(truth[ROUTER][NETWORKS]) == shown[shown.index("returned") + 1]
        assert [] == page.complaints


async def offered(page: Watched) -> list[str]:
    """Return who is asked if nobody else is chosen, and then all who can be; nobody while nobody is known."""
    options = page.page.locator("#ask-generators option")
    others = [await each.get_attribute("value") or "" for each in await options.all()]
    return [await page.page.input_value("#ask-form [name=generator]"), *others] if others else []


async def is_served(url: str) -> bool:
    """Return whether there is such a page."""
    answer = await http_get(url)
    return answer is not None and answer.status == 200

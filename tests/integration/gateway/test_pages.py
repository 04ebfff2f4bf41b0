"""The gateway's own introspect pages, and that they are announced as any daemon's are."""

import pytest
from lxml import etree

from satark.runtime.groups import KafkaSettings
from satark.sandesh.generator import Generator
from tests.integration.gateway.ledger import Ledger, Reader
from tests.integration.gateway.running import gateway
from tests.support.processes import http_get
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

NAME = "vr1:Compute:agent:0"


async def page(port: int, request: str) -> etree._Element:
    """Return the answer to a request."""
    answer = await http_get(f"http://127.0.0.1:{port}/Snh_{request}")
    assert answer is not None
    assert answer.status == 200
    return etree.fromstring(answer.body)


def texts(element: etree._Element) -> dict[str, str]:
    """Return an element's fields."""
    return {str(field.tag): field.text or "" for field in element}


def own_port(ledger: Ledger) -> int:
    """Return the port of the gateway's own pages, as it said when it connected to itself."""
    return next((event.http_port for name, event in ledger.sessions.items() if ":satark-gateway:" in name), 0)


async def test_who_is_connected_and_what_became_of_what_they_said(broker: KafkaSettings) -> None:
    """One page lists the daemons, another the account of each type of message, and both add up."""
    async with (
        Reader(broker) as reader,
        gateway(broker, introspect_listen="127.0.0.1:0") as app,
        Generator("agent", "vr1", collectors=[f"127.0.0.1:{app.ports['tcp']}"], node_table="ObjectVRouter"),
    ):
        port = await reader.until(own_port)
        await reader.until(lambda ledger: NAME in ledger.up() and ledger.of(NAME))
        known = app.generators.get(NAME)
        assert known is not None
        await eventually(lambda: known.books.pending == 0, 10.0, what="empty books")

        server = await page(port, "ShowCollectorServerReq")
        books = await page(port, f"ShowGeneratorBooksReq?generator={NAME}")

    connected = [texts(each) for each in server.iter("GeneratorSummaryInfo")]
    accounts = [texts(each) for each in books.iter("GeneratorBook")]
    assert "vr1" in {each["source"] for each in connected}
    assert {NAME} == {each["generator"] for each in accounts}
    for each in accounts:
        assert int(each["received"]) == sum(int(each[fate]) for fate in ("published", "dropped", "dead_lettered"))
    assert "NodeStatusUVE" in {each["type"] for each in accounts}

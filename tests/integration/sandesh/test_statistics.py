"""Derived statistics and the generator's own, as a collector gets them."""

from typing import Any

import aiohttp

from satark.sandesh.generator import Collector, Delivery
from satark.sandesh.generator.messages.requests import SandeshUVEDSConfReq
from satark.sandesh.generator.messages.state import SandeshModuleClientTrace
from satark.sandesh.types import I64
from tests.integration.sandesh.pair import generator, log
from tests.support.waiting import eventually
from tests.unit.sandesh.generator.statistics.programs import optional, uve_of

Load = uve_of(
    optional(1, "x", I64, hidden="yes"),
    optional(2, "now", I64, stats="0-x:DSSum"),
    optional(3, "period", I64, stats="x:DSSum"),
    period=30,
    timeout=2,
)
CLASSES = {each.__sandesh__.name: each for each in (Load, SandeshModuleClientTrace)}


class Bodies:
    """The data that a collector gets, by the name of its message."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[Any]] = {}

    def __call__(self, delivery: Delivery) -> None:
        """Note one."""
        body: Any = delivery.received.body
        if hasattr(body, "data"):
            self.by_name.setdefault(delivery.received.name, []).append(body.data)

    def of(self, name: str) -> list[Any]:
        """All of a name."""
        return self.by_name.get(name, [])


async def test_periods() -> None:
    """Results come with updates and at the end of a period; what is no longer updated is deleted."""
    bodies = Bodies()
    async with Collector(bodies, port=0, classes=CLASSES) as there, generator(there.address, tick_s=0.05) as here:
        await eventually(lambda: here.is_established)
        for x in (5, 7):
            here.send(Load(data=Load.Data(name="a", x=x)))
        await eventually(lambda: any(each.deleted for each in bodies.of("ThingTrace")))

    told = [(each.now, each.period, each.deleted) for each in bodies.of("ThingTrace")]
    assert [(5, None, None), (12, None, None), (None, 12, None), (None, None, True)] == told


async def test_argument_at_run_time() -> None:
    """A collector may give a statistic another argument; a look at introspect shows it."""
    async with (
        Collector(lambda _: None, port=0) as there,
        generator(there.address, http_port=0, messages=[Load]) as here,
        aiohttp.ClientSession() as session,
    ):
        await eventually(lambda: here.is_established)
        there.request(here.identity, SandeshUVEDSConfReq(tname="Thing", dsattr="now", dsconf="60"))
        await eventually(lambda: here.outbox.counters.sent.get("SandeshUVEDSConfResp"))
        async with session.get(f"http://127.0.0.1:{here.http_port}/Snh_SandeshUVETypesReq") as answer:
            page = await answer.text()

    assert "<element>now</element><element>60</element>" in page


async def test_activity() -> None:
    """A generator tells of its traffic, which is what its collector counts, and of the life of its session."""
    bodies = Bodies()
    async with (
        Collector(bodies, port=0, classes=CLASSES) as there,
        generator(there.address, statistics_s=0.05) as here,
    ):
        await eventually(lambda: here.is_established)
        for number in range(10):
            here.send(log(number))
        await eventually(lambda: _told(bodies).get("scm::EvSandeshSend", 0) > 10)
        state = bodies.of("SandeshModuleClientTrace")[-1]

    assert {"scm::EvStart": 1, "scm::EvTcpConnected": 1, "scm::EvSandeshMessageRecv": 1}.items() <= _told(
        bodies
    ).items()
    assert (state.session_stats.num_send_msg, True) == (
        state.tx_msg_agg["sent"],
        state.session_rx_socket_stats.bytes > 0,
    )
    assert 10 == state.msg_type_agg["ProbeSystemLog"].messages_sent


def _told(bodies: Bodies) -> dict[str, int]:
    told = [each for each in bodies.of("SandeshModuleClientTrace") if each.sm_stats]
    return {each.event: each.enqueues for each in told[-1].sm_stats.ev_stats} if told else {}

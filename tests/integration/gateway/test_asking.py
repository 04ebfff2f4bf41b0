import pytest

from satark.runtime.asking import ask, request_to
from satark.runtime.groups import KafkaSettings
from satark.sandesh.generator import Generator
from satark.sandesh_gateway.requests.fields import arguments_of
from satark.sandesh_gateway.requests.screen import content_of
from satark.schemas.requests import RequestOutcome
from tests.integration.gateway.running import gateway
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

NAME = "vr1:Compute:agent:0"


class TestAsking:
    async def test_daemons_answer_through_gateway_and_kafka(self, broker: KafkaSettings) -> None:
        """A daemon that is connected tells its state to whoever writes a request to Kafka."""
        async with gateway(broker) as app:
            collectors = [f"127.0.0.1:{app.ports['tcp']}"]
            async with Generator("agent", "vr1", collectors=collectors, node_table="ObjectVRouter"):
                await eventually(lambda: app.generators.get(NAME), 30.0)
                types = await ask(broker, request_to(NAME, "SandeshUVETypesReq", timeout_s=10.0))
                fields = arguments_of("SandeshUVECacheReq", ["tname=NodeStatus"])
                cache = await ask(broker, request_to("*:Compute:agent:*", "SandeshUVECacheReq", fields, timeout_s=10.0))
                unheard = await ask(broker, request_to(NAME, "NoSuchRequest", timeout_s=1.0))

        assert [each.outcome for each in types.outcomes.values()] == [RequestOutcome.ANSWERED]
        assert [each.name for each in types.answers] == ["SandeshUVETypesResp"]
        assert [each.name for each in cache.answers] == ["SandeshUVECacheResp"]
        assert content_of(cache.answers[0])["returned"] == 1
        assert [each.outcome for each in unheard.outcomes.values()] == [RequestOutcome.TIMED_OUT]

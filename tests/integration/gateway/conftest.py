"""A broker with the contract's topics for each test of the gateway, or for all of a module that have their own names."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from satark.runtime.groups import KafkaSettings
from tests.integration.test_poller import prepared
from tests.support.kafka import KafkaCluster
from tests.support.kafka_endpoint import KafkaEndpoint


@pytest.fixture
async def broker(own_kafka: KafkaEndpoint) -> KafkaSettings:
    """A broker of the test's own."""
    return await prepared(own_kafka)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[KafkaSettings]:
    """A broker of the module's own: generators of its tests have different names."""
    async with KafkaCluster(tmp_path_factory.mktemp("kafka")) as cluster:
        yield await prepared(cluster.endpoint())

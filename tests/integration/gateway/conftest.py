"""A broker with the contract's topics for each test of the gateway."""

import pytest

from satark.runtime.groups import KafkaSettings
from tests.integration.test_poller import prepared
from tests.support.kafka_endpoint import KafkaEndpoint


@pytest.fixture
async def broker(own_kafka: KafkaEndpoint) -> KafkaSettings:
    """A broker of the test's own."""
    return await prepared(own_kafka)

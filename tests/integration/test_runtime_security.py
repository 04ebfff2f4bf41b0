from collections.abc import Callable
from typing import Any

import pytest

from satark.runtime.kafka import Consumer, KafkaUnavailableError, Producer
from satark.runtime.records import OutgoingRecord
from tests.integration.runtime_kafka import all_of, polled, settings_of, write
from tests.support.kafka import KafkaCluster

pytestmark = pytest.mark.kafka


class TestSecurity:
    @pytest.mark.parametrize(
        ("listener", "mechanism"), [("SSL", "PLAIN"), ("SASL_SSL", "SCRAM-SHA-512"), ("SASL_PLAINTEXT", "PLAIN")]
    )
    async def test_clients_log_in(self, start_kafka: Callable[..., Any], listener: Any, mechanism: Any) -> None:
        """Producer, consumer and reader work over TLS and with SASL."""
        cluster: KafkaCluster = await start_kafka(listeners=[listener])
        await cluster.endpoint().create_topics(["t"])
        settings = settings_of(cluster.endpoint(listener, mechanism=mechanism))

        written = await write(settings, [OutgoingRecord("t", None, b"x")])
        read = await all_of(settings, "t")
        async with Consumer(settings, topics=["t"], group_id="g") as consumer:
            polled_once = await polled(consumer, 1)

        assert written == [(0, 0)]
        assert [record.value for record in (*read, *polled_once)] == [b"x", b"x"]

    async def test_a_wrong_password_is_told(self, start_kafka: Callable[..., Any]) -> None:
        """A login that is refused ends the attempts with an error that does not show the password."""
        cluster: KafkaCluster = await start_kafka(listeners=["SASL_PLAINTEXT"])
        endpoint = cluster.endpoint("SASL_PLAINTEXT", mechanism="PLAIN")
        settings = settings_of(endpoint, sasl_password="hunter2-wrong")

        with pytest.raises(KafkaUnavailableError) as caught:
            await Producer(settings, client_id="test", connect_attempts=2).__aenter__()

        assert "hunter2" not in str(caught.value)

from tests.support.kafka_endpoint import KafkaEndpoint


class TestEnvironment:
    def test_one_broker(self) -> None:
        """One broker without security is its address and the protocol."""
        found = KafkaEndpoint("localhost:1").environment()

        assert {"SATARK_KAFKA_BROKERS": "localhost:1", "SATARK_KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"} == found

    def test_several_copies(self) -> None:
        """Where there are brokers enough, the services are told how many copies their topics have."""
        assert "3" == KafkaEndpoint("localhost:1", copies=3).environment()["SATARK_KAFKA_REPLICATION_FACTOR"]

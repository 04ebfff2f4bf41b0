from pathlib import Path

from satark.standalone.plan import Facts, embedded, first_stage, second_stage

RUN = Path("/run/satark")
FACTS = Facts("127.0.0.1:5001", vco_port=5002, smtp_port=5003, web_port=5004)


class TestFirstStage:
    def test_without_brokers_there_is_an_embedded_one(self) -> None:
        """`satark up` alone starts a broker and nothing else first."""
        assert ["broker"] == [plan.name for plan in first_stage({}, RUN, demo=False)]

    def test_with_brokers_there_is_none(self) -> None:
        """The user's Kafka is used as it is; an empty value is none."""
        assert () == first_stage({"SATARK_KAFKA_BROKERS": "kafka:9092"}, RUN, demo=False)
        assert embedded({"SATARK_KAFKA_BROKERS": " "})

    def test_the_demo_adds_the_simulators(self) -> None:
        """An orchestrator and a mail catcher, on free ports, their mails in the run folder."""
        _, vco, mail = first_stage({}, RUN, demo=True)

        assert ("simulate-vco", "catch-mail") == (vco.name, mail.name)
        assert "127.0.0.1:0" == vco.environment["SATARK_SIMULATE_VCO_LISTEN"]
        assert str(RUN / "mails") == mail.environment["SATARK_CATCH_MAIL_FOLDER"]
        assert {"ops", "smtp", "web"} == set(mail.ports)

    def test_a_value_of_the_user_wins(self) -> None:
        """A fixed page address or another clock rate is kept."""
        mine = {"SATARK_CATCH_MAIL_WEB_LISTEN": "127.0.0.1:8025", "SATARK_SIMULATE_VCO_RATE": "120"}
        _, vco, mail = first_stage(mine, RUN, demo=True)

        assert "127.0.0.1:8025" == mail.environment["SATARK_CATCH_MAIL_WEB_LISTEN"]
        assert "120" == vco.environment["SATARK_SIMULATE_VCO_RATE"]


class TestSecondStage:
    def test_starts_every_service_with_an_ops_port_of_its_own(self) -> None:
        """Detector, notifier and poller listen on free loopback ports and write them down."""
        plans = second_stage({}, RUN, FACTS, demo=False)

        assert ["detector", "notifier", "poller"] == [plan.name for plan in plans]
        assert {"127.0.0.1:0"} == {plan.environment["SATARK_OPS_LISTEN"] for plan in plans}
        assert 3 == len({plan.ports["ops"] for plan in plans})

    def test_the_embedded_broker_has_its_own_ways(self) -> None:
        """Four partitions and no admin API are told to all; a real cluster's settings stay the user's."""
        embedded_plan = second_stage({}, RUN, FACTS, demo=False)[0]
        own = {"SATARK_KAFKA_BROKERS": "kafka:9092", "SATARK_KAFKA_PARTITIONS": "24"}
        real_plan = second_stage(own, RUN, Facts("kafka:9092"), demo=False)[0]

        assert ("127.0.0.1:5001", "4", "false") == tuple(
            embedded_plan.environment[f"SATARK_KAFKA_{name}"] for name in ("BROKERS", "PARTITIONS", "TOPIC_ADMIN")
        )
        assert ("kafka:9092", "24") == tuple(
            real_plan.environment[f"SATARK_KAFKA_{name}"] for name in ("BROKERS", "PARTITIONS")
        )
        assert "SATARK_KAFKA_TOPIC_ADMIN" not in real_plan.environment

    def test_the_demo_wires_poller_and_notifier_to_the_simulators(self) -> None:
        """Addresses come from the ports that were bound."""
        _, notifier, poller = second_stage({}, RUN, FACTS, demo=True)

        assert "http://127.0.0.1:5002" == poller.environment["SATARK_POLLER_VCO_URL"]
        assert "smtp://127.0.0.1:5003" == notifier.environment["SATARK_NOTIFIER_SMTP_URL"]

    def test_without_the_demo_nothing_is_invented(self) -> None:
        """A real run has only the user's settings."""
        plans = second_stage({}, RUN, FACTS, demo=False)

        assert not any(name.startswith(("SATARK_POLLER", "SATARK_NOTIFIER")) for p in plans for name in p.environment)

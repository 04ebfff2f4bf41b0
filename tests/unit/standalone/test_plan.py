from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from satark.standalone.plan import (
    DEMO_TOKEN,
    SMTP_URL,
    Facts,
    ProcessPlan,
    analytics,
    caught,
    embedded,
    first_stage,
    generators,
    peopled,
    pinned,
    second_stage,
    simulated,
)

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
        assert "7200" == vco.environment["SATARK_SIMULATE_VCO_START_OFFSET_S"]
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
        """Detector, notifier, poller and gateway listen on free loopback ports and write them down."""
        plans = second_stage({}, RUN, FACTS, demo=False)

        assert ["detector", "notifier", "poller", "gateway"] == [plan.name for plan in plans]
        assert {"127.0.0.1:0"} == {plan.environment["SATARK_OPS_LISTEN"] for plan in plans}
        assert 4 == len({plan.ports["ops"] for plan in plans})

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
        _, notifier, poller, _ = second_stage({}, RUN, FACTS, demo=True)

        assert "http://127.0.0.1:5002" == poller.environment["SATARK_POLLER_VCO_URL"]
        assert "smtp://127.0.0.1:5003" == notifier.environment["SATARK_NOTIFIER_SMTP_URL"]

    def test_without_the_demo_nothing_is_invented(self) -> None:
        """A real run has only the user's settings."""
        plans = second_stage({}, RUN, FACTS, demo=False)

        assert not any(name.startswith(("SATARK_POLLER", "SATARK_NOTIFIER")) for p in plans for name in p.environment)

    def test_says_where_daemons_connect(self) -> None:
        """The gateway writes down its port; where it listens is its own setting, and stays so when it is restarted."""
        gateway = second_stage({}, RUN, FACTS, demo=False)[-1]

        assert str(RUN / "gateway.port") == gateway.environment["SATARK_GATEWAY_PORT_FILE"]
        assert {"ops", "sandesh"} == set(gateway.ports)
        assert {} == {name: text for name, text in gateway.environment.items() if name.endswith("GATEWAY_LISTEN")}
        assert ["ops"] == list(gateway.listens)


class TestDaemons:
    def test_the_demo_simulates_some(self) -> None:
        """They connect to a free port, which a gateway that is restarted has again; its pages are on one, too."""
        gateway = second_stage({}, RUN, FACTS, demo=True)[-1]
        simulator = generators({}, RUN, "127.0.0.1:5005")

        assert peopled({}, demo=True)
        assert ("127.0.0.1:0", "127.0.0.1:0") == tuple(
            gateway.environment[f"SATARK_GATEWAY_{name}"] for name in ("LISTEN", "INTROSPECT_LISTEN")
        )
        assert "127.0.0.1:5005" == pinned(gateway, {"sandesh": "5005"})["SATARK_GATEWAY_LISTEN"]
        assert ("simulate", "generators", "--collector", "127.0.0.1:5005") == simulator.arguments[:4]
        assert not simulator.has_ops
        assert {} == simulator.ports

    @pytest.mark.parametrize("demo", [True, False])
    def test_own_daemons(self, demo: bool) -> None:
        """Who says where daemons connect has some, and gets no simulated ones."""
        environ = {"SATARK_GATEWAY_LISTEN": "0.0.0.0:8086", "SATARK_GATEWAY_INTROSPECT_LISTEN": "none"}

        gateway = second_stage(environ, RUN, FACTS, demo=demo)[-1]

        assert not peopled(environ, demo=demo)
        assert environ == {name: gateway.environment[name] for name in environ}
        assert "SATARK_GATEWAY_LISTEN" not in gateway.listens.values()


OWN_VCO = {"SATARK_POLLER_VCO_URL": "https://vco.example", "SATARK_POLLER_VCO_TOKEN": "real"}
OWN_MAIL = {"SATARK_NOTIFIER_SMTP_URL": "smtps://mail.example", "SATARK_NOTIFIER_SMTP_PASSWORD": "real"}


class TestRealAndSimulated:
    def test_own_orchestrator(self) -> None:
        """Who names an orchestrator gets no simulated one, and the mails are still caught."""
        assert ["broker", "catch-mail"] == [plan.name for plan in first_stage(OWN_VCO, RUN, demo=True)]
        assert not simulated(OWN_VCO, demo=True)

    def test_own_orchestrators(self) -> None:
        """Who names a file of orchestrators gets no simulated one either."""
        assert not simulated({"SATARK_POLLER_ORCHESTRATORS_FILE": "o.toml"}, demo=True)

    def test_own_mail_server(self) -> None:
        """Who names a mail server gets no mail catcher."""
        assert ["broker", "simulate-vco"] == [plan.name for plan in first_stage(OWN_MAIL, RUN, demo=True)]
        assert not caught(OWN_MAIL, demo=True)

    def test_own_orchestrator_is_spared(self) -> None:
        """A real orchestrator gets neither the demo's token nor a question each second."""
        poller = second_stage(OWN_VCO, RUN, FACTS, demo=True)[2]

        mine = {name: text for name, text in poller.environment.items() if name.startswith("SATARK_POLLER_")}
        assert OWN_VCO == mine

    @pytest.mark.parametrize(
        "name",
        [
            "VCO_TOKEN",
            "VCO_HOSTNAME",
            "VCO_PASSWORD",
            "SATARK_POLLER_VCO_TOKEN_FILE",
            "SATARK_POLLER_VCO_PASSWORD",
            "SATARK_POLLER_CA_FILE",
            "SATARK_POLLER_HEARTBEAT_URL",
            "EMAIL_SENDER_PASSWORD",
            "EMAIL_SMTP_SERVER",
            "SATARK_NOTIFIER_SMTP_PASSWORD",
            "SATARK_NOTIFIER_SMTP_PASSWORD_FILE",
            "SATARK_NOTIFIER_SMTP_CA_FILE",
        ],
    )
    def test_real_credentials_stay_out(self, name: str) -> None:
        """What belongs to a real orchestrator or mail server never reaches the simulated ones."""
        for plan in second_stage({name: "real"}, RUN, FACTS, demo=True):
            assert "real" not in plan.environment.values()

    @pytest.mark.parametrize("suffix", ["", "_FILE"])
    def test_simulators_own_token(self, suffix: str) -> None:
        """A token that the user gives to the simulated orchestrator is the one the poller shows it."""
        environ = {f"SATARK_SIMULATE_VCO_TOKEN{suffix}": "mine"}

        vco = first_stage(environ, RUN, demo=True)[1].environment
        poller = second_stage(environ, RUN, FACTS, demo=True)[2].environment

        assert "mine" == vco[f"SATARK_SIMULATE_VCO_TOKEN{suffix}"] == poller[f"SATARK_POLLER_VCO_TOKEN{suffix}"]
        assert DEMO_TOKEN not in {*vco.values(), *poller.values()}

    def test_demo_defaults_yield(self) -> None:
        """A setting that is no wiring and no credential wins over the demo's default."""
        environ = {"SATARK_POLLER_INTERVAL_S": "7", "SATARK_NOTIFIER_RECEIVERS": "me@example.net"}

        _, notifier, poller, _ = second_stage(environ, RUN, FACTS, demo=True)

        assert "7" == poller.environment["SATARK_POLLER_INTERVAL_S"]
        assert "me@example.net" == notifier.environment["SATARK_NOTIFIER_RECEIVERS"]

    def test_broker_is_not_restarted(self) -> None:
        """The embedded broker takes its records along when it ends, so a new one would not help."""
        (broker,) = first_stage({}, RUN, demo=False)

        assert not broker.restart


class TestPinned:
    PLAN = ProcessPlan("web", "m", (), {"LISTEN": "127.0.0.1:0", "X": "y"}, {}, {"http": "LISTEN"})

    def test_first_start(self) -> None:
        """Nothing is bound before the first start, so the environment is the plan's."""
        assert {"LISTEN": "127.0.0.1:0", "X": "y"} == pinned(self.PLAN, {})

    def test_restart(self) -> None:
        """A restart listens where others already look."""
        assert {"LISTEN": "127.0.0.1:8080", "X": "y"} == pinned(self.PLAN, {"http": "8080", "other": "1"})

    def test_host_stays(self) -> None:
        """The host is the one that was set, IPv6 included."""
        plan = ProcessPlan("web", "m", (), {"LISTEN": "[::1]:0"}, {}, {"http": "LISTEN"})

        assert {"LISTEN": "[::1]:8080"} == pinned(plan, {"http": "8080"})


class TestAnalytics:
    def test_keeps_history_in_the_folder_of_the_run(self) -> None:
        """The engine is within the process, its data beside the logs, its ops port a free one."""
        plan = analytics({}, RUN, FACTS, demo=True)

        assert ("analytics",) == plan.arguments
        assert f"chdb://{RUN}/analytics" == plan.environment["SATARK_ANALYTICS_STORE"]
        assert FACTS.brokers == plan.environment["SATARK_KAFKA_BROKERS"]
        assert {"ops": RUN / "analytics.ops-port", "api": RUN / "analytics.port"} == plan.ports

    def test_answers_where_commands_look(self) -> None:
        """The REST API is where commands look for it, or where the run or the user says."""
        mine = {"SATARK_ANALYTICS_LISTEN": "127.0.0.1:7000"}
        plans = [
            analytics({}, RUN, FACTS, demo=True),
            analytics({}, RUN, FACTS, demo=True, listen="127.0.0.1:0"),
            analytics(mine, RUN, FACTS, demo=True, listen="127.0.0.1:0"),
        ]

        found = [plan.environment["SATARK_ANALYTICS_LISTEN"] for plan in plans]

        assert ["127.0.0.1:8081", "127.0.0.1:0", "127.0.0.1:7000"] == found

    def test_stays_on_its_port(self) -> None:
        """Started again it is on the port that it had: commands know it."""
        plan = analytics({}, RUN, FACTS, demo=True, listen="127.0.0.1:0")

        assert "127.0.0.1:7001" == pinned(plan, {"api": "7001"})["SATARK_ANALYTICS_LISTEN"]

    def test_a_store_of_the_user_is_used(self) -> None:
        """Who names a store gets that one."""
        mine = {"SATARK_ANALYTICS_STORE": "clickhouse://satark@db/satark"}

        assert (
            mine["SATARK_ANALYTICS_STORE"]
            == analytics(mine, RUN, FACTS, demo=False).environment["SATARK_ANALYTICS_STORE"]
        )


class TestLinks:
    FACTS = replace(FACTS, api="127.0.0.1:8081", links_key="k" * 64)

    def settings(self, environ: Mapping[str, str], *, demo: bool = True) -> list[str | None]:
        """Return where the notifier's and analytics' links lead."""
        plans = second_stage(environ, RUN, self.FACTS, demo=demo)
        notifier = next(plan for plan in plans if plan.name == "notifier")
        history = analytics(environ, RUN, self.FACTS, demo=demo, listen=self.FACTS.api)
        return [plan.environment.get("SATARK_LINKS_URL") for plan in (notifier, history)]

    def test_of_caught_mails_work(self) -> None:
        """Who writes them and who answers them share the key."""
        assert self.settings({}) == ["http://127.0.0.1:8081"] * 2

    def test_of_the_user_stay(self) -> None:
        """Nothing of the demo is added to them."""
        assert self.settings({"SATARK_LINKS_URL": "https://satark.example.com"}) == ["https://satark.example.com"] * 2

    def test_are_not_invented_for_real_mails(self) -> None:
        """An address of this machine is nothing to send to people."""
        assert self.settings({SMTP_URL: "smtps://mail.example.com"}) == [None, None]
        assert self.settings({}, demo=False) == [None, None]

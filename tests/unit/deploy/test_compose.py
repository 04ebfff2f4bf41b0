import argparse
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for
from msgspec import Struct

from satark.analytics.settings import AnalyticsSettings
from satark.detector.settings import DetectorSettings
from satark.notifier.settings import NotifierSettings
from satark.poller.settings import PollerSettings
from satark.runtime.groups import SHARED_GROUPS
from satark.runtime.links import LinkSettings
from satark.runtime.settings import variables
from satark.sandesh_gateway.settings import GatewaySettings
from satark.simulators.generators.options import configure, options
from satark.simulators.mail.settings import MailSettings
from satark.simulators.vco.settings import VcoSettings
from satark.standalone.plan import Facts, second_stage
from tests.support.environment import REPOSITORY
from tests.support.kafka_files import kafka_version

GROUPS: dict[str, type[Struct]] = {
    **SHARED_GROUPS,
    "links": LinkSettings,
    "poller": PollerSettings,
    "detector": DetectorSettings,
    "notifier": NotifierSettings,
    "gateway": GatewaySettings,
    "analytics": AnalyticsSettings,
    "simulate-vco": VcoSettings,
    "catch-mail": MailSettings,
}
LIVE: dict[str, type[Struct]] = {
    name: GROUPS[name] for name in ("poller", "detector", "notifier", "gateway", "analytics")
}
NOT_OURS = {"kafka", "kafka-ui", "clickhouse"}
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(SERVICES.keys() - NOT_OURS)


def names_of(group: str, settings: type[Struct]) -> set[str]:
    """Return every environment name that a group of settings reads."""
    found = set()
    for variable in variables(group, settings):
        for name in (variable.env, *variable.aliases):
            found |= {name, f"{name}_FILE"} if variable.secret else {name}
    return found


def default(text: str) -> str:
    """Return a value as it is with an empty .env."""
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", text)


def started_by(*profiles: str) -> set[str]:
    """Return the services that start with these profiles."""
    return {
        name
        for name, service in SERVICES.items()
        if not service.get("profiles") or set(service["profiles"]) & set(profiles)
    }


class TestFile:
    def test_follows_the_specification(self) -> None:
        """The file is valid by the Compose specification, and names no version of the old format."""
        package = importlib.util.find_spec("check_jsonschema")
        assert package is not None
        assert package.origin is not None
        schema = json.loads((Path(package.origin).parent / "builtin_schemas/vendor/compose-spec.json").read_text())

        mistakes = [error.message for error in validator_for(schema)(schema).iter_errors(COMPOSE)]

        assert mistakes == []
        assert "version" not in COMPOSE

    def test_pins_every_image(self) -> None:
        """Every image has a tag unless another is named, and none is `latest`; wheels need none."""
        bases = {name: default(text) for name, text in COMPOSE["x-images"].items() if name != "wheels"}
        images = [*bases.values(), *(default(service["image"]) for service in SERVICES.values())]

        assert [image for image in images if ":" not in image or image.endswith(":latest")] == []

    @pytest.mark.parametrize("name", sorted(COMPOSE["x-images"]))
    def test_takes_other_base_images(self, name: str) -> None:
        """Where no registry is reached, each base image can be named by a variable."""
        assert COMPOSE["x-images"][name].startswith(f"${{{name.upper().replace('-', '_')}_IMAGE:-")

    def test_builds_from_the_base_images(self) -> None:
        """Every image of ours is built from the base image and the wheels that are named."""
        wanted = {"PYTHON_IMAGE": COMPOSE["x-images"]["python"], "WHEELS": COMPOSE["x-images"]["wheels"]}

        assert [name for name in OURS if not SERVICES[name]["build"]["args"].items() >= wanted.items()] == []

    def test_runs_the_tested_kafka(self) -> None:
        """Compose runs the version of Kafka that the tests run on."""
        assert default(SERVICES["kafka"]["image"]) == f"apache/kafka:{kafka_version()}"


class TestHardening:
    @pytest.mark.parametrize("name", sorted(SERVICES))
    def test_every_service(self, name: str) -> None:
        """A service is watched, restarted, and can change nothing but what it is given."""
        service = SERVICES[name]

        assert service["read_only"] is True
        assert service["init"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["user"].split(":")[0] not in {"0", "root"}
        assert service["restart"] in {"unless-stopped", "on-failure"}
        assert service["healthcheck"]
        assert service["tmpfs"]

    @pytest.mark.parametrize("name", sorted(SERVICES))
    def test_publishes_on_loopback_only(self, name: str) -> None:
        """What is published on the host is reachable from the host alone, unless .env says otherwise."""
        ports = [default(port) for port in SERVICES[name].get("ports", [])]

        assert [port for port in ports if not port.startswith("127.0.0.1:")] == []

    @pytest.mark.parametrize("name", OURS)
    def test_our_own_run_as_nobody(self, name: str) -> None:
        """Our containers run under the numeric user of the image."""
        assert SERVICES[name]["user"] == "65532:65532"

    def test_kafka_has_no_way_out(self) -> None:
        """Kafka is on a network without a gateway only."""
        assert SERVICES["kafka"]["networks"] == ["backend"]
        assert COMPOSE["networks"]["backend"]["internal"] is True


class TestScaling:
    @pytest.mark.parametrize("name", ["detector", "poller", "notifier"])
    def test_can_have_many(self, name: str) -> None:
        """Nothing that only one container can have stands in the way of --scale."""
        assert {"container_name", "hostname", "ports"} & SERVICES[name].keys() == set()

    def test_gateways_share_a_range_of_ports(self) -> None:
        """Several gateways take the ports of a range, where .env names one."""
        assert SERVICES["gateway"]["ports"] == ["${GATEWAY_ADDRESS:-127.0.0.1}:${GATEWAY_PORTS:-8086}:8086"]
        assert {"container_name", "hostname"} & SERVICES["gateway"].keys() == set()


class TestOrder:
    @pytest.mark.parametrize(
        "name", ["detector", "poller", "notifier", "gateway", "analytics", "poller-demo", "notifier-demo"]
    )
    def test_waits_for_the_topics(self, name: str) -> None:
        """A service starts when Kafka answers and the topics are there."""
        wanted = {
            "kafka": {"condition": "service_healthy"},
            "topics": {"condition": "service_completed_successfully"},
        }

        assert SERVICES[name]["depends_on"].items() >= wanted.items()

    @pytest.mark.parametrize("profiles", [(), ("live",), ("demo",), ("demo", "ui")])
    def test_waits_only_for_what_starts(self, profiles: tuple[str, ...]) -> None:
        """No service waits for, or shares the network of, one that its profile does not start."""
        started = started_by(*profiles)

        needed = {other for name in started for other in SERVICES[name].get("depends_on", ())}
        shared = {SERVICES[name].get("network_mode", "").removeprefix("service:") for name in started} - {""}

        assert needed | shared <= started


class TestProfiles:
    def test_demo(self) -> None:
        """The demo starts the whole path with its own orchestrator and mail server, and none of the live ones."""
        found = started_by("demo")

        assert found >= {"kafka", "topics", "detector", "simulate-vco", "poller-demo", "catch-mail", "notifier-demo"}
        assert found >= {"gateway", "simulate-generators", "analytics"}
        assert found & {"poller", "notifier", "kafka-ui"} == set()

    def test_clickhouse(self) -> None:
        """The profile of a ClickHouse server adds it to what else is started, and publishes no port of it."""
        assert started_by("live", "clickhouse") - started_by("live") == {"clickhouse"}
        assert SERVICES["clickhouse"]["networks"] == ["backend"]
        assert "ports" not in SERVICES["clickhouse"]

    def test_live(self) -> None:
        """The live profile starts the whole path and nothing simulated."""
        assert started_by("live") == {"kafka", "topics", "detector", "poller", "notifier", "gateway", "analytics"}

    @pytest.mark.parametrize("name", sorted(started_by("demo")))
    def test_demo_needs_no_env_file(self, name: str) -> None:
        """Without a .env every variable that the demo interpolates has a value."""
        text = json.dumps(SERVICES[name])

        assert [part for part in text.split("${")[1:] if ":-" not in part.partition("}")[0]] == []


class TestSettings:
    @pytest.mark.parametrize("name", OURS)
    def test_exist(self, name: str) -> None:
        """Every setting that the file names is one that the services read."""
        known = set().union(*(names_of(group, settings) for group, settings in GROUPS.items()))

        assert SERVICES[name]["environment"].keys() - known == set()

    @pytest.mark.parametrize("name", sorted(LIVE))
    def test_are_complete(self, name: str) -> None:
        """Every setting of a live service can be given in .env."""
        own = names_of(name, LIVE[name])
        shared = names_of("kafka", SHARED_GROUPS["kafka"]) - {"SATARK_KAFKA_TOPIC_ADMIN"}

        links = names_of("links", LinkSettings) if name in {"notifier", "analytics"} else set()

        assert (own | shared | links) - SERVICES[name]["environment"].keys() == set()

    def test_demo_agrees_with_itself(self) -> None:
        """The demo's poller has the simulator's token and port, its notifier the mail catcher's."""
        vco, poller = SERVICES["simulate-vco"]["environment"], SERVICES["poller-demo"]["environment"]
        catcher, notifier = SERVICES["catch-mail"]["environment"], SERVICES["notifier-demo"]["environment"]

        assert vco["SATARK_SIMULATE_VCO_TOKEN_FILE"] == poller["SATARK_POLLER_VCO_TOKEN_FILE"]
        assert vco["SATARK_SIMULATE_VCO_LISTEN"].endswith(":8080")
        assert poller["SATARK_POLLER_VCO_URL"] == "http://simulate-vco:8080"
        assert catcher["SATARK_CATCH_MAIL_WEB_LISTEN"].endswith(":8025")
        assert notifier["SATARK_NOTIFIER_SMTP_URL"] == f"smtp://{catcher['SATARK_CATCH_MAIL_SMTP_LISTEN']}"

    def test_demo_reads_as_that_of_satark_up_does(self) -> None:
        """The demo's poller reads as much and as fast as that of `satark up --demo`, so that the mail comes."""
        facts = Facts(brokers="kafka:9092", vco_port=1, smtp_port=2, web_port=3)
        names = ("SATARK_POLLER_REQUESTS_PER_S", "SATARK_POLLER_BACKFILL_S", "SATARK_POLLER_BACKFILLED_AFTER_S")

        (poller,) = (plan for plan in second_stage({}, Path("run"), facts, demo=True) if plan.name == "poller")

        assert {name: poller.environment[name] for name in names}.items() <= SERVICES["poller-demo"][
            "environment"
        ].items()

    def test_daemons_find_the_gateway(self) -> None:
        """The simulated daemons connect to the port that the gateway listens on by default, and which is published."""
        command = SERVICES["simulate-generators"]["command"]
        asked = argparse.ArgumentParser()
        configure(asked)

        wanted = options(asked.parse_args(command[2:]))

        _, port = GatewaySettings().addresses["tcp"]
        assert wanted.collectors == (f"gateway:{port}",)
        assert [default(text).split(":")[-2:] for text in SERVICES["gateway"]["ports"]] == [[f"{port}", f"{port}"]]
        assert SERVICES["gateway"]["environment"]["SATARK_GATEWAY_LISTEN"] is None

    def test_demo_secret_is_there(self) -> None:
        """The file of the demo's token is in the repository."""
        file = REPOSITORY / COMPOSE["secrets"]["demo-vco-token"]["file"]

        assert file.read_text().strip()

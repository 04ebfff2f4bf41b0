import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from satark.runtime.acls import SERVICES, TOPICS_ADMIN
from satark.runtime.cli import main
from satark.runtime.groups import KafkaSettings
from satark.runtime.settings import variables
from tests.support.environment import REPOSITORY, child_environment

FOLDER = REPOSITORY / "deploy" / "security"
FILE = FOLDER / "docker-compose.secure.yml"
BASE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SECURE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SPEAKS_KAFKA = {
    name: service["environment"]
    for name, service in BASE["services"].items()
    if "SATARK_KAFKA_BROKERS" in service["environment"]
}
USERS = {"poller-demo": "poller", "notifier-demo": "notifier"}
INSIDE = ("/run/secrets/", "/run/security/")
DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")


def environment(name: str) -> dict[str, str]:
    """Return what a service is told with both files, as Compose merges them."""
    told = BASE["services"].get(name, {}).get("environment", {}) | SECURE["services"][name].get("environment", {})
    return {key: "" if text is None else str(text) for key, text in told.items()}


def folder_of(name: str) -> str:
    """Return the name of the folder of secrets that a service sees."""
    [volume] = SECURE["services"][name]["volumes"]
    return str(volume).split("}/")[1].split(":")[0]


class TestFile:
    def test_follows_the_specification(self) -> None:
        """The file is valid by the Compose specification."""
        package = importlib.util.find_spec("check_jsonschema")
        assert package is not None
        assert package.origin is not None
        schema = json.loads((Path(package.origin).parent / "builtin_schemas/vendor/compose-spec.json").read_text())

        assert [error.message for error in validator_for(schema)(schema).iter_errors(SECURE)] == []

    @pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
    def test_compose_merges_both(self) -> None:
        """Compose itself takes the two files together, with every profile."""
        files = ["-f", "docker-compose.yml", "-f", str(FILE.relative_to(REPOSITORY))]

        ran = subprocess.run(
            ["docker-compose", *files, "--profile", "live", "--profile", "demo", "config", "--quiet"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )

        assert ran.returncode == 0, ran.stderr

    def test_changes_only_what_there_is(self) -> None:
        """Every service is one of the stack, but for the one that gives rights; that one is as hardened as others."""
        assert SECURE["services"].keys() - BASE["services"].keys() == {"rights"}
        rights = SECURE["services"]["rights"]
        assert rights["image"] == BASE["services"]["kafka"]["image"]
        assert (rights["read_only"], rights["cap_drop"]) == (True, ["ALL"])
        assert rights["security_opt"] == ["no-new-privileges:true"]
        assert rights["networks"] == ["backend"]


class TestBroker:
    def test_no_listener_is_plain(self) -> None:
        """Clients log in over TLS; brokers and controllers know each other by certificate."""
        told = environment("kafka")

        listeners = {entry.partition("://")[0] for entry in told["KAFKA_LISTENERS"].split(",")}
        protocols = dict(entry.split(":") for entry in told["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
        assert protocols == {"CLIENTS": "SASL_SSL", "BROKERS": "SSL", "CONTROLLER": "SSL"}
        assert listeners == protocols.keys()
        assert told["KAFKA_SSL_CLIENT_AUTH"] == "required"
        assert told["KAFKA_LISTENER_NAME_CLIENTS_SSL_CLIENT_AUTH"] == "required"

    def test_nobody_may_do_anything_unless_it_is_said(self) -> None:
        """Rights are looked at; only the brokers themselves and who gives rights may do everything."""
        told = environment("kafka")

        assert told["KAFKA_AUTHORIZER_CLASS_NAME"].endswith(".StandardAuthorizer")
        assert told["KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND"] == "false"
        assert told["KAFKA_SUPER_USERS"].split(";") == ["User:CN=satark-kafka", "User:CN=satark-admin"]

    def test_its_listeners_have_names_that_the_image_leaves_alone(self) -> None:
        """The image demands Java keystores of listeners whose names end in SSL, and a file of logins of SASL_ ones."""
        told = environment("kafka")

        assert "SSL://" not in told["KAFKA_ADVERTISED_LISTENERS"]
        assert "SASL_" not in told["KAFKA_ADVERTISED_LISTENERS"]


class TestServices:
    def test_all_that_speak_to_kafka_are_secured(self) -> None:
        """No service is left that would speak in the clear."""
        assert SPEAKS_KAFKA.keys() <= SECURE["services"].keys()

    @pytest.mark.parametrize("name", sorted(SPEAKS_KAFKA))
    def test_logs_in_as_itself(self, name: str) -> None:
        """Each has its own user, with rights of its own, and its own folder of secrets."""
        told, user = environment(name), USERS.get(name, name)

        assert told["SATARK_KAFKA_SECURITY_PROTOCOL"] == "SASL_SSL"
        assert told["SATARK_KAFKA_SASL_USERNAME"] == f"satark-{user}"
        assert user in {service.name for service in SERVICES} | {TOPICS_ADMIN}
        assert folder_of(name) == user

    @pytest.mark.parametrize("name", sorted(SPEAKS_KAFKA))
    def test_has_secrets_from_files_only(self, name: str) -> None:
        """Every secret that could come from the environment is emptied, or comes from a file of its own folder."""
        told = environment(name)
        own = SECURE["services"][name]["environment"]
        secret = {
            key.removesuffix("_FILE") for key in told if key.endswith("_FILE") and key.removesuffix("_FILE") in told
        }

        assert "SATARK_KAFKA_SASL_PASSWORD" in secret
        assert {key: own.get(key) for key in secret} == dict.fromkeys(secret, "")

    @pytest.mark.parametrize("name", sorted(SPEAKS_KAFKA))
    def test_names_files_that_the_scripts_make(self, name: str, made: Path) -> None:
        """Each file that a service is told of is in its folder after both scripts."""
        own = SECURE["services"][name]["environment"]

        named = [str(text).rpartition("/")[2] for text in own.values() if str(text).startswith(INSIDE)]

        assert [file for file in named if not (made / folder_of(name) / file).is_file()] == []

    @pytest.mark.parametrize("name", sorted(SPEAKS_KAFKA))
    def test_says_how_to_reach_kafka_completely(self, name: str) -> None:
        """What decides whether the connection is safe comes from this file, never from .env."""
        decisive = {variable.env for variable in variables("kafka", KafkaSettings)} - {
            f"SATARK_KAFKA_{field}" for field in ("PARTITIONS", "REPLICATION_FACTOR", "TOPIC_ADMIN")
        }

        assert decisive <= SECURE["services"][name]["environment"].keys() | {"SATARK_KAFKA_SASL_PASSWORD"}

    @pytest.mark.parametrize("name", ["analytics", "detector", "gateway", "notifier-demo", "poller-demo"])
    def test_is_told_nothing_that_it_refuses(self, name: str, made: Path) -> None:
        """A service finds no mistake in the settings of both files."""
        told = {key: DEFAULT.sub(r"\1", text) for key, text in environment(name).items() if text}
        for inside in INSIDE:
            told = {key: text.replace(inside, f"{made / folder_of(name)}/") for key, text in told.items()}
        told = {key: text for key, text in told.items() if not text.startswith("/run/secrets")}

        ran = subprocess.run(
            [sys.executable, "-m", "satark.runtime.cli", name.removesuffix("-demo"), "--check"],
            env=child_environment(told),
            capture_output=True,
            text=True,
            check=False,
        )

        assert 0 == ran.returncode, ran.stderr

    def test_the_rest_api_and_the_gateway_have_tls(self) -> None:
        """Nothing of them is left without TLS, and nobody unknown is let in."""
        analytics, gateway = environment("analytics"), environment("gateway")

        assert analytics["SATARK_ANALYTICS_LOOPBACK_LISTEN"] == ""
        assert analytics["SATARK_ANALYTICS_CERT_FILE"]
        assert analytics["SATARK_ANALYTICS_CREDENTIALS_FILE"]
        assert gateway["SATARK_GATEWAY_LISTEN"] == "none"
        assert gateway["SATARK_GATEWAY_TLS_LISTEN"].endswith(":8086")
        assert gateway["SATARK_GATEWAY_TLS_CLIENT_CERTIFICATES"] == "required"

    def test_the_demo_s_portal_has_tls(self) -> None:
        """The demo's poller reads its orchestrator over HTTPS, and verifies it."""
        assert environment("poller-demo")["SATARK_POLLER_VCO_URL"].startswith("https://")
        assert environment("poller-demo")["SATARK_POLLER_ALLOW_PLAIN_HTTP"] == "false"
        assert environment("simulate-vco")["SATARK_SIMULATE_VCO_TLS_CERT_FILE"]


class TestRights:
    def test_are_those_of_the_topic_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The committed lines are what `satark topics acls` prints now."""
        assert main(["topics", "acls", "--format", "kafka-acls"]) == 0

        _, _, lines = (FOLDER / "acls.sh").read_text().partition("\n")
        assert lines == capsys.readouterr().out

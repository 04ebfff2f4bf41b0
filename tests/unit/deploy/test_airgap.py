import re
import subprocess
import xml.etree.ElementTree as ET

import pytest
import yaml

from scripts.images import SERVICES, Image, build_command, table
from tests.support.environment import REPOSITORY

FOLDER = REPOSITORY / "deploy" / "airgap"
SCRIPTS = sorted([*FOLDER.glob("*.sh"), FOLDER / "kafka" / "broker", FOLDER / "kafka" / "tool"])


class TestScripts:
    @pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
    def test_can_be_run(self, script: object) -> None:
        """Each script is executable and free of mistakes in syntax."""
        assert 0 == subprocess.run(["bash", "-n", str(script)], check=False).returncode
        assert 0 == subprocess.run(["test", "-x", str(script)], check=False).returncode

    def test_makes_what_compose_asks_for(self) -> None:
        """The lines for .env name variables of docker-compose.yml."""
        compose = (REPOSITORY / "docker-compose.yml").read_text()
        printed = re.findall(r'"([A-Z]+_IMAGE)=', (FOLDER / "make.sh").read_text())

        assert ["PYTHON_IMAGE", "KAFKA_IMAGE", "WHEELS_IMAGE"] == printed
        assert [name for name in printed if f"${{{name}:-" not in compose] == []


class TestKafka:
    def test_is_what_the_tests_run(self) -> None:
        """The image's Kafka is the parent POM's, and names no repository of its own."""
        root = ET.parse(FOLDER / "kafka" / "pom.xml").getroot()  # noqa: S314 - our own file

        assert "../../kafka/pom.xml" == root.findtext("{*}parent/{*}relativePath")
        assert {"${kafka.version}"} == {each.text for each in root.findall("{*}dependencies/{*}dependency/{*}version")}
        assert [] == root.findall(".//{*}repository") + root.findall(".//{*}pluginRepository")

    def test_runs_as_compose_does(self) -> None:
        """The image's user and folders are those that docker-compose.yml has."""
        kafka = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]["kafka"]
        dockerfile = (FOLDER / "kafka" / "Dockerfile").read_text()

        assert f"USER {kafka['user']}\n" in dockerfile
        assert [] == [path for path in ("/opt/kafka/config", "/opt/kafka/logs") if path not in dockerfile]
        assert kafka["environment"]["KAFKA_LOG_DIRS"] in dockerfile


class TestImages:
    def test_are_those_of_the_dockerfile(self) -> None:
        """The script builds every service that the Dockerfile knows."""
        text = (REPOSITORY / "Dockerfile").read_text()

        assert set(SERVICES) == set(re.findall(r"^FROM runtime AS run-(\S+)$", text, re.MULTILINE))

    def test_with_wheels_ask_no_network(self) -> None:
        """A build that has its wheels has no network; one without them has."""
        offline = build_command("poller", "1", "abc", python="python:x", wheels="wheels:x")
        online = build_command("poller", "1", "abc", python=None, wheels=None)

        assert {"WHEELS=wheels:x", "PYTHON_IMAGE=python:x", "--network"} <= set(offline)
        assert "--network" not in online
        assert [] == [part for part in online if part.startswith(("WHEELS", "PYTHON_IMAGE"))]

    def test_are_shown_in_a_table(self) -> None:
        """Sizes are in megabytes, with what the bill of materials lists."""
        header, row = table([Image("satark-poller:1", 158_400_000, 30, 94, 12.34)])

        assert ["image", "MB", "python", "debian", "seconds"] == header.split()
        assert ["satark-poller:1", "158", "30", "94", "12.3"] == row.split()

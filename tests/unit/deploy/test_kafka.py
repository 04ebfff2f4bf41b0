import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from tests.support.environment import REPOSITORY, child_environment
from tests.support.kafka_files import POM, java, kafka_jars


class TestPom:
    def test_names_no_repository(self) -> None:
        """Where artifacts come from is the machine's business, not the POM's."""
        root = ET.parse(POM).getroot()  # noqa: S314 - our own file

        assert root.findall(".//{*}repository") + root.findall(".//{*}pluginRepository") == []


@pytest.mark.kafka
class TestComposeBroker:
    def test_kafka_accepts_the_configuration(self, tmp_path: Path) -> None:
        """The program of the apache/kafka image turns compose's environment into a formatted data folder."""
        compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
        environment = compose["services"]["kafka"]["environment"] | {"KAFKA_LOG_DIRS": str(tmp_path / "data")}
        for name in ("default", "mounted", "final"):
            (tmp_path / name).mkdir()
        for name in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
            (tmp_path / "default" / name).touch()
        folders = [f"--{name}-configs-dir={tmp_path / name}" for name in ("default", "mounted", "final")]

        command = [java() or "java", "-cp", f"{kafka_jars()}/*", "kafka.docker.KafkaDockerWrapper", "setup", *folders]
        ran = subprocess.run(command, env=child_environment(environment), capture_output=True, text=True, check=False)

        rendered = (tmp_path / "final" / "server.properties").read_text().splitlines()
        formatted = (tmp_path / "data" / "meta.properties").read_text()
        assert (ran.returncode, "auto.create.topics.enable=false" in rendered) == (0, True)
        assert f"cluster.id={environment['CLUSTER_ID']}" in formatted

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.support.environment import REPOSITORY

TEXT = (REPOSITORY / "Dockerfile").read_text()


def services() -> set[str]:
    """Return the services that the file knows a command for."""
    return set(re.findall(r"^FROM runtime AS run-(\S+)$", TEXT, re.MULTILINE))


class TestDockerfile:
    def test_passes_the_linter(self) -> None:
        """Hadolint finds nothing."""
        hadolint = Path(sys.executable).parent / "hadolint"

        found = subprocess.run([hadolint, "Dockerfile"], cwd=REPOSITORY, capture_output=True, text=True, check=False)

        assert (found.returncode, found.stdout) == (0, "")

    def test_ends_unprivileged(self) -> None:
        """The image runs our command under a number, not a name, and asks itself for its health."""
        assert "USER 65532:65532" in TEXT
        assert 'ENTRYPOINT ["satark"]' in TEXT
        assert 'CMD ["satark", "healthcheck"]' in TEXT

    def test_pins_the_base(self) -> None:
        """The base image has a tag, the same as in docker-compose.yml, and it is not `latest`."""
        found = re.search(r"^ARG PYTHON_IMAGE=(\S+)$", TEXT, re.MULTILINE)
        compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())

        assert found is not None
        assert found.group(1) == compose["x-images"]["python"]
        assert ":" in found.group(1)
        assert "latest" not in TEXT

    @pytest.mark.parametrize("service", sorted(services()))
    def test_every_service_is_a_distribution(self, service: str) -> None:
        """Each SERVICE is a distribution of the workspace that brings the command the image runs."""
        folder = REPOSITORY / ("simulators" if service == "simulators" else f"services/{service}")
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        command = re.search(rf'^FROM runtime AS run-{service}\nCMD \["([^"]+)"\]$', TEXT, re.MULTILINE)

        assert project["name"] == f"satark-{service}"
        assert command is not None
        assert command.group(1) in project["entry-points"]["satark.commands"]

    def test_every_distribution_is_a_service(self) -> None:
        """Whatever lies in `services` can be built."""
        assert {path.parent.name for path in REPOSITORY.glob("services/*/pyproject.toml")} <= services()

    def test_context_has_what_is_copied(self) -> None:
        """The build context leaves in every folder that the file copies."""
        ignore = (REPOSITORY / ".dockerignore").read_text().splitlines()
        copied = re.findall(r"^COPY (?!--)(.+) \S+$", TEXT, re.MULTILINE)

        assert {f"!{name}" for line in copied for name in line.split()} <= set(ignore)

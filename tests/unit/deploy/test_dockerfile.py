import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.environment import REPOSITORY

TEXT = (REPOSITORY / "Dockerfile").read_text()
FOLDERS = ("", "libs/", "services/")


def services() -> set[str]:
    """Return the services that the file knows a command for."""
    return set(re.findall(r"^FROM runtime AS run-(\S+)$", TEXT, re.MULTILINE))


def project(name: str) -> dict[str, Any]:
    """Return the project table of one of our distributions, named without `satark-`."""
    (file,) = (path for pattern in FOLDERS for path in REPOSITORY.glob(f"{pattern}{name}/pyproject.toml"))
    table: dict[str, Any] = tomllib.loads(file.read_text())["project"]
    return table


def ours_of(name: str) -> set[str]:
    """Return which of our distributions one depends on, and those on."""
    wanted = (re.match(r"satark-([a-z-]+)", text) for text in project(name)["dependencies"])
    direct = {found[1] for found in wanted if found}
    return direct.union(*(ours_of(each) for each in direct))


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
        assert f"${{PYTHON_IMAGE:-{found.group(1)}}}" == compose["x-images"]["python"]
        assert ":" in found.group(1)
        assert "latest" not in TEXT

    @pytest.mark.parametrize("service", sorted(services()))
    def test_every_service_is_a_distribution(self, service: str) -> None:
        """Each SERVICE is a distribution of the workspace that brings the command the image runs."""
        found = project(service)
        command = re.search(rf'^FROM runtime AS run-{service}\nCMD \["([^"]+)"\]$', TEXT, re.MULTILINE)

        assert found["name"] == f"satark-{service}"
        assert command is not None
        assert command.group(1) in found["entry-points"]["satark.commands"]

    @pytest.mark.parametrize("service", sorted(services()))
    def test_every_service_has_its_libraries(self, service: str) -> None:
        """An image is built from the wheels of ours that its service depends on, and from no others."""
        wanted = {"schemas", "runtime", service}
        for names, extra in re.findall(r'([a-z|-]+)\) set -- "\$@" ([a-z ]+) ;;', TEXT):
            if service in names.split("|"):
                wanted |= set(extra.split())

        assert wanted == ours_of(service) | {service}

    def test_every_distribution_is_a_service(self) -> None:
        """Whatever lies in `services` can be built."""
        assert {path.parent.name for path in REPOSITORY.glob("services/*/pyproject.toml")} <= services()

    def test_context_has_what_is_copied(self) -> None:
        """The build context leaves in every folder that the file copies."""
        ignore = (REPOSITORY / ".dockerignore").read_text().splitlines()
        copied = re.findall(r"^COPY (?!--)(.+) \S+$", TEXT, re.MULTILINE)

        assert {f"!{name}" for line in copied for name in line.split()} <= set(ignore)

"""What the repository consists of: committed files, distributions."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.environment import REPOSITORY


@dataclass(frozen=True, slots=True)
class Distribution:
    """One member of the workspace."""

    folder: Path
    project: dict[str, Any]
    module: str

    @property
    def name(self) -> str:
        """The distribution's name."""
        return str(self.project["name"])

    @property
    def package(self) -> Path:
        """The folder of its package."""
        return self.folder.joinpath("src", *self.module.split("."))

    @property
    def requirements(self) -> list[str]:
        """The names of what it needs, extras included."""
        optional = self.project.get("optional-dependencies", {}).values()
        lines = [*self.project["dependencies"], *(line for extra in optional for line in extra)]
        return sorted({normal(line) for line in lines})


def workspace() -> dict[str, Any]:
    """Return the root's pyproject.toml."""
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def distributions() -> list[Distribution]:
    """Return the members of the workspace."""
    found = []
    for member in workspace()["tool"]["uv"]["workspace"]["members"]:
        document = tomllib.loads((REPOSITORY / member / "pyproject.toml").read_text())
        module = document["tool"]["uv"]["build-backend"]["module-name"]
        found.append(Distribution(REPOSITORY / member, document["project"], module))
    return found


def normal(requirement: str) -> str:
    """Return the normalised name in a requirement (the packaging specification's clause on names)."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def committed() -> Iterator[Path]:
    """Yield the files that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        file = REPOSITORY / name
        if name and file.is_file():
            yield file

"""What the scripts of deploy/security make, once a run and once a test."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.environment import REPOSITORY


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of certificates, passwords and keys. Tests only look at it."""
    folder = tmp_path_factory.mktemp("security") / "made"
    for script in ("certificates.sh", "passwords.sh"):
        command = ["sh", str(REPOSITORY / "deploy" / "security" / script), str(folder)]
        subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "made"))

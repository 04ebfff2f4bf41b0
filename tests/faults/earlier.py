"""The product as it was in an earlier commit, for processes of before an upgrade."""

import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.environment import REPOSITORY, variable

PRODUCT = ("schemas", "libs", "services")
OVERRIDE = "SATARK_UPGRADE_FROM"
PINS = "constraints.txt"


@dataclass(frozen=True, slots=True)
class Code:
    """A commit's files in a folder."""

    commit: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process run this code, with the libraries that are installed."""
        sources = sorted(path for top in PRODUCT for path in self.folder.glob(f"{top}/**/src") if path.is_dir())
        return {"PYTHONPATH": ":".join(map(str, sources))}


def commit_before(changes: int) -> str:
    """Return the commit before the last so many that changed the product; skips the test where there is no such history."""
    if changes == 1 and (named := variable(OVERRIDE)):
        return _git("rev-parse", "--verify", f"{named}^{{commit}}")
    found = _git("log", "--first-parent", "--format=%H", f"-{changes}", "--", *PRODUCT).split()
    if len(found) < changes:
        pytest.skip(f"the history of this clone has no {changes} changes of the product")
    try:
        return _git("rev-parse", "--verify", f"{found[-1]}^")
    except subprocess.CalledProcessError:
        pytest.skip(f"the history of this clone ends at {found[-1]}")


def code_of(commit: str, folder: Path) -> Code:
    """Unpack a commit's product; skips the test where it was pinned to other libraries than are installed."""
    pins = [line for line in _git("show", f"{commit}:{PINS}").splitlines() if "==" in line and not line.startswith("#")]
    present = (REPOSITORY / PINS).read_text()
    if others := [pin for pin in pins if f"{pin.split()[0]}\n" not in present.replace(" ", "\n")]:
        pytest.skip(f"{commit[:8]} was pinned to other libraries: {', '.join(others[:5])}")
    packed = subprocess.run(
        ["git", "archive", commit, "--", *PRODUCT], cwd=REPOSITORY, capture_output=True, check=True, timeout=60
    )
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return Code(commit, folder)


def _git(*arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["git", *arguments], cwd=REPOSITORY, capture_output=True, check=True, text=True, timeout=60
        )
    except FileNotFoundError:
        pytest.skip("there is no git")
    except subprocess.CalledProcessError as error:
        if "not a git repository" in error.stderr:
            pytest.skip("this is no clone, it has no history")
        raise
    return answer.stdout.strip()

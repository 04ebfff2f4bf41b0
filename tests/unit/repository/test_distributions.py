import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import REPOSITORY
from tests.unit.repository.files import Distribution, committed, distributions, normal, workspace

ALL = distributions()
by_name = pytest.mark.parametrize("distribution", ALL, ids=lambda one: one.name)


class TestNamespace:
    def test_no_folder_named_satark_is_a_package(self) -> None:
        """All distributions share the namespace `satark` (PEP 420): one __init__.py in it would hide the others."""
        folders = [folder for one in ALL for folder in one.folder.rglob("satark") if folder.is_dir()]

        assert len(folders) >= len(ALL)
        assert [folder for folder in folders if (folder / "__init__.py").exists()] == []

    @by_name
    def test_each_package_is_typed(self, distribution: Distribution) -> None:
        """Every distribution has a package with py.typed."""
        assert (distribution.package / "py.typed").is_file()

    @by_name
    def test_every_folder_of_modules_is_a_package(self, distribution: Distribution) -> None:
        """A folder with modules below the package has an __init__.py, with a docstring of what is in it."""
        folders = {module.parent for module in distribution.package.rglob("*.py")}

        assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []
        assert [f for f in folders if not ast.get_docstring(ast.parse((f / "__init__.py").read_text()))] == []

    def test_every_member_is_known_everywhere(self) -> None:
        """A member of the workspace is also a source for uv, known to mypy, and under the import contracts."""
        tools = workspace()["tool"]
        names, modules = {one.name for one in ALL}, {one.module for one in ALL}
        paths = {f"$MYPY_CONFIG_FILE_DIR/{one.folder.relative_to(REPOSITORY)}/src" for one in ALL}

        assert names == set(tools["uv"]["sources"])
        assert paths == set(tools["mypy"]["mypy_path"])
        assert modules == set(tools["importlinter"]["root_packages"])


class TestVersions:
    def test_the_product_has_one(self) -> None:
        """All distributions have the version that `satark --version` tells, and the workspace has it too."""
        versions = {one.project["version"] for one in ALL} | {workspace()["project"]["version"]}

        assert len(versions) == 1

    def test_the_changelog_knows_it(self) -> None:
        """The changelog has a section for the version, or for what is not released yet."""
        text = (REPOSITORY / "CHANGELOG.md").read_text()

        assert re.search(
            rf"^## \[?(Unreleased|{re.escape(ALL[0].project['version'])})\b", text, re.MULTILINE | re.IGNORECASE
        )

    def test_they_need_the_same_python(self) -> None:
        """All distributions run on the same versions of Python."""
        assert {one.project["requires-python"] for one in ALL} == {workspace()["project"]["requires-python"]}


class TestDependencies:
    @by_name
    def test_each_is_pinned(self, distribution: Distribution) -> None:
        """Whatever a distribution needs has its version in constraints.txt."""
        ours = {one.name for one in ALL}

        assert set(distribution.requirements) - ours <= pinned()

    def test_the_tools_are_pinned(self) -> None:
        """What the tests and the checks need is pinned too."""
        assert {normal(line) for line in workspace()["dependency-groups"]["dev"]} <= pinned()

    def test_every_pin_is_exact(self) -> None:
        """Each line of constraints.txt pins one version, and nothing else is in it."""
        lines = (REPOSITORY / "constraints.txt").read_text().splitlines()

        assert [line for line in lines if not re.match(r"^[a-z0-9.-]+==[\w.!+]+( ; .+)?$", line)] == []


def pinned() -> set[str]:
    """Return the names in constraints.txt."""
    lines = (REPOSITORY / "constraints.txt").read_text().splitlines()
    return {normal(line) for line in lines if line.strip() and not line.startswith("#")}


class TestImports:
    def test_contracts_are_kept(self) -> None:
        """Nobody imports what the contracts in pyproject.toml forbid."""
        done = subprocess.run(
            [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stdout + done.stderr

    def test_they_open_nothing(self) -> None:
        """Importing every module opens no socket, starts no thread or process, writes no file, and warns of nothing."""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tests.unit.repository.import_all", *(one.module for one in ALL)],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        assert int(done.stdout) >= len(
            [file for file in committed() if "/src/satark/" in str(file) and file.suffix == ".py"]
        )

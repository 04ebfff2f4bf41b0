import importlib.metadata
import json
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.unit.repository.files import Distribution, distributions, normal

pytestmark = pytest.mark.e2e

ALL = {one.name: one for one in distributions()}
COMMANDS = [
    (one.name, command)
    for one in ALL.values()
    for command in one.project.get("entry-points", {}).get("satark.commands", {})
]

RUN = """
import sys
sys.path[:] = {paths}
from satark.runtime.cli import main
sys.exit(main({arguments}))
"""

Installed = Callable[[str], Path]


def without_extras(distribution: Distribution) -> set[str]:
    """Return what a distribution needs when it is installed plainly."""
    return {normal(line) for line in distribution.project["dependencies"]}


def closure(names: set[str]) -> set[str]:
    """Return the foreign distributions that the named ones need, themselves included, as they are installed here."""
    found: set[str] = set()
    waiting = {(name, "") for name in names}
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found.add(name)
        for line in importlib.metadata.requires(name) or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting |= {(normal(needed.name), one) for one in ("", *needed.extras)}
    return found


def ours(name: str) -> set[str]:
    """Return the distributions of the workspace that one needs, itself included."""
    needed = {one for one in without_extras(ALL[name]) if one in ALL}
    return {name}.union(*(ours(one) for one in needed))


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A wheel of every distribution, built as for a release, without a network."""
    folder = tmp_path_factory.mktemp("wheels")
    uv = str(Path(sys.executable).with_name("uv"))
    for one in ALL.values():
        command = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--offline", "--python", sys.executable]
        subprocess.run([*command, "--out-dir", str(folder), str(one.folder)], check=True, capture_output=True)
    return {name: next(folder.glob(f"{name.replace('-', '_')}-*.whl")) for name in ALL}


@pytest.fixture(scope="module")
def installed(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A function that gives a folder with one distribution and nothing else than what it says it needs."""
    made: dict[str, Path] = {}

    def install(name: str) -> Path:
        if name not in made:
            made[name] = folder = tmp_path_factory.mktemp(name)
            members = ours(name)
            for member in members:
                with zipfile.ZipFile(wheels[member]) as wheel:
                    wheel.extractall(folder)
            foreign = set().union(*(without_extras(ALL[member]) for member in members)) - set(ALL)
            for one in closure(foreign):
                _link(one, folder)
        return made[name]

    return install


def _link(name: str, folder: Path) -> None:
    distribution = importlib.metadata.distribution(name)
    tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in {"..", "__pycache__"}}
    for top in tops:
        if not (folder / top).exists():
            (folder / top).symlink_to(Path(str(distribution.locate_file(top))))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `satark` on nothing but the standard library and a folder."""
    standard = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")}
    paths = [str(folder), *sorted(standard), *sorted(f"{path}/lib-dynload" for path in standard)]
    script = RUN.format(paths=json.dumps(paths), arguments=list(arguments))
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": ""},
        timeout=60,
    )


class TestWheels:
    @pytest.mark.parametrize("name", ALL)
    def test_each_holds_its_package_alone(self, wheels: dict[str, Path], name: str) -> None:
        """A wheel holds every file of its package, py.typed too, and nothing in `satark` itself."""
        with zipfile.ZipFile(wheels[name]) as wheel:
            held = {entry for entry in wheel.namelist() if not entry.endswith("/") and ".dist-info/" not in entry}

        root = ALL[name].folder / "src"
        files = {str(file.relative_to(root)) for file in ALL[name].package.rglob("*") if file.is_file()}
        assert held == {file for file in files if "__pycache__" not in file}

    @pytest.mark.parametrize(("name", "command"), COMMANDS)
    def test_each_command_needs_only_what_it_says(self, installed: Installed, name: str, command: str) -> None:
        """A distribution alone, with only what its metadata asks for, explains its commands."""
        done = run(installed(name), command, "--help")

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"usage: satark {command}")

    @pytest.mark.parametrize("name", sorted({name for name, _ in COMMANDS}))
    def test_every_module_of_it_can_be_imported(self, installed: Installed, name: str) -> None:
        """No module of a distribution imports what its metadata does not ask for."""
        folder = installed(name)
        script = (
            "import importlib, pkgutil, sys\n"
            f"sys.path.insert(0, {str(folder)!r})\n"
            f"package = importlib.import_module({ALL[name].module!r})\n"
            f"found = list(pkgutil.walk_packages(package.__path__, prefix={ALL[name].module + '.'!r}))\n"
            "for one in found: importlib.import_module(one.name)\n"
        )

        done = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", script], capture_output=True, text=True, check=False, timeout=60
        )

        assert (done.returncode, done.stderr) == (0, "")

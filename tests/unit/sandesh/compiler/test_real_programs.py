"""Every program that the originals were tried with, and those that their libraries are made of."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from satark.sandesh.compiler import languages
from satark.sandesh.compiler.units import bundle_of
from satark.sandesh.idl import Bundle, IdlError, load, load_texts
from tests.support.environment import REPOSITORY
from tests.unit.sandesh.compiler.programs import importable, save

IDL = REPOSITORY / "tests" / "data" / "sandesh" / "idl"
GOOD = REPOSITORY / "tests" / "data" / "idl" / "good"


def programs() -> Iterator[tuple[str, Bundle]]:
    """Every legal program by a name that a package can have."""
    for line in (IDL / "compiler_cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        try:
            bundle = load_texts(case["files"], "t.sandesh")
        except IdlError:
            continue
        yield f"case_{case['name']}", bundle
    for file in [*sorted(IDL.glob("*.sandesh")), *sorted(GOOD.glob("*.sandesh"))]:
        yield f"{file.parent.name}_{file.stem}", load(file)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of all programs, each below a package of its own."""
    directory = tmp_path_factory.mktemp("generated")
    python = languages.find("py")
    for name, bundle in programs():
        for unit in bundle.units:
            save(python.generate(bundle_of(unit), {"package": name}), directory)
    return directory


def test_there_are_many() -> None:
    """The programs are those of the samples."""
    assert len(list(programs())) > 120


def test_all_of_them_import(generated: Path) -> None:
    """No generated package fails to be imported."""
    packages = sorted(file.parent.relative_to(generated) for file in generated.rglob("registry.py"))

    with importable(generated):
        found = [importlib.import_module(".".join(each.parts)).registry for each in packages]

    assert len(found) > 120


def test_all_of_them_pass_mypy_strict(generated: Path) -> None:
    """A type checker at its strictest finds nothing in generated code."""
    packages = [argument for each in sorted(generated.iterdir()) if each.is_dir() for argument in ("-p", each.name)]
    command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={generated / '.cache'}", *packages]

    done = subprocess.run(command, cwd=generated, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "Success")


def test_all_of_them_are_formatted(generated: Path) -> None:
    """A formatter finds nothing to do in generated code."""
    ruff = str(Path(sys.executable).with_name("ruff"))

    done = subprocess.run(
        [ruff, "format", "--isolated", "--no-cache", "--diff", "."],
        cwd=generated,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_all_of_them_pass_a_linter(generated: Path) -> None:
    """A linter's usual rules find no unused import, no undefined name and nothing unsorted."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    command = [ruff, "check", "--isolated", "--no-cache", "--select=E4,E7,E9,F,I,RUF022", "."]

    done = subprocess.run(command, cwd=generated, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "All checks passed!\n")


@pytest.mark.parametrize("language", ["doc", "html", "jsonschema", "xml"])
def test_all_of_them_are_documented(language: str) -> None:
    """The other languages say something of every program."""
    generate = languages.find(language).generate

    assert all(any(text for text in generate(bundle, {}).values()) for _, bundle in programs())

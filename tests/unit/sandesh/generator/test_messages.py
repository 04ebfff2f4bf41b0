"""The messages of the library itself are what the compiler makes of their definitions."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from satark.sandesh.compiler.python.package import files
from satark.sandesh.idl import load
from satark.sandesh.types import Kind
from tests.support.environment import REPOSITORY
from tests.unit.sandesh.idl.corpus import RECORDED

SOURCES = REPOSITORY / "libs/sandesh/src"
GENERATOR = SOURCES / "satark/sandesh/generator"
DEFINITIONS = sorted((GENERATOR / "idl").glob("*.sandesh"))
NOT_WHOLE = {
    # Facts of hosts, which only other daemons tell.
    "NodeStatus",
    "NodeStatusUVE",
}


def made(definition: Path) -> Mapping[str, str]:
    """What the compiler writes for a definition, by the path below the sources."""
    return files(load(definition), {})


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda each: each.stem)
def test_up_to_date(definition: Path) -> None:
    """Compiling them again changes nothing; if this fails, run `sandesh --gen py -out libs/sandesh/src` on the file."""
    for path, text in made(definition).items():
        assert text == (SOURCES / path).read_text(), path


def test_nothing_else() -> None:
    """There is no message whose definition is gone."""
    expected = {path for definition in DEFINITIONS for path in made(definition)}
    present = {
        str(each.relative_to(SOURCES))
        for each in (GENERATOR / "messages").rglob("*")
        if each.is_file() and "__pycache__" not in each.parts
    }

    assert expected == present - {"satark/sandesh/generator/messages/__init__.py"}


def test_signatures() -> None:
    """What the originals' library has as well has the same shape, so that either end may look at the signature."""
    rows = [line.split("\t") for line in (RECORDED / "fingerprints.tsv").read_text().splitlines() if line[0] != "#"]
    theirs = {name: int(signature) for name, _, signature in rows}
    units = [unit for definition in DEFINITIONS for unit in load(definition).units]
    ours = {each.name: each.version_sig for unit in units for each in (*unit.structs, *unit.messages)}
    shared = (theirs.keys() & ours.keys()) - NOT_WHOLE

    assert {name: theirs[name] for name in shared} == {name: ours[name] for name in shared}
    assert {"ModuleClientState", "UVEAlarms", "SandeshUVETypeInfo", "AnomalyResult"} <= shared


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda each: each.stem)
def test_requests_say_what_they_do(definition: Path) -> None:
    """Whoever reads introspect's index is told what a request does, unless it only tells a state."""
    requests = [each for each in load(definition).main.messages if each.kind.name == Kind.REQUEST.name]

    assert [] == [each.name for each in requests if not each.doc and not each.name.endswith("Status")]

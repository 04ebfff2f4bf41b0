from pathlib import Path

import pytest

from satark.sandesh.compiler import languages
from satark.sandesh.compiler.cli import listing
from satark.sandesh.compiler.generator import GeneratorError
from tests.unit.sandesh.compiler.programs import program

PLUG = """
from satark.sandesh.compiler.generator import Language

NAMES = Language(summary="names", generate=lambda bundle, options: {f"{bundle.main.module}.names": "a\\n"})
NOTHING = 5
"""
ENTRIES = """[satark.sandesh.generators]
names = plugged_names:NAMES
nothing = plugged_names:NOTHING
missing = plugged_names:MISSING
py = plugged_names:NAMES
"""


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed distribution that brings languages."""
    (tmp_path / "plugged_names.py").write_text(PLUG)
    info = tmp_path / "plugged_names-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged-names\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(tmp_path)


def test_the_built_in_ones_are_there() -> None:
    """Python, documents and descriptions need nothing else."""
    assert {"doc", "html", "jsonschema", "py", "xml"} <= set(languages.names())


@pytest.mark.usefixtures("plugged")
def test_a_distribution_brings_a_language() -> None:
    """A language is found by its entry point."""
    assert "names" in languages.names()
    assert languages.find("names").generate(program(""), {}) == {"t.names": "a\n"}


@pytest.mark.usefixtures("plugged")
def test_a_built_in_name_cannot_be_taken() -> None:
    """What is built in is what is meant."""
    assert languages.find("py") is languages.BUILT_IN["py"]


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize(
    ("name", "reason"), [("nothing", "is not a Language"), ("missing", "does not load: .*MISSING")]
)
def test_a_broken_language_is_an_error(name: str, reason: str) -> None:
    """What is plugged in and does not work is named."""
    with pytest.raises(GeneratorError, match=reason):
        languages.find(name)


def test_an_unknown_language_is_an_error() -> None:
    """The nearest language is proposed."""
    with pytest.raises(GeneratorError, match="no language 'htlm'; did you mean 'html'"):
        languages.find("htlm")


@pytest.mark.usefixtures("plugged")
def test_the_list_shows_what_does_not_load() -> None:
    """A broken language does not keep the others from being listed."""
    shown = listing()

    assert "names        names\n" in shown
    assert "does not load" in shown

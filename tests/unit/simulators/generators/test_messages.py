"""The compiled messages: nobody changed them by hand, and they say what the specification's rules want."""

from pathlib import Path

import pytest

import satark.simulators
from satark.sandesh.compiler.cli import main
from satark.simulators.generators.actor import MODULES

ROOT = Path(satark.simulators.__file__).parent / "generators"
SOURCES = sorted((ROOT / "idl").glob("*.sandesh"))


class TestCompiled:
    @pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
    def test_up_to_date(self, source: Path, tmp_path: Path) -> None:
        """Compiling a file again gives what is there."""
        assert 0 == main(["--gen", "py", "-out", str(tmp_path), str(source)])

        fresh = tmp_path.joinpath("satark", "simulators", "generators", "messages", source.stem)
        present = ROOT / "messages" / source.stem
        assert {path.name: path.read_text() for path in fresh.iterdir()} == {
            path.name: path.read_text() for path in present.iterdir() if path.is_file()
        }

    def test_all_known(self) -> None:
        """Every file's messages are known to the daemons."""
        assert [path.stem for path in SOURCES] == sorted(module.__name__.rpartition(".")[2] for module in MODULES)

    @pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
    def test_no_warnings(self, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The compiler has nothing to say against them."""
        assert 0 == main(["-strict", str(source)])
        assert "" == capsys.readouterr().err

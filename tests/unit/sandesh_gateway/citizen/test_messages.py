"""The compiled messages: nobody changed them by hand."""

from pathlib import Path

import pytest

import satark.sandesh_gateway
from satark.sandesh.compiler.cli import main

ROOT = Path(satark.sandesh_gateway.__file__).parent / "citizen"
SOURCE = ROOT / "idl" / "collector.sandesh"
PACKAGE = "satark.sandesh_gateway.citizen.messages"


def test_up_to_date(tmp_path: Path) -> None:
    """Compiling the file again gives what is there."""
    assert 0 == main(["--gen", f"py:package={PACKAGE}", "-out", str(tmp_path), str(SOURCE)])

    fresh = tmp_path.joinpath(*PACKAGE.split("."), "collector")
    present = ROOT / "messages" / "collector"
    assert {path.name: path.read_text() for path in fresh.iterdir()} == {
        path.name: path.read_text() for path in present.iterdir() if path.is_file()
    }


def test_no_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    """The compiler has nothing to say against it."""
    assert 0 == main(["-strict", str(SOURCE)])
    assert "" == capsys.readouterr().err

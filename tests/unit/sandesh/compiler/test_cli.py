import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import etree

from satark.sandesh.compiler.cli import main
from tests.unit.sandesh.compiler.programs import EVERYTHING

GOOD = "systemlog sandesh A { 1: i32 a }\n"


def write(folder: Path, **texts: str) -> None:
    """Write definition files."""
    for name, text in texts.items():
        (folder / f"{name}.sandesh").write_text(text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def times(folder: Path) -> dict[str, int]:
    """When each file below a folder was written."""
    return {str(each.relative_to(folder)): each.stat().st_mtime_ns for each in folder.rglob("*") if each.is_file()}


def test_files_are_written_where_they_belong(folder: Path) -> None:
    """Each language has its folder."""
    write(folder, a=GOOD)

    assert main(["--gen", "py", "--gen", "xml", "-o", "out", "a.sandesh"]) == 0
    assert sorted(times(folder / "out")) == [
        *(f"gen-py/a/{name}" for name in ("__init__.py", "definitions.py", "py.typed", "registry.py")),
        "gen-xml/a.program.xml",
    ]


def test_compiling_again_is_a_no_op(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that say the same keep their time; what changed is written."""
    write(folder, a=GOOD, b=GOOD.replace("A", "B"))
    line = [
        *(f"--gen={name}" for name in ("py", "html", "xml", "jsonschema", "doc")),
        "-out",
        "out",
        "-v",
        "a.sandesh",
        "b.sandesh",
    ]
    main(line)
    before = times(folder / "out")
    capsys.readouterr()

    assert main(line) == 0
    assert times(folder / "out") == before
    assert "py: 0 files written, 8 unchanged" in capsys.readouterr().err

    write(folder, b=GOOD.replace("A", "C"))
    main(line)
    changed = {path for path, time in times(folder / "out").items() if before.get(path) != time}
    assert "b/definitions.py" in changed
    assert not any(path.startswith("a") for path in changed)


def test_a_mistake_is_shown_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every wrong file is reported, the right ones are written, and the status is 1."""
    write(folder, a="struct S { 1: Nope x }\n", b=GOOD, c="struct {\n")

    assert main(["--gen", "xml", "-out", "out", "a.sandesh", "b.sandesh", "c.sandesh", "d.sandesh"]) == 1
    said = capsys.readouterr().err
    assert "a.sandesh:1:15: error: " in said
    assert "    1 | struct S { 1: Nope x }\n" in said
    assert "c.sandesh:1:8: error: " in said
    assert "d.sandesh" in said
    assert list(times(folder / "out")) == ["b.program.xml"]


def test_warnings_can_be_hidden(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A doubtful thing is said once and is no failure, unless it is asked to be."""
    write(folder, a="systemlog sandesh A { i32 a }\n", b='include "a.sandesh"\n')

    assert (main(["a.sandesh", "b.sandesh"]), capsys.readouterr().err.count("implicit-id")) == (0, 1)
    assert (main(["-nowarn", "a.sandesh"]), capsys.readouterr().err) == (0, "")
    assert (main(["-strict", "a.sandesh"]), "error" in capsys.readouterr().err) == (1, True)


@pytest.mark.parametrize(
    ("gen", "said"),
    [
        ("pyhton", "sandesh: error: no language 'pyhton'; did you mean 'py'?"),
        ("py:pakage=a", "sandesh: error: py has no option 'pakage'; did you mean 'package'?"),
    ],
)
def test_an_unknown_language_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str], gen: str, said: str) -> None:
    """Nothing is written for a language that does not exist."""
    write(folder, a=GOOD)

    assert main(["--gen", gen, "-out", "out", "a.sandesh"]) == 1
    assert (capsys.readouterr().err.strip(), (folder / "out").exists()) == (said, False)


def test_included_files_are_found_and_written(folder: Path) -> None:
    """`-I` says where to look, `-r` writes what is included."""
    (folder / "shared").mkdir()
    write(folder / "shared", b="struct B { 1: i32 b }\n")
    write(folder, a='include "b.sandesh"\nsystemlog sandesh A { 1: b.B b }\n')

    assert main(["--gen", "xml", "-out", "out", "a.sandesh"]) == 1
    assert main(["--gen", "xml", "-out", "out", "-I", "shared", "a.sandesh"]) == 0
    assert sorted(times(folder / "out")) == ["a.program.xml"]
    assert main(["--gen", "xml", "-out", "out", "-I", "shared", "-r", "a.sandesh", "shared/b.sandesh"]) == 0
    assert sorted(times(folder / "out")) == ["a.program.xml", "b.program.xml"]


def test_two_files_cannot_be_one_package(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two programs with one namespace are reported rather than written over each other."""
    write(folder, a="namespace py x\nconst i32 A = 1\n", b="namespace py x\nconst i32 B = 1\n")

    assert main(["--gen", "py", "-out", "out", "a.sandesh", "b.sandesh"]) == 1
    assert "already made from another input" in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_progress_is_shown_when_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Many files are counted."""
    write(folder, a=GOOD, b=GOOD)

    main(["-v", "a.sandesh", "b.sandesh"])

    assert capsys.readouterr().err.splitlines() == ["[1/2] a.sandesh", "[2/2] b.sandesh"]


def test_languages_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Every language is there with its options."""
    assert main(["--list-generators"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n{name} " in f"\n{said}" for name in ("doc", "html", "jsonschema", "py", "xml"))
    assert "package: " in said


def test_the_command_is_installed(tmp_path: Path) -> None:
    """`sandesh` runs as a program."""
    command = [
        str(Path(sys.executable).with_name("sandesh")),
        "-nowarn",
        "--gen",
        "py",
        "-r",
        "-out",
        str(tmp_path),
        str(EVERYTHING),
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "acme/common/definitions.py").is_file()


@pytest.mark.parametrize("name", ["a b", 'a"<b>', "1", "a\nb = 1", "#?%", "class", "ä", "-x", "\udcff"])
def test_a_file_may_be_called_anything(folder: Path, name: str) -> None:
    """The name of a file breaks no output: Python compiles, XML parses, links lead to files."""
    (folder / f"{name}.sandesh").write_text(GOOD + "request sandesh R { 1: i32 r }\n")

    assert (
        main(
            [
                *(f"--gen={each}" for each in ("py", "html", "xml", "jsonschema", "doc")),
                "-out",
                "out",
                "--",
                f"{name}.sandesh",
            ]
        )
        == 0
    )
    for file in (folder / "out").rglob("*"):
        if file.suffix == ".py":
            compile(file.read_text(), str(file), "exec")
        if file.suffix == ".xml":
            etree.fromstring(file.read_bytes())
        if file.suffix == ".html":
            for link in re.findall(r'href="([^"#]+)', file.read_text()):
                assert (folder / "out" / unquote(link, errors="surrogateescape")).is_file()

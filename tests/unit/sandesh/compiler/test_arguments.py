from pathlib import Path

import pytest

from satark.sandesh.compiler.arguments import parse
from satark.sandesh.compiler.generator import Request


def test_the_command_line_of_the_original_is_understood() -> None:
    """Options with one dash mean what they meant."""
    line = "--gen py:new_style -gen html -I a -I b -nowarn -strict -v -r --allow-neg-keys --allow-64bit-consts -out d x.sandesh y.sandesh"

    given = parse(line.split())

    assert given.files == (Path("x.sandesh"), Path("y.sandesh"))
    assert given.requests == (Request("py", {"new_style": ""}), Request("html", {}))
    assert given.include == (Path("a"), Path("b"))
    assert (given.warnings, given.strict, given.verbose, given.recurse) == (False, True, True, True)
    assert (given.allow_neg_keys, given.allow_64bit_consts) == (True, True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("-o d x", "d/gen-py"), ("-out d x", "d"), ("--out d x", "d"), ("x", "gen-py")],
)
def test_output_goes_where_the_original_puts_it(line: str, expected: str) -> None:
    """`-o` has a folder for each language, `-out` is the folder itself."""
    assert parse(line.split()).output_of("py") == Path(expected)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "no FILE given"),
        ("-o a -out b x", "not allowed with"),
        ("--gen :a x", "names no language"),
        ("--gen py,html x", "write --gen for each"),
        ("--strange x", "unrecognized"),
    ],
)
def test_a_mistake_ends_with_1(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong command line is said and fails as a wrong file does."""
    with pytest.raises(SystemExit) as ended:
        parse(line.split())

    assert (ended.value.code, said in capsys.readouterr().err) == (1, True)


@pytest.mark.parametrize("option", ["-version", "--version", "-h", "-help", "--help"])
def test_asking_is_no_mistake(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The version and the help end with 0."""
    with pytest.raises(SystemExit) as ended:
        parse([option])

    assert (ended.value.code, "sandesh" in capsys.readouterr().out) == (0, True)

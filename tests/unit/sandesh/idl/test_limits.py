import time

import pytest

from satark.sandesh.idl import Code, IdlError, Severity, load_texts, parse_text
from satark.sandesh.idl.errors import MAX_ERRORS, MAX_WARNINGS
from satark.sandesh.idl.load import MAX_CHAIN, MAX_FILES
from satark.sandesh.idl.parser import MAX_NESTING
from satark.sandesh.idl.scanner import MAX_CHARACTERS


def refused(files: dict[str, str] | str, main: str = "t") -> list[Code]:
    """Return the kinds of errors of a text, or of several."""
    with pytest.raises(IdlError) as caught:
        load_texts({main: files} if isinstance(files, str) else files, main)
    return [problem.code for problem in caught.value.errors]


class TestLimits:
    def test_size(self) -> None:
        """A file beyond the limit is not even looked at."""
        assert refused("/" * (MAX_CHARACTERS + 1)) == [Code.TOO_LARGE]

    def test_number_of_errors(self) -> None:
        """Errors after the hundredth are one more error."""
        assert refused("".join(f"struct S{n} {{ 1: Foo a }}\n" for n in range(2 * MAX_ERRORS))) == [
            *[Code.UNKNOWN_TYPE] * MAX_ERRORS,
            Code.TOO_MANY_ERRORS,
        ]

    def test_the_rest_is_not_looked_at(self) -> None:
        """After too many errors the search ends, in parsing, in checking, and in a single definition."""
        fields = "\n".join(f"{n + 1}: Foo{n} f{n}" for n in range(3_000))

        for text in ("struct S { 1 }\n" * 3_000, f"struct S {{ {fields} }}"):
            assert len(refused(text)) == MAX_ERRORS + 1

    def test_number_of_warnings(self) -> None:
        """Warnings after the thousandth are dropped."""
        text = "".join(f"struct S{n} {{ i32 a }}\n" for n in range(MAX_WARNINGS + 5))

        assert len(load_texts({"t": text}, "t").warnings) == MAX_WARNINGS

    @pytest.mark.parametrize("note", ['tags="{}"', "{}"])
    def test_hints_that_nobody_sees(self, note: str) -> None:
        """What a warning would suggest is not looked for once no more are shown."""
        listed = note.format(",".join(f"q{n}" for n in range(300))) if "tags" in note else 'kei="a" ' * 40
        text = f"struct S {{ {' '.join(f'{n}: i32 f{n} ({listed})' for n in range(1, 300))} }}"
        began = time.process_time()

        assert len(load_texts({"t": text}, "t").warnings) == MAX_WARNINGS
        assert time.process_time() - began < 20

    def test_strange_characters(self) -> None:
        """A file of nothing but strange characters is told in a few lines."""
        assert len(refused("@" * 10_000)) < 30

    @pytest.mark.parametrize("bracket", ["[", "{", "list<", "("])
    def test_nesting(self, bracket: str) -> None:
        """Brackets within each other are counted before anything recurses."""
        text = f"const i32 A = {bracket * 20_000}" if bracket != "list<" else f"typedef {bracket * 20_000}"

        assert refused(text) == [Code.TOO_DEEP]

    def test_nesting_within_the_limit(self) -> None:
        """As many brackets as are allowed are no mistake."""
        assert parse_text(f"const i32 A = {'[' * MAX_NESTING}{']' * MAX_NESTING}").definitions

    def test_long_numbers(self) -> None:
        """A number of a million digits costs nothing, unless most of them are zeros in front."""
        assert refused(f"const i32 A = {'9' * 1_000_000}") == [Code.NUMBER_TOO_BIG]
        assert refused(f"const u64 A = 0x{'f' * 1_000_000}") == [Code.NUMBER_TOO_BIG]
        assert load_texts({"t": f"const i32 A = {'0' * 10_000}7"}, "t").main.constants[0].value == 7

    def test_structs_that_double(self) -> None:
        """Structs of structs of structs grow without being large: the first too large one is refused, the rest is not told."""
        text = "struct S0 { 1: i32 a }" + "".join(f"struct S{n + 1} {{ 1: S{n} a 2: S{n} b }}" for n in range(200))

        assert refused(text) == [Code.TYPE_TOO_LARGE]

    def test_constants_that_double(self) -> None:
        """So do constants of constants."""
        kinds = ["i32"]
        lines = ["const i32 C0 = 1"]
        for n in range(40):
            kinds.append(f"list<{kinds[-1]}>")
            lines.append(f"const {kinds[-1]} C{n + 1} = [C{n}, C{n}]")

        assert refused("\n".join(lines)) == [Code.VALUE_TOO_LARGE]

    def test_chain_of_includes(self) -> None:
        """Files that include a file that includes a file end somewhere."""
        files = {f"f{n}": f'include "f{n + 1}"' for n in range(MAX_CHAIN + 5)}

        assert refused(files, "f0") == [Code.TOO_MANY_FILES]

    def test_number_of_files(self) -> None:
        """So does one file that includes all others."""
        files = {f"f{n}": "" for n in range(MAX_FILES + 1)}
        files["main"] = "".join(f'include "f{n}"\n' for n in range(MAX_FILES + 1))

        assert refused(files, "main") == [Code.TOO_MANY_FILES]

    def test_warnings_do_not_fail(self) -> None:
        """A file with nothing but warnings is accepted."""
        (warning,) = load_texts({"t": "struct S { i32 a }"}, "t").warnings

        assert (warning.code, warning.severity) == (Code.IMPLICIT_ID, Severity.WARNING)

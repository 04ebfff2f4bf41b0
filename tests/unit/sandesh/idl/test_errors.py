import pytest

from satark.sandesh.idl import Code, IdlError, Problem, Severity, Span, load_texts, parse_text, render


def problem(line_text: str, column: int, end_column: int, *, end_line: int = 7, hint: str = "") -> Problem:
    """Return a problem in line 7 of a file."""
    span = Span("f.sandesh", 7, column, end_line, end_column)
    return Problem(Code.SYNTAX, Severity.ERROR, span, "what", hint, line_text)


class TestRender:
    def test_everything(self) -> None:
        """The place, the line with a caret below the mistake, and the hint."""
        assert render(problem("  1: Foo a", 6, 9, hint="try Bar")) == (
            "f.sandesh:7:6: error: what [syntax]\n"
            "     7 |   1: Foo a\n"
            "       |      ^^^\n"
            "       = try Bar"
        )  # fmt: skip

    def test_a_file_without_a_line(self) -> None:
        """What has no place in a file is one line."""
        nowhere = Problem(Code.UNREADABLE_FILE, Severity.ERROR, Span("f", 0, 0, 0, 0), "what")

        assert render(nowhere) == "f: error: what [unreadable-file]"

    def test_several_lines(self) -> None:
        """A mistake over several lines is marked to the end of the first."""
        assert render(problem("struct S {", 8, 2, end_line=9)).endswith("|        ^^^")

    def test_behind_the_end(self) -> None:
        """What is missing at the end of a line is marked behind it."""
        assert render(problem("ab", 3, 4)).endswith("|   ^")

    def test_a_long_line(self) -> None:
        """Of a long line the part around the mistake is shown."""
        shown = render(problem("x" * 5000 + "HERE" + "x" * 5000, 5001, 5005)).split("\n")

        assert max(map(len, shown)) < 200
        assert shown[1][shown[2].index("^") : shown[2].rindex("^") + 1] == "HERE"

    def test_nothing_reaches_the_terminal(self) -> None:
        """Tabs keep the caret in place; control characters of a file are not repeated."""
        text = 'struct\tS { 1: Foo\x1b[31m a } // "\x07\u202e'

        with pytest.raises(IdlError) as caught:
            parse_text(text)

        assert "\x1b" not in str(caught.value)
        assert all(character.isprintable() or character == "\n" for character in str(caught.value))

    def test_names_are_shortened(self) -> None:
        """A name of any length makes no message of any length."""
        with pytest.raises(IdlError) as caught:
            load_texts({"t": f"struct S {{ 1: {'x' * 100_000} a }}"}, "t")

        assert len(str(caught.value)) < 2000


class TestIdlError:
    def test_the_first_error(self) -> None:
        """The exception has code and place of the first error, and warnings beside the errors."""
        with pytest.raises(IdlError) as caught:
            load_texts({"t": "struct S { i32 a 2: Foo b }"}, "t")

        error = caught.value
        assert [each.severity for each in error.problems] == [Severity.WARNING, Severity.ERROR]
        assert (error.code, error.span, error.errors) == (Code.UNKNOWN_TYPE, error.problems[1].span, error.problems[1:])

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.sandesh.compiler.python.text import (
    Expression,
    call,
    docstring,
    flat,
    keyword,
    lines,
    prefixed,
    quoted,
    sequence,
)

RUFF = str(Path(sys.executable).with_name("ruff"))
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=30).map(lambda word: f"x{word}")
EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    WORDS | st.integers().map(str),
    lambda inner: st.one_of(
        st.builds(call, WORDS, st.lists(inner, max_size=5)),
        st.builds(
            call,
            WORDS,
            st.lists(st.builds(keyword, WORDS, inner), max_size=5, unique_by=lambda item: flat(item).split("=")[0]),
        ),
        st.builds(lambda items: sequence("(", items, ")"), st.lists(inner, max_size=5)),
        st.builds(lambda items: sequence("[", items, "]"), st.lists(inner, max_size=5)),
    ),
    max_leaves=12,
)


def formatted(text: str, width: int = 88) -> str:
    """What `ruff format` makes of a text."""
    command = [RUFF, "format", "--isolated", f"--line-length={width}", "--stdin-filename=generated.py", "-"]
    return subprocess.run(command, input=text, capture_output=True, check=True, text=True).stdout


@settings(max_examples=25, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=20))
def test_expressions_are_as_ruff_leaves_them(expressions: list[Expression]) -> None:
    """A formatter finds nothing to do in an expression, nested and long as it may be."""
    text = "".join(
        "\n".join(lines(prefixed(f"x{at} = ", each), width=88)) + "\n" for at, each in enumerate(expressions)
    )

    assert formatted(text) == text


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=40))
def test_a_string_is_itself_in_the_quotes_that_ruff_prefers(texts: list[str]) -> None:
    """A literal evaluates to its text, and a formatter leaves it alone."""
    source = "".join(f"x = {quoted(each)}\n" for each in texts)

    assert texts == [ast.literal_eval(quoted(each)) for each in texts]
    assert formatted(source) == source


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=20))
def test_a_docstring_is_as_ruff_leaves_it(texts: list[str]) -> None:
    """Whatever a comment says becomes a docstring that a formatter leaves alone."""
    source = (
        "\n\n\n".join("\n".join([f"class X{at}:", *docstring(each or "X", depth=1)]) for at, each in enumerate(texts))
        + "\n"
    )

    assert formatted(source) == source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one", ['"""one"""']),
        ('ends "so"', ['"""ends "so\\""""']),
        ("two\n  lines\n", ['"""two', "  lines", '"""']),
        ('three """ quotes', ['"""three \\"\\"\\" quotes"""']),
        ("a \\ b", ['"""a \\\\ b"""']),
        ("", ['""""""']),
    ],
)
def test_a_docstring_is_written_as_people_write_it(text: str, expected: list[str]) -> None:
    """One line stays one line; several end with quotes on their own line."""
    assert docstring(text) == expected

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satark.sandesh.idl.ast import Base, Kind
from satark.sandesh.idl.lexer import lex
from satark.sandesh.idl.tokens import Source

PIECES = st.sampled_from([*" \t\r\n/*#\"'\\-+.019xeE_aZ{}()<>[],;:=@é", "/*", "*/", "//", "0x", "uve", "list"])


def kinds(text: str) -> list[str]:
    """Return the names of the tokens in a text."""
    return [token.type for token in lex(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uve uve_ uve.a uve-a a-", ["KIND", "IDENT", "IDENT", "ST_IDENT", "ST_IDENT"]),
        ("a.b. _ .a", ["IDENT", "IDENT", "STRANGE", "IDENT"]),
        ("1 -1 +1 0x1F 0x 0X1 1a", ["INT", "INT", "INT", "INT", "INT", "IDENT", "INT", "IDENT", "INT", "IDENT"]),
        ("1. .5 1.5 1e5 -1.5E-3 1e 0x1e5", ["INT", "STRANGE", *["DOUBLE"] * 4, "INT", "IDENT", "INT"]),
        ("true false", ["TRUE", "FALSE"]),
        (r""" "a\"b" 'a"b' "" "a """, ["STRING", "STRING", "STRING", "OPEN_STRING"]),
        ('"a\nb"', ["OPEN_STRING", "IDENT", "OPEN_STRING"]),
        ("/**/ /* * / */ // a\n# b", ["COMMENT"] * 4),
        ("/*/ a", ["OPEN_COMMENT"]),
        ("staticfunction py_module smalltalk_prefix", ["UNUSED_WORD", "OLD_NAMESPACE", "SMALLTALK"]),
        ("- / \f é", ["STRANGE"] * 4),
        (" \t\r\n ", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    """Words, numbers, texts, comments and what is none of them are told apart."""
    assert expected == kinds(text)


def test_words_of_the_tree_are_words_of_the_language() -> None:
    """Each kind of message and each base type is one token."""
    assert kinds(" ".join(Kind)) == ["KIND"] * len(Kind)
    assert kinds(" ".join(Base)) == ["BASE"] * len(Base)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_a_token_stands_where_it_says(text: str) -> None:
    """Cutting a text at the places of its tokens gives the tokens, and between them is space."""
    lines = text.split("\n")
    source = Source("f")
    rest = text

    for token in lex(text, source):
        assert (token.source, token.span.file) == (source, "f")
        assert lines[token.line - 1][token.column - 1 :].startswith(token.split("\n")[0])
        assert (token.end_line - token.line, len(lines[token.end_line - 1])) >= (
            token.count("\n"),
            token.end_column - 1,
        )
        space, _, rest = rest.partition(str(token))
        assert not space.strip(" \t\r\n")
    assert not rest.strip(" \t\r\n")


@pytest.mark.parametrize("text", [" ", "\r", "\n", "/*", '"', "'a", "0x", "1e", "a-", "-", "/", "\\", "9", "a."])
def test_time_grows_with_the_text(text: str) -> None:
    """No text takes more than a moment, however long."""
    began = time.process_time()

    for _ in lex(text * (500_000 // len(text))):
        pass

    assert time.process_time() - began < 10

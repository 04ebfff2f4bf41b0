"""The parser that lark makes of `grammar.lark`, built at first use."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from lark import Lark, Token, Tree
from lark.lexer import BasicLexer, LexerState, LexerThread
from lark.parsers.lalr_interactive_parser import InteractiveParser

Start = Literal["header", "definition"]
SyntaxTree = Tree[Token]


@cache
def grammar() -> Lark:
    """Return the parser. Its lexer is not contextual: keywords are reserved everywhere (clause 1.1)."""
    text = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        text,
        start=["header", "definition", "scanned"],
        parser="lalr",
        lexer="basic",
        propagate_positions=True,
        maybe_placeholders=True,
    )


def lex(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, comments and strange characters too; every text has tokens."""
    lexer: BasicLexer = grammar().parser.lexer
    return lexer.lex(cast("LexerState", LexerThread.from_text(lexer, text).state), None)


def parser(start: Start) -> InteractiveParser:
    """Return a parser that is fed by hand."""
    return grammar().parse_interactive(start=start)


def accepted(fed: InteractiveParser) -> set[str]:
    """Return the names of the terminals that a parser would take next; `$END` is the end of the piece."""
    return set(fed.accepts())  # type: ignore[no-untyped-call]

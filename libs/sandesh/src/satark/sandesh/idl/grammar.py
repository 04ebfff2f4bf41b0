"""The parser that lark makes of `grammar.lark`, built at first use."""

from functools import cache
from importlib.resources import files
from typing import Literal

from lark import Lark
from lark.parsers.lalr_interactive_parser import InteractiveParser

from satark.sandesh.idl.builder import Builder

Start = Literal["header", "definition"]


@cache
def grammar() -> Lark:
    """Return the parser. It is fed with tokens, and builds nodes as it goes instead of trees that are walked later."""
    text = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        text,
        start=["header", "definition"],
        parser="lalr",
        lexer="basic",
        transformer=Builder(),
        maybe_placeholders=True,
    )


def parser(start: Start) -> InteractiveParser:
    """Return a parser that is fed by hand."""
    return grammar().parse_interactive(start=start)


def accepted(fed: InteractiveParser) -> set[str]:
    """Return the names of the terminals that a parser would take next; `$END` is the end of the piece."""
    return set(fed.accepts())  # type: ignore[no-untyped-call]

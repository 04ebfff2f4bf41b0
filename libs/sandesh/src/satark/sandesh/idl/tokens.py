"""The tokens of the language: what the lexer yields and the grammar is made of."""

from dataclasses import dataclass, field
from typing import Self

from lark import Token

from satark.sandesh.idl.ast import Span


@dataclass(frozen=True, slots=True)
class Source:
    """What the tokens of a file share: its name, and its doc comments by line and column of the token behind them."""

    file: str
    docs: dict[tuple[int, int], str] = field(default_factory=dict)


class Word(Token):
    """A token that knows its file."""

    __slots__ = ("file", "source")

    source: Source
    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def of(cls, kind: str, text: str, source: Source, place: tuple[int, int, int, int]) -> Self:
        """Return a token; its place is line, column, end line and end column."""
        word = str.__new__(cls, text)
        word.type, word.value, word.source, word.file = kind, text, source, source.file
        word.line, word.column, word.end_line, word.end_column = place
        return word

    @property
    def span(self) -> Span:
        """Its place."""
        return Span(self.file, self.line, self.column, self.end_line, self.end_column)

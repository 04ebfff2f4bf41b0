"""From characters to tokens: one pass of one regular expression (clause 1.1 of the specification).

The grammar knows tokens by their names only. Keywords are reserved everywhere, so a word is looked up and needs no
context; whoever reads the tokens sees comments and what is no token at all, and judges them.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from lark.lexer import PatternStr

from satark.sandesh.idl.ast import Base, Kind
from satark.sandesh.idl.grammar import grammar
from satark.sandesh.idl.tokens import Source, Word

_TOKEN = re.compile(
    r"""[ \t\r]*+(?:
      (?P<LINES>\n[ \t\r\n]*)
    | (?P<IDENT>[A-Za-z_][A-Za-z_0-9.]*+(?!-))
    | (?P<ST_IDENT>[A-Za-z_][A-Za-z_0-9.\-]*)
    | (?P<DOUBLE>[+\-]?(?:[0-9]+(?:\.[0-9]+)?[eE][+\-]?[0-9]+|[0-9]*\.[0-9]+(?:[eE][+\-]?[0-9]+)?))
    | (?P<INT>0x[0-9a-fA-F]+|[+\-]?[0-9]+)
    | (?P<MARK>[{}()<>\[\],;:=*])
    | (?P<STRING>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*')
    | (?P<COMMENT>/\*[\s\S]*?\*/|(?://|\#)[^\n]*)
    | (?P<OPEN_COMMENT>/\*[\s\S]*)
    | (?P<OPEN_STRING>["'][^\n]*)
    | (?P<END>\Z)
    | (?P<STRANGE>[\s\S])
    )""",
    re.VERBOSE,
)
_KINDS = ("", *_TOKEN.groupindex)  # by the number of their group
_SPACE = frozenset({"LINES", "END"})
_OF_SEVERAL_LINES = frozenset({"LINES", "COMMENT", "OPEN_COMMENT"})
_OLD_NAMESPACES = (
    "cpp_namespace",
    "php_namespace",
    "py_module",
    "perl_package",
    "ruby_namespace",
    "java_package",
    "cocoa_prefix",
    "csharp_namespace",
    "delphi_namespace",
)


@cache
def _reserved() -> Mapping[str, str]:
    """Return the names of the tokens that are always written in one way, by how they are written."""
    literal = {
        str(each.pattern.value): each.name for each in grammar().terminals if isinstance(each.pattern, PatternStr)
    }
    return {
        **literal,
        **dict.fromkeys(map(str, Kind), "KIND"),
        **dict.fromkeys(map(str, Base), "BASE"),
        **dict.fromkeys(_OLD_NAMESPACES, "OLD_NAMESPACE"),
        **dict.fromkeys(("smalltalk_category", "smalltalk_prefix"), "SMALLTALK"),
        **dict.fromkeys(("staticfunction", "abcfunction"), "UNUSED_WORD"),
    }


def lex(text: str, source: Source | None = None) -> Iterator[Word]:
    """Yield the tokens of a text, comments and strange characters too; every text has tokens."""
    source = source or Source("")
    reserved = _reserved()
    line, line_start = 1, 0
    for match in _TOKEN.finditer(text):
        group = match.lastindex or 0
        kind, (start, end) = _KINDS[group], match.span(group)
        end_line, end_start = line, line_start
        if kind in _OF_SEVERAL_LINES and (count := text.count("\n", start, end)):
            end_line, end_start = line + count, text.rfind("\n", start, end) + 1
        if kind not in _SPACE:
            piece = text[start:end]
            if kind in {"IDENT", "MARK"}:
                kind = reserved.get(piece, kind)
            yield Word.of(kind, piece, source, (line, start - line_start + 1, end_line, end - end_start + 1))
        line, line_start = end_line, end_start

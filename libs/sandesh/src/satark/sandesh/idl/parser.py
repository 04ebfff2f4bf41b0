"""From text to a syntax tree, with all syntax errors of a run.

A definition begins with a word that can stand nowhere else, so the tokens are cut there and each piece is parsed alone:
a mistake costs its own definition and no other. Nothing here knows what names mean.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lark import Token, UnexpectedToken

from satark.sandesh.idl.ast import Definition, Header, Namespace, Program, Span
from satark.sandesh.idl.codes import Code
from satark.sandesh.idl.errors import Report
from satark.sandesh.idl.expected import advice, expectation, finding
from satark.sandesh.idl.grammar import Start, accepted, parser
from satark.sandesh.idl.scanner import HEADERS, STRANGE, scan
from satark.sandesh.idl.tokens import Word

MAX_NESTING = 64  # of brackets in a definition; real files have 4, our recursion stands 10 times as many

_NAMES = {"IDENT", "ST_IDENT"}
_TYPES = {"IDENT", "BASE", "LIST", "SET", "MAP"}
_FOLLOWERS = {
    "INCLUDE": {"STRING", "OPEN_STRING"},
    "CPP_INCLUDE": {"STRING", "OPEN_STRING"},
    "XSD_NAMESPACE": {"STRING", "OPEN_STRING"},
    "NAMESPACE": {*_NAMES, "STAR"},
    "OLD_NAMESPACE": _NAMES,
    "SMALLTALK": _NAMES,
    "CONST": _TYPES,
    "TYPEDEF": _TYPES,
    "ENUM": _NAMES,
    "SENUM": _NAMES,
    "STRUCT": _NAMES,
    "UNION": _NAMES,
    "EXCEPTION": _NAMES,
    "SERVICE": _NAMES,
    "KIND": {"SANDESH"},
}
_DEPTH = {
    **dict.fromkeys(("LESSTHAN", "LPAR", "LSQB", "LBRACE"), 1),
    **dict.fromkeys(("MORETHAN", "RPAR", "RSQB", "RBRACE"), -1),
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be read of a file: `lost` are the names of definitions that had mistakes."""

    program: Program
    lost: frozenset[str]


def parse(text: str, file: str, report: Report) -> Parsed:
    """Return what the text says; mistakes go to `report`. Raises nothing, whatever the text is."""
    scanned = scan(text, file, report)
    headers: list[Header] = []
    definitions: list[Definition] = []
    lost: set[str] = set()
    for piece, after in _pieces(scanned.tokens):
        if report.full:
            break
        node = _parsed(piece, after, report)
        if node is None:
            lost |= {str(token) for token in piece if token.type == "IDENT"}
        elif not isinstance(node, Header):
            definitions.append(node)
        else:
            headers.append(node)
            _check_dash(node, report)
            if definitions or lost:
                message = f"a header ({piece[0]}) stands before every definition"
                report.error(Code.HEADER_AFTER_DEFINITION, node.span, message, "move it to the top of the file")
    program = Program(file, tuple(headers), tuple(definitions), scanned.program_doc)
    return Parsed(program, frozenset(lost))


def _check_dash(header: Header, report: Report) -> None:
    """Smalltalk alone has dashes in names; lark cannot tell its namespaces from others, as they are names themselves."""
    if isinstance(header, Namespace) and "-" in header.name and not header.language.startswith("smalltalk"):
        hint = "a name has letters, digits and _"
        report.error(Code.SYNTAX, header.span, f'expected a name, found "{header.name}"', hint)


def _pieces(tokens: Sequence[Word]) -> Iterator[tuple[Sequence[Word], Word | None]]:
    """Yield the tokens of each header and definition, with the token behind them."""
    start = depth = 0
    for index, token in enumerate(tokens):
        if index > start and _begins(tokens, index, depth):
            yield tokens[start:index], token
            start, depth = index, 0
        depth += _DEPTH.get(token.type, 0)
    if start < len(tokens):
        yield tokens[start:], None


def _begins(tokens: Sequence[Word], index: int, depth: int) -> bool:
    """Tell whether a definition begins here: the right word, and behind it what it needs or before it a new line."""
    token = tokens[index]
    followers = _FOLLOWERS.get(token.type)
    if followers is None:
        return False
    if index + 1 < len(tokens) and tokens[index + 1].type in followers:
        return True
    return depth <= 0 and tokens[index - 1].line < token.line


def _parsed(piece: Sequence[Word], after: Word | None, report: Report) -> Header | Definition | None:
    """Return the node of a piece, or None after reporting its first mistake."""
    if any(token.type in STRANGE for token in piece) or not _is_shallow(piece, report):
        return None
    start: Start = "header" if piece[0].type in HEADERS else "definition"
    feed = parser(start)
    index = 0
    try:
        for token in piece:
            feed.feed_token(token)
            index += 1
        node: Header | Definition = feed.feed_token(Token("$END", ""))
    except UnexpectedToken:
        _refuse(start, piece, index, after, report)
        return None
    return node


def _refuse(start: Start, piece: Sequence[Word], index: int, after: Word | None, report: Report) -> None:
    """Report the token at `index` of a piece; one behind its end means that the piece is not complete."""
    again = parser(start)
    for token in piece[:index]:
        again.feed_token(token)
    expected = accepted(again)
    found, following = [*piece[index : index + 2], after, None][:2]
    hint = ""
    if index < len(piece):
        hint = advice(found, following, expected)
    elif opened := _unclosed(piece):
        hint = f"the {opened} of line {opened.line} is never closed"
    span = found.span if found is not None else _behind(piece[-1].span)
    report.error(Code.SYNTAX, span, f"expected {expectation(expected)}, found {finding(found)}", hint)


def _is_shallow(piece: Sequence[Word], report: Report) -> bool:
    depth = 0
    for token in piece:
        depth += _DEPTH.get(token.type, 0)
        if depth > MAX_NESTING:
            report.error(Code.TOO_DEEP, token.span, f"more than {MAX_NESTING} brackets within each other")
            return False
    return True


def _behind(span: Span) -> Span:
    return Span(span.file, span.end_line, span.end_column, span.end_line, span.end_column + 1)


def _unclosed(piece: Sequence[Word]) -> Word | None:
    """Return the innermost bracket that is open at the end of a piece."""
    opened: list[Word] = []
    for token in piece:
        depth = _DEPTH.get(token.type, 0)
        if depth > 0:
            opened.append(token)
        elif depth < 0 and opened:
            opened.pop()
    return opened[-1] if opened else None

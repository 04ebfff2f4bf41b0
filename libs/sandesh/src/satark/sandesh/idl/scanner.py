"""From text to tokens: characters, literals and comments are judged here, so that the parser sees only words.

Source: clause 1.1 of the specification.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from satark.sandesh.idl.ast import Span
from satark.sandesh.idl.codes import Code
from satark.sandesh.idl.doctext import clean, is_doc
from satark.sandesh.idl.errors import Report
from satark.sandesh.idl.lexer import lex
from satark.sandesh.idl.literals import bad_escape, double, integer
from satark.sandesh.idl.tokens import Source, Word
from satark.sandesh.idl.words import MEANT, RESERVED

MAX_CHARACTERS = 4 * 1024 * 1024  # the largest real file has 150 kB
STRANGE = frozenset({"STRANGE", "OPEN_STRING", "OPEN_COMMENT"})
HEADERS = frozenset({"INCLUDE", "CPP_INCLUDE", "NAMESPACE", "OLD_NAMESPACE", "SMALLTALK", "XSD_NAMESPACE"})
_DOUBTFUL = STRANGE | {"STRING", "INT", "DOUBLE"}
_BAD_CHARACTERS_SHOWN = 20


@dataclass(slots=True)
class Scanned:
    """The tokens of a file without its comments, and the comment that is about the whole of it."""

    tokens: list[Word] = field(default_factory=list)
    program_doc: str | None = None


def scan(text: str, file: str, report: Report) -> Scanned:
    """Return the tokens of a file; what is no token is reported and kept, so that nobody reports it again."""
    report.add_source(file, lines := text.replace("\r\n", "\n").split("\n"))
    if len(text) > MAX_CHARACTERS:
        report.error(Code.TOO_LARGE, Span(file, 0, 0, 0, 0), f"larger than {MAX_CHARACTERS} characters")
        return Scanned()
    return _Scanner(file, report).run(_characters("\n".join(lines), file, report))


def _characters(text: str, file: str, report: Report) -> str:
    """Report what no file may have in it, and return the text without."""
    if text.startswith("\ufeff"):
        hint = "save the file as UTF-8 without a byte order mark"
        report.error(Code.BYTE_ORDER_MARK, Span(file, 1, 1, 1, 2), "the file begins with a byte order mark", hint)
        text = " " + text[1:]
    if "\0" in text:
        before = text[: text.index("\0")]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        span = Span(file, line, column, line, column + 1)
        report.error(Code.NUL_CHARACTER, span, "a NUL character", "is this a text file?")
        text = text.replace("\0", " ")
    return text


class _Scanner:
    """One pass over one file."""

    def __init__(self, file: str, report: Report) -> None:
        self._source = Source(file)
        self._report = report
        self._scanned = Scanned()
        self._doc: str | None = None
        self._strange = 0

    def run(self, text: str) -> Scanned:
        tokens = self._scanned.tokens
        for token in lex(text, self._source):
            if token.type == "COMMENT":
                self._comment(token)
                continue
            if self._doc is not None:
                self._attach(token, self._doc)
            tokens.append(token)
            if token.type in _DOUBTFUL or token in RESERVED:
                for code, span, message, hint in self._mistakes(token, token.span):
                    self._report.error(code, span, message, hint)
        if not tokens:
            self._found_program_doc()
        return self._scanned

    def _comment(self, token: Word) -> None:
        if not is_doc(token):
            return
        text = clean(token)
        if not _is_utf8(text):
            message = "a comment that is not UTF-8; its strange bytes become ?"
            self._report.warning(Code.NOT_UTF8, token.span, message)
            text = text.encode("utf-8", "replace").decode("utf-8")
        if not self._scanned.tokens:
            self._found_program_doc()
        self._doc = text

    def _attach(self, token: Word, doc: str) -> None:
        """Hand a token the doc comment before it; one before the first header is the program's."""
        if not self._scanned.tokens and token.type in HEADERS:
            self._found_program_doc()
        elif doc:
            self._source.docs[token.line, token.column] = doc
        self._doc = None

    def _found_program_doc(self) -> None:
        """Take the last doc comment as the program's, unless it has one."""
        self._scanned.program_doc = self._scanned.program_doc or self._doc or None

    def _mistakes(self, token: Word, span: Span) -> Iterator[tuple[Code, Span, str, str]]:
        match token.type:
            case "STRANGE":
                self._strange += 1
                if self._strange <= _BAD_CHARACTERS_SHOWN:
                    yield Code.STRANGE_CHARACTER, span, f"the character {_shown(token)} has no place here", ""
            case "OPEN_STRING":
                yield Code.OPEN_STRING, span, "the text does not end on its line", f"close it with {token[0]}"
            case "OPEN_COMMENT":
                opening = Span(span.file, span.line, span.column, span.line, span.column + 2)
                yield Code.OPEN_COMMENT, opening, "the comment never ends", "close it with */"
            case "STRING":
                yield from _text_mistakes(token, span)
            case "INT" if integer(token) is None:
                yield Code.NUMBER_TOO_BIG, span, "the number does not fit in 64 bits", ""
            case "DOUBLE" if double(token) is None:
                yield Code.NUMBER_TOO_BIG, span, "the number is beyond the largest double", ""
            case "IDENT" if token in RESERVED:
                hint = f"there is no {token} here; use {MEANT[token]}" if token in MEANT else "choose another name"
                yield Code.RESERVED_WORD, span, f'"{token}" is reserved and cannot be a name', hint


def _text_mistakes(token: Word, span: Span) -> Iterator[tuple[Code, Span, str, str]]:
    if not _is_utf8(token):
        yield Code.NOT_UTF8, span, "the text is not UTF-8", "save the file as UTF-8"
    if bad := bad_escape(token):
        column = span.column + bad[0]
        place = Span(span.file, span.line, column, span.line, column + 2)
        yield Code.BAD_ESCAPE, place, f"{bad[1]} is no escape", r"""known are \r \n \t \" \' \\"""


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _shown(character: str) -> str:
    return f'"{character}"' if character.isprintable() else f"U+{ord(character):04X}"

"""The Sandesh interface language: read it, check it, print it.

`load` reads a file with everything it includes and returns a checked `Bundle`, which compilers write from;
`load_texts` does the same for texts in memory. `parse_text` and `parse_file` read one file without knowing what its names
mean; `format_program` writes a tree as canonical text. All that read raise `IdlError` and nothing else, whatever they are given.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from satark.sandesh.idl.ast import Program, Span
from satark.sandesh.idl.codes import Code, Severity
from satark.sandesh.idl.errors import IdlError, Problem, Report, render
from satark.sandesh.idl.load import FileReader, Loader, MemoryReader, Reader
from satark.sandesh.idl.model import Bundle, Unit
from satark.sandesh.idl.options import Options
from satark.sandesh.idl.parser import parse
from satark.sandesh.idl.printer import format_program

__all__ = [
    "Bundle",
    "Code",
    "IdlError",
    "Options",
    "Problem",
    "Program",
    "Severity",
    "Span",
    "Unit",
    "format_program",
    "load",
    "load_texts",
    "parse_file",
    "parse_text",
    "render",
]


def parse_text(text: str, file: str = "<text>") -> Program:
    """Return the syntax tree of a text; `file` is the name that problems show.

    Raises IdlError with every syntax error.
    """
    report = Report()
    parsed = parse(text, file, report)
    report.raise_errors()
    return parsed.program


def parse_file(path: str | Path) -> Program:
    """Return the syntax tree of a file, its includes unread.

    Raises IdlError with every syntax error, or when the file cannot be read.
    """
    try:
        text = FileReader().read(str(path))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no such file"
        report = Report()
        report.error(Code.UNREADABLE_FILE, Span(str(path), 0, 0, 0, 0), f"cannot read {path}: {reason}")
        raise IdlError(report.problems()) from error
    return parse_text(text, str(path))


def load(path: str | Path, include_dirs: Iterable[str | Path] = (), options: Options | None = None) -> Bundle:
    """Return a file and everything it includes, checked; `warnings` of the bundle has what is only doubtful.

    Raises IdlError with every error of every file.
    """
    return _load(FileReader(include_dirs), str(path), options)


def load_texts(files: Mapping[str, str], main: str, options: Options | None = None) -> Bundle:
    """Return `main` and everything it includes, checked, from texts by their paths (`/` between folders).

    Raises IdlError with every error of every file, also when `main` is none of them.
    """
    return _load(MemoryReader(files), main, options)


def _load(reader: Reader, main: str, options: Options | None) -> Bundle:
    report = Report()
    bundle = Loader(reader, options or Options(), report).load(main)
    if bundle is None or report.failed:
        raise IdlError(report.problems())
    return bundle

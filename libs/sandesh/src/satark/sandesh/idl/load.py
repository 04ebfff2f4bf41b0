"""From a path to a checked bundle: reads the file, everything it includes, and checks them in that order.

Source: clause 1.3 of the specification. This is the only module of the package that touches files.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from satark.sandesh.idl.ast import Include, Program, Span
from satark.sandesh.idl.check import check
from satark.sandesh.idl.codes import Code
from satark.sandesh.idl.errors import Report
from satark.sandesh.idl.model import Bundle
from satark.sandesh.idl.options import Options
from satark.sandesh.idl.parser import parse
from satark.sandesh.idl.scanner import MAX_CHARACTERS
from satark.sandesh.idl.scope import Included

MAX_FILES = 1000  # the largest real tree has 119
MAX_CHAIN = 64  # includes within each other


class Reader(Protocol):
    """Where files come from. A file's name is what problems show; two names of one file have the same `identity`."""

    def find(self, path: str, including: str) -> str | None:
        """Return the name of the file that `including` means by `path`, or None."""

    def identity(self, name: str) -> str:
        """Return what is the same for all names of a file."""

    def read(self, name: str) -> str:
        """Return the text of a file. Raises OSError."""


class FileReader:
    """Files of this machine: looked for where the including file is, then in each folder of `include_dirs`."""

    def __init__(self, include_dirs: Iterable[str | Path] = ()) -> None:
        """Take the folders; they need not exist."""
        self._folders = tuple(Path(folder) for folder in include_dirs)

    def find(self, path: str, including: str) -> str | None:
        """Return the first file there is; an absolute path is taken as it is."""
        for folder in (Path(including).parent, *self._folders):
            try:
                if (folder / path).is_file():
                    return str(folder / path)
            except (OSError, ValueError):  # too long a name, or one with NUL
                continue
        return None

    def identity(self, name: str) -> str:
        """Return the path without links and dots, or as it is when it cannot be a file's."""
        try:
            return str(Path(name).resolve())
        except (OSError, ValueError, RuntimeError):  # NUL in it; links that go round
            return name

    def read(self, name: str) -> str:
        """Return the text; bytes that are not UTF-8 come out as surrogates, which the scanner judges."""
        with Path(name).open("rb") as file:
            data = file.read(4 * MAX_CHARACTERS + 1)
        return data.decode("utf-8", "surrogateescape")


class MemoryReader:
    """Files by name in memory, for tests and tools."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """Take texts by their paths, with `/` between folders."""
        self._files = files

    def find(self, path: str, including: str) -> str | None:
        """Return the path from where the including file is, or as it is."""
        beside = str(PurePosixPath(including).parent / path)
        return next((name for name in (beside, path) if name in self._files), None)

    def identity(self, name: str) -> str:
        """Return the name."""
        return name

    def read(self, name: str) -> str:
        """Return the text. Raises FileNotFoundError."""
        try:
            return self._files[name]
        except KeyError:
            raise FileNotFoundError(name) from None


class Loader:
    """One run: each file is read and checked once."""

    def __init__(self, reader: Reader, options: Options, report: Report) -> None:
        """Take where files come from and problems go."""
        self._reader = reader
        self._options = options
        self._report = report
        self._done: dict[str, Included] = {}

    def load(self, name: str) -> Bundle | None:
        """Return the checked file with its includes, or None when it could not be read."""
        main = self._file(name, ())
        if main.unit is None:
            return None
        units = tuple(each.unit for each in self._done.values() if each.unit is not None)
        return Bundle(main.unit, units, self._report.problems())

    def _file(self, name: str, chain: Sequence[tuple[str, str]], place: Span | None = None) -> Included:
        """Return a file; `chain` are identities and names of those that include it, `place` the include itself."""
        identity = self._reader.identity(name)
        if identity in self._done:
            return self._done[identity]
        try:
            text = self._reader.read(name)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "no such file"
            self._report.error(Code.UNREADABLE_FILE, place or Span(name, 0, 0, 0, 0), f"cannot read {name}: {reason}")
            included = Included(None)
        else:
            parsed = parse(text, name, self._report)
            includes = self._includes(parsed.program, (*chain, (identity, name)))
            included = check(parsed, module_of(name), includes, self._options, self._report)
        self._done[identity] = included
        return included

    def _includes(self, program: Program, chain: Sequence[tuple[str, str]]) -> dict[str, Included]:
        found: dict[str, Included] = {}
        names: dict[str, str] = {}
        for header in program.headers:
            if not isinstance(header, Include):
                continue
            module = module_of(header.path)
            name = self._reader.find(header.path, program.file)
            if name is None:
                hint = "it is looked for beside this file, then in each include folder (-I)"
                self._report.error(Code.MISSING_INCLUDE, header.span, f'there is no file "{header.path}"', hint)
                found.setdefault(module, Included(None))
                continue
            identity = self._reader.identity(name)
            if module not in names:
                names[module] = identity
                found[module] = self._include(name, identity, chain, header)
            elif names[module] == identity:
                self._report.warning(Code.REPEATED_INCLUDE, header.span, f'"{header.path}" is included twice')
            else:
                message = f'two included files are called "{module}"'
                self._report.error(Code.AMBIGUOUS_INCLUDE, header.span, message, "rename one of them")
        return found

    def _include(self, name: str, identity: str, chain: Sequence[tuple[str, str]], header: Include) -> Included:
        identities = [each for each, _ in chain]
        if identity in identities:
            circle = [*(shown for _, shown in chain[identities.index(identity) :]), name]
            self._report.error(Code.INCLUDE_CYCLE, header.span, f"files include each other: {' -> '.join(circle)}")
            return Included(None)
        if len(chain) >= MAX_CHAIN or len(self._done) >= MAX_FILES:
            message = f"more than {MAX_FILES} files, or {MAX_CHAIN} that include each other"
            self._report.error(Code.TOO_MANY_FILES, header.span, message)
            return Included(None)
        return self._file(name, chain, header.span)


def module_of(path: str) -> str:
    """Return what a file is called before a dot: its name without folder and suffix, which is `.sandesh` or any other."""
    return PurePosixPath(path.replace("\\", "/")).stem

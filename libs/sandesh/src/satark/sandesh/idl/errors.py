"""Problems of a program and the one exception of this package.

    Exception
    └── IdlError        one or more errors in what was read; carries every `Problem` found, warnings too

Any other exception out of `satark.sandesh.idl` is a bug of this package, whatever was read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from satark.sandesh.idl.ast import Span
from satark.sandesh.idl.codes import Code, Severity

MAX_ERRORS = 100  # nobody reads more; a broken file must not fill the memory
MAX_WARNINGS = 1000
MAX_SHOWN_COLUMNS = 160  # of a source line: generated files have very long ones
MAX_TEXT = 400  # of a message: names in it come from outside


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what it is, and if possible what to do.

    `line_text` is the line of the file at `span`, without its end.
    """

    code: Code
    severity: Severity
    span: Span
    message: str
    hint: str = ""
    line_text: str = ""

    def __str__(self) -> str:
        """Return `file:line:column: severity: message [code]`, the hint left out."""
        place = f"{self.span.file}:{self.span.line}:{self.span.column}" if self.span.line else self.span.file
        return f"{place}: {self.severity}: {self.message} [{self.code}]"


class IdlError(Exception):
    """What was read cannot be used; `problems` file by file, in the order of the text."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Take the problems, at least one of them an error."""
        super().__init__(problems)
        self.problems = tuple(problems)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that are errors."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def first(self) -> Problem:
        """The first error."""
        return self.errors[0]

    @property
    def code(self) -> Code:
        """The code of the first error."""
        return self.first.code

    @property
    def span(self) -> Span:
        """The place of the first error."""
        return self.first.span

    def __str__(self) -> str:
        """Return all problems as `render` writes them."""
        return "\n".join(render(problem) for problem in self.problems)


def render(problem: Problem) -> str:
    """Return a problem as people read it: the place, the line with a caret under the mistake, and the hint."""
    lines = [str(problem)]
    if problem.span.line:
        shown, start, width = _window(problem)
        gutter = f"{problem.span.line:>6} | "
        lines.append(gutter + shown)
        lines.append(f"{'| ':>{len(gutter)}}{' ' * start}{'^' * width}")
    if problem.hint:
        lines.append(f"       = {problem.hint}")
    return "\n".join(lines)


def _window(problem: Problem) -> tuple[str, int, int]:
    """Return the part of the line around the mistake, and where in it the caret starts and how wide it is."""
    span, text = problem.span, problem.line_text
    shown = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)
    first = max(0, min(span.column - MAX_SHOWN_COLUMNS // 2, len(shown) - MAX_SHOWN_COLUMNS))
    last = span.end_column if span.end_line == span.line else len(text) + 1
    start = span.column - 1 - first
    width = max(1, min(last - span.column, MAX_SHOWN_COLUMNS - start))
    return shown[first : first + MAX_SHOWN_COLUMNS], start, width


class Report:
    """Collects the problems of a run. Bounded: what comes after the limit is counted as one more error."""

    def __init__(self) -> None:
        """Start without problems."""
        self._lines: dict[str, Sequence[str]] = {}
        self._problems: list[Problem] = []
        self._errors = 0
        self._warnings = 0

    def add_source(self, file: str, lines: Sequence[str]) -> None:
        """Make the lines of a file known, to be shown with its problems."""
        self._lines[file] = lines

    def error(self, code: Code, span: Span, message: str, hint: str = "") -> None:
        """Note an error."""
        self._errors += 1
        if self._errors <= MAX_ERRORS:
            self._add(code, Severity.ERROR, span, message, hint)
        elif self._errors == MAX_ERRORS + 1:
            self._add(
                Code.TOO_MANY_ERRORS, Severity.ERROR, span, f"more than {MAX_ERRORS} errors; the rest is not shown"
            )

    def warning(self, code: Code, span: Span, message: str, hint: str = "") -> None:
        """Note a warning; those after the limit are dropped."""
        self._warnings += 1
        if self._warnings <= MAX_WARNINGS:
            self._add(code, Severity.WARNING, span, message, hint)

    def _add(self, code: Code, severity: Severity, span: Span, message: str, hint: str = "") -> None:
        lines = self._lines.get(span.file, ())
        text = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
        message, hint = (cut(printable(piece), MAX_TEXT) for piece in (message, hint))
        self._problems.append(Problem(code, severity, span, message, hint, text))

    @property
    def failed(self) -> bool:
        """Whether there was an error."""
        return self._errors > 0

    @property
    def full(self) -> bool:
        """Whether another error would not be shown."""
        return self._errors > MAX_ERRORS

    @property
    def full_of_warnings(self) -> bool:
        """Whether another warning would not be shown, so that its hint need not be looked for."""
        return self._warnings >= MAX_WARNINGS

    def problems(self) -> tuple[Problem, ...]:
        """Return all problems: file by file as they were first met, then by place."""
        order = {file: n for n, file in enumerate(dict.fromkeys(problem.span.file for problem in self._problems))}
        return tuple(sorted(self._problems, key=lambda p: (order[p.span.file], p.span.line, p.span.column)))

    def raise_errors(self) -> None:
        """Raise `IdlError` with everything that was noted if there was an error."""
        if self.failed:
            raise IdlError(self.problems())


def printable(text: str) -> str:
    """Return the text with everything that a terminal could act upon as `?`."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def cut(text: str, length: int) -> str:
    """Return the text, shortened when longer."""
    return text if len(text) <= length else text[: length - 1] + "…"


def one_of(words: Iterable[str]) -> str:
    """Return `a`, `a or b`, `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last

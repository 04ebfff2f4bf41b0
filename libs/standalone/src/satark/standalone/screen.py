"""What `satark up` shows: progress, where to look, what happens. Plain lines without a terminal; NO_COLOR is honoured."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.markup import escape
from rich.status import Status

INDENT = "  "
NAME_WIDTH = len("simulate-generators")


class Screen:
    """Writes to a terminal or a file; errors go to another file and are shown even when it is quiet."""

    def __init__(self, file: TextIO, errors: TextIO | None = None, *, quiet: bool = False) -> None:
        self._console = Console(file=file, quiet=quiet, highlight=False, soft_wrap=True)
        self._errors = Console(file=errors, stderr=errors is None, highlight=False, soft_wrap=True)
        self._status = Status("", console=self._console)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live("")

    def say(self, line: str) -> None:
        """Show one line of plain text."""
        self._console.print(safe(line))

    def gap(self) -> None:
        """Show an empty line."""
        self._console.print()

    def error(self, text: str) -> None:
        """Show what went wrong, a line each."""
        for line in text.splitlines():
            self._errors.print(f"satark up: {safe(line)}")

    def title(self, line: str) -> None:
        """Show a heading."""
        self._console.print(f"\n[bold]{safe(line)}[/bold]")

    def mail(self, subject: str, link: str) -> None:
        """Show that a mail arrived, and where to read it."""
        self._console.print(f"[bold green]mail[/bold green]      {safe(subject)}\n          {safe(link)}")

    def ready(self, name: str, seconds: float) -> None:
        """Show that a process is ready."""
        self._console.print(f"{INDENT}[green]ready[/green]  {safe(name):<{NAME_WIDTH}} {seconds:5.1f} s")

    def waits(self, name: str, reason: str) -> None:
        """Show that a process is not ready, and why."""
        self._console.print(f"{INDENT}[yellow]waits[/yellow]  {safe(name):<{NAME_WIDTH}} {safe(reason)}")

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show names and values in two columns."""
        width = max((len(name) for name, _ in rows), default=0)
        for name, value in rows:
            self._console.print(f"{INDENT}{safe(name):<{width}}  {safe(value)}")

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Show that something is being waited for: a spinner on a terminal, nothing elsewhere."""
        self.live(what)
        try:
            yield
        finally:
            self.live("")

    def live(self, line: str) -> None:
        """Show a line that the next one replaces; nothing without a terminal. An empty one ends it."""
        if not self._console.is_terminal or self._console.quiet:
            return
        if line:
            self._status.update(safe(line))
            self._status.start()
        else:
            self._status.stop()


def safe(text: str) -> str:
    """Return a text for the terminal: names come from outside, so no control codes and no markup of theirs."""
    return escape("".join(char if char.isprintable() else "�" for char in text))

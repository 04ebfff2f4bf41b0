"""What `satark up` shows: progress, where to look, what happens. Plain lines without a terminal; NO_COLOR is honoured."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.markup import escape

INDENT = "  "


class Screen:
    """Writes to a terminal or a file."""

    def __init__(self, file: TextIO, *, quiet: bool = False) -> None:
        self._console = Console(file=file, quiet=quiet, highlight=False, soft_wrap=True)

    def say(self, line: str) -> None:
        """Show one line of plain text."""
        self._console.print(escape(line))

    def title(self, line: str) -> None:
        """Show a heading."""
        self._console.print(f"\n[bold]{escape(line)}[/bold]")

    def mail(self, subject: str, link: str) -> None:
        """Show that a mail arrived, and where to read it."""
        self._console.print(f"[bold green]mail[/bold green]      {escape(subject)}\n          {escape(link)}")

    def ready(self, name: str, seconds: float) -> None:
        """Show that a process is ready."""
        self._console.print(f"{INDENT}[green]ready[/green]  {escape(name):<14} {seconds:5.1f} s")

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show names and values in two columns."""
        width = max((len(name) for name, _ in rows), default=0)
        for name, value in rows:
            self._console.print(f"{INDENT}{escape(name):<{width}}  {escape(value)}")

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Show that something is being waited for: a spinner on a terminal, nothing elsewhere."""
        if self._console.is_terminal:
            with self._console.status(escape(what)):
                yield
        else:
            yield

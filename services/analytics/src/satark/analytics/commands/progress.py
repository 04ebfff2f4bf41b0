"""How far a long read has come: a bar on stderr, where a person sees it and a pipe does not."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")

WORTH_SHOWING = 4
"""Parts of a read from which on a bar is shown."""


class Shown(Protocol):
    """Is told when a part is done."""

    def __call__(self) -> None:
        """Go on by one part."""
        ...


@contextmanager
def progress(what: str, parts: Sequence[T]) -> Iterator[Shown]:
    """Show a bar of as many parts while the block runs; nothing where nobody looks, or where lines scroll by anyway."""
    if len(parts) < WORTH_SHOWING or not sys.stderr.isatty() or sys.stdout.isatty():
        yield _nothing
        return
    from rich.console import Console  # noqa: PLC0415 - only where it is seen
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=len(parts))
        yield lambda: bar.advance(task)


def _nothing() -> None:
    """Nobody looks."""

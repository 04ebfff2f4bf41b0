"""Where the commands of `satark` show tables."""

from rich.console import Console

PIPE_WIDTH = 240
"""Columns where no terminal says how many there are: nobody wants a pipe's lines folded at 80."""


def console() -> Console:
    """Return a console on stdout, wide where it is no terminal."""
    made = Console()
    if not made.is_terminal:
        made.width = PIPE_WIDTH
    return made

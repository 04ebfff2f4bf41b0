"""How far it is, where stderr is a terminal: a bar, samples a second, and the time that is left."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

REFRESHES_PER_S = 4


def screen_for_bar(answers: Console) -> Console:
    """Return where a bar belongs: on stderr, which is where the answers are too if both are the same terminal."""
    errors = Console(stderr=True)
    return answers if answers.is_terminal and errors.is_terminal else errors


class Bar:
    """Shows one thing after another that is being done.

    Whoever prints meanwhile has to do it by the `screen` that was given, so that lines and bar stay apart.
    """

    def __init__(self, screen: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}", style="dim"),
            TimeRemainingColumn(),
            console=screen,
            disable=not screen.is_terminal,
            refresh_per_second=REFRESHES_PER_S,
            transient=True,
            redirect_stdout=False,
        )
        self._task = self._progress.add_task("reading", total=None, rate="")
        self._begun_s = time.monotonic()
        self._samples = 0

    def begin(self, what: str) -> None:
        """Begin something else, from nothing."""
        self._progress.reset(self._task, description=what, rate="")
        self._begun_s, self._samples = time.monotonic(), 0

    def advance(self, samples: int, *, done: int, total: int) -> None:
        """Tell of so many samples more, and how much of `total` is done (0: not known)."""
        self._samples += samples
        elapsed_s = time.monotonic() - self._begun_s
        rate = f"{self._samples / elapsed_s:,.0f} samples/s" if elapsed_s else ""
        self._progress.update(self._task, completed=done, total=total or None, rate=rate)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

"""Mails grouped into threads (RFC 5256 reduced: a thread is what refers to the same first mail)."""

from collections.abc import Iterable
from dataclasses import dataclass

from satark.simulators.mail.parse import Summary


@dataclass(frozen=True, slots=True)
class Thread:
    """Mails of one thread, newest first."""

    id: str
    mails: tuple[Summary, ...]

    @property
    def newest(self) -> Summary:
        """The mail that was caught last."""
        return self.mails[0]


def threads(newest_first: Iterable[Summary]) -> list[Thread]:
    """Return the threads, the one with the newest mail first."""
    grouped: dict[str, list[Summary]] = {}
    for mail in newest_first:
        grouped.setdefault(mail.thread, []).append(mail)
    return [Thread(root, tuple(mails)) for root, mails in grouped.items()]

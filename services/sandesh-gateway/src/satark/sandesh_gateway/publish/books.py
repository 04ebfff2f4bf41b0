"""The books: every message that came is pending, published, dropped or dead-lettered, and counted as that. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum


class Fate(Enum):
    """How a message ends."""

    PUBLISHED = "published"
    DROPPED = "dropped"
    DEAD_LETTERED = "dead_lettered"


@dataclass(slots=True)
class Account:
    """One kind of message of one generator, in messages and bytes; `at_us` is the last one's own time."""

    received: int = 0
    received_bytes: int = 0
    published: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    dead_lettered: Counter[str] = field(default_factory=Counter)
    at_us: int = 0
    pending: int = 0
    """Messages that have come and whose fate is open; never negative."""


@dataclass(slots=True)
class Books:
    """One generator's accounts, by the name of the message; beyond `max_names` names all others share one account.

    `by_level` counts received messages and bytes by name and level, for the generator's UVE.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    by_level: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    max_names: int = 1_000

    OTHERS = "(others)"

    def received(self, name: str, length: int, *, level: int = 0, at_us: int = 0) -> str:
        """A message came; return the name that it is booked under, for `ended`."""
        booked = name if name in self.accounts or len(self.accounts) < self.max_names else self.OTHERS
        account = self.accounts.setdefault(booked, Account())
        account.received += 1
        account.pending += 1
        account.received_bytes += length
        account.at_us = max(account.at_us, at_us)
        key = (booked, level)
        if key in self.by_level or len(self.by_level) < self.max_names:
            messages, total = self.by_level.get(key, (0, 0))
            self.by_level[key] = (messages + 1, total + length)
        return booked

    def ended(self, booked: str, fate: Fate, cause: str = "") -> None:
        """A message that was booked as received has its fate. Raises ValueError when none is open under that name."""
        account = self.accounts.get(booked)
        if account is None or account.pending <= 0:
            raise ValueError(f"no message {booked} is pending")
        account.pending -= 1
        match fate:
            case Fate.PUBLISHED:
                account.published += 1
            case Fate.DROPPED:
                account.dropped[cause] += 1
            case Fate.DEAD_LETTERED:
                account.dead_lettered[cause] += 1

    @property
    def pending(self) -> int:
        """Messages whose fate is open."""
        return sum(account.pending for account in self.accounts.values())

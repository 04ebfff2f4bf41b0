"""What a channel answers, and what a channel is."""

from dataclasses import dataclass
from typing import Protocol

from satark.notifier.message import Mail


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side has taken responsibility; `detail` is its reply."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """It may work later, after at least `after_s` seconds.

    `whole` means that nothing else would pass either: the channel itself is down.
    """

    detail: str
    whole: bool = False
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Permanent:
    """It will never work."""

    detail: str


Delivery = Sent | Retry | Permanent


class Channel(Protocol):
    """A way to reach people. `deliver` never raises for what the other side does."""

    name: str

    async def deliver(self, mail: Mail) -> Delivery:
        """Try once to deliver a mail."""
        ...

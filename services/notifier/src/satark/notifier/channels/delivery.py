"""What a channel answers, and what a channel is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from satark.notifier.telling import Told


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side has taken responsibility; `detail` is its reply, `message_id` what the message is known by there."""

    detail: str = ""
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """It may work later, after at least `after_s` seconds.

    `whole` means that nothing else would pass either: what the target's `endpoint` names is down.
    """

    detail: str
    whole: bool = False
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Permanent:
    """It will never work."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unrenderable:
    """The message cannot even be written: ours to mend, and nothing was sent."""

    detail: str


Delivery = Sent | Retry | Permanent | Unrenderable


class Channel(Protocol):
    """A way to reach receivers. `deliver` never raises for what the other side does, nor for what is to be told."""

    name: str
    """The kind: email, webhook, alertmanager or slack."""

    async def deliver(self, told: Told, now: datetime) -> Delivery:
        """Write and try once to deliver a message. The same parts give the same content, but for what `now` says."""
        ...

    async def close(self) -> None:
        """Close connections that were kept open; `deliver` opens new ones."""
        ...

"""Targets and policies: what routing decides of an event. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from satark.notifier.routing.receivers import ChannelConfig

EMAIL, WEBHOOK, ALERTMANAGER, SLACK = "email", "webhook", "alertmanager", "slack"
"""Names of the channels, in outcomes, ids and metrics."""

OPENED, RAISED, UPDATED, RESOLVED = "opened", "raised", "updated", "resolved"
"""What of an incident is told. Raised: an update by which it is graver than the target was told."""

TELL_ON = (OPENED, RAISED, UPDATED, RESOLVED)


Key = tuple[str, str]
"""A target, as outcomes call it: its channel and name."""


@dataclass(frozen=True, slots=True)
class Target:
    """One way to reach a receiver: what one message goes to, and what one outcome is of.

    `name` is what outcomes, logs and ids call it, never a secret: the mail address, else `RECEIVER/CHANNEL` with the
    number of the config from the second on (`noc/webhook`, `noc/webhook2`).
    """

    receiver: str
    channel: str
    name: str
    config: ChannelConfig
    fallback: str = ""

    @property
    def key(self) -> Key:
        """Its channel and name: two targets with the same are the same way to the same people."""
        return self.channel, self.name

    @property
    def endpoint(self) -> str:
        """What fails together: the mail server for all mails, otherwise each target by itself."""
        return EMAIL if self.channel == EMAIL else f"{self.channel}:{self.name}"


class Times(Protocol):
    """When a route is to be quiet."""

    def quiet_until(self, now: datetime) -> datetime | None:
        """Return the end of the quiet time that `now` is in, None outside of any."""
        ...


@dataclass(frozen=True, slots=True)
class Escalation:
    """Tell `receivers` (names) too, of what nobody has acknowledged `after_s` seconds after it was told."""

    after_s: float
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """How a route tells. Times in seconds; 0 for `repeat_interval_s` means never.

    `route` is the path of the route, `root` for the first one, `root/2/1` for the first child of its second child.
    `group_by` None tells each incident by itself; () puts all of the route into one.
    """

    route: str = "root"
    group_by: tuple[str, ...] | None = None
    group_wait_s: float = 30.0
    group_interval_s: float = 300.0
    repeat_interval_s: float = 86_400.0
    tell_on: frozenset[str] = frozenset({OPENED, RESOLVED})
    times: Times | None = None
    escalations: tuple[Escalation, ...] = ()


@dataclass(frozen=True, slots=True)
class Leg:
    """Tell this target, in this way."""

    target: Target
    policy: Policy


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life for these receivers (names), so often."""

    receivers: tuple[str, ...]
    every_s: float = 86_400.0


Subject = Mapping[str, str]
"""What matchers are held against: an incident's labels and its entity, kind, severity and incident."""


class Routing(Protocol):
    """The routing tree, as the outbox sees it."""

    @property
    def heartbeat(self) -> Beat | None:
        """Who gets a sign of life, and how often; None: nobody."""
        ...

    def legs(self, subject: Subject) -> tuple[Leg, ...]:
        """Return who is told of a subject and how; no target twice: the first route that names it decides."""
        ...

    def targets(self, receiver: str) -> tuple[Target, ...]:
        """Return the ways to reach a receiver; none for a name that the file does not have."""
        ...

    def named(self, channel: str, name: str) -> Target | None:
        """Return the target that outcomes call so, None if there is none any more."""
        ...

    def inhibits(self, source: Subject, target: Subject) -> bool:
        """Return whether an open `source` keeps `target` from being told (Alertmanager's inhibit_rules)."""
        ...

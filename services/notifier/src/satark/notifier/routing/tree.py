"""The routing tree: which route a subject takes, and whom that tells. Pure.

As Alertmanager walks it: from the root into the first child whose matchers hold, and the next ones too where it says
`continue`; a route that none of its children takes the subject from tells its own receiver.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from satark.notifier.routing.matchers import Matcher, holds
from satark.notifier.routing.model import (
    ALERTMANAGER,
    EMAIL,
    RESOLVED,
    SLACK,
    WEBHOOK,
    Beat,
    Leg,
    Policy,
    Subject,
    Target,
)
from satark.notifier.routing.receivers import (
    AlertmanagerConfig,
    ChannelConfig,
    EmailConfig,
    Receiver,
    SlackConfig,
    WebhookConfig,
)
from satark.runtime.documents.mistakes import Mistake

CHANNELS: Mapping[type[ChannelConfig], str] = {
    EmailConfig: EMAIL,
    WebhookConfig: WEBHOOK,
    AlertmanagerConfig: ALERTMANAGER,
    SlackConfig: SLACK,
}


@dataclass(frozen=True, slots=True)
class Route:
    """A route. `goes_on`: the siblings after it are looked at too, though it takes the subject."""

    receiver: str
    policy: Policy
    matchers: tuple[Matcher, ...] = ()
    goes_on: bool = False
    routes: tuple["Route", ...] = ()

    def taken(self, subject: Subject) -> Iterator["Route"]:
        """Yield the routes that tell of a subject; none where the matchers do not hold."""
        if not holds(self.matchers, subject):
            return
        is_taken = False
        for child in self.routes:
            found = tuple(child.taken(subject))
            yield from found
            is_taken = is_taken or bool(found)
            if found and not child.goes_on:
                break
        if not is_taken:
            yield self

    def every(self) -> Iterator["Route"]:
        """Yield the route and all below it, in the file's order."""
        yield self
        for child in self.routes:
            yield from child.every()


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While something that `source` holds for is open, nobody is told of what `target` holds for.

    Both must have the same values of the labels in `equal`; one that both lack counts as the same.
    """

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()

    def holds(self, source: Subject, target: Subject) -> bool:
        """Return whether one keeps the other from being told. What is both source and target never inhibits its like."""
        return (
            holds(self.target, target)
            and all(source.get(name, "") == target.get(name, "") for name in self.equal)
            and holds(self.source, source)
            and not (holds(self.target, source) and holds(self.source, target))
        )


@dataclass(frozen=True)
class RoutingTree:
    """A routing: the root route, the receivers by name, what inhibits what, and who gets a sign of life."""

    root: Route
    receivers: Mapping[str, Receiver]
    inhibitions: tuple[Inhibition, ...] = ()
    heartbeat: Beat | None = None
    hints: tuple[Mistake, ...] = field(default=(), compare=False)

    def legs(self, subject: Subject) -> tuple[Leg, ...]:
        """Return who is told of a subject and how; no target twice: the first route that names it decides."""
        found: dict[tuple[str, str], Leg] = {}
        for route in self.root.taken(subject):
            for target in self.targets(route.receiver):
                found.setdefault(target.key, _leg(target, route.policy))
        return tuple(found.values())

    def targets(self, receiver: str) -> tuple[Target, ...]:
        """Return the ways to reach a receiver; none for a name that the file does not have."""
        return self._targets.get(receiver, ())

    def named(self, channel: str, name: str) -> Target | None:
        """Return the target that outcomes call so, None if there is none any more."""
        return self._names.get((channel, name))

    def inhibits(self, source: Subject, target: Subject) -> bool:
        """Return whether an open `source` keeps `target` from being told."""
        return any(one.holds(source, target) for one in self.inhibitions)

    @cached_property
    def _targets(self) -> dict[str, tuple[Target, ...]]:
        return {name: tuple(_targets(receiver)) for name, receiver in self.receivers.items()}

    @cached_property
    def _names(self) -> dict[tuple[str, str], Target]:
        found: dict[tuple[str, str], Target] = {}
        for target in (target for targets in self._targets.values() for target in targets):
            found.setdefault(target.key, target)
        return found


def _leg(target: Target, policy: Policy) -> Leg:
    """Return the leg; a target that does not hear of ends is not told of them."""
    if target.config.send_resolved:
        return Leg(target, policy)
    return Leg(target, replace(policy, tell_on=policy.tell_on - {RESOLVED}))


def _targets(receiver: Receiver) -> Iterator[Target]:
    counts: dict[str, int] = {}
    for config in receiver.configs:
        channel = CHANNELS[type(config)]
        counts[channel] = counts.get(channel, 0) + 1
        number = str(counts[channel]) if counts[channel] > 1 else ""
        name = config.to if isinstance(config, EmailConfig) else f"{receiver.name}/{channel}{number}"
        yield Target(receiver.name, channel, name, config, receiver.fallback)

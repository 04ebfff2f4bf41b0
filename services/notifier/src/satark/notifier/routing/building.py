"""From what a file of routes says to the tree: routes inherit from those above them, secrets come from their files. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from satark.notifier.routing.beside import Beside
from satark.notifier.routing.calendars import united
from satark.notifier.routing.form import EACH, Found
from satark.notifier.routing.matchers import Matcher
from satark.notifier.routing.model import Beat, Escalation, Policy
from satark.notifier.routing.receivers import (
    AlertmanagerConfig,
    ChannelConfig,
    EmailConfig,
    Receiver,
    SlackConfig,
    WebhookConfig,
)
from satark.notifier.routing.times import QuietTimes, TimeInterval
from satark.notifier.routing.tree import Inhibition, Route, RoutingTree
from satark.runtime.documents import Node

Intervals = Mapping[str, tuple[TimeInterval, ...]]


def tree(found: Found, beside: Beside) -> RoutingTree:
    """Return the routing of a file without mistakes. `beside` has all files that it names."""
    intervals = {
        one["name"].text: tuple(_interval(each) for each in one["time_intervals"])
        for one in found.get("time_intervals", ())
    }
    receivers = [_receiver(one, beside) for one in found["receivers"]]
    return RoutingTree(
        root=_route(found["route"], Route("", Policy()), "root", intervals),
        receivers={one.name: one for one in receivers},
        inhibitions=tuple(_inhibition(one) for one in found.get("inhibit_rules", ())),
        heartbeat=_beat(found["heartbeat"]) if "heartbeat" in found else None,
    )


def _route(found: Found, above: Route, path: str, intervals: Intervals) -> Route:
    """Return a route; what it does not say is as above, but for its matchers and its quiet times."""
    policy = replace(above.policy, **_policy(found), route=path, times=_times(found, intervals))
    own = Route(
        receiver=found["receiver"].text if "receiver" in found else above.receiver,
        policy=policy,
        matchers=_matchers(found.get("matchers", ())),
        goes_on=found.get("continue", False),
    )
    below = (_route(one, own, f"{path}/{n}", intervals) for n, one in enumerate(found.get("routes", ()), 1))
    return replace(own, routes=tuple(below))


def _policy(found: Found) -> dict[str, Any]:
    said: dict[str, Any] = {
        f"{name}_s": float(found[name]) for name in ("group_wait", "group_interval", "repeat_interval") if name in found
    }
    if "group_by" in found:
        said["group_by"] = None if EACH in found["group_by"] else found["group_by"]
    if "tell_on" in found:
        said["tell_on"] = frozenset(found["tell_on"])
    if "escalate" in found:
        levels = [Escalation(float(one["after"]), _names(one["to"])) for one in found["escalate"]]
        said["escalations"] = tuple(sorted(levels, key=lambda one: one.after_s))
    return said


def _times(found: Found, intervals: Intervals) -> QuietTimes | None:
    mute = tuple(_named(found.get("mute_time_intervals", ()), intervals))
    active = tuple(_named(found.get("active_time_intervals", ()), intervals))
    return QuietTimes(mute, active or None) if mute or active else None


def _named(nodes: Iterable[Node], intervals: Intervals) -> Iterator[TimeInterval]:
    for name in _names(nodes):
        yield from intervals[name]


def _interval(found: Found) -> TimeInterval:
    said: dict[str, Any] = {
        "minutes": tuple((one["start_time"], one["end_time"]) for one in found["times"]) if "times" in found else None,
        "weekdays": united(found.get("weekdays")),
        "days": found.get("days_of_month"),
        "months": united(found.get("months")),
        "years": found.get("years"),
    }
    return TimeInterval(**said, **({"zone": found["location"]} if "location" in found else {}))


def _inhibition(found: Found) -> Inhibition:
    source, target = (_matchers(found[name]) for name in ("source_matchers", "target_matchers"))
    return Inhibition(source, target, found.get("equal", ()))


def _beat(found: Found) -> Beat:
    return Beat(_names(found["receivers"]), **({"every_s": float(found["every"])} if "every" in found else {}))


def _matchers(found: Iterable[tuple[Node, tuple[Matcher, ...]]]) -> tuple[Matcher, ...]:
    return tuple(matcher for _, matchers in found for matcher in matchers)


def _names(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Return the names, each once."""
    return tuple(dict.fromkeys(node.text for node in nodes))


def _receiver(found: Found, beside: Beside) -> Receiver:
    fallback = found["fallback"].text if "fallback" in found else ""
    return Receiver(found["name"].text, tuple(_configs(found, beside)), fallback)


def _configs(found: Found, beside: Beside) -> Iterator[ChannelConfig]:
    for one in found.get("email_configs", ()):
        yield from (EmailConfig(to, **_given(one, beside=beside)) for to in dict.fromkeys(one["to"]))
    for one in found.get("webhook_configs", ()):
        yield WebhookConfig(
            beside.url(one, "url"),
            secret=beside.secret(one, "secret_file"),
            **_given(one, "max_incidents", beside=beside),
        )
    for one in found.get("alertmanager_configs", ()):
        yield AlertmanagerConfig(
            beside.url(one, "url"),
            password=beside.secret(one, "password_file"),
            **_given(one, "username", beside=beside),
        )
    for one in found.get("slack_configs", ()):
        yield SlackConfig(beside.url(one, "api_url"), **_given(one, "channel", "username", beside=beside))


def _given(found: Found, *names: str, beside: Beside) -> dict[str, Any]:
    """Return what a config says of these, and of what configs of web servers have in common."""
    said = {name: found[name] for name in (*names, "send_resolved") if name in found}
    if "timeout" in found:
        said["timeout_s"] = float(found["timeout"])
    if "ca_file" in found:
        said["ca_file"] = beside.path(found["ca_file"])
    return said

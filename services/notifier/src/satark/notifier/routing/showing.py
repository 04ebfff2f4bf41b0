"""Routes as a person reads them: the tree as a picture, and who is told of what. Pure."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from rich.text import Text
from rich.tree import Tree

from satark.notifier.routing.matchers import Matcher
from satark.notifier.routing.model import TELL_ON, Leg, Policy, Target
from satark.notifier.routing.receivers import EmailConfig
from satark.notifier.routing.tree import Route, RoutingTree
from satark.runtime.documents.values import in_words

EVERYTHING = "everything"


def pictures(routing: RoutingTree, now: datetime) -> Iterator[Tree]:
    """Yield the tree of routes, whom the receivers reach, and what else the file says, if anything."""
    yield _route(routing.root, None, now)
    yield _receivers(routing)
    if routing.inhibitions:
        tree = Tree("inhibited")
        for one in routing.inhibitions:
            equal = f" of the same {', '.join(one.equal)}" if one.equal else ""
            tree.add(_line(_all(one.target), f"while there is {_all(one.source)}{equal}"))
        yield tree
    if (beat := routing.heartbeat) is not None:
        yield Tree(_line("heartbeat", f"{', '.join(beat.receivers)} every {in_words(int(beat.every_s))}"))


def told(legs: tuple[Leg, ...], now: datetime) -> Iterator[Tree]:
    """Yield who is told, by which route, and when."""
    by_route = groupby(legs, lambda leg: (leg.target.receiver, leg.policy.route))
    for (receiver, route), group in by_route:
        found = list(group)
        tree = Tree(_line(receiver, f"by {route}"))
        for leg in found:
            tree.add(Text(_reached(leg.target)))
        said = max((leg.policy for leg in found), key=lambda policy: len(policy.tell_on))
        tree.add(_said(said, None, now))
        yield tree


def _route(route: Route, above: Policy | None, now: datetime) -> Tree:
    takes = _all(route.matchers)
    tree = Tree(_line(f"{route.policy.route} → {route.receiver}", f"{takes}, and on" if route.goes_on else takes))
    if said := _said(route.policy, above, now):
        tree.add(said)
    tree.children.extend(_route(child, route.policy, now) for child in route.routes)
    return tree


def _receivers(routing: RoutingTree) -> Tree:
    tree = Tree("receivers")
    for receiver in routing.receivers.values():
        branch = tree.add(_line(receiver.name, f"if it fails {receiver.fallback}" if receiver.fallback else ""))
        for target in routing.targets(receiver.name):
            branch.add(Text(_reached(target)))
    return tree


def _said(policy: Policy, above: Policy | None, now: datetime) -> Text:
    return Text(" · ".join(_timings(policy, above, now)), "dim")


def _timings(policy: Policy, above: Policy | None, now: datetime) -> Iterator[str]:
    """Yield how a route tells; below another only what is different there."""
    if above is None or policy.group_by != above.group_by:
        yield _grouped(policy.group_by)
    times = (policy.group_wait_s, policy.group_interval_s, policy.repeat_interval_s)
    if above is None or times != (above.group_wait_s, above.group_interval_s, above.repeat_interval_s):
        wait, interval, repeat = (in_words(int(one)) for one in times)
        again = f"again after {repeat}" if policy.repeat_interval_s else "never again"
        yield f"after {wait}, news after {interval}, {again}"
    if above is None or policy.tell_on != above.tell_on:
        yield ", ".join(one for one in TELL_ON if one in policy.tell_on) or "nothing"
    if above is None or policy.escalations != above.escalations:
        for one in policy.escalations:
            yield f"unless acknowledged, after {in_words(int(one.after_s))}: {', '.join(one.receivers)}"
        if above is not None and not policy.escalations:
            yield "no escalation"
    if policy.times is not None:
        until = policy.times.quiet_until(now)
        yield f"quiet until {until:%Y-%m-%d %H:%M} UTC" if until else "has quiet times, not now"


def _grouped(labels: tuple[str, ...] | None) -> str:
    if labels is None:
        return "each incident by itself"
    return f"together by {', '.join(labels)}" if labels else "all together"


def _reached(target: Target) -> str:
    name = f"{target.channel} {target.name}" if isinstance(target.config, EmailConfig) else target.name
    return name if target.config.send_resolved else f"{name}, not of ends"


def _all(matchers: tuple[Matcher, ...]) -> str:
    return ", ".join(map(str, matchers)) or EVERYTHING


def _line(name: str, rest: str = "") -> Text:
    return Text.assemble((name, "bold"), f"  {rest}" if rest else "")

"""What members of a file of routes say of each other: names that there are, what nothing leads to, what is only doubtful. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from satark.notifier.routing.form import Found
from satark.notifier.routing.matchers import Matcher, Operator
from satark.runtime.documents import Node
from satark.runtime.documents.mistakes import Mistakes, near
from satark.schemas.incidents import Severity
from satark.schemas.metrics import WAN_LINK

SEVERITIES = tuple(one.value for one in Severity)
LABELS = (
    "entity",
    "kind",
    "severity",
    "incident",
    "orchestrator",
    "enterprise",
    "enterprise_id",
    "edge",
    "edge_id",
    "link",
    "link_id",
    "interface",
    "isp",
    "site",
    "timezone",
)
"""What incidents have, and what links do: a name that is nearly one of these may be a slip. Any other is taken."""

KINDS = (WAN_LINK,)
_SIMILARITY = 0.8
_ROOT_EXCLUDES = ("matchers", "continue", "mute_time_intervals", "active_time_intervals")


def check(found: Found, root: Node, mistakes: Mistakes) -> None:
    """Note what names nothing, what is named twice, and what the root route may not have."""
    receivers = _once(found.get("receivers", ()), "receiver", mistakes)
    intervals = _once(found.get("time_intervals", ()), "time interval", mistakes)
    for node in _receivers_named(found):
        _exists(node, receivers, "receiver", mistakes)
    for route in _routes(found.get("route", {})):
        for node in (*route.get("mute_time_intervals", ()), *route.get("active_time_intervals", ())):
            _exists(node, intervals, "time interval", mistakes)
    _check_fallbacks(receivers, mistakes)
    _check_root(root.fields.get("route"), mistakes)


def hint(found: Found, root: Node, hints: Mistakes) -> None:
    """Note what is right and may yet not be meant."""
    named = {node.text for node in _receivers_named(found)}
    used = {
        node.text
        for route in _routes(found.get("route", {}))
        for node in (*route.get("mute_time_intervals", ()), *route.get("active_time_intervals", ()))
    }
    for receiver in found.get("receivers", ()):
        _hint_unused(receiver, named, "no route, escalation, fallback or heartbeat names this receiver", hints)
    for interval in found.get("time_intervals", ()):
        _hint_unused(interval, used, "no route names this time interval", hints)
    for node, matchers in _matchers(found):
        for matcher in matchers:
            for text in _doubts(matcher):
                hints.wrong(node, text)
    if (route := root.fields.get("route")) is not None:
        _hint_unreached(route, hints)


def _once(tables: Sequence[Found], what: str, mistakes: Mistakes) -> dict[str, Found]:
    """Return the tables by name, and note what is named twice."""
    known: dict[str, Found] = {}
    for table in tables:
        node = table.get("name")
        if node is None:
            continue
        if node.text in known:
            mistakes.wrong(node, f"there is another {what} {node.text}")
        known[node.text] = table
    return known


def _exists(node: Node, known: Mapping[str, Any], what: str, mistakes: Mistakes) -> None:
    if node.text not in known:
        mistakes.wrong(node, f"there is no {what} {node.text}; {near(node.text, known)}")


def _routes(route: Found) -> Iterator[Found]:
    yield route
    for child in route.get("routes", ()):
        yield from _routes(child)


def _receivers_named(found: Found) -> Iterator[Node]:
    for route in _routes(found.get("route", {})):
        if "receiver" in route:
            yield route["receiver"]
        for escalation in route.get("escalate", ()):
            yield from escalation.get("to", ())
    yield from (one["fallback"] for one in found.get("receivers", ()) if "fallback" in one)
    yield from found.get("heartbeat", {}).get("receivers", ())


def _check_fallbacks(receivers: Mapping[str, Found], mistakes: Mistakes) -> None:
    """Note each receiver whose fallbacks lead back to it."""
    for name, receiver in receivers.items():
        way, next_one = [name], receiver.get("fallback")
        while next_one is not None and next_one.text in receivers and next_one.text not in way:
            way.append(next_one.text)
            next_one = receivers[next_one.text].get("fallback")
        if next_one is not None and next_one.text == name:
            mistakes.wrong(receiver["fallback"], f"leads back to itself: {' -> '.join((*way, name))}")


def _check_root(route: Node | None, mistakes: Mistakes) -> None:
    if route is None or not isinstance(route.value, dict):
        return
    if "receiver" not in route.fields:
        mistakes.wrong(route, "is missing; the root route tells whatever no other takes", "receiver")
    for name in _ROOT_EXCLUDES:
        if name in route.fields and route.fields[name].value not in (False, []):
            mistakes.wrong_name(
                route.fields[name], "is not for the root route, which takes everything; use a route below"
            )


def _hint_unused(table: Found, used: set[str], text: str, hints: Mistakes) -> None:
    node = table.get("name")
    if node is not None and node.text not in used:
        hints.wrong(node, text)


def _hint_unreached(route: Node, hints: Mistakes) -> None:
    """Note routes after one that takes everything."""
    taker = ""
    for child in route.fields["routes"].items if "routes" in route.fields else ():
        if taker:
            hints.wrong(child, f"is never reached: {taker} before it takes everything; add continue: true there")
        if not _given(child, "matchers") and not _given(child, "continue"):
            taker = taker or child.path
        _hint_unreached(child, hints)


def _given(node: Node, name: str) -> bool:
    return name in node.fields and bool(node.fields[name].value)


def _matchers(found: Found) -> Iterator[tuple[Node, tuple[Matcher, ...]]]:
    for route in _routes(found.get("route", {})):
        yield from route.get("matchers", ())
    for rule in found.get("inhibit_rules", ()):
        yield from rule.get("source_matchers", ())
        yield from rule.get("target_matchers", ())


def _doubts(matcher: Matcher) -> Iterator[str]:
    """Yield what may not be meant in a matcher."""
    if matcher.name not in LABELS and (close := get_close_matches(matcher.name, LABELS, n=1, cutoff=_SIMILARITY)):
        yield f"{matcher.name} is no label that links have; did you mean {close[0]}?"
    if matcher.name == "severity" and not _takes_any(matcher, SEVERITIES):
        yield f"no severity is so; there are {', '.join(SEVERITIES)}"
    if matcher.name == "kind" and matcher.operator is Operator.IS:
        close = get_close_matches(matcher.value, KINDS, n=1, cutoff=_SIMILARITY)
        if close and matcher.value not in KINDS:
            yield f"{matcher.value} is no kind; did you mean {close[0]}?"


def _takes_any(matcher: Matcher, values: Sequence[str]) -> bool:
    takes: Callable[[str], bool] = lambda value: matcher.holds({matcher.name: value})  # noqa: E731 - read once below
    return any(map(takes, values))

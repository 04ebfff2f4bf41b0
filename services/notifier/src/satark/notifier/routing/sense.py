"""What members of a file of routes say of each other: names that there are, fallbacks, what a root may be. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from satark.notifier.routing.form import Found
from satark.runtime.documents import Node
from satark.runtime.documents.mistakes import Mistakes, near

_ROOT_EXCLUDES = ("matchers", "continue", "mute_time_intervals", "active_time_intervals")


def check(found: Found, root: Node, mistakes: Mistakes) -> None:
    """Note what names nothing, what is named twice, and what the root route may not have."""
    receivers = _once(found.get("receivers", ()), "receiver", mistakes)
    intervals = _once(found.get("time_intervals", ()), "time interval", mistakes)
    for node in receivers_named(found):
        _exists(node, receivers, "receiver", mistakes)
    for node in intervals_named(found):
        _exists(node, intervals, "time interval", mistakes)
    _check_fallbacks(receivers, mistakes)
    _check_root(root.fields.get("route"), mistakes)


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


def routes(route: Found) -> Iterator[Found]:
    """Yield a route and all below it, in the file's order."""
    yield route
    for child in route.get("routes", ()):
        yield from routes(child)


def receivers_named(found: Found) -> Iterator[Node]:
    """Yield the names of receivers wherever one is told."""
    for route in routes(found.get("route", {})):
        if "receiver" in route:
            yield route["receiver"]
        for escalation in route.get("escalate", ()):
            yield from escalation.get("to", ())
    yield from (one["fallback"] for one in found.get("receivers", ()) if "fallback" in one)
    yield from found.get("heartbeat", {}).get("receivers", ())


def intervals_named(found: Found) -> Iterator[Node]:
    """Yield the names of time intervals wherever one counts."""
    for route in routes(found.get("route", {})):
        yield from (*route.get("mute_time_intervals", ()), *route.get("active_time_intervals", ()))


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

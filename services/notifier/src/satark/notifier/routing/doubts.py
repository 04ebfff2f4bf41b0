"""What is right in a file of routes and may yet not be meant: it is told as a hint, and taken. Pure."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from satark.notifier.routing.form import Found
from satark.notifier.routing.matchers import Matcher, Operator
from satark.notifier.routing.model import RESOLVED
from satark.notifier.routing.sense import intervals_named, receivers_named, routes
from satark.notifier.routing.tree import RoutingTree
from satark.runtime.documents import Node
from satark.runtime.documents.mistakes import Mistakes
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


def hint(found: Found, root: Node, tree: RoutingTree, hints: Mistakes) -> None:
    """Note what is doubtful in a file without mistakes, and in the tree that it comes to."""
    route = root.fields["route"]
    _unused(found["receivers"], receivers_named(found), "no route, escalation, fallback or heartbeat names it", hints)
    _unused(found.get("time_intervals", ()), intervals_named(found), "no route names it", hints)
    for node, matchers in _matchers(found):
        for text in (text for matcher in matchers for text in _doubts(matcher)):
            hints.wrong(node, text)
    for node, one in zip(_nodes(route), tree.root.every(), strict=True):
        _untold(node, one.policy.tell_on, [target.config.send_resolved for target in tree.targets(one.receiver)], hints)
    _unreached(route, hints)


def _unused(tables: Sequence[Found], named: Iterator[Node], text: str, hints: Mistakes) -> None:
    known = {node.text for node in named}
    for table in tables:
        if table["name"].text not in known:
            hints.wrong(table["name"], text)


def _untold(node: Node, tell_on: frozenset[str], hear_of_ends: Sequence[bool], hints: Mistakes) -> None:
    if tell_on == {RESOLVED} and not all(hear_of_ends):
        hints.wrong(node, "tells only ends, of which its receiver does not hear (send_resolved: false)")


def _unreached(route: Node, hints: Mistakes) -> None:
    """Note routes after one that takes everything."""
    taker = ""
    for child in _below(route):
        if taker:
            hints.wrong(child, f"is never reached: {taker} before it takes everything; add continue: true there")
        if not _given(child, "matchers") and not _given(child, "continue"):
            taker = taker or child.path
        _unreached(child, hints)


def _nodes(route: Node) -> Iterator[Node]:
    yield route
    for child in _below(route):
        yield from _nodes(child)


def _below(route: Node) -> Sequence[Node]:
    return route.fields["routes"].items if "routes" in route.fields else ()


def _given(node: Node, name: str) -> bool:
    return name in node.fields and bool(node.fields[name].value)


def _matchers(found: Found) -> Iterator[tuple[Node, tuple[Matcher, ...]]]:
    for route in routes(found["route"]):
        yield from route.get("matchers", ())
    for rule in found.get("inhibit_rules", ()):
        yield from (*rule["source_matchers"], *rule["target_matchers"])


def _doubts(matcher: Matcher) -> Iterator[str]:
    """Yield what may not be meant in a matcher."""
    if matcher.name not in LABELS:
        yield from (f"{matcher.name} is no label of links; did you mean {one}?" for one in _close(matcher.name, LABELS))
    if matcher.name == "severity" and not any(matcher.holds({"severity": one}) for one in SEVERITIES):
        yield f"no severity is so; there are {', '.join(SEVERITIES)}"
    if matcher.name == "kind" and matcher.operator is Operator.IS and matcher.value not in KINDS:
        yield from (f"{matcher.value} is no kind; did you mean {one}?" for one in _close(matcher.value, KINDS))


def _close(name: str, known: Sequence[str]) -> list[str]:
    return get_close_matches(name, known, n=1, cutoff=_SIMILARITY)

"""Tests of rules: entities, and what is expected of their plans, as `promtool test rules` does it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from satark.detector.rules import form
from satark.detector.rules.outline import leaves, metric_outline, outline, worded
from satark.detector.rules.rulebook import Derivation, Rulebook
from satark.detector.rules.values import instant
from satark.runtime.documents import DocumentError, Node, parse
from satark.runtime.documents.mistakes import Mistake, Mistakes
from satark.runtime.documents.shapes import WRONG, Many, Member, Named, OrOff, Shape, Table
from satark.runtime.documents.values import text
from satark.schemas.metrics import WAN_LINK

MAX_CASES = 1000


def _lenient(shape: Shape) -> Shape:
    """Return the shape of what is expected: any members of a table, as they count, so without `for`."""
    if isinstance(shape, OrOff):
        return OrOff(_lenient(shape.shape))
    if not isinstance(shape, Table):
        return shape
    members = {name: one for name, one in shape.members.items() if name != "for"}
    return Table({name: Member(_lenient(one.shape), one.doc) for name, one in members.items()})


_instants = Many(instant(), 1000, or_one=True)
_name = text("a name of one line", most=200)

EXPECT = Table(
    {
        "class": Member(text("the name of a class, or none", most=64), "The class of the link."),
        "rules": Member(Many(_name, form.MAX_RULES), "All rules that match, in their order."),
        "metrics": Member(
            Named(_lenient(OrOff(form.METRIC)), "metrics such as latency_ms_rx", form.METRIC_NAME, 500),
            "Members of metrics' plans; off: not judged.",
        ),
        "flapping": Member(_lenient(form.FLAPPING), "Members of when incidents that come and go are one."),
        "evidence": form.RULE.members["evidence"],
        "in_maintenance": Member(_instants, "Times in maintenance."),
        "not_in_maintenance": Member(_instants, "Times not in maintenance."),
    }
)

CASE = Table(
    {
        "name": Member(_name, "What is tested, in words.", required=True),
        "kind": Member(text("a kind such as wan-link", most=64), "The entity's kind; without it wan-link."),
        "labels": Member(
            Named(text("a text", most=1024, pattern=".*"), "labels such as link", form.LABEL_NAME, 64),
            "The entity's labels.",
        ),
        "expect": Member(EXPECT, "What is expected of its plan; all else may be anything.", required=True),
    }
)
FILE = Table(
    {
        "rules": Member(
            text("a path", most=1000), "The file of rules, from this file's folder; without it the built-in ones."
        ),
        "cases": Member(Many(CASE, MAX_CASES), "The tests.", required=True),
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """One test: an entity, and what is expected of it. `node` knows the places."""

    name: str
    kind: str
    labels: Mapping[str, str]
    expect: Mapping[str, Any]
    node: Node


@dataclass(frozen=True, slots=True)
class CasesFile:
    """A file of tests; `rules` is the path of the rules that are tested, None for the built-in ones."""

    name: str
    content: bytes
    rules: str | None
    cases: tuple[Case, ...]

    def failures(self, case: Case, rulebook: Rulebook) -> tuple[Mistake, ...]:
        """Return what is not as a test of this file expects it."""
        mistakes = Mistakes(self.name, self.content)
        derived = rulebook.derive(case.kind, case.labels)
        for path, told in (*_wrong(case.expect, derived), *_wrong_metrics(case.expect, derived)):
            mistakes.wrong(_at(case.node.fields["expect"], path), told)
        return mistakes.told()


def read_cases(content: bytes, name: str) -> CasesFile:
    """Return a file of tests. Raises WrongFileError with every mistake."""
    mistakes = Mistakes(name, content)
    try:
        root = parse(content, form.BOUNDS)
    except DocumentError as error:
        mistakes.unreadable(error)
        raise mistakes.error() from error
    found = FILE.read(root, mistakes)
    if len(mistakes) or found is WRONG:
        raise mistakes.error()
    nodes = root.fields["cases"].items
    cases = tuple(_case(one, node) for one, node in zip(found["cases"], nodes, strict=True))
    return CasesFile(name, content, found.get("rules"), cases)


def _case(found: Mapping[str, Any], node: Node) -> Case:
    return Case(found["name"], found.get("kind", WAN_LINK), found.get("labels", {}), found["expect"], node)


def _wrong(expect: Mapping[str, Any], derived: Derivation) -> Iterator[tuple[tuple[str, ...], str]]:
    plan = derived.plan()
    actual = outline(plan) | {"class": derived.link_class or "none", "rules": plan.rules}
    for path, value in leaves({name: expect[name] for name in actual if name in expect}):
        if _value(actual, path) != value:
            yield path, f"expected {worded(value)}, not {worded(_value(actual, path))}"
    for name, is_expected in (("in_maintenance", True), ("not_in_maintenance", False)):
        for place, at in enumerate(expect.get(name, ())):
            inside = [window.name for window in derived.windows if at in window]
            if bool(inside) is not is_expected:
                windows = f"it is in {', '.join(inside)}" if inside else "it is in no window"
                yield (name, str(place)), f"{at:%Y-%m-%dT%H:%MZ}: {windows}"


def _wrong_metrics(expect: Mapping[str, Any], derived: Derivation) -> Iterator[tuple[tuple[str, ...], str]]:
    plan = derived.plan()
    for name, expected in expect.get("metrics", {}).items():
        actual = {name: metric_outline(plan.metric(name))}
        for path, value in leaves({name: expected}):
            found = _value(actual, path)
            if found != value:
                rule = derived.rule_of(path)
                yield ("metrics", *path), f"expected {worded(value)}, not {worded(found)}, which {rule} sets"


def _value(tree: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Return the value at a path; OFF where something before it is."""
    value: Any = tree
    for name in path:
        if not isinstance(value, Mapping):
            return value
        value = value.get(name)
    return value


def _at(node: Node, path: tuple[str, ...]) -> Node:
    for name in path:
        inner = node.items[int(name)] if node.items else node.fields.get(name)
        if inner is None:
            break
        node = inner
    return node

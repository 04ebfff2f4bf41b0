"""What only a whole file can get wrong: classes that are not there, names twice, limits that nothing begins.

What is only doubtful is a hint, which nothing is refused for. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from satark.detector.rules.form import MAX_SAMPLES
from satark.detector.rules.model import covers
from satark.runtime.documents import Node
from satark.runtime.documents.mistakes import Mistakes, near
from satark.runtime.documents.shapes import Special
from satark.runtime.documents.values import in_words, seconds
from satark.schemas import metrics as names

BEGINNINGS = {"limit": ("above",), "rate": ("rise", "over")}
"""What a limit and a rate must be given, by this rule or another: without it they never count."""

METRICS = (
    *names.WAN_LINK_METRICS,
    *(names.THROUGHPUT_BPS_RX, names.THROUGHPUT_BPS_TX, names.BANDWIDTH_BPS_RX, names.BANDWIDTH_BPS_TX),
    *("latency_ms", "jitter_ms", "loss_pct", "failed_cycles", "missing_cycles"),
)
LABELS = (
    *("orchestrator", "enterprise", "enterprise_id", "edge", "edge_id", "link", "link_id"),
    *("interface", "isp", "site", "timezone"),
)
HINT_CUTOFF = 0.75

_NOTHING = Node(None)


def check_classes(root: Node, known: Mapping[str, Any], mistakes: Mistakes) -> None:
    """Note every name of a class that is none."""
    for member in (*members(root, "maintenance"), *members(root, "rules")):
        for terms in _listed(member.fields.get("match", _NOTHING)):
            for one in _listed(terms.fields.get("class", _NOTHING)):
                if one.text and one.text not in known:
                    mistakes.wrong(one, f"{one.text} is no class; {near(one.text, known)}")


def check_names(nodes: Iterable[Node], builtin: Iterable[str], mistakes: Mistakes) -> None:
    """Note every name that is there already."""
    places = dict.fromkeys(builtin, "the built-in rules")
    for node in nodes:
        name = node.fields.get("name", _NOTHING)
        if name.text in places:
            mistakes.wrong(name, f"{name.text} is there already, in {places[name.text]}")
        elif name.text:
            places[name.text] = f"line {name.line}"


def check_limits(root: Node, trees: Iterable[Mapping[str, Any]], mistakes: Mistakes) -> None:
    """Note every limit and rate whose beginning no rule sets; `trees` are what all rules set by metric."""
    known = list(trees)
    for metric, part, table in _tables(root, BEGINNINGS):
        for member in BEGINNINGS[part]:
            if member not in table.fields and not any(_sets(tree, metric, part, member) for tree in known):
                mistakes.wrong(table, "is missing, and no other rule sets it", member)


def check_durations(root: Node, interval_s: int, mistakes: Mistakes) -> None:
    """Note every `for` that is more samples than are remembered."""
    for _, _, table in _tables(root, (*BEGINNINGS, "seed")):
        node = table.fields.get("for", _NOTHING)
        try:
            samples = seconds(node.text) / interval_s
        except ValueError:
            continue
        if samples > MAX_SAMPLES:
            mistakes.wrong(node, f"is {samples:.0f} samples of {in_words(interval_s)}; expected at most {MAX_SAMPLES}")


def hint_names(root: Node, hints: Mistakes) -> None:
    """Note names of metrics and labels that are none of a link's but nearly so. They may be another entity's."""
    for section in ("rules", "maintenance"):
        for member in members(root, section):
            for terms in _listed(member.fields.get("match", _NOTHING)):
                _hint(terms.fields.get("labels", _NOTHING), LABELS, hints)
            _hint(member.fields.get("metrics", _NOTHING), METRICS, hints)


def members(root: Node, section: str) -> list[Node]:
    """Return the members of one of the file's lists."""
    return root.fields.get(section, _NOTHING).items


def _hint(table: Node, known: Iterable[str], hints: Mistakes) -> None:
    for name, node in table.fields.items():
        if not any(covers(name, one) or covers(one, name) for one in known):
            for meant in get_close_matches(name, known, n=1, cutoff=HINT_CUTOFF):
                hints.wrong_name(node, f"{name} is nothing that links have; did you mean {meant}?")


def _tables(root: Node, parts: Iterable[str]) -> Iterator[tuple[str, str, Node]]:
    for rule in members(root, "rules"):
        for metric, node in rule.fields.get("metrics", _NOTHING).fields.items():
            for part in parts:
                if node.fields.get(part, _NOTHING).fields:
                    yield metric, part, node.fields[part]


def _sets(tree: Mapping[str, Any], metric: str, part: str, member: str) -> bool:
    """Return whether a rule sets a member for the metric, for one that it covers, or for one that covers it."""
    related = (value for key, value in tree.items() if covers(key, metric) or covers(metric, key))
    parts = (value.get(part) for value in related if not isinstance(value, Special))
    return any(isinstance(one, Mapping) and member in one for one in parts)


def _listed(node: Node) -> list[Node]:
    return node.items if isinstance(node.value, list) else [node]

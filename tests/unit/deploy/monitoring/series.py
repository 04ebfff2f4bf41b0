"""Which metrics there are, with their labels, and which a PromQL expression asks for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import promql_parser
from promql_parser import AggregateExpr, Expr, MatrixSelector, VectorSelector

from satark.analytics.export.families import CUT, ENDED, SERIES
from satark.analytics.export.naming import LABELS, metric_of
from satark.runtime.docsgen.catalogue import catalogue
from satark.runtime.docsgen.metrics import metrics_page
from satark.schemas.metrics import BANDWIDTH_BPS_RX, THROUGHPUT_BPS_RX, WAN_LINK, WAN_LINK_METRICS

SCRAPED = frozenset({"job", "instance"})
"""Labels that Prometheus adds to everything."""

PROCESS = ("up", "process_start_time_seconds", "process_resident_memory_bytes", "process_open_fds", "process_max_fds")
"""What Prometheus, and its client library in each process, have by themselves."""

ROW = re.compile(r"^\| `(satark_\w+)` \| (\w+) \| ([^|]*) \|", re.MULTILINE)
"""A row of the reference of metrics, which is made of the code: name, type, labels."""

WORD = re.compile(r"`(\w+)`")
Series = Mapping[str, frozenset[str]]


@cache
def known() -> Series:
    """Return the labels of each series that processes and the export have, by its name."""
    found: dict[str, frozenset[str]] = dict.fromkeys((*PROCESS, CUT, SERIES), SCRAPED)
    for name, kind, labels in ROW.findall(metrics_page(catalogue().metrics)):
        own = SCRAPED | set(WORD.findall(labels))
        found |= {name: own} if kind != "histogram" else _histogram(name, own)
    links = (metric_of(WAN_LINK, name) for name in (*WAN_LINK_METRICS, THROUGHPUT_BPS_RX, BANDWIDTH_BPS_RX))
    entity = SCRAPED | {"entity", *LABELS}
    return found | {ENDED: entity} | {name: entity | set(direction) for name, direction in links}


def _histogram(name: str, labels: frozenset[str]) -> dict[str, frozenset[str]]:
    return {f"{name}_bucket": labels | {"le"}, f"{name}_sum": labels, f"{name}_count": labels}


def strange(expression: str, series: Series) -> list[str]:
    """Return what an expression asks for that nobody has: names of metrics, and labels of those it selects.

    Raises ValueError for what is no PromQL.
    """
    found = promql_parser.parse(expression)
    names = {selector.name or "" for selector in selectors(found)}
    wrong = [name for name in names if name not in series]
    for selector in selectors(found):
        own = series.get(selector.name or "", frozenset())
        asked = {matcher.name for matcher in selector.matchers.matchers}
        wrong += [f"{selector.name}{{{label}}}" for label in asked - own if selector.name in series]
    for labels, inner in grouped(found):
        owned = [series.get(selector.name or "", frozenset()) for selector in selectors(inner)]
        wrong += [f"by ({label})" for label in labels if not all(label in own for own in owned)]
    return sorted(set(wrong))


def selectors(expression: Expr) -> list[VectorSelector]:
    """Return the selectors in an expression."""
    nodes = (node.vector_selector if isinstance(node, MatrixSelector) else node for node in _nodes(expression))
    return [node for node in nodes if isinstance(node, VectorSelector)]


def grouped(expression: Expr) -> Iterator[tuple[Iterable[str], Expr]]:
    """Yield the labels of each aggregation's `by`, with what is aggregated."""
    for node in _nodes(expression):
        if isinstance(node, AggregateExpr) and node.modifier is not None:
            yield node.modifier.labels, node.expr


def _nodes(expression: Expr) -> list[Expr]:
    nodes: list[Expr] = []
    promql_parser.walk(expression, nodes.append)
    return nodes

"""Names and labels as Prometheus has them. Pure.

A link's `latency_ms_rx` is `satark_link_latency_ms{direction="rx"}`; the column `disk_usage_info.partition_space_used_1k`
of the statistic `NodeStatus.disk_usage_info` is `satark_uve_node_status_disk_usage_info_partition_space_used_1k`.
"""

import re
from collections.abc import Mapping

from satark.schemas.metrics import WAN_LINK

LABELS = ("orchestrator", "enterprise", "edge", "link", "interface", "isp", "site")
"""What of an entity's labels is exported, besides its key: names that a person knows it by."""

MAX_VALUE_CHARS = 256
MAX_NAME_CHARS = 200
MAX_TAGS = 6
DIRECTIONS = ("rx", "tx")
KINDS = {WAN_LINK: "link"}

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHERS = re.compile(r"[^a-z0-9]+")


def metric_of(kind: str, metric: str) -> tuple[str, dict[str, str]]:
    """Return the name of an entity's metric, and the label that says the direction, where it has one."""
    base, _, last = metric.rpartition("_")
    directed = bool(base) and last in DIRECTIONS
    name = "_".join(["satark", KINDS.get(kind) or snake(kind), snake(base if directed else metric)])
    return name[:MAX_NAME_CHARS], {"direction": last} if directed else {}


def statistic_of(stat: str, column: str) -> str:
    """Return the name of a statistic's column."""
    struct, _, attribute = stat.partition(".")
    path = column if column == attribute or column.startswith(f"{attribute}.") else f"{attribute}.{column}"
    return "_".join(["satark", "uve", snake(struct), snake(path)])[:MAX_NAME_CHARS]


def entity_labels(entity: str, labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of an entity."""
    return {"entity": value(entity), **{name: value(labels[name]) for name in LABELS if labels.get(name)}}


def tag_labels(source: str, name: str, attribute: str, tags: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of a statistic: who says so of what, and the tags that tell its rows apart."""
    found = {"source": value(source), "name": value(name)}
    for column in sorted(tags)[:MAX_TAGS]:
        label = snake(column.removeprefix(f"{attribute}.")) or "value"
        found.setdefault(f"tag_{label}" if label in found else label, value(tags[column]))
    return found


def snake(text: str) -> str:
    """Return a text as a part of a metric's name."""
    return _OTHERS.sub("_", _BOUNDARY.sub("_", text).lower()).strip("_")


def value(text: str) -> str:
    """Return a text as a label's value."""
    return text[:MAX_VALUE_CHARS]

"""Statistics as metric samples, so that what watches WAN links watches any counter of any daemon."""

import re
from datetime import datetime
from functools import lru_cache

from satark.sandesh.contents import Sample
from satark.sandesh.wire.xml import Received
from satark.sandesh_gateway.translate.origin import Origin, time_of
from satark.schemas.identifiers import identifier
from satark.schemas.metrics import MetricSample

KIND = "uve-statistic"
MAX_ENTITY = 512
MAX_METRICS = 512
MAX_LABELS = 64
MAX_VALUE = 1024

_other = re.compile(r"[^a-z0-9_.]+")


def sample_of(sample: Sample, received: Received, origin: Origin, now: datetime) -> MetricSample | None:
    """Return the event of one row of a statistic; None for a row without any number.

    Its entity is the row's place: the generator, the statistic, the object, and the values of the index columns.
    """
    if not sample.numbers:
        return None
    numbers = list(sample.numbers.items())[:MAX_METRICS]
    return MetricSample.of(
        entity=entity_of(sample, origin.generator),
        kind=KIND,
        time=time_of(received.header.timestamp_us, now),
        interval_s=origin.statistics_interval_s,
        metrics={metric_name(sample.column(member)): float(number) for member, number in numbers},
        labels=_labels(sample, received),
    )


def entity_of(sample: Sample, generator: str) -> str:
    """Return a row's entity key; one that is too long ends in a hash of the whole."""
    tags = "".join(f"/{name}={value}" for name, value in sorted(sample.tags.items()) if name != "name")
    proxy = f"/{sample.proxy}" if sample.proxy else ""
    key = f"statistic/{generator}/{sample.stat}.{sample.attribute}/{sample.name}{proxy}{tags}"
    if len(key) <= MAX_ENTITY:
        return key
    return f"{key[: MAX_ENTITY - 37]}#{identifier('statistic', key)}"


@lru_cache(maxsize=10_000)
def metric_name(column: str) -> str:
    """Return a column's name as the contract allows metrics' names: lower case, and beginning with a letter."""
    name = _other.sub("_", column.lower())[:120]
    return name if name[:1].isascii() and name[:1].isalpha() else f"m_{name}"


@lru_cache(maxsize=10_000)
def label_name(column: str) -> str:
    """Return an index column's name as the contract allows labels' names."""
    return metric_name(column).replace(".", "_")[:64]


def _labels(sample: Sample, received: Received) -> dict[str, str]:
    header = received.header
    labels = {
        "source": header.source,
        "node_type": header.node_type,
        "module": header.module,
        "instance": header.instance_id,
        "statistic": sample.stat,
        "attribute": sample.attribute,
        "name": sample.name,
    }
    if sample.proxy:
        labels["proxy"] = sample.proxy
    for name, value in sample.tags.items():
        labels.setdefault(label_name(name), value)
    return {name: value[:MAX_VALUE] for name, value in list(labels.items())[:MAX_LABELS]}

"""Statistics: what a message's `tags` annotations make of it, a row a sample (analytics.md 1.12 and 3.6).

A row's keys are whole column names: `disk_usage_info.partition_size`. A number is where its declared type says; one that
is too large for 64 bits with a sign is the largest there is. Maps within a sample have no columns.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from satark.analytics.ingest.mapping.origin import Origin, Values
from satark.sandesh.contents import ContentError, Sample, samples_of
from satark.sandesh.wire.errors import SandeshError
from satark.sandesh.wire.generic import decode_tree
from satark.sandesh.wire.xml import Received

LARGEST, SMALLEST = 2**63 - 1, -(2**63)


class StatColumn(NamedTuple):
    """A column that some sample had: what `stat_columns` knows. `suffixes` are looked up together with it."""

    stat: str
    column: str
    type: str
    indexed: bool
    suffixes: tuple[str, ...]


Shape = tuple[object, ...]


def statistics_of(received: Received) -> tuple[Sample, ...]:
    """Return the samples of a message; none of one whose content is not as it should be."""
    try:
        return samples_of(received).samples
    except ContentError:
        return ()


def is_tagged(body: str) -> bool:
    """Return whether a message's XML may have statistics: most have none, and need not be read."""
    return ' tags="' in body


def read(received: Received, body: str) -> Received | None:
    """Return a message with its body read from XML, None when that cannot be read."""
    try:
        return Received(received.header, received.name, decode_tree(body.encode()), len(body))
    except SandeshError:
        return None


def statistic_rows(samples: tuple[Sample, ...], time: int, id_: str, origin: Origin) -> Iterator[Values]:
    """Yield rows of `statistics`; the number within the message makes their ids different."""
    for at, sample in enumerate(samples):
        names = _namer(sample)
        integers: dict[str, int] = {}
        doubles: dict[str, float] = {}
        for member, number in sample.numbers.items():
            if isinstance(number, int):
                integers[names(member)] = min(max(number, SMALLEST), LARGEST)
            else:
                doubles[names(member)] = number
        texts = {names(member): text for member, text in sample.texts.items()}
        numbers = integers.keys() | doubles.keys()
        texts |= {column: text for column, text in sample.tags.items() if column not in numbers}
        lists = {names(member): list(each) for member, each in sample.lists.items()}
        lists |= {column: list(each) for column, each in sample.many_tags.items()}
        who = (sample.source, sample.name, sample.proxy or "")
        yield (time, f"{id_}-{at}", stat_of(sample), *who, texts, integers, doubles, lists, *origin)


def shape_of(sample: Sample) -> Shape:
    """Return what samples with the same columns have in common."""
    kinds = tuple([type(number) for number in sample.numbers.values()])
    members = (*sample.numbers, "", *sample.texts, "", *sample.lists, "", *sample.tags, "", *sample.many_tags)
    return (sample.stat, sample.attribute, members, kinds, sample.pairs)


def columns_of(sample: Sample) -> Iterator[StatColumn]:
    """Yield the columns that a sample has."""
    stat, names = stat_of(sample), _namer(sample)
    suffixes: dict[str, tuple[str, ...]] = {}
    for prefix, column in sample.pairs:
        suffixes[prefix] = (*suffixes.get(prefix, ()), column)
    types = {names(member): "string" for member in sample.texts}
    types |= dict.fromkeys(sample.tags, "string") | dict.fromkeys(sample.many_tags, "list")
    types |= {names(member): "list" for member in sample.lists}
    types |= {names(m): "double" if isinstance(n, float) else "int" for m, n in sample.numbers.items()}
    for column, type_ in types.items():
        indexed = column in sample.tags or column in sample.many_tags
        yield StatColumn(stat, column, type_, indexed, suffixes.get(column, ()))


def _namer(sample: Sample) -> Callable[[str], str]:
    """Return what makes a column's name of a member's; it is called often."""
    return sample.column if sample.scalar else f"{sample.attribute}.".__add__


def stat_of(sample: Sample) -> str:
    """Return the statistic's name: the struct and the attribute."""
    return f"{sample.stat}.{sample.attribute}"

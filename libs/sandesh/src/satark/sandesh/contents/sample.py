"""Rows of statistics (clause 6.6; analytics 3.6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from satark.sandesh.contents.scalars import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One row of a statistic.

    `stat` is the struct's or the message's name and `attribute` the path of the tagged field: the table is
    `StatTable.<stat>.<attribute>`. `tags` are index columns by name, `many_tags` those with several values, `pairs`
    the names of columns that are looked up together. Doubles that are not finite are left out.
    """

    stat: str
    attribute: str
    name: str
    source: str
    proxy: str | None
    numbers: Mapping[str, Number]
    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    maps: Mapping[str, Mapping[str, str]]
    tags: Mapping[str, str]
    many_tags: Mapping[str, tuple[str, ...]]
    pairs: tuple[tuple[str, str], ...]
    scalar: bool = False

    def column(self, member: str) -> str:
        """The column of a member in the statistic's table."""
        return self.attribute if self.scalar else f"{self.attribute}.{member}"


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of a message in the order sent, how many elements were left out, and what was wrong with the tags.

    What is nested in an element that was left out is not counted.
    """

    samples: tuple[Sample, ...] = ()
    omitted: int = 0
    problems: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def __len__(self) -> int:
        return len(self.samples)
